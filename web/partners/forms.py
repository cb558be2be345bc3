"""What people say of a recommended candidate."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, ValidationError

from matchmaker.services.feedback import KINDS, LONGEST_NOTE
from matchmaker.services.interests import LONGEST_TEXT
from models.enums import DeclineReason, InteractionKind, InterestState
from web.forms import EnumField, Form, InputNeeded, VersionedForm
from web.labels import LABELS

HEX = frozenset("0123456789abcdef")


def _kinds() -> list[SelectChoice]:
    return [SelectChoice(kind.value, str(LABELS[InteractionKind][kind])) for kind in KINDS]


def _answers() -> list[SelectChoice]:
    texts = {InterestState.ACCEPTED: _l("Yes, we would talk about it"), InterestState.DECLINED: _l("No")}
    return [SelectChoice(state.value, str(text)) for state, text in texts.items()]


class FromList(Form):
    """A form that is reached from a list: it remembers which, and on what page."""

    run = HiddenField()
    page = HiddenField()

    @property
    def run_id(self) -> UUID | None:
        """The list that the person came from; a hidden value that was tampered with names none."""
        digits = (self.run.data or "").replace("-", "")
        return UUID(digits) if len(digits) == 32 and not set(digits) - HEX else None

    @property
    def page_number(self) -> int:
        text = self.page.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


class AskForm(FromList, VersionedForm):
    message = TextAreaField(_l("Your message"), validators=[Length(max=LONGEST_TEXT)])


class AnswerForm(VersionedForm):
    kind = RadioField(_l("Would you talk about it?"), choices=_answers, validators=[InputNeeded()])
    reason = EnumField(_l("Why you say no"), DeclineReason, empty=_l("Please choose"))
    answer = TextAreaField(_l("A word to them"), validators=[Length(max=LONGEST_TEXT)])

    def validate_reason(self, field: EnumField) -> None:
        if self.kind.data == InterestState.DECLINED and field.data is None:
            raise ValidationError(_l("Choose the reason that comes nearest"))

    def validate_answer(self, field: TextAreaField) -> None:
        is_other = self.kind.data == InterestState.DECLINED and self.reason.data is DeclineReason.OTHER
        if is_other and not field.data:
            raise ValidationError(_l("Say in a few words what the other reason is"))


class FeedbackForm(FromList):
    kind = RadioField(_l("Is this candidate useful for the need?"), choices=_kinds, validators=[InputNeeded()])
    reason = EnumField(_l("Why not"), DeclineReason, empty=_l("Please choose"))
    note = TextAreaField(_l("Note"), validators=[Length(max=LONGEST_NOTE)])

    def validate_reason(self, field: EnumField) -> None:
        if self.kind.data == InteractionKind.NOT_USEFUL and field.data is None:
            raise ValidationError(_l("Choose the reason that comes nearest"))

    def validate_note(self, field: TextAreaField) -> None:
        is_other = self.kind.data == InteractionKind.NOT_USEFUL and self.reason.data is DeclineReason.OTHER
        if is_other and not field.data:
            raise ValidationError(_l("Say in a few words what the other reason is"))
