"""After how many days a profile is stale, by kind, as officers keep it: with a source; each change is audited."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlmodel import Session

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.chain.limits import check_source
from matchmaker.services.changes import change_rows, check_version
from matchmaker.services.freshness.ages import list_limits
from models.enums import OrganisationKind
from models.registry import FreshnessLimit

LONGEST_DAYS = 3650


@dataclass(frozen=True)
class FreshnessDraft:
    """No days: profiles of this kind are never stale."""

    days: int | None
    source: str
    source_zh: str = ""


def list_all(session: Session) -> Mapping[OrganisationKind, FreshnessLimit | None]:
    """Every kind, also those without a row."""
    found = list_limits(session)
    return {kind: found.get(kind) for kind in OrganisationKind}


def change(
    session: Session,
    actor: Actor,
    drafts: Mapping[OrganisationKind, FreshnessDraft],
    *,
    expected_versions: Mapping[OrganisationKind, int | None],
) -> None:
    """Set all kinds at once; InvalidInput names the cell as `<kind>-days`, `<kind>-source`, `<kind>-source_zh`."""
    require(actor, Permission.REGISTRY_CURATE)
    rows = list_limits(session)
    for kind, draft in drafts.items():
        _check(kind, draft)
    for kind, draft in drafts.items():
        expected = expected_versions.get(kind) or 0
        if draft.days is None:
            _take_away(session, actor, kind, rows.get(kind), expected)
        elif (row := rows.get(kind)) is None:
            _set_first(session, actor, kind, draft, expected)
        else:
            change_rows(
                session,
                actor,
                "freshness_limit.change",
                {kind: row},
                {kind: asdict(draft)},
                expected_versions={kind: expected},
            )
    session.flush()


def _check(kind: OrganisationKind, draft: FreshnessDraft) -> None:
    if draft.days is None:
        return
    if not 1 <= draft.days <= LONGEST_DAYS:
        raise InvalidInput("out_of_range", field=f"{kind}-days", low=1, high=LONGEST_DAYS)
    check_source(kind, draft.source, draft.source_zh)


def _take_away(session: Session, actor: Actor, kind: OrganisationKind, row: FreshnessLimit | None, seen: int) -> None:
    if row is None:
        return
    check_version(row, {"days": None}, expected_version=seen)
    audit.record(session, actor, "freshness_limit.change", row, changes={"code": kind, "days": [row.days, None]})
    session.delete(row)


def _set_first(session: Session, actor: Actor, kind: OrganisationKind, draft: FreshnessDraft, seen: int) -> None:
    if seen:  # somebody took it away meanwhile
        raise Stale(FreshnessLimit.__tablename__, {"days": (None, draft.days)})
    row = FreshnessLimit(kind=kind, **asdict(draft))
    session.add(row)
    changes = {name: [None, value] for name, value in asdict(draft).items() if value}
    audit.record(session, actor, "freshness_limit.change", row, changes={"code": kind, **changes})
