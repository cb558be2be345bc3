"""What a broken rule of match runs and reports means to a person; part of `web.refusals`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

REPORT_REFUSALS: Mapping[str, object] = {
    "one_organisation_needed": _l("Name exactly one organisation by its full name or credit code; found: %(found)s."),
    "organisations_not_found": _l("Nobody, or more than one, is called so: %(names)s."),
    "period_not_over": _l("The period must not end after today."),
    "period_too_long": _l("A report covers %(days)s days at most."),
    "preset_unknown": _l("There is no such set of weights."),
    "report_being_made": _l("The report is still being made; stop it first."),
    "report_ended": _l("The report is not being made any more."),
    "report_is_another": _l("What you were shown is not what is stored now. Load the page again and check it."),
    "due_day_too_late": _l("Choose a day up to the %(last)sth; not every month has a later one."),
    "report_not_ended_early": _l("Only a report that was stopped or failed can be gone on with."),
    "report_not_ready": _l("Only a finished report can be signed."),
    "report_signed": _l("The report is signed; nothing in it changes any more."),
    "run_ended": _l("The run has ended already."),
    "run_in_future": _l("What will be known on a later day cannot be told; choose today or an earlier day."),
    "run_is_gone": _l("The match run of this report is gone; ask for the report again."),
    "run_not_ended_early": _l("Only a run that was stopped or failed can be gone on with."),
    "run_not_frozen": _l("Choose a run that is complete."),
    "run_of_other_scope": _l("This run is about something else; choose one of the same scope."),
    "run_too_large": _l(
        "%(needs)s needs with so many places are too much for one run; choose %(most)s places at most."
    ),
    "scope_not_of_kind": _l("A report of this kind is not made about that."),
    "scope_unknown": _l("Choose what it is about."),
    "scope_without_needs": _l("Nobody there has a live need on that day, so there is nothing to match."),
    "section_not_of_kind": _l(
        "A report of this kind has no such section: take away funnel, gaps, indicators and exposure."
    ),
    "signer_missing": _l("Enter the name under which the report is issued."),
    "too_many_organisations": _l("A list holds %(most)s organisations at most."),
}
