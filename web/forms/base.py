"""The base of all forms."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, IntegerField, PasswordField, StringField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from matchmaker.errors import InvalidInput
from web.refusals import refusal_text

# Control characters, and marks that are not seen but change how text reads or compares.
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


def clean_text(text: object) -> object:
    """Text as people meant it: composed characters, plain line ends, no unseen marks, no space around it.

    A field that was not sent at all is empty: what is stored of a text is never NULL.
    """
    if text is None:
        return ""
    if not isinstance(text, str):
        return text
    unified = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode("utf-8")
    return UNSEEN.sub("", unicodedata.normalize("NFC", unified)).strip()


class Form(FlaskForm):
    """Every text field is cleaned; passwords and hidden values are left as they are."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            if issubclass(unbound_field.field_class, StringField) and not issubclass(
                unbound_field.field_class, (PasswordField, HiddenField)
            ):
                given = unbound_field.kwargs.get("filters", ())
                options = {**options, "filters": [clean_text, *given]}
            return super().bind_field(form, unbound_field, options)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """A rule that a service found broken becomes the error of its field, or of the whole form."""
        try:
            yield
        except InvalidInput as error:
            self.add_error(error.field, refusal_text(error))

    def add_error(self, name: str | None, text: str) -> None:
        if name in self._fields:
            self[name].errors = [*self[name].errors, text]
        else:
            self.form_errors.append(text)


class VersionedForm(Form):
    """A form over a record that several people may edit: it remembers which version it showed."""

    # A browser sends it empty while there is no record yet.
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
