"""What the cards of a list of capital speak of, in a few queries: mandates, and all that the evidence names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.services.capital.ranking import RankedCapital
from matchmaker.services.evidence import Named, read_named
from models.funds import Mandate


@dataclass(frozen=True)
class CapitalNames:
    named: Named
    mandates: Mapping[UUID, Mandate]


def read_names(session: Session, items: Sequence[RankedCapital]) -> CapitalNames:
    wanted = {item.mandate_id for item in items}
    mandates = session.exec(select(Mandate).where(col(Mandate.id).in_(wanted))).all() if wanted else []
    return CapitalNames(read_named(session, items), {one.id: one for one in mandates})
