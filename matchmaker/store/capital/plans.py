"""What rounds say of their milestones, in the rows of the columns of firms."""

from datetime import date
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session

from matchmaker.funding.columns import Firms
from matchmaker.scoring.capital import Plans
from matchmaker.store.capital.seeing import SeenBy
from matchmaker.store.reading import rows_of
from models.base import columns_of
from models.rounds import RoundMilestone

FIGURES = "round_figures"  # the field that shows what a milestone costs


def read_plans(
    session: Session, firms: Firms, *, rows: NDArray[np.intp], today: date, seen_by: UUID | None = None
) -> Plans:
    """Of the rounds in `rows` of `firms`, of the others nothing: who is not ranked needs no plan.

    Who sees a round sees its milestones, but what they cost only with its figures.
    """
    table = columns_of(RoundMilestone)
    wanted = sa.select(table.round_id, sa.func.count(), sa.func.count(table.cost), sa.func.min(table.month))
    rounds = [UUID(key.decode()) for key in firms.round_ids[rows]]
    found = rows_of(session, wanted.group_by(table.round_id), table.round_id, rounds)
    said = {key: figures for key, *figures in found}
    figures = np.full((len(firms), 3), np.nan)
    figures[rows] = np.array([said.get(key, [0, 0, np.nan]) for key in rounds], np.float64).reshape(-1, 3)
    sees = SeenBy(session, seen_by, today=today)
    shows = np.zeros(len(firms), bool)
    shows[rows] = [sees(UUID(key.decode()), FIGURES) for key in firms.ids[rows]]
    return Plans(milestones=figures[:, 0], costed=np.where(shows, figures[:, 1], np.nan), first_month=figures[:, 2])
