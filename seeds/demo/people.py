"""Who acts in the scenes of the demo."""

from uuid import UUID

from sqlmodel import Session, select

from matchmaker.services.actors import PLATFORM, Actor
from models.enums import MembershipRole
from models.organisations import Organisation
from seeds.demo.identity import SOURCE


class People:
    """Organisations of the demo by key, and somebody who acts for each."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def organisation(self, key: str) -> UUID:
        found = select(Organisation.id).where(Organisation.source == SOURCE, Organisation.source_key == key)
        return self.session.exec(found).one()

    def of(self, key: str, *, user_id: UUID | None = None) -> Actor:
        # Where nobody has an account, the platform's own hand enters it for them.
        roles = frozenset() if user_id else PLATFORM.roles
        return Actor(user_id=user_id, roles=roles, memberships={self.organisation(key): MembershipRole.OWNER})

    def acting_for(self, organisation_id: UUID) -> Actor:
        """The platform's own hand, for an organisation of which only the id is known."""
        return Actor(roles=PLATFORM.roles, memberships={organisation_id: MembershipRole.OWNER})
