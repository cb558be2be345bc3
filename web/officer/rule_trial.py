"""Trying an edition on a team: who is in it stands in the address, and nothing is stored.

For who edits rules only: by trying one pair after the other anybody could read the conflicts on record.
"""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from matchmaker.services import search as searching
from matchmaker.services.actors import Permission
from matchmaker.services.calendar import today
from matchmaker.services.rule_sets import editions, reading
from matchmaker.services.rule_sets.judging import TeamMember, judge_team
from matchmaker.services.search import Owner, SearchQuery
from models.enums import RuleOutcome, SearchRecord
from web.access import current_actor, permitted
from web.database import reader, session
from web.rendering import page_url
from web.rule_sentences import names_for, verdict_lines

bp = Blueprint("rule_trial", __name__, url_prefix="/rules")

MOST_MEMBERS, MOST_FOUND = 30, 8


@bp.get("/<uuid:rule_set_id>/try")
@permitted(Permission.RULES_EDIT)
def try_set(rule_set_id: UUID) -> ResponseReturnValue:
    rule_set = editions.get_set(session(), current_actor(), rule_set_id)
    members = _ids("member")[:MOST_MEMBERS]
    leads = _ids("lead")
    lead = leads[0] if leads and leads[0] in members else None
    found = judge_team(
        session(),
        current_actor(),
        reading.rules_in(session(), rule_set),
        [TeamMember(organisation_id=key) for key in members],
        lead_id=lead,
        today=today(),
    )
    names = names_for(found.organisations)
    present = [key for key in members if str(key) in found.organisations]
    text = request.args.get("q", "").strip()[:200]
    return render_template(
        "officer/rule_set_try.html",
        rule_set=rule_set,
        members=[(found.organisations[str(key)], key == lead, _lead_url(key), _without(key)) for key in present],
        lines=verdict_lines(found.rules, names) if present else [],
        must_be_met=sum(rule.rule.is_hard for rule in found.of(RuleOutcome.BROKEN)),
        should_be_met=sum(not rule.rule.is_hard for rule in found.of(RuleOutcome.BROKEN)),
        to_ask=len(found.of(RuleOutcome.UNKNOWN)),
        text=text,
        hits=[(owner, _with(owner.id)) for owner in _find(text) if owner.id not in members],
        kept=[(name, value) for name in ("member", "lead") for value in request.args.getlist(name)],
    )


def _ids(name: str) -> list[UUID]:
    """Ids in the address, each once; what is none is left out."""
    found = []
    for typed in request.args.getlist(name):
        with suppress(ValueError):
            found.append(UUID(typed))
    return list(dict.fromkeys(found))


def _find(text: str) -> Sequence[Owner]:
    if not text:
        return []
    query = SearchQuery(text=text, chosen={"record": (SearchRecord.ORGANISATION.value,)})
    found = searching.search(session(), current_actor(), reader(), query, today=today())
    return [item.organisation for item in found.page.items][:MOST_FOUND]


def _with(key: UUID) -> str:
    """Whoever is put in first leads until another is chosen."""
    members = [*_ids("member"), key]
    return page_url(member=members, lead=_ids("lead") or members[0], q=None)


def _without(key: UUID) -> str:
    return page_url(
        member=[one for one in _ids("member") if one != key], lead=[one for one in _ids("lead") if one != key]
    )


def _lead_url(key: UUID) -> str:
    return page_url(lead=key)
