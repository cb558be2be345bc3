"""What the style page shows in its components."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length

from models.enums import CooperationType, OrganisationKind
from web.forms import TRL, EnumField, EnumsField, Form, InputNeeded, YuanField


class SampleForm(Form):
    title = StringField(_l("Title"), validators=[InputNeeded(), Length(max=200)])
    summary = TextAreaField(_l("Summary"), validators=[Length(max=500)])
    type = EnumField(_l("Kind of co-operation"), CooperationType, empty=_l("Please choose"))
    kinds = EnumsField(_l("Kinds of partner"), OrganisationKind)
    level = IntegerField(_l("Lowest readiness level"), validators=[TRL])
    budget = YuanField(_l("Budget"))
    agreed = BooleanField(_l("Partners may see this in their search"))


def list_sample_terms() -> list[dict[str, object]]:
    """Terms as a score card shows them: points add up to the total."""
    return [
        {
            "label": _l("Capability"),
            "share": 0.92,
            "points": 36.8,
            "why": _l("4 of 5 capabilities at the level asked for"),
        },
        {"label": _l("Text"), "share": 0.71, "points": 21.3, "why": ""},
        {"label": _l("Readiness"), "share": 0.5, "points": 10.0, "why": _l("TRL 5 to 6; 6 to 8 is needed")},
        {"label": _l("Track record"), "share": None, "points": None, "why": _l("No past projects are known")},
    ]
