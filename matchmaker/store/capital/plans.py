"""What rounds say of their milestones, in the rows of the columns of firms."""

from datetime import date
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.funding.columns import Firms
from matchmaker.scoring.capital import Plans
from matchmaker.store.capital.seeing import SeenBy
from models.base import columns_of
from models.rounds import RoundMilestone

FIGURES = "round_figures"  # the field that shows what a milestone costs


def read_plans(session: Session, firms: Firms, *, today: date, seen_by: UUID | None = None) -> Plans:
    """Of each round in `firms`: who sees the round sees its milestones, but what they cost only with its figures."""
    table = columns_of(RoundMilestone)
    wanted = sa.select(table.round_id, sa.func.count(), sa.func.count(table.cost), sa.func.min(table.month))
    if len(firms) == 1:
        wanted = wanted.where(table.round_id == UUID(firms.round_ids[0].decode()))
    said = {str(key): figures for key, *figures in session.execute(wanted.group_by(table.round_id)).all()}
    nothing = [0, 0, np.nan]
    rows = np.array([said.get(key.decode(), nothing) for key in firms.round_ids], np.float64).reshape(-1, 3)
    sees = SeenBy(session, seen_by, today=today)
    shows = np.array([sees(UUID(key.decode()), FIGURES) for key in firms.ids], bool)
    return Plans(milestones=rows[:, 0], costed=np.where(shows, rows[:, 1], np.nan), first_month=rows[:, 2])
