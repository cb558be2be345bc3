"""What can go wrong, with the facts in fields; whoever shows it to a person writes the sentence."""

from collections.abc import Mapping, Sequence
from uuid import UUID


class MatchmakerError(Exception):
    """Everything that the platform refuses or cannot do on purpose."""


class NotAllowed(MatchmakerError):
    def __init__(self, permission: str, subject: object = None) -> None:
        super().__init__(f"{permission} is not allowed on {subject}")
        self.permission = permission
        self.subject = subject


class Recused(NotAllowed):
    """An officer's own organisation competes in this challenge; `others` are the officers who can take over."""

    def __init__(self, challenge_id: UUID, organisation_id: UUID, others: Sequence[str]) -> None:
        super().__init__("recusal", challenge_id)
        self.challenge_id = challenge_id
        self.organisation_id = organisation_id
        self.others = others


class NotFound(MatchmakerError):
    """The record does not exist, or its existence is no business of the one who asks."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__(f"no {what} {key}")
        self.what = what
        self.key = key


class Stale(MatchmakerError):
    """Somebody else changed the record since it was opened; `theirs` and `yours` differ in these fields."""

    def __init__(self, what: str, differences: Mapping[str, tuple[object, object]]) -> None:
        super().__init__(f"{what} was changed by somebody else: {', '.join(differences)}")
        self.what = what
        self.differences = differences


class InvalidInput(MatchmakerError):
    """A rule that a form cannot know was broken. `code` names the rule; `facts` fill the sentence about it."""

    def __init__(self, code: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(f"{code} at {field}: {facts}")
        self.code = code
        self.field = field
        self.facts = facts


class IndexMissing(MatchmakerError):
    """There is no fitted index yet, or it belongs to another version of the code."""
