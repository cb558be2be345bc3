"""Forms of the officer's desk."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from web.forms import Form


class DecisionForm(Form):
    decision_note = TextAreaField(_l("Note to the person"), validators=[Length(max=1000)])
