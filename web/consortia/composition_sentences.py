"""What clashes, what would repair it and what was asked, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.services.composing.naming import step_level
from matchmaker.services.composing.reading import Reading
from matchmaker.services.rule_sets.figures import read_figures
from models.enums import RepairKind, RuleKind
from web.i18n import current_language, number, yuan
from web.rule_sentences import Names, rule_sentence

# Bounds that every question has.
LIMITS: Mapping[str, object] = {
    "size": _l("No more members than the challenge allows"),
    "budget": _l("The planned money of all seats stays within the budget"),
    "seated": _l("Every member has a seat that it fits"),
    "held": _l("The members that have to be in"),
    "barred": _l("The members that must not be in"),
    "lead": _l("The lead's own seat"),
}


@dataclass(frozen=True)
class BoundLine:
    """A bound in words, with the document it comes from where it is a rule of the call."""

    text: str
    source: str = ""


@dataclass(frozen=True)
class Words:
    """Sentences about one composition."""

    reading: Reading
    rule_names: Names

    def name(self, organisation_id: str | UUID | None) -> str:
        row = self.reading.named.organisations.get(str(organisation_id))
        return _in_language(row, "name") if row else _("an organisation that is no longer there")

    def capability(self, code: str) -> str:
        """A capability, or a readiness step, which stands among them."""
        if (level := step_level(code)) is not None:
            return _("Readiness from %(low)s to %(high)s", low=level, high=level + 1)
        row = self.reading.named.capabilities.get(code)
        return _in_language(row, "name") if row else code

    def seat(self, key: str) -> str:
        """The role of a seat; the lead may sit in one of its own."""
        found = next((one for one in self.reading.question.get("seats", ()) if one["key"] == key), None)
        if found is None:
            return _("Lead") if key == "lead" else _("Member")
        own, other = ("role_zh", "role_en") if current_language() == "zh" else ("role_en", "role_zh")
        return str(found[own] or found[other])

    def bound(self, bound: Mapping[str, Any]) -> BoundLine:
        match bound["what"]:
            case "capability":
                facts = {"name": self.capability(bound["code"]), "level": bound["level"]}
                return BoundLine(_("Somebody has “%(name)s” at level %(level)s or more", **facts))
            case "seat":
                return BoundLine(self._seat_sentence(bound["seat"]))
            case "rule":
                return self._rule(bound["rule"])
            case what:
                return BoundLine(str(LIMITS.get(what, what)))

    def change(self, change: Mapping[str, Any]) -> str:
        """One step of a repair as something to do."""
        kind = RepairKind(change["kind"])
        enters, leaves = self.name(change["enters"]), self.name(change["leaves"])
        match kind:
            case RepairKind.ADD:
                return _("Take in %(enters)s", enters=enters)
            case RepairKind.SWAP:
                return _("Take %(enters)s in place of %(leaves)s", enters=enters, leaves=leaves)
            case RepairKind.RELIEVE:
                return _("Take %(enters)s in place of %(leaves)s, who is busy", enters=enters, leaves=leaves)
            case RepairKind.DROP:
                return _("Go on without %(leaves)s", leaves=leaves)
            case RepairKind.DO_WITHOUT:
                return _("Do without a must: %(bound)s", bound=self.bound(change).text)
        facts = {
            "bound": self.bound(change).text,
            "before": self._amount(change, "before"),
            "after": self._amount(change, "after"),
        }
        if kind is RepairKind.LOWER:
            return _("Lower the minimum from %(before)s to %(after)s: %(bound)s", **facts)
        return _("Raise the maximum from %(before)s to %(after)s: %(bound)s", **facts)

    def _seat_sentence(self, key: str) -> str:
        seat = next(one for one in self.reading.question["seats"] if one["key"] == key)
        facts = {"role": self.seat(key), "least": seat["least"], "most": seat["most"]}
        if seat["least"] == seat["most"]:
            return _("The seat “%(role)s” is filled %(most)s times", **facts)
        return _("The seat “%(role)s” is filled %(least)s to %(most)s times", **facts)

    def _rule(self, key: str) -> BoundLine:
        rule = self.reading.question["rules"][key]
        figures = read_figures(RuleKind(rule["kind"]), rule["arguments"])
        return BoundLine(rule_sentence(figures, self.rule_names), rule["source"])

    def _amount(self, change: Mapping[str, Any], name: str) -> str:
        amount = change[name]
        if amount is None:
            return _("none")
        if change["what"] == "budget":
            return str(yuan(amount))
        return number(amount, 0 if float(amount).is_integer() else 2)


def _in_language(row: Any, field: str) -> str:
    own, other = (f"{field}_zh", f"{field}_en") if current_language() == "zh" else (f"{field}_en", f"{field}_zh")
    return str(getattr(row, own) or getattr(row, other))
