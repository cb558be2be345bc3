"""What the pages of the registry desk call things."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l

from matchmaker.services.certifications.queue import Part as CertificationPart
from matchmaker.services.reviews.queue import Part as ReviewPart
from web.forms.edit import ConflictForm
from web.gaps import field_label
from web.labels import label

KINDS: Mapping[str, object] = {"offer": _l("Offer"), "need": _l("Need")}
REVIEW_PARTS: Mapping[ReviewPart, object] = {
    ReviewPart.ALL: _l("All that wait"),
    ReviewPart.OVERDUE: _l("Overdue"),
    ReviewPart.UNSEEN: _l("Not seen yet"),
    ReviewPart.SEEN: _l("Seen already"),
}
CERTIFICATION_PARTS: Mapping[CertificationPart, object] = {
    CertificationPart.TO_CHECK: _l("To be verified"),
    CertificationPart.ASKED: _l("Evidence asked for"),
    CertificationPart.ENDING: _l("End within 90 days"),
    CertificationPart.OVER: _l("Expired within a year"),
    CertificationPart.REFUSED: _l("Not confirmed"),
    CertificationPart.VERIFIED: _l("Verified"),
}
HINTS: Mapping[str, object] = {
    "link": _l("a link"),
    "e_mail": _l("an e-mail address"),
    "phone": _l("a telephone number"),
    "patent": _l("a patent number"),
    "credit_code": _l("a credit code"),
    "mark": _l("a brand"),
    "name": _l("the organisation's own name"),
}
ALL_REVIEWS = ReviewPart.ALL
# Fields of postings and certifications, as their own forms call them.
FIELDS: Mapping[str, object] = {
    "title_zh": _l("Title in Chinese"),
    "title_en": _l("Title in English"),
    "summary_zh": _l("Summary in Chinese"),
    "summary_en": _l("Summary in English"),
    "description_zh": _l("Description in Chinese"),
    "description_en": _l("Description in English"),
    "advantages_zh": _l("Advantages in Chinese"),
    "advantages_en": _l("Advantages in English"),
    "tags": _l("Capabilities"),
    "state": _l("State"),
    "review_by": _l("To be looked at by"),
    "trl_low": _l("Lowest readiness level"),
    "trl_high": _l("Highest readiness level"),
    "budget_low": _l("Amount from"),
    "budget_high": _l("Amount up to"),
    "partner_kinds": _l("Kinds of partner"),
    "partner_sizes": _l("Sizes of partner"),
    "accepted_types": _l("Other kinds of co-operation that would do"),
    "stage": _l("Stage of development"),
    "ip_status": _l("Rights to it"),
    "issuer": _l("Issued by"),
    "number": _l("Certificate number"),
    "issued_on": _l("Issued on"),
    "valid_until": _l("Valid until"),
    "evidence": _l("Evidence"),
    "verified_at": _l("Verified"),
    "grade": _l("Who may see it"),
    "name_zh": _l("Chinese name"),
    "name_en": _l("English name"),
    "summary": _l("Summary"),
    "address": _l("Address"),
    "country": _l("Country"),
    "region": _l("Region"),
    "engaged": _l("Co-operations running now"),
    "tags_of_profile": _l("Keywords"),
}


def field_word(field: str) -> str:
    return str(FIELDS[field]) if field in FIELDS else field_label(field)


def differences(form: ConflictForm) -> list[tuple[str, str, str]]:
    """Field by field what is there now and what the page had shown."""
    return [(field_word(name), _in_words(now), _in_words(then)) for name, (now, then) in form.differences.items()]


def _in_words(value: Any) -> str:
    if value in (None, "", (), [], {}):
        return "—"
    if isinstance(value, StrEnum):
        return label(value)
    if isinstance(value, (list, tuple)):
        return "、".join(_in_words(one) for one in value)
    return str(value)


def field_words(fields: Iterable[str]) -> list[str]:
    return [field_word(field) for field in fields]
