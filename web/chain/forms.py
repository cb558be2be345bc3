"""Filters of the map. Asking changes nothing, so they travel in the address."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from matchmaker.services.calendar import today
from matchmaker.services.chain.judged import Filters
from models.enums import Ownership
from web.choices import any_districts
from web.forms import Form
from web.i18n import day as day_text
from web.labels import label

FIRST_DAY = date(2000, 1, 1)


def check_day(_form: Form, field: Field) -> None:
    if field.data is not None and not FIRST_DAY <= field.data <= today():
        raise ValidationError(_("Choose a day from %(first)s to today", first=day_text(FIRST_DAY)))


class FilterForm(Form):
    class Meta(Form.Meta):
        csrf = False

    district = SelectField(_l("District"), validators=[Optional()])
    ownership = SelectField(_l("Ownership"), validators=[Optional()])
    day = DateField(_l("As of"), validators=[Optional(), check_day])

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)
        self.district.choices = [SelectChoice("", _("The whole region")), *any_districts()]
        self.ownership.choices = [
            SelectChoice("", _("Everybody")),
            *(SelectChoice(one.value, label(one)) for one in Ownership),
        ]

        if self.day.data is None and not self.day.raw_data:
            self.day.data = today()

    def filters(self) -> Filters:
        return Filters(
            districts=(self.district.data,) if self.district.data else (),
            ownerships=(Ownership(self.ownership.data),) if self.ownership.data else (),
        )

    def as_of(self) -> date:
        return self.day.data or today()


class SinceForm(FilterForm):
    since = DateField(_l("Compare with the day"), validators=[Optional(), check_day])

    def validate_since(self, field: Field) -> None:
        if field.data is not None and field.data > self.as_of():  # a gain would read as a loss
            raise ValidationError(_("Choose a day not later than %(day)s", day=day_text(self.as_of())))
