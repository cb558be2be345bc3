"""From a challenge, in the tables or in a file, to the query that the engine answers."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker import profiles as engine
from matchmaker.profiles import Profiles, RequiredCapability
from matchmaker.store.needs import asker, direction_of, rows_of_codes
from matchmaker.store.reading import text_of
from matchmaker.text.embed import Encoder
from matchmaker.text.history import weigh_like
from models.challenges import Challenge, ChallengeCapability, ChallengeSeat


@dataclass(frozen=True, kw_only=True)
class PosedCapability:
    """A capability that the consortium needs, the least level that helps, its weight."""

    code: str
    level: int = 1
    weight: float = 1.0
    is_must: bool = False


@dataclass(frozen=True, kw_only=True)
class PosedSeat:
    """A role in the consortium; without kinds anybody may fill it. `cost` in CNY for each who does."""

    key: str
    role_zh: str = ""
    role_en: str = ""
    kinds: tuple[str, ...] = ()
    least: int = 1
    most: int = 1
    cost: float | None = None


@dataclass(frozen=True, kw_only=True)
class PosedWords:
    """What is asked, in words and figures, whether it is posed in the registry or in a file."""

    title_zh: str = ""
    title_en: str = ""
    problem_zh: str = ""
    problem_en: str = ""
    gives_zh: str = ""
    gives_en: str = ""
    node_codes: tuple[str, ...] = ()
    trl: tuple[int, int] | None = None
    months: int | None = None
    budget: float | None = None
    members_at_most: int = 8


@dataclass(frozen=True, kw_only=True)
class Posed(PosedWords):
    """A challenge as the composer reads it."""

    capabilities: tuple[PosedCapability, ...] = ()
    seats: tuple[PosedSeat, ...] = ()
    rule_set_id: UUID | None = field(default=None)


def read_posed(session: Session, challenge: Challenge, *, with_brief: bool = True) -> Posed:
    """`with_brief` tells whether what may be kept back (the problem, what is given) is read too."""
    brief = ("problem_zh", "problem_en", "gives_zh", "gives_en") if with_brief else ()
    return Posed(
        title_zh=challenge.title_zh,
        title_en=challenge.title_en,
        **{name: getattr(challenge, name) for name in brief},
        capabilities=tuple(
            PosedCapability(code=one.capability_code, level=one.level, weight=one.weight, is_must=one.is_must)
            for one in _capabilities(session, challenge.id)
        ),
        seats=tuple(
            PosedSeat(
                key=f"seat:{number}",
                role_zh=seat.role_zh,
                role_en=seat.role_en,
                kinds=tuple(seat.kinds),
                least=seat.least,
                most=seat.most,
                cost=seat.cost,
            )
            for number, seat in enumerate(_seats(session, challenge.id), start=1)
        ),
        node_codes=tuple(challenge.node_codes),
        trl=None if challenge.trl_from is None or challenge.trl_to is None else (challenge.trl_from, challenge.trl_to),
        months=challenge.months,
        budget=challenge.budget,
        members_at_most=challenge.members_at_most,
        rule_set_id=challenge.rule_set_id,
    )


def need_of(posed: Posed, profiles: Profiles, encoder: Encoder, *, lead: int, today: date) -> engine.Need:
    """The query of a challenge, asked by whoever leads.

    What must be there must be in the team, not in each member, so no capability hides a candidate here. The budget is
    the whole team's, so it says nothing of one member's terms.
    """
    row_of_code = {code: row for row, code in enumerate(profiles.vocabulary["capabilities"])}
    required = tuple(
        RequiredCapability(row_of_code[one.code], one.level, one.weight)
        for one in posed.capabilities
        if one.code in row_of_code
    )
    nodes = rows_of_codes(profiles, "nodes", posed.node_codes)
    asked = asker(profiles, lead, today=today)
    zh = text_of(posed.title_zh, posed.problem_zh, posed.gives_zh)
    en = text_of(posed.title_en, posed.problem_en, posed.gives_en)
    return replace(
        asked,
        nodes=nodes if len(nodes) else asked.nodes,
        capabilities=required,
        vector=direction_of(encoder, zh, en),
        trl=posed.trl,
        months=float("nan") if posed.months is None else float(posed.months),
        tags=rows_of_codes(profiles, "tags", _tags(posed, profiles)),
        words=weigh_like(text_of(zh, en), profiles.history.words, profiles.vocabulary["words"]),
    )


def _tags(posed: Posed, profiles: Profiles) -> Iterable[str]:
    """In the words of the history: the nodes of the challenge and of what it needs."""
    rows = rows_of_codes(profiles, "capabilities", [one.code for one in posed.capabilities])
    asked = {int(profiles.taxonomy.node_of_capability[row]) for row in rows} - {engine.UNKNOWN}
    codes = {*posed.node_codes, *(profiles.vocabulary["nodes"][node] for node in asked)}
    return [f"node:{code}" for code in sorted(codes)]


def _capabilities(session: Session, challenge_id: UUID) -> Iterable[ChallengeCapability]:
    return session.exec(
        select(ChallengeCapability)
        .where(ChallengeCapability.challenge_id == challenge_id)
        .order_by(sa.desc("is_must"), sa.desc("weight"), sa.asc("capability_code"))
    ).all()


def _seats(session: Session, challenge_id: UUID) -> Iterable[ChallengeSeat]:
    seats = select(ChallengeSeat).where(ChallengeSeat.challenge_id == challenge_id)
    return session.exec(seats.order_by(col(ChallengeSeat.position), col(ChallengeSeat.id))).all()
