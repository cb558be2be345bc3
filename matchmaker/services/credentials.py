"""What an organisation can show: certifications with their validity, and patents by class."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.errors import InvalidInput, NotFound
from matchmaker.services import audit
from matchmaker.services.actors import Actor, Permission, require
from matchmaker.services.changes import change, touch
from models.organisations import Certification, Organisation, PatentCount
from models.taxonomy import CertificationScheme

IPC_CLASS = re.compile(r"[A-H]\d{2}[A-Z]?", re.ASCII)


# An officer has held these against a list or a document; what says more about them is no other certification.
CHECKED = ("issuer", "number", "issued_on", "valid_until")


@dataclass(frozen=True, kw_only=True)
class CertificationProof:
    """What is said of a certification besides which one it is."""

    issuer: str = ""
    number: str = ""
    issued_on: date | None = None
    valid_until: date | None = None
    evidence: str = ""


@dataclass(frozen=True, kw_only=True)
class CertificationDraft(CertificationProof):
    scheme_code: str


@dataclass(frozen=True, kw_only=True)
class PatentDraft:
    """Patents of one IPC class, such as H01M."""

    ipc_class: str
    granted: int = 0
    applied: int = 0


def list_certifications(session: Session, organisation_id: UUID) -> Sequence[Certification]:
    mine = select(Certification).where(Certification.organisation_id == organisation_id)
    return session.exec(mine.order_by(col(Certification.created_at), col(Certification.id))).all()


def list_patents(session: Session, organisation_id: UUID) -> Sequence[PatentCount]:
    mine = select(PatentCount).where(PatentCount.organisation_id == organisation_id)
    return session.exec(mine.order_by(PatentCount.ipc_class)).all()


def add_certification(
    session: Session, actor: Actor, organisation: Organisation, draft: CertificationDraft
) -> Certification:
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    if session.get(CertificationScheme, draft.scheme_code) is None:
        raise InvalidInput("unknown_scheme", field="scheme_code", scheme=draft.scheme_code)
    if draft.issued_on and draft.valid_until and draft.valid_until < draft.issued_on:
        raise InvalidInput("ends_before_it_starts", field="valid_until")
    if any(held.scheme_code == draft.scheme_code for held in list_certifications(session, organisation.id)):
        raise InvalidInput("certification_held", field="scheme_code", scheme=draft.scheme_code)

    certification = Certification(organisation_id=organisation.id, **asdict(draft))
    session.add(certification)
    audit.record(session, actor, "certification.add", certification, changes=asdict(draft))
    touch(session, organisation)
    return certification


def get_certification(
    session: Session, actor: Actor, organisation: Organisation, certification_id: UUID
) -> Certification:
    """One that `actor` may change."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    certification = session.get(Certification, certification_id)
    if certification is None or certification.organisation_id != organisation.id:
        raise NotFound("certification", certification_id)
    return certification


def update_certification(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    certification: Certification,
    draft: CertificationProof,
    *,
    expected_version: int | None = None,
) -> None:
    """Correct it or add evidence; what was checked is no longer what is there, so it has to be checked again."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    if draft.issued_on and draft.valid_until and draft.valid_until < draft.issued_on:
        raise InvalidInput("ends_before_it_starts", field="valid_until")
    values: dict[str, object] = asdict(draft)
    if any(getattr(certification, name) != values[name] for name in CHECKED):
        values["verified_at"] = None
    if change(session, actor, "certification.update", certification, values, expected_version=expected_version):
        touch(session, organisation)


def remove_certification(session: Session, actor: Actor, organisation: Organisation, certification_id: UUID) -> None:
    certification = get_certification(session, actor, organisation, certification_id)
    audit.record(
        session, actor, "certification.remove", certification, changes={"scheme_code": certification.scheme_code}
    )
    session.delete(certification)
    touch(session, organisation)


def set_patents(session: Session, actor: Actor, organisation: Organisation, draft: PatentDraft) -> PatentCount:
    """Enter or correct the patents of one class."""
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    ipc_class = draft.ipc_class.upper()
    if not IPC_CLASS.fullmatch(ipc_class):
        raise InvalidInput("ipc_class", field="ipc_class", typed=draft.ipc_class)
    for name in ("granted", "applied"):
        if not 0 <= getattr(draft, name) <= 1_000_000:
            raise InvalidInput("out_of_range", field=name, low=0, high=1_000_000)

    held = {count.ipc_class: count for count in list_patents(session, organisation.id)}
    count = held.get(ipc_class) or PatentCount(organisation_id=organisation.id, ipc_class=ipc_class)
    session.add(count)
    changes = audit.apply_changes(count, {"granted": draft.granted, "applied": draft.applied})
    audit.record(session, actor, "patents.set", count, changes={"ipc_class": ipc_class, **changes})
    touch(session, organisation)
    return count


def remove_patents(session: Session, actor: Actor, organisation: Organisation, patents_id: UUID) -> None:
    require(actor, Permission.ORGANISATION_EDIT, organisation.id)
    count = session.get(PatentCount, patents_id)
    if count is None or count.organisation_id != organisation.id:
        raise NotFound("patents", patents_id)

    audit.record(session, actor, "patents.remove", count, changes={"ipc_class": count.ipc_class})
    session.delete(count)
    touch(session, organisation)
