"""What the pages of this area show beside a challenge: names of codes, the poster, what the reader may do."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from matchmaker.services import organisations, reference
from matchmaker.services.actors import Permission, can
from matchmaker.services.challenges import recusal
from matchmaker.services.challenges.seeing import ChallengeView
from matchmaker.services.rule_sets import editions, reading
from models.challenges import Challenge
from models.enums import RuleKind
from models.organisations import Organisation
from web import picking
from web.access import current_actor
from web.choices import names_of
from web.database import session
from web.rule_sentences import rule_sentences

PAIRS = frozenset({RuleKind.PAIR_APART, RuleKind.PAIR_TOGETHER})


def about(view: ChallengeView) -> dict[str, Any]:
    """Everything around one challenge."""
    return {
        "poster": organisations.get_organisation(session(), view.organisation_id),
        "tag_rows": picking.tag_rows(view.tags),
        "names": code_names(),
        "nodes": names_of(reference.list_nodes(session())),
        "rule_set": editions.get_set(session(), current_actor(), view.rule_set_id) if view.rule_set_id else None,
        "own_rules": _own_rules(view),
        "may_edit": recusal.may_steer(session(), current_actor(), session().get_one(Challenge, view.id)),
    }


def recused(challenge: Challenge) -> dict[str, Any]:
    """Whether the reader keeps out of it as an officer, and who takes over."""
    keeps_out = recusal.find_competing(session(), current_actor(), challenge) is not None
    return {"keeps_out": keeps_out, "others": recusal.list_others(session(), challenge) if keeps_out else ()}


def _own_rules(view: ChallengeView) -> list[str]:
    """What the team has to keep beside the rule set; whom the poster wants apart or together is its own business."""
    if view.brief is None:
        return []
    listed = reading.rules_for(session(), rule_set_id=None, challenge_id=view.id)
    return rule_sentences([rule for rule in listed if view.is_inside or rule.kind not in PAIRS])


def code_names() -> dict[str, str]:
    """Names of districts and certifications, whose codes never meet."""
    return names_of([*reference.list_districts(session()), *reference.list_schemes(session())])


def organisations_by_id(ids: Iterable[UUID]) -> Mapping[UUID, Organisation]:
    named = select(Organisation).where(col(Organisation.id).in_(set(ids)))
    return {organisation.id: organisation for organisation in session().exec(named)}


def answering_organisations() -> list[Organisation]:
    """The person's organisations that may answer challenges."""
    mine = organisations.my_organisations(session(), current_actor())
    return [one for one in mine if can(current_actor(), Permission.CHALLENGE_ANSWER, one.id)]
