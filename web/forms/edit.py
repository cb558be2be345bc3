"""Forms over records that several people edit."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from matchmaker.errors import Stale
from web.forms.base import Form

NOT_SAID = _l("Please choose")


def blank(code: str | None) -> str | None:
    """The empty choice means "not said"."""
    return code or None


class ConflictForm(Form):
    """When somebody else was faster, the input stays, and `differences` are theirs and yours by field."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.differences: Mapping[str, tuple[object, object]] = {}

    @property
    def status(self) -> int:
        """The status of an answer that shows the form again."""
        return 409 if self.differences else 422


class EditForm(ConflictForm):
    """A form over a shared record that has a version."""

    # Empty while there is no record yet.
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])

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


class PartForm(ConflictForm):
    """A form over a part of something that several people edit at once; `seen` is a fingerprint of what it showed."""

    seen = HiddenField()

    @contextmanager
    def over(self, fingerprint: Callable[[], str]) -> Iterator[None]:
        """Like `refusing`; after a conflict the next sending replaces what is there now."""
        with self.refusing():
            try:
                yield
            except Stale as conflict:
                self.differences = conflict.differences
                self.seen.data = fingerprint()
