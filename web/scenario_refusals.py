"""What a broken rule of a what-if means to a person; part of `web.refusals`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

SCENARIO_REFUSALS: Mapping[str, object] = {
    "compare_some": _l("Choose two to %(most)s scenarios to compare."),
    "force_missing": _l("Say how hard the clause is held."),
    "fund_without_money": _l("Say how much money the fund has, or its largest ticket."),
    "intervention_field_wrong": _l("This is no value for this field."),
    "intervention_gone": _l(
        "An intervention names something that is no longer there: %(value)s. Remove it and add another."
    ),
    "intervention_twice": _l("The scenario has this already."),
    "intervention_unknown": _l("There is no such intervention."),
    "limit_missing": _l("Choose which limit changes, or a clause."),
    "nothing_changed": _l("Choose what changes: a rule, a clause, or a limit of the chain map."),
    "only_one_part": _l("Fill in only one of the parts of this form."),
    "scenario_empty": _l("Add at least one intervention first."),
    "scenario_gone": _l("The scenario was deleted meanwhile."),
    "too_many_interventions": _l("A scenario has %(most)s interventions at most."),
}
