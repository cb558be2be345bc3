"""Rows of a form that repeat: metrics, seats, milestones."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FloatField

from web.forms.base import Form

FIGURE = _l("Enter a number, such as 2 or 99.5")
# What a person types; a choice or a tick that stands there from the start says nothing.
TYPED = frozenset({"StringField", "FloatField", "NumberField", "YuanField"})


class RowForm(Form):
    """A row of a form; one that holds nothing is left out."""

    class Meta(Form.Meta):
        csrf = False  # the form around it carries the token

    @property
    def is_blank(self) -> bool:
        return not any(field.data for field in self if field.type in TYPED)

    def validate(self, extra_validators: Any = None) -> bool:
        return self.is_blank or bool(super().validate(extra_validators))


class NumberField(FloatField):
    """A figure in words that a person understands when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip().replace("−", "-").replace(",", "") for text in valuelist])
        except ValueError as error:
            raise ValueError(str(FIGURE)) from error

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        # In full: what a form shows is what it sends back.
        return f"{Decimal(repr(float(self.data))).normalize():f}" if self.data is not None else ""
