"""The rankings whose lists and composed teams are held against one another, in one run."""

from collections.abc import Callable, Iterator
from pathlib import Path

from matchmaker.errors import InvalidInput
from matchmaker.evaluation.composing import Line, Places, best_share, measure, put, sample
from matchmaker.evaluation.contestants import PURPOSES
from matchmaker.evaluation.datasets import Dataset, Source, lesson_part, read_source, validation_part
from matchmaker.evaluation.learned import study
from matchmaker.evaluation.lessons import SHORTEST
from matchmaker.evaluation.replay import Track, read_preset
from matchmaker.scoring.weighting import Weighting
from models.enums import ProjectKind


def run_teams(
    folder: Path, *, queries: int | None = None, lessons: int = 400, track: Callable[[str], Track] = lambda _: iter
) -> Iterator[Line]:
    """Presets first, since the learned weighting takes long; two lines each, by how many places there are."""
    source = read_source(folder)
    if source.kind is not ProjectKind.CONSORTIUM:
        raise InvalidInput("no_consortia", field="data", folder=str(folder))
    exam = validation_part(source)
    first = min(query.need.day for query in exam.queries)
    earlier = sample(lesson_part(source, first - SHORTEST, first), lessons)
    asked = sample(exam, queries)
    for purpose in reversed(PURPOSES[ProjectKind.CONSORTIUM]):
        yield from _lines(f"Matchmaker ({purpose})", Weighting(read_preset(purpose)), earlier, asked, track)
    yield from _lines("Matchmaker, learned", _learned(source, exam, first, track), earlier, asked, track)


def _lines(
    label: str, weighting: Weighting, earlier: Dataset, asked: Dataset, track: Callable[[str], Track]
) -> Iterator[Line]:
    lessons = put(earlier, weighting, watch=track(f"{label}: earlier queries"))
    queries = put(asked, weighting, watch=track(f"{label}: exam"))
    for way in Places:
        yield measure(label, queries, way, best_share(lessons, way))


def _learned(source: Source, exam: Dataset, first: int, track: Callable[[str], Track]) -> Weighting:
    prior = Weighting(read_preset(PURPOSES[ProjectKind.CONSORTIUM][0]))
    return study(source, exam, prior, until=first, watch=track("learning")).additive
