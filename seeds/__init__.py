"""What an installation starts with: reference data, and a demo region for those who want to look around."""

from matchmaker.instance import Instance
from models.sessions import writing
from seeds.reference import load_reference


def load_reference_only(instance: Instance) -> None:
    """Taxonomy, places, ladders and default weights; what a real installation needs to begin."""
    with writing(instance.engine) as session:
        load_reference(session)
