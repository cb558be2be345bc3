"""Whether an organisation may answer a challenge: each condition with what is asked and what is known of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session, col, select

from matchmaker.profiles import SIZES, UNKNOWN
from matchmaker.services.calendar import today
from matchmaker.services.challenges.seeing import ChallengeView
from matchmaker.store.organisations import size_of
from models.challenges import Challenge
from models.organisations import Certification, Organisation


class Condition(StrEnum):
    OWN = "own"  # who posts it does not answer it
    KIND = "kind"
    SIZE = "size"
    DISTRICT = "district"
    CERTIFICATION = "certification"


class Outcome(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One condition; `actual` is None where it is not known."""

    condition: Condition
    outcome: Outcome
    wanted: Sequence[str] = ()
    actual: str | None = None


@dataclass(frozen=True)
class Eligibility:
    """One condition that is not met decides; one that nobody knows is a question to ask."""

    organisation_id: UUID
    checks: Sequence[Check]

    @property
    def outcome(self) -> Outcome:
        outcomes = {check.outcome for check in self.checks}
        if Outcome.NOT_MET in outcomes:
            return Outcome.NOT_MET
        return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.MET

    @property
    def open_checks(self) -> Sequence[Check]:
        """What stands in the way, or is not known."""
        return [check for check in self.checks if check.outcome is not Outcome.MET]


@dataclass(frozen=True)
class Answerer:
    """What of an organisation decides; read once for many challenges. For its own people: nothing of it is shown
    to anybody else."""

    organisation: Organisation
    valid_schemes: frozenset[str]
    undated_schemes: frozenset[str]


def answerer(session: Session, organisation: Organisation) -> Answerer:
    held = session.exec(select(Certification).where(col(Certification.organisation_id) == organisation.id)).all()
    return Answerer(
        organisation,
        frozenset(one.scheme_code for one in held if one.valid_until and _covers(one, today())),
        frozenset(one.scheme_code for one in held if one.valid_until is None),
    )


def judge(who: Answerer, challenge: Challenge | ChallengeView) -> Eligibility:
    """Only conditions that the challenge sets are listed; without any, everybody may answer."""
    return Eligibility(who.organisation.id, tuple(_checks(who, challenge)))


def _checks(who: Answerer, challenge: Challenge | ChallengeView) -> Iterable[Check]:
    organisation = who.organisation
    if organisation.id == challenge.organisation_id:
        yield Check(Condition.OWN, Outcome.NOT_MET)
    size = size_of(organisation.staff)
    facts: Mapping[Condition, tuple[Sequence[str], str | None]] = {
        Condition.KIND: (challenge.answerer_kinds, organisation.kind.value),
        Condition.SIZE: (challenge.answerer_sizes, None if size == UNKNOWN else SIZES[size].value),
        Condition.DISTRICT: (challenge.answerer_districts, organisation.district_code),
    }
    for condition, (wanted, actual) in facts.items():
        if wanted:
            yield Check(condition, _one_of(wanted, actual), tuple(wanted), actual)
    if challenge.answerer_certifications:
        yield _certified(who, challenge.answerer_certifications)


def _one_of(wanted: Sequence[str], actual: str | None) -> Outcome:
    if actual is None:
        return Outcome.UNKNOWN
    return Outcome.MET if actual in wanted else Outcome.NOT_MET


def _certified(who: Answerer, wanted: Sequence[str]) -> Check:
    """One of the certifications is enough. One without a last day may hold or not; that nothing is entered does not
    say that nothing is held."""
    held = [code for code in wanted if code in who.valid_schemes]
    if held:
        return Check(Condition.CERTIFICATION, Outcome.MET, tuple(wanted), held[0])
    undated = [code for code in wanted if code in who.undated_schemes]
    return Check(Condition.CERTIFICATION, Outcome.UNKNOWN, tuple(wanted), undated[0] if undated else None)


def _covers(held: Certification, day: date) -> bool:
    return (held.issued_on is None or held.issued_on <= day) and (held.valid_until is None or held.valid_until >= day)
