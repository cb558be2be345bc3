"""Publishing terms as an edition that never changes, and what differs between two of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound, Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.calendar import today
from matchmaker.services.mandates import checking, drafts, editing, reading
from matchmaker.services.mandates.drafts import ClauseDraft, FieldDraft
from matchmaker.services.mandates.reading import Terms
from models.base import utc_now
from models.enums import ClauseForce, ClauseKind, MandateStatus
from models.funds import Mandate, MandateEdition

LONGEST_NOTE = 400


@dataclass(frozen=True)
class Difference:
    """A term that two editions put differently, as it is frozen; None: the edition says nothing of it.

    `name` is a column of mandates, `fields`, or a clause as `clause:firm_age`.
    """

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Meanwhile:
    """A term that was published otherwise since a working copy began; `then` is None where nothing was frozen."""

    name: str
    then: Any
    now: Any
    yours: Any

    @property
    def is_yours_too(self) -> bool:
        """Whether the copy has changed it as well, so that one of the two has to give way."""
        return _said(self.yours) not in (_said(self.then), _said(self.now))


@dataclass(frozen=True)
class Overtaken:
    """A working copy that began before the edition that is in force, with every term published since that it would
    take back."""

    began_from: int
    number: int
    is_known: bool  # whether the edition from which it began is on record
    rows: tuple[Meanwhile, ...]


def publish(
    session: Session,
    actor: Actor,
    draft: Mandate,
    *,
    note: str = "",
    expected_version: int | None = None,
    seen_edition: int | None = None,
) -> Mandate:
    """Freeze a draft as an edition: of its own mandate, or of the one that it revises, which then says the same.

    Stale where terms were published since the copy began: it would take them back unread. Who has read them says so
    by `seen_edition`.
    """
    require(actor, Permission.MANDATE_EDIT, draft.organisation_id)
    editing.require_draft(draft)
    if expected_version is not None and draft.version != expected_version:
        raise Stale("mandates", {})  # nobody publishes what they have not read
    if len(note) > LONGEST_NOTE:
        raise InvalidInput("too_long", field="note", most=LONGEST_NOTE)
    overtaken = find_overtaken(session, draft)
    if overtaken and seen_edition != overtaken.number:
        raise Stale("mandate_editions", {row.name: (row.now, row.yours) for row in overtaken.rows})
    terms = reading.terms_of(session, draft)
    _require_complete(session, terms)

    mandate = _revised(session, draft, terms)
    mandate.last_verified_on = today()
    _issue(session, actor, mandate, freeze(session, terms), note)
    session.flush()
    return mandate


def find_overtaken(session: Session, draft: Mandate) -> Overtaken | None:
    """What was published since a working copy began, and its copy would take back; for who may read the draft."""
    mandate = session.get(Mandate, draft.revises_id) if draft.revises_id else None
    if mandate is None or draft.revises_edition in (None, mandate.edition):
        return None
    terms = reading.terms_of_all(session, [mandate, draft])
    usual = reading.default_forces(session)
    now, yours = (_freeze(terms[one.id], usual) for one in (mandate, draft))
    began = select(MandateEdition.terms).where(
        MandateEdition.mandate_id == mandate.id, MandateEdition.number == draft.revises_edition
    )
    then = session.exec(began).first()
    flat = _flat(then or {"clauses": []}), _flat(now), _flat(yours)
    # What the copy says as well it does not take back: so also a usual force that no fund has changed.
    lost = {one.name for one in compare(now, yours)}
    changed = (one for one in compare(now, yours if then is None else then) if one.name in lost)
    rows = tuple(Meanwhile(one.name, *(terms.get(one.name) for terms in flat)) for one in changed)
    return Overtaken(draft.revises_edition or 0, mandate.edition, then is not None, rows) if rows else None


def freeze_imported(session: Session, actor: Actor, mandate_ids: Sequence[UUID], *, note: str) -> dict[UUID, int]:
    """A new edition of each of these whose terms a table has changed past the wizard; gives their editions now.

    What a table does not say is not asked for: an edition tells what is published, also where that is incomplete.
    """
    mandates = session.exec(select(Mandate).where(col(Mandate.id).in_(mandate_ids))).all()
    latest = _latest_terms(session, mandate_ids)
    usual = reading.default_forces(session)
    for mandate_id, terms in reading.terms_of_all(session, mandates).items():
        frozen = _freeze(terms, usual)
        if mandate_id not in latest or compare(latest[mandate_id], frozen):
            _issue(session, actor, session.get_one(Mandate, mandate_id), frozen, note[:LONGEST_NOTE])
    session.flush()
    return {mandate.id: mandate.edition for mandate in mandates}


def _latest_terms(session: Session, mandate_ids: Sequence[UUID]) -> dict[UUID, Mapping[str, Any]]:
    same = (col(Mandate.id) == MandateEdition.mandate_id) & (col(Mandate.edition) == MandateEdition.number)
    found = select(MandateEdition).join(Mandate, same).where(col(MandateEdition.mandate_id).in_(mandate_ids))
    return {edition.mandate_id: edition.terms for edition in session.exec(found)}


def _issue(session: Session, actor: Actor, mandate: Mandate, frozen: dict[str, Any], note: str) -> None:
    mandate.edition += 1
    mandate.changed_at = utc_now()
    edition = MandateEdition(
        mandate_id=mandate.id, number=mandate.edition, terms=frozen, note=note, published_by=actor.user_id
    )
    session.add(edition)
    audit.record(session, actor, "mandate.publish", mandate, changes={"number": mandate.edition, "note": note})


def list_editions(session: Session, mandate: Mandate) -> Sequence[MandateEdition]:
    """The latest first; for a mandate that the reader sees."""
    mine = select(MandateEdition).where(MandateEdition.mandate_id == mandate.id)
    return session.exec(mine.order_by(col(MandateEdition.number).desc())).all()


def get_edition(session: Session, mandate: Mandate, number: int) -> MandateEdition:
    mine = select(MandateEdition).where(MandateEdition.mandate_id == mandate.id, MandateEdition.number == number)
    edition = session.exec(mine).first()
    if edition is None:
        raise NotFound("edition of a mandate", number)
    return edition


def plain_value(value: Any) -> Any:
    """One term of a draft as an edition would hold it."""
    if isinstance(value, tuple):
        return [
            plain_value(asdict(one)) if isinstance(one, (FieldDraft, ClauseDraft)) else plain_value(one)
            for one in value
        ]
    return audit.plain(value)


def freeze(session: Session, terms: Terms) -> dict[str, Any]:
    """All terms as plain values, each stated clause with how hard it is held today: a usual force may change later."""
    return _freeze(terms, reading.default_forces(session))


def _freeze(terms: Terms, usual: Mapping[ClauseKind, ClauseForce]) -> dict[str, Any]:
    frozen: dict[str, Any] = audit.plain(terms.columns())
    frozen["fields"] = plain_value(terms.direction.fields)
    frozen["clauses"] = plain_value(reading.held_by(terms, usual))
    return frozen


def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every term that differs, in the order of the later edition."""
    old, new = _flat(before), _flat(after)
    names = [*new, *(name for name in old if name not in new)]
    pairs = ((name, old.get(name), new.get(name)) for name in names)
    return tuple(Difference(*pair) for pair in pairs if _said(pair[1]) != _said(pair[2]))


def _require_complete(session: Session, terms: Terms) -> None:
    """Imported terms have passed no form, so every step is checked again."""
    for step in (terms.fund, terms.direction, terms.limits, terms.clauses):
        drafts.check(session, step)
    if lacking := [one for one in checking.findings(terms) if one.stops]:
        raise InvalidInput(lacking[0].code, field=lacking[0].field)


def _revised(session: Session, draft: Mandate, terms: Terms) -> Mandate:
    """The mandate that says `terms` from now on; a working copy has done its work."""
    if draft.revises_id is None:
        draft.status = MandateStatus.INVESTING
        return draft
    mandate = session.get_one(Mandate, draft.revises_id)
    session.delete(draft)
    session.flush()
    editing.write_terms(session, mandate, terms)
    return mandate


def _flat(terms: Mapping[str, Any]) -> dict[str, Any]:
    clauses = {f"clause:{clause['kind']}": clause for clause in terms["clauses"]}
    return {name: value for name, value in terms.items() if name != "clauses"} | clauses


def _said(value: Any) -> Any:
    """Nothing said is nothing said, however it is stored."""
    return None if value in ("", [], ()) else value
