"""The persons of a demo, and the links by which one becomes one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session, col, select
from werkzeug.wrappers import Request

from matchmaker.errors import InvalidInput
from matchmaker.instance import Instance
from models.accounts import User
from web.config import current_instance

DOMAIN = "@example.org"  # reserved for examples (RFC 2606), so nobody's real address
LOOPBACK = frozenset({"127.0.0.1", "::1"})
LOOPBACK_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@dataclass(frozen=True)
class Part:
    """Whose eyes one looks through, and what there is to do."""

    role: object
    does: object


PARTS: Mapping[str, Part] = {
    "sme": Part(_l("SME"), _l("Finds partners for its needs and sees why each of them fits")),
    "leader": Part(_l("Chain leader"), _l("Looks for suppliers and technology for its chain")),
    "lab": Part(_l("Laboratory"), _l("Offers research results and finds firms that need them")),
    "base": Part(_l("Pilot base"), _l("Offers pilot lines and sees who could use them")),
    "fund": Part(_l("Fund manager"), _l("Searches the registry for startups in the fund's fields")),
    "officer": Part(_l("Programme officer"), _l("Decides claims and keeps the registry in order")),
    "administrator": Part(_l("Administrator"), _l("Sets the weights of the score and reads the audit log")),
}


@dataclass(frozen=True)
class DemoPerson:
    part: Part
    key: str
    name: str
    token: str


def is_demo_request() -> bool:
    """Demo links work only in a demo, and only from the machine that it runs on."""
    return current_instance().settings.demo and is_from_this_machine(request)


def is_from_this_machine(asked: Request) -> bool:
    """A proxy here looks like this machine, and so does a foreign name that leads here; neither counts."""
    name = asked.host.rsplit(":", 1)[0].strip("[]")
    return asked.remote_addr in LOOPBACK and name in LOOPBACK_NAMES and not any(h in asked.headers for h in FORWARDED)


def list_demo_persons(session: Session, instance: Instance) -> list[DemoPerson]:
    """Those of the seven persons that this demo has, in their order."""
    emails = [key + DOMAIN for key in PARTS]
    users = session.exec(select(User).where(col(User.email).in_(emails), User.active)).all()
    by_key = {user.email.removesuffix(DOMAIN): user for user in users}
    return [
        DemoPerson(part, key, by_key[key].name, demo_token(by_key[key].id, instance))
        for key, part in PARTS.items()
        if key in by_key
    ]


def demo_token(user_id: UUID, instance: Instance) -> str:
    return str(_serializer(instance).dumps(str(user_id)))


def read_demo_token(token: str, instance: Instance) -> UUID:
    try:
        return UUID(_serializer(instance).loads(token))
    except (BadSignature, ValueError, TypeError, AttributeError) as error:
        raise InvalidInput("demo_link_invalid") from error


def _serializer(instance: Instance) -> URLSafeSerializer:
    return URLSafeSerializer(instance.derive_secret("demo-sign-in"), salt="demo-sign-in")
