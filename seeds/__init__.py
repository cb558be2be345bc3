"""What an installation starts with: reference data, and a demo region for those who want to look around."""

from collections.abc import Callable

from matchmaker.instance import Instance
from models.base import utc_now
from models.sessions import reading, writing
from seeds.demo import generate
from seeds.demo.key import write_key
from seeds.demo.load import insert_demo, is_loaded
from seeds.personas import load_personas, load_roles
from seeds.reference import load_reference

# Called with how much is done, how much there is, and what comes next (`reference`, `demo`, `insert`, `people`).
Progress = Callable[[int, int, str], None]
STEPS = 4


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
        demo_is_there = is_loaded(session)
    if not demo_is_there:
        progress(1, STEPS, "demo")
        demo = generate(utc_now().date())
        progress(2, STEPS, "insert")
        with writing(instance.engine) as session:
            insert_demo(session, demo)
        write_key(instance.folder, demo.key)
    progress(3, STEPS, "people")
    with writing(instance.engine) as session:
        load_personas(session)
    progress(STEPS, STEPS, "done")
