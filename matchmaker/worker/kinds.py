"""Which function carries out which kind of job. Above the services, because what a job does is a use case."""

from collections.abc import Mapping

from matchmaker.instance import Instance
from matchmaker.jobs.running import Message, Work, WorkFunction
from matchmaker.services import indexing
from models.enums import JobKind


def rebuild_index(instance: Instance, work: Work) -> Message:
    """Nothing to undo and nothing to keep: an index counts from the moment that it is whole."""
    built = indexing.refresh(instance, advance=work.advance)
    return Message("index_rebuilt", {"organisations": built.organisations, "offers": built.offers})


KINDS: Mapping[str, WorkFunction] = {
    JobKind.REBUILD_INDEX: rebuild_index,
}
