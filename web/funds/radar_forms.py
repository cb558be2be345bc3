"""The form of a screen."""

from collections.abc import Mapping
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from matchmaker.services.desk.screens import ScreenDraft
from web.forms import InputNeeded
from web.forms.edit import EditForm


class ScreenForm(EditForm):
    name = StringField(_l("Name of the screen"), validators=[InputNeeded(), Length(max=120)])
    is_shared = BooleanField(_l("Colleagues of the fund see it, too"))
    alerts = BooleanField(_l("Tell how many firms are new in it"))

    def draft(self, mandate_id: UUID | None, filters: Mapping[str, str]) -> ScreenDraft:
        return ScreenDraft(
            name=self.name.data,
            mandate_id=mandate_id,
            filters=filters,
            is_shared=self.is_shared.data,
            alerts=self.alerts.data,
        )
