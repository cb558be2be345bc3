"""Forms over records that several people edit."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from matchmaker.errors import Stale
from web.forms.base import VersionedForm

NOT_SAID = _l("Please choose")


def blank(code: str | None) -> str | None:
    """The empty choice means "not said"."""
    return code or None


class EditForm(VersionedForm):
    """A form over a shared record: when somebody else was faster, it keeps the input and shows what differs."""

    # Empty while there is no record yet.
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.differences: Mapping[str, tuple[object, object]] = {}

    @contextmanager
    def over(self, record: Any) -> Iterator[None]:
        """Like `refusing`, for a change of `record`; after a conflict the next sending replaces what is there."""
        with self.refusing():
            try:
                yield
            except Stale as conflict:
                self.differences = conflict.differences
                self.version.data = record.version
                self.version.raw_data = [str(record.version)]

    @property
    def status(self) -> int:
        """The status of an answer that shows the form again."""
        return 409 if self.differences else 422
