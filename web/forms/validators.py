"""Checks that several forms share."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, ValidationError
from wtforms.validators import InputRequired, NumberRange, StopValidation


class InRange(NumberRange):
    """A number with more digits than a float can hold is outside every range; the library fails over it."""

    def __call__(self, form: Any, field: Field) -> None:
        try:
            super().__call__(form, field)
        except OverflowError as error:
            raise ValidationError(self.message) from error


TRL = InRange(min=1, max=9, message=_l("A readiness level is a whole number from 1 to 9"))


class InputNeeded(InputRequired):
    """The field must be filled in, with more than marks that nobody sees; the sentence is the same everywhere."""

    def __init__(self) -> None:
        super().__init__(_l("Please fill this in"))

    def __call__(self, form: Any, field: Field) -> None:
        super().__call__(form, field)
        if field.data == "":
            field.errors = []
            raise StopValidation(self.message)


class Filled:
    """At least one of several fields must hold text: `Filled("name_zh", "name_en")`."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, form: Any, _field: Field) -> None:
        if not any(_texts(form, self.names)):
            raise ValidationError(_l("Fill in at least one of the two languages"))


def _texts(form: Any, names: Iterable[str]) -> list[str]:
    return [form[name].data or "" for name in names]
