"""Fields of this domain."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

from wtforms import DecimalField, FloatField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice

from web.labels import LABELS


class EnumField(SelectField):
    """One member of a closed list; the empty choice, where `empty` names it, is None."""

    def __init__(self, label: Any, values: type[StrEnum], *, empty: Any = None, **named: Any) -> None:
        def coerce(code: Any) -> StrEnum | None:
            return values(code) if code else None

        def choices() -> list[SelectChoice]:
            first = [] if empty is None else [SelectChoice("", str(empty))]
            return first + [SelectChoice(member.value, str(text)) for member, text in LABELS[values].items()]

        super().__init__(label, coerce=coerce, choices=choices, **named)


class EnumsField(SelectMultipleField):
    """Any number of members of a closed list, shown as check boxes."""

    def __init__(self, label: Any, values: type[StrEnum], **named: Any) -> None:
        def choices() -> list[SelectChoice]:
            return [SelectChoice(member.value, str(text)) for member, text in LABELS[values].items()]

        super().__init__(label, coerce=values, choices=choices, **named)


class YuanField(DecimalField):
    """An amount typed in 万元 (CNY 10,000) and kept in CNY: `data` is a float in CNY or None."""

    TEN_THOUSAND = 10_000
    MOST_DIGITS = 200  # far more than any amount has, and few enough to be worked with

    def process_data(self, value: Any) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and not (self.data.is_finite() and self.data.adjusted() < self.MOST_DIGITS):
            self.data = None  # no check after this one could compare it
            raise ValueError(self.gettext("Not a valid decimal value."))
        if self.data is not None:
            self.data = float(self.data * self.TEN_THOUSAND)  # decimal, so that what was typed comes back

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        exact = f"{Decimal(repr(float(self.data))) / self.TEN_THOUSAND:f}"
        return exact.rstrip("0").rstrip(".") if "." in exact else exact


class PercentField(FloatField):
    """A share typed in percent: `data` is a float of 1, or None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([typed.strip().rstrip("%％") for typed in valuelist])
        if self.data is not None:
            self.process_data(round(self.data / 100, 6))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{100 * self.data:g}" if self.data is not None else ""
