"""The form over the weights of a preset; its fields are the preset's components."""

import math
from collections.abc import Mapping
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, Field, HiddenField, ValidationError

from web.forms import Form, InputNeeded
from web.labels import component_label


class WeightsForm(Form):
    """`weight_...` is what the editor wants, `shown_...` what the page showed when it was opened."""

    components: tuple[str, ...] = ()

    def weights(self) -> dict[str, float]:
        return {name: float(self[f"weight_{name}"].data) for name in self.components}

    def shown(self) -> dict[str, float]:
        return {name: _number(self[f"shown_{name}"].data) for name in self.components}

    def saved_shares(self) -> list[float]:
        """What part of the whole each saved weight is."""
        saved = [float(self[f"weight_{name}"].default) for name in self.components]
        whole = sum(saved) or 1
        return [weight / whole for weight in saved]

    def weight_fields(self) -> list[Field]:
        return [self[f"weight_{name}"] for name in self.components]

    def shown_fields(self) -> list[Field]:
        return [self[f"shown_{name}"] for name in self.components]


def weights_form(stored: Mapping[str, float]) -> type[WeightsForm]:
    """A form class for these components."""
    fields: dict[str, object] = {"components": tuple(stored)}
    for name, weight in stored.items():
        fields[f"weight_{name}"] = DecimalField(
            component_label(name), default=Decimal(f"{weight:g}"), places=None, validators=[InputNeeded(), _finite]
        )
        fields[f"shown_{name}"] = HiddenField(default=repr(weight))
    return type("WeightsForm", (WeightsForm,), fields)


def _finite(_form: object, field: Field) -> None:
    if field.data is None:
        return  # not a number: the field has said so
    if not field.data.is_finite() or not 0 <= field.data <= 100:
        raise ValidationError(_l("A weight is a number from 0 to 100"))


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return math.nan  # equals nothing, so the change is refused as out of date
