"""Taking over into a working copy what was published since it began."""

from collections.abc import Collection, Set
from dataclasses import fields, replace

from sqlmodel import Session

from matchmaker.errors import Stale
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.mandates import editing, editions, reading
from matchmaker.services.mandates.editions import Meanwhile, Overtaken
from matchmaker.services.mandates.reading import Terms
from models.base import utc_now
from models.funds import Mandate


def catch_up(
    session: Session,
    actor: Actor,
    draft: Mandate,
    *,
    expected_version: int | None = None,
    seen_edition: int | None = None,
    taking: Collection[str] = (),
) -> Set[str]:
    """Terms that the copy has left as they were follow the published ones; what it has changed itself stays.

    Gives back the names of those that followed.

    Where nothing says from which terms the copy began, nobody knows what it has changed: those in `taking` follow, as
    somebody chose them beside edition `seen_edition`.
    """
    require(actor, Permission.MANDATE_EDIT, draft.organisation_id)
    editing.require_draft(draft)
    if expected_version is not None and draft.version != expected_version:
        raise Stale("mandates", {})
    overtaken = editions.find_overtaken(session, draft)
    if overtaken is None:
        return frozenset()
    if not overtaken.is_known and seen_edition != overtaken.number:
        raise Stale("mandate_editions", {row.name: (row.now, row.yours) for row in overtaken.rows})

    mandate = session.get_one(Mandate, draft.revises_id)
    terms = reading.terms_of_all(session, [mandate, draft])
    following = {row.name for row in overtaken.rows if _follows(overtaken, row, taking)}
    editing.write_terms(session, draft, _follow(terms[draft.id], terms[mandate.id], following))
    draft.revises_edition = mandate.edition
    draft.changed_at = utc_now()
    changes = {"revises_edition": [overtaken.began_from, overtaken.number], "taken_over": sorted(following)}
    audit.record(session, actor, "mandate.catch-up", draft, changes=changes)
    session.flush()
    return following


def _follows(overtaken: Overtaken, row: Meanwhile, taking: Collection[str]) -> bool:
    return not row.is_yours_too if overtaken.is_known else row.name in taking


def _follow(yours: Terms, published: Terms, names: Set[str]) -> Terms:
    """`yours` with the published values of the terms in `names`."""
    for step, now in zip(yours.steps, published.steps, strict=True):
        taken = {f.name: getattr(now, f.name) for f in fields(step) if f.name in names and f.name != "clauses"}
        yours = yours.with_step(replace(step, **taken))
    kept = [one for one in yours.clauses.clauses if f"clause:{one.kind}" not in names]
    followed = [one for one in published.clauses.clauses if f"clause:{one.kind}" in names]
    return yours.with_step(replace(yours.clauses, clauses=reading.in_order([*kept, *followed])))
