"""What an installation starts with: reference data, and a demo region for those who want to look around."""

from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session, select

from matchmaker.instance import Instance
from matchmaker.services.indexing import remember_vectors
from models.base import utc_now
from models.organisations import Organisation
from models.sessions import reading, writing
from seeds.demo.identity import SOURCE
from seeds.demo.key import write_key
from seeds.personas import load_personas, load_roles
from seeds.reference import load_reference

# Called with how much is done, how much there is, and what comes next (`reference`, `demo`, `insert`, `people`).
Progress = Callable[[int, int, str], None]
STEPS = 4
# Encoding the demo's texts takes minutes, so scripts/demo-vectors has done it once.
VECTORS = Path(__file__).parent / "demo" / "vectors.npz"


def load_reference_only(instance: Instance) -> None:
    """Taxonomy, places, ladders, default weights and roles; what a real installation needs to begin."""
    with writing(instance.engine) as session:
        load_reference(session)
        load_roles(session)


def load(instance: Instance, *, progress: Progress) -> None:
    """Reference data, the demo region and its people; what is there already stays as it is."""
    progress(0, STEPS, "reference")
    load_reference_only(instance)
    with reading(instance.engine) as session:
        demo_is_there = has_demo(session)
    if not demo_is_there:
        _load_demo(instance, progress)
    progress(3, STEPS, "people")
    with writing(instance.engine) as session:
        load_personas(session)
    progress(STEPS, STEPS, "done")


def has_demo(session: Session) -> bool:
    return session.exec(select(Organisation.id).where(Organisation.source == SOURCE).limit(1)).first() is not None


def _load_demo(instance: Instance, progress: Progress) -> None:
    # Only a first start needs the generator and its libraries.
    from seeds.demo.load import insert_demo
    from seeds.demo.region import generate
    from seeds.demo.scenes import play

    progress(1, STEPS, "demo")
    demo = generate(utc_now().date())
    progress(2, STEPS, "insert")
    # What lies beside the database comes first: once the demo is in it, a load that was cut off does not come back here.
    write_key(instance.folder, demo.key)
    if VECTORS.exists():
        remember_vectors(instance, VECTORS)
    with writing(instance.engine) as session:
        insert_demo(session, demo)
        load_personas(session)
        play(session, demo.world.today)
