"""All published mandates, for everybody who is signed in, with what each comes to for a round of one's own.

A limit that a mandate does not state keeps nobody out, so it is in every choice of stage, chain and district; a figure
that it does not state (ticket, life, type of capital) is unknown and in none.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.funding.calendar import years_between
from matchmaker.funding.clearance import VERDICTS
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.clearing.reading import as_firm_sees, get_round
from matchmaker.services.mandates.listing import ORDER
from matchmaker.services.mandates.reading import life_ends_on
from matchmaker.store.capital import is_published
from models.enums import CapitalType, ClearanceVerdict, FinancingStage, MandateStatus
from models.funds import Mandate, MandateField
from models.organisations import Organisation
from models.taxonomy import ChainNode


@dataclass(frozen=True, kw_only=True)
class DirectoryFilters:
    """Which mandates are looked at; empty: all. `amount` is what one ticket should come to, in CNY."""

    stage: FinancingStage | None = None
    amount: float | None = None
    years_left: int | None = None
    chain: str = ""
    district: str = ""
    capital_type: CapitalType | None = None
    verdict: ClearanceVerdict | None = None


@dataclass(frozen=True)
class ListedMandate:
    mandate: Mandate
    fund: Organisation
    nodes: Sequence[str]  # codes of its fields, main ones first
    chains: frozenset[str]
    life_ends_on: date | None
    years_left: float | None  # below 0 where its life is over
    verdict: ClearanceVerdict | None  # of the round that is looked at


@dataclass(frozen=True)
class Directory:
    """What the filters leave, in order; how many there are of each verdict, before one was chosen; how many in all."""

    listed: Sequence[ListedMandate]
    by_verdict: Mapping[ClearanceVerdict, int]
    total: int


def read_directory(
    session: Session, actor: Actor, filters: DirectoryFilters, *, today: date, round_id: UUID | None = None
) -> Directory:
    """What invests first and what is least in the way of the round, if there is one, before that."""
    require(actor, Permission.MANDATE_VIEW)
    verdicts = _verdicts(session, actor, round_id, today) if round_id else {}
    every = _listed(session, verdicts, today)
    left = [one for one in every if _passes(one, filters)]
    by_verdict = Counter(one.verdict for one in left if one.verdict is not None)
    shown = [one for one in left if filters.verdict in (None, one.verdict)]
    return Directory(sorted(shown, key=_place), by_verdict, len(every))


def _listed(session: Session, verdicts: Mapping[UUID, ClearanceVerdict], today: date) -> list[ListedMandate]:
    out = (
        select(Mandate, Organisation)
        .join(Organisation, col(Organisation.id) == col(Mandate.organisation_id))
        .where(is_published(), Mandate.status != MandateStatus.CLOSED)
    )
    fields = _fields(session)
    return [_one(mandate, fund, fields, verdicts, today) for mandate, fund in session.exec(out)]


def _one(
    mandate: Mandate,
    fund: Organisation,
    fields: Mapping[UUID, Sequence[tuple[str, str]]],
    verdicts: Mapping[UUID, ClearanceVerdict],
    today: date,
) -> ListedMandate:
    ends_on = life_ends_on(mandate.started_on, mandate.investment_years, mandate.exit_years)
    own = fields.get(mandate.id, ())
    return ListedMandate(
        mandate=mandate,
        fund=fund,
        nodes=tuple(node for node, _chain in own),
        chains=frozenset(chain for _node, chain in own),
        life_ends_on=ends_on,
        years_left=years_between(today, ends_on) if ends_on else None,
        verdict=verdicts.get(mandate.id),
    )


def _fields(session: Session) -> Mapping[UUID, Sequence[tuple[str, str]]]:
    """Of each mandate the nodes in which it invests, with their chains."""
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    wanted = (
        select(MandateField.mandate_id, MandateField.node_code, ChainNode.chain_code)
        .join(ChainNode, col(ChainNode.code) == col(MandateField.node_code))
        .order_by(col(MandateField.is_main).desc(), col(MandateField.node_code))
    )
    for mandate_id, node, chain in session.exec(wanted):
        found[mandate_id].append((node, chain))
    return found


def _verdicts(session: Session, actor: Actor, round_id: UUID, today: date) -> Mapping[UUID, ClearanceVerdict]:
    """What each mandate comes to for one's own round, by all of one's own facts."""
    reading = as_firm_sees(session, get_round(session, actor, round_id), today=today)
    if not len(reading.firms):
        return {}
    ids = [UUID(key.decode()) for key in reading.mandates.ids]
    return {key: VERDICTS[row] for key, row in zip(ids, reading.clearance.verdict[:, 0].tolist(), strict=True)}


def _passes(one: ListedMandate, wanted: DirectoryFilters) -> bool:
    mandate = one.mandate
    return (
        (wanted.stage is None or not mandate.stages or wanted.stage in mandate.stages)
        and (not wanted.chain or not one.chains or wanted.chain in one.chains)
        and (not wanted.district or not mandate.districts or wanted.district in mandate.districts)
        and (wanted.amount is None or _pays(mandate, wanted.amount))
        and (wanted.years_left is None or (one.years_left is not None and one.years_left >= wanted.years_left))
        and (wanted.capital_type is None or mandate.capital_type is wanted.capital_type)
    )


def _pays(mandate: Mandate, amount: float) -> bool:
    low, high = mandate.ticket_low, mandate.ticket_high
    return (low is not None or high is not None) and (low or 0.0) <= amount and (high is None or amount <= high)


def _place(one: ListedMandate) -> tuple[int, int, str, str]:
    verdict = VERDICTS.index(one.verdict) if one.verdict is not None else len(VERDICTS)
    return verdict, ORDER.index(one.mandate.status), one.mandate.name_zh or one.fund.name_zh, str(one.mandate.id)
