"""A list as its table and its board show it: cards with names, filters, sums."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor, Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.desk import columns, rights, stages
from matchmaker.services.desk.columns import Column
from matchmaker.services.desk.lists import ENDED
from matchmaker.services.desk.rights import Person
from models.desk import Deal, DealList, DealNote, DealStage
from models.organisations import Organisation

NOBODY = "nobody"


@dataclass(frozen=True)
class Card:
    """A deal with the names that people read."""

    deal: Deal
    firm: Organisation
    stage: DealStage
    owner: str
    notes: int
    is_overdue: bool


@dataclass(frozen=True)
class Overdue:
    """A deal whose day has passed, and where it stands."""

    deal: Deal
    firm: Organisation
    stage: DealStage
    deal_list: DealList


@dataclass(frozen=True)
class Filters:
    """Empty ones let everything pass. `owner` is a person's id or NOBODY."""

    stage: UUID | None = None
    owner: str = ""
    tag: str = ""
    is_overdue: bool = False
    words: str = ""

    def pass_(self, card: Card) -> bool:
        names = f"{card.firm.name_zh} {card.firm.name_en} {card.firm.short_name}".casefold()
        return (
            self.stage in (None, card.stage.id)
            and self.owner in ("", str(card.deal.owner_id or NOBODY))
            and (not self.tag or self.tag in card.deal.tags)
            and (not self.is_overdue or card.is_overdue)
            and self.words.casefold() in names
        )


@dataclass(frozen=True)
class Lane:
    """A stage of the board with its cards; `known` of them have an amount, which `amount` sums."""

    stage: DealStage
    cards: Sequence[Card]
    amount: float
    known: int


@dataclass(frozen=True)
class Desk:
    deal_list: DealList
    fund: Organisation
    stages: Sequence[DealStage]
    columns: Sequence[Column]
    people: Sequence[Person]
    cards: Sequence[Card]  # all of the list
    may_edit: bool

    def lanes(self, shown: Sequence[Card]) -> list[Lane]:
        return [_lane(stage, [one for one in shown if one.stage.id == stage.id]) for stage in self.stages]

    @property
    def tags(self) -> list[str]:
        return sorted({tag for one in self.cards for tag in one.deal.tags})


def read_desk(session: Session, actor: Actor, list_id: UUID) -> Desk:
    deal_list = rights.get_list(session, actor, list_id)
    listed = stages.list_stages(session, deal_list)
    people = rights.list_people(session, deal_list.organisation_id)
    return Desk(
        deal_list=deal_list,
        fund=session.get_one(Organisation, deal_list.organisation_id),
        stages=listed,
        columns=columns.columns_of(deal_list),
        people=people,
        cards=_cards(session, deal_list, listed, people),
        may_edit=can(actor, Permission.DEAL_EDIT, deal_list.organisation_id),
    )


def list_overdue(session: Session, actor: Actor, fund_id: UUID) -> list[Overdue]:
    """The running deals of all lists of a fund whose day has passed, the longest overdue first."""
    fund = rights.get_fund(session, actor, fund_id)
    joined = (
        select(Deal, Organisation, DealStage, DealList)
        .join(Organisation, col(Deal.candidate_id) == col(Organisation.id))
        .join(DealStage, col(Deal.stage_id) == col(DealStage.id))
        .join(DealList, col(Deal.list_id) == col(DealList.id))
    )
    late = joined.where(Deal.organisation_id == fund.id, col(Deal.due_on) < today(), col(DealStage.kind).not_in(ENDED))
    return [Overdue(*row) for row in session.exec(late.order_by(col(Deal.due_on), col(Deal.id)))]


def sort_cards(cards: Sequence[Card], by: str, *, backwards: bool) -> list[Card]:
    """By a name of KEYS or the key of an own column; what is not said comes last either way."""
    key = KEYS.get(by) or (lambda card: card.deal.values.get(by))
    said = [card for card in cards if key(card) not in (None, "")]
    unsaid = [card for card in cards if key(card) in (None, "")]
    return sorted(said, key=lambda card: _comparable(key(card)), reverse=backwards) + unsaid


KEYS: Mapping[str, Callable[[Card], object]] = {
    "firm": lambda card: card.firm.name_zh or card.firm.name_en,
    "stage": lambda card: card.stage.position,
    "owner": lambda card: card.owner,
    "due": lambda card: card.deal.due_on,
    "amount": lambda card: card.deal.amount,
    "changed": lambda card: card.deal.changed_at,
}


def _comparable(value: object) -> tuple[int, object]:
    """A column's values are all of one type, except where somebody stored them before it was put away."""
    return (0, value) if isinstance(value, (int, float)) else (1, str(value))


def _cards(session: Session, deal_list: DealList, listed: Sequence[DealStage], people: Sequence[Person]) -> list[Card]:
    of_stage = {one.id: one for one in listed}
    names = {one.id: one.name for one in people}
    joined = select(Deal, Organisation).join(Organisation, col(Deal.candidate_id) == col(Organisation.id))
    rows = session.exec(joined.where(Deal.list_id == deal_list.id).order_by(col(Deal.created_at), col(Deal.id)))
    notes = _count_notes(session, deal_list)
    return [
        Card(
            deal=deal,
            firm=firm,
            stage=of_stage[deal.stage_id],
            owner=names.get(deal.owner_id, "—") if deal.owner_id else "",
            notes=notes.get(deal.id, 0),
            is_overdue=is_overdue(deal, of_stage[deal.stage_id]),
        )
        for deal, firm in rows
    ]


def is_overdue(deal: Deal, stage: DealStage) -> bool:
    return deal.due_on is not None and deal.due_on < today() and stage.kind not in ENDED


def _count_notes(session: Session, deal_list: DealList) -> dict[UUID, int]:
    counted = (
        sa.select(col(DealNote.deal_id), sa.func.count())
        .join(Deal, col(DealNote.deal_id) == col(Deal.id))
        .where(col(Deal.list_id) == deal_list.id)
        .group_by(col(DealNote.deal_id))
    )
    return {deal_id: notes for deal_id, notes in session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy


def _lane(stage: DealStage, cards: Sequence[Card]) -> Lane:
    amounts = [one.deal.amount for one in cards if one.deal.amount is not None]
    return Lane(stage, cards, sum(amounts), len(amounts))
