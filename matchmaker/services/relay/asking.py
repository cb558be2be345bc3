"""What somebody wants to bring further: by its capabilities, from which readiness level to which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput
from matchmaker.services import postings
from matchmaker.services.actors import Actor, Permission, can, require
from matchmaker.services.capabilities import MOST_SUGGESTIONS, search_capabilities, suggest_capabilities
from matchmaker.services.challenges.seeing import get_view
from matchmaker.services.picked import Tag
from models.taxonomy import Capability, ChainNode

MOST_WORDS = 500
LOWEST, HIGHEST = 1, 9
# Where a need says nothing of today's level: what a laboratory result usually has.
USUAL_START = 3


@dataclass(frozen=True, kw_only=True)
class Question:
    """What goes from `trl_from` to `trl_to`, for whom (`organisation_id`) where somebody asks for an organisation."""

    weights: dict[str, float]  # capability code -> how much it counts
    node_codes: tuple[str, ...] = ()
    trl_from: int
    trl_to: int
    organisation_id: UUID | None = None

    @property
    def says_nothing(self) -> bool:
        return not self.weights and not self.node_codes


def ask(
    session: Session,
    actor: Actor,
    *,
    words: str = "",
    node_code: str = "",
    trl_from: int = USUAL_START,
    trl_to: int = HIGHEST,
    organisation_id: UUID | None = None,
) -> Question:
    """A question in somebody's own words: the capabilities that the words name, and a chain node."""
    require(actor, Permission.RELAY_VIEW)
    check_levels(trl_from, trl_to)
    known = session.exec(select(ChainNode).where(ChainNode.code == node_code)).first()
    return Question(
        weights=_named_in(session, words[:MOST_WORDS]),
        node_codes=(known.code,) if known else (),
        trl_from=trl_from,
        trl_to=trl_to,
        organisation_id=_own(actor, organisation_id),
    )


def _named_in(session: Session, words: str) -> dict[str, float]:
    """Capabilities that the words name as the taxonomy does; else those in whose names all of the words are found."""
    if not words:
        return {}
    named = [one.capability for one in suggest_capabilities(session, words)]
    found = named or search_capabilities(session, words).items[:MOST_SUGGESTIONS]
    return {capability.code: 1.0 for capability in found}


def of_need(session: Session, actor: Actor, need_id: UUID) -> Question:
    """From where a laboratory usually stands to what the need asks for."""
    require(actor, Permission.RELAY_VIEW)
    need = postings.get_need(session, actor, need_id)
    goal = max(need.trl_high or HIGHEST, LOWEST + 1)
    start = min(USUAL_START, goal - 1)
    return _of_tags(actor, postings.list_tags(session, need), need.organisation_id, start, goal)


def of_offer(session: Session, actor: Actor, offer_id: UUID) -> Question:
    """From where the offer stands to the market."""
    require(actor, Permission.RELAY_VIEW)
    offer = postings.get_offer(session, actor, offer_id)
    start = min(offer.trl_high or USUAL_START, HIGHEST - 1)
    return _of_tags(actor, postings.list_tags(session, offer), offer.organisation_id, start, HIGHEST)


def of_challenge(session: Session, actor: Actor, challenge_id: UUID) -> Question:
    """From the level that the challenge starts at to the one it wants."""
    require(actor, Permission.RELAY_VIEW)
    challenge = get_view(session, actor, challenge_id)
    start = min(challenge.trl_from or USUAL_START, HIGHEST - 1)
    goal = max(challenge.trl_to or HIGHEST, start + 1)
    return _of_tags(actor, challenge.tags, challenge.organisation_id, start, goal, nodes=challenge.node_codes)


def check_levels(trl_from: int, trl_to: int) -> None:
    for name, level in (("trl_from", trl_from), ("trl_to", trl_to)):
        if not LOWEST <= level <= HIGHEST:
            raise InvalidInput("out_of_range", field=name, low=LOWEST, high=HIGHEST)
    if trl_to <= trl_from:
        raise InvalidInput("relay_goes_up", field="trl_to")


def capabilities_of(session: Session, question: Question) -> Sequence[Capability]:
    wanted = select(Capability).where(col(Capability.code).in_(list(question.weights)))
    return session.exec(wanted.order_by(Capability.node_code, Capability.code)).all()


def _of_tags(
    actor: Actor, tags: Iterable[Tag], organisation_id: UUID, start: int, goal: int, nodes: Sequence[str] = ()
) -> Question:
    return Question(
        weights={tag.capability_code: float(tag.weight) for tag in tags},
        node_codes=tuple(nodes),
        trl_from=start,
        trl_to=goal,
        organisation_id=_own(actor, organisation_id),
    )


def _own(actor: Actor, organisation_id: UUID | None) -> UUID | None:
    """Terms of an organisation (discounts, who is let in) are for those who act for it."""
    if organisation_id is None or not can(actor, Permission.RECOMMENDATION_VIEW, organisation_id):
        return None
    return organisation_id
