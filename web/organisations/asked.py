"""What officers ask of an organisation: profiles to look at again, evidence that is missing, grades that they set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matchmaker.services import credentials, grading, reference
from matchmaker.services.actors import Permission, can
from matchmaker.services.certifications import queue
from matchmaker.services.freshness import chasing
from matchmaker.services.grading import Change
from models.enums import CheckOutcome
from models.organisations import Certification, Organisation
from models.registry import CertificationCheck, ProfileChase
from web.access import current_actor
from web.choices import names_of
from web.database import session


@dataclass(frozen=True)
class Keeping:
    """What waits for the organisation's own people."""

    chases: Sequence[ProfileChase]
    asked: Sequence[tuple[Certification, CertificationCheck]]  # evidence that is missing, or not confirmed
    schemes: Mapping[str, str]
    by_officers: Sequence[Change]  # grades that officers have set
    may_edit: bool

    @property
    def has_something(self) -> bool:
        return bool(self.chases or self.asked)


def read_keeping(organisation: Organisation) -> Keeping | None:
    """None for who does not see what is asked of it."""
    actor = current_actor()
    if not can(actor, Permission.ORGANISATION_SEE_CLOSED, organisation.id):
        return None
    asked = _asked(organisation)
    return Keeping(
        chases=chasing.list_open(session(), actor, organisation),
        asked=asked,
        schemes=names_of(reference.list_schemes(session())) if asked else {},
        by_officers=grading.list_changes_by_officers(session(), actor, organisation),
        may_edit=can(actor, Permission.ORGANISATION_EDIT, organisation.id),
    )


def _asked(organisation: Organisation) -> list[tuple[Certification, CertificationCheck]]:
    held = credentials.list_certifications(session(), organisation.id)
    last = queue.last_checks(session(), held)
    return [(one, last[one.id]) for one in held if one.id in last and last[one.id].outcome is not CheckOutcome.VERIFIED]
