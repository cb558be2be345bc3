"""How the mandates of a fund hold a firm on its desk, as the clearance says."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from matchmaker.services.actors import Actor
from models.desk import Deal
from models.enums import ClauseKind, ClearanceVerdict
from models.funds import Mandate


@dataclass(frozen=True)
class Held:
    """One mandate held against one firm."""

    mandate: Mandate
    verdict: ClearanceVerdict
    unknown: tuple[ClauseKind, ...]
    failed: tuple[ClauseKind, ...]


def held_against(session: Session, actor: Actor, deal: Deal) -> Sequence[Held]:
    return ()
