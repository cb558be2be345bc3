"""The history of a deal in words: the audit log keeps fields, people read sentences."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.services.desk import columns
from matchmaker.services.desk.history import Step
from models.desk import DealList
from models.enums import DeclineReason, StageRule
from web.i18n import current_language, day, joined, yuan
from web.labels import label

FIELDS: Mapping[str, object] = {
    "owner_id": _l("In charge"),
    "due_on": _l("Due on"),
    "tags": _l("Tags"),
    "amount": _l("Amount"),
    "paid_on": _l("Paid on"),
}
NOTHING = "—"
LONG_NUMBER = 10_000


def step_lines(step: Step, deal_list: DealList) -> list[str]:
    """What one entry of the log says, in one or more sentences."""
    if step.action == "deal.add":
        return [_("Put on the list")]
    if step.action == "deal.memo":
        return [_("The memo for the committee was made")]
    if step.action == "deal.move":
        return _moved(step)
    return _changed(step.changes, deal_list)


def _moved(step: Step) -> list[str]:
    before, after = (_stage_name(names) for names in _pair(step.changes["stage_names"]))
    lines = [_("Moved from %(before)s to %(after)s", before=before, after=after)]
    if override := step.changes.get("override"):
        rules = joined(label(StageRule(one)) for one in _listed(step.changes["rules"]))
        lines.append(_("Against the rules (%(rules)s), because: %(reason)s", rules=rules, reason=override))
    if reason := step.changes.get("reason"):
        lines.append(_("Reason: %(reason)s", reason=label(DeclineReason(str(reason)))))
    return lines


def _changed(changes: Mapping[str, object], deal_list: DealList) -> list[str]:
    lines = [
        _line(str(FIELDS[name]), *(_in_words(name, value) for value in _pair(change)))
        for name, change in changes.items()
        if name in FIELDS
    ]
    return lines + (_values(changes["values"], deal_list) if "values" in changes else [])


def _values(change: object, deal_list: DealList) -> list[str]:
    """Of the list's own columns; one that is put away is not spoken of."""
    before, after = _pair(change)
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    return [
        _line(one.label, *(own_value(one, values.get(one.key)) for values in (before, after)))
        for one in columns.columns_of(deal_list)
        if before.get(one.key) != after.get(one.key)
    ]


def _line(name: str, before: str, after: str) -> str:
    if before == NOTHING:
        return _("%(field)s: now %(after)s", field=name, after=after)
    if after == NOTHING:
        return _("%(field)s: %(before)s taken out", field=name, before=before)
    return _("%(field)s: %(before)s, now %(after)s", field=name, before=before, after=after)


def _in_words(name: str, value: object) -> str:
    if value in (None, "", []):
        return NOTHING
    if name in ("due_on", "paid_on"):
        return day(date.fromisoformat(str(value)))
    if name == "amount":
        assert isinstance(value, (int, float))
        return yuan(value)
    return str(joined(value)) if isinstance(value, list) else str(value)


def own_value(column: columns.Column, value: object) -> str:
    """A value of an own column as people read it."""
    typed = columns.typed_value(column, value)
    if typed is None:
        return NOTHING
    if isinstance(typed, float):
        # In full, and a year stays a year.
        return f"{typed:,.15g}" if abs(typed) >= LONG_NUMBER else f"{typed:.10g}"
    return day(typed) if isinstance(typed, date) else str(typed)


def _pair(change: object) -> Sequence[object]:
    assert isinstance(change, list)
    assert len(change) == 2
    return change


def _listed(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _stage_name(names: object) -> str:
    zh, en = _listed(names)
    return (zh or en) if current_language() == "zh" else (en or zh)
