"""What a broken rule of outcomes and data requests means to a person; part of `web.refusals`."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

OUTCOME_REFUSALS: Mapping[str, object] = {
    "field_not_to_ask": _l("These fields cannot be asked for: %(fields)s."),
    "grant_day": _l("Choose a day from %(first)s to %(last)s."),
    "outcome_amount": _l("Enter an amount of 0 or more, and not beyond what a contract can be."),
    "outcome_confirmed": _l("Both sides have said so already; it stands."),
    "outcome_day": _l("Choose a day from %(first)s to %(last)s."),
    "outcome_levels_not_asked": _l("Readiness levels are for raised readiness only."),
    "outcome_levels_order": _l("The readiness now must be higher than before."),
    "outcome_note": _l("A note may have %(most)s characters at most."),
    "outcome_other_side": _l("Choose with whom of the match it came about."),
    "outcome_said_already": _l("This was stated already, by you or by the other side; confirm theirs instead."),
    "purpose_length": _l("Say what it is for in %(least)s to %(most)s characters."),
    "rate_counts_missing": _l("Say whether it is a share of needs or of pairs."),
    "rate_of_reference": _l("This figure came with the platform; change it, or empty its value and keep its words."),
    "rate_one_stage": _l("Choose both stages, or none."),
    "rate_says_nothing": _l("Enter the value, or say in words what was published."),
    "rate_stage_order": _l("This must be a later stage than the first."),
    "request_step": _l("This does not go any more; the state is: %(before)s."),
    "request_to_oneself": _l("Your own data you see already."),
    "request_waiting": _l("A request of yours waits for their decision already."),
    "too_many_rates": _l("There are %(most)s figures already; take one away first."),
}
