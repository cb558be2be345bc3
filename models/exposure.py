"""Policies of exposure: how many places of a list newcomers and small firms are to have, and at what price."""

import sqlalchemy as sa
from sqlmodel import Field

from models.base import Versioned
from models.enums import SizeClass

SMALL = (SizeClass.MICRO, SizeClass.SMALL)


class ExposurePolicy(Versioned, table=True):
    """The floors of one kind of list, with what counts as a newcomer and as small.

    A floor only ever moves up candidates whose order is within `nearness` of the last place's and whose offer comes
    close to the need; the first `depth` places may lose at most `largest_loss` of their mean fit by it.
    """

    __tablename__ = "exposure_policies"
    __table_args__ = (
        sa.CheckConstraint("newcomer_share BETWEEN 0 AND 0.5", name="newcomer_share_range"),
        sa.CheckConstraint("small_share BETWEEN 0 AND 0.5", name="small_share_range"),
        sa.CheckConstraint("depth BETWEEN 5 AND 50", name="depth_range"),
        sa.CheckConstraint("largest_loss BETWEEN 0 AND 1", name="largest_loss_range"),
        sa.CheckConstraint("nearness BETWEEN 0 AND 1", name="nearness_range"),
        sa.CheckConstraint("projects_at_most >= 0 AND founded_within_days >= 0", name="newcomer_range"),
    )

    purpose: str = Field(max_length=40, primary_key=True)
    newcomer_share: float = 0.0
    small_share: float = 0.0
    depth: int = 20
    largest_loss: float = Field(default=0.02, description="of the mean fit of the first places, as a share of 1")
    nearness: float = Field(default=0.1, description="how far below the last place one may stand and still move up")
    projects_at_most: int = Field(default=1, description="past projects on record that a newcomer has at most")
    founded_within_days: int = Field(default=365, description="or it was founded so lately")
    small_sizes: list[str] = Field(
        default_factory=lambda: [size.value for size in SMALL], sa_type=sa.JSON, nullable=False
    )
    source: str = Field(default="", max_length=400)
