"""The figures by which nodes are judged, as officers keep them: each with its source; each change is audited."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import change_rows
from matchmaker.store.chain import MET_FIT
from models.chain import ChainLimit

LONGEST_SOURCE = 400


@dataclass(frozen=True)
class Bounds:
    """What a figure can be at all; between them is for officers to say."""

    low: float
    high: float
    is_whole: bool = True


BOUNDS: Mapping[str, Bounds] = {
    "least_level": Bounds(1, 5),
    "suppliers_for_covered": Bounds(1, 20),
    "firm_rank": Bounds(0, 20),
    "lab_rank": Bounds(0, 20),
    "certified_nodes": Bounds(0, 20),
    "raised_trl": Bounds(1, 9),
    MET_FIT: Bounds(0, 100, is_whole=False),
}


@dataclass(frozen=True)
class LimitDraft:
    """`source` is in English, or the only one there is."""

    value: float
    source: str
    source_zh: str = ""


def list_all(session: Session) -> Sequence[ChainLimit]:
    """Those that judge nodes, and the fit from which what-ifs count a need as met."""
    return session.exec(select(ChainLimit).order_by(col(ChainLimit.position_in_list), col(ChainLimit.code))).all()


def change(
    session: Session,
    actor: Actor,
    drafts: Mapping[str, LimitDraft],
    *,
    expected_versions: Mapping[str, int | None],
) -> None:
    """Set all figures at once; InvalidInput names the cell as `<code>-value`, `<code>-source`, `<code>-source_zh`."""
    require(actor, Permission.INDICATOR_EDIT)
    rows = {one.code: one for one in list_all(session)}
    for code, draft in drafts.items():
        _check_value(code, draft.value)
        check_source(code, draft.source, draft.source_zh)
    values = {code: asdict(draft) for code, draft in drafts.items()}
    change_rows(session, actor, "chain_limit.change", rows, values, expected_versions=expected_versions)


def _check_value(code: str, value: float) -> None:
    bounds = BOUNDS.get(code, Bounds(0, 1e9, is_whole=False))
    # So that what is no number is refused too.
    if not bounds.low <= value <= bounds.high:
        raise InvalidInput("out_of_range", field=f"{code}-value", low=bounds.low, high=bounds.high)
    if bounds.is_whole and value != int(value):
        raise InvalidInput("whole_number_needed", field=f"{code}-value")


def check_source(code: str, source: str, source_zh: str) -> None:
    """A figure without a source is a figure of nobody."""
    if not source and not source_zh:
        raise InvalidInput("source_needed", field=f"{code}-source_zh")
    for name, text in (("source", source), ("source_zh", source_zh)):
        if len(text) > LONGEST_SOURCE:
            raise InvalidInput("too_long", field=f"{code}-{name}", most=LONGEST_SOURCE)
