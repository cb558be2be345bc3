"""What a broken rule (InvalidInput.code) and the name of a stored field mean to a person."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from matchmaker.errors import InvalidInput
from web.labels import LABELS, component_label, label

# Facts of the error fill the places in %(...)s.
REFUSALS: Mapping[str, object] = {
    "already_member": _l("You act for this organisation already."),
    "answer_judged": _l("The answer is being judged and does not change any more; its state is: %(state)s."),
    "answer_months_missing": _l("Say how many months you need."),
    "answer_not_sent": _l("Only an answer that is handed in can be withdrawn; its state is: %(state)s."),
    "answer_sent": _l("The answer is handed in already; its state is: %(state)s."),
    "answer_step": _l("This does not go from the present state of the answer: %(before)s."),
    "answers_read": _l(
        "You can read the answers of others to this challenge, so a colleague who cannot has to begin yours."
    ),
    "answers_closed": _l("Answers are not taken now; the stage is: %(stage)s."),
    "approach_too_short": _l("Your way has %(length)s characters; to hand it in it needs at least %(at_least)s."),
    "asks_missing": _l("Say how much money you ask for; 0 if none."),
    "bound_missing": _l("Enter the least, the most, or both."),
    "bound_order": _l("The most must not be below the least."),
    "budget_end": _l("A budget needs its upper end."),
    "budget_order": _l("The upper end of the budget must not be below the lower."),
    "capacity_full": _l(
        "The organisation carries %(running)s co-operations and has said that it can carry %(capacity)s."
    ),
    "certification_held": _l("This certification is entered already."),
    "challenge_handed_in": _l(
        "It is handed in and stands still; only the officer who asks for changes opens it again."
    ),
    "challenge_not_handed_in": _l("It has not been handed in yet."),
    "challenge_not_in_screening": _l("Points are given during the screening; the stage is: %(stage)s."),
    "challenge_over": _l("This is over; the stage is: %(stage)s."),
    "choose_some": _l("Choose at least one."),
    "claim_decided": _l("This claim has been decided already: %(state)s."),
    "claim_pending": _l("Your claim on this organisation is waiting for a decision."),
    "comment_length": _l("A comment has 1 to %(most)s characters."),
    "component_unknown": _l("The preset has no component %(component)s."),
    "consortium_locked": _l("Nothing in here changes any more; the state is: %(state)s."),
    "deadline_missing": _l("There is no last day for answers."),
    "deadline_not_ahead": _l("The last day for answers is missing or over; set a later one first."),
    "deadline_not_over": _l("Answers are taken until %(until)s; the evaluation begins after that."),
    "deadline_only_later": _l("Choose a later day than the present one, and not a past one."),
    "deadline_past": _l("The last day for answers is over."),
    "conflict_listed": _l("This pair is on record already."),
    "demo_link_invalid": _l("This sign-in link is not valid. Take a new one from the start page."),
    "draft_too_long": _l("A draft may have %(most)s characters at most."),
    "edition_is_published": _l("Edition %(edition)s is published and does not change any more; begin a new edition."),
    "ends_before_it_starts": _l("The end must not be before the start."),
    "feedback_kind": _l("An answer is one of: %(allowed)s."),
    "feedback_note_missing": _l("Say in a few words what the other reason is"),
    "feedback_note_too_long": _l("A note may have %(most)s characters at most."),
    "feedback_reason_missing": _l("Choose the reason that comes nearest"),
    "founded_in_future": _l("The date of founding lies in the future."),
    "grade_not_allowed": _l("This field may be graded: %(allowed)s."),
    "in_the_room_already": _l("This organisation is in the room already, or has said no; its state is: %(state)s."),
    "interest_step": _l("This does not go any more; the state is: %(before)s."),
    "ipc_class": _l("%(typed)s is no patent class; a class looks like H01M."),
    "job_asked_already": _l("The same job waits or runs already."),
    "job_ended": _l("This job has ended already: %(state)s."),
    "job_not_ended_early": _l("Only a job that failed or was stopped can be done again; this one: %(state)s."),
    "lead_stays": _l("The lead does not leave; it dissolves the consortium."),
    "learned_preset_has_a_run": _l("A learned version goes live on the page of its training run."),
    "learned_preset_is_fixed": _l("Learned weights stay as they were learned; train anew instead."),
    "let_in_already": _l("It has been let in; to shut it out again take that back, with a reason."),
    "metric_without_figure": _l("Metric %(row)s needs a figure that can be reached."),
    "metric_without_name": _l("Metric %(row)s needs a name in at least one language."),
    "metrics_missing": _l("There is no metric: by what will you see that it is solved?"),
    "name_missing": _l("Enter a name in at least one language."),
    "need_not_live": _l("Only for a published need that has not run out can somebody be asked."),
    "no_answer_chosen": _l("Choose an answer first."),
    "no_answer_yet": _l("No answer has been handed in, so there is nothing to judge; give more time or withdraw it."),
    "no_composition": _l("This room was opened by hand, so there is no question of the composer to hold it against."),
    "no_challenge": _l("This room belongs to no challenge, so there is nothing to compose for."),
    "no_such_move": _l("There is no such step from the present stage: %(before)s."),
    "not_eligible": _l("The conditions of the challenge are not met, so this answer cannot be handed in."),
    "not_in_judging": _l("Answers are judged during the evaluation; the stage is: %(stage)s."),
    "not_in_the_room": _l("Choose among the organisations of the room."),
    "not_let_in": _l("Ask to be let in first; the problem has to be read before it is answered."),
    "not_published": _l("This only works with what is published; the state is: %(state)s."),
    "not_ready_to_sign": _l(
        "Something still stands between this agreement and its signatures; the page Sign lists it."
    ),
    "note_missing": _l("Tell the person why."),
    "nothing_kept_back": _l("There is nothing kept back from this organisation."),
    "nothing_to_go_back_to": _l("No other weights were live before these."),
    "member_not_active": _l("%(name)s is no longer active in the registry. Put somebody else on its seat."),
    "organisation_not_active": _l("An organisation of the team is no longer active; have the team composed again."),
    "out_of_range": _l("Enter a number from %(low)s to %(high)s."),
    "own_answer": _l("Your own organisation has answered, so somebody else has to judge this answer."),
    "own_challenge": _l("You belong to the organisation that posts this; another officer has to screen it."),
    "own_claim": _l("You may not decide your own claim."),
    "own_money_over_budget": _l("Own money cannot be more than the whole budget."),
    "plan_order": _l("A later stage cannot begin before an earlier one."),
    "problem_missing": _l("The problem is not described."),
    "promise_figure": _l("Enter a number for each promise."),
    "purpose_too_short": _l("Say in a sentence what you want to read it for (at least %(at_least)s characters)."),
    "racers_full": _l("As many as may run against each other (%(racers)s) are chosen already."),
    "racers_of_way": _l("One answer is chosen, or at least two run against each other."),
    "reason_length": _l("Give a reason of 1 to %(most)s characters."),
    "pairing_held": _l("This pair is on record already in this way."),
    "pairing_state": _l("A pair is proposed, agreed or turned down."),
    "wrong_kind": _l("This organisation is not of the kind that is asked for here: %(kind)s."),
    "refused_version": _l("This run was refused, so it has no version that could go live."),
    "relay_goes_up": _l("The readiness wanted must be higher than today's."),
    "relay_says_nothing": _l("No capability found in these words. Name a product or process, or choose a chain node."),
    "role_missing": _l("Say what the role of the seat is."),
    "rubric_has_zero": _l("A line of the rubric has 0 points; ask for changes."),
    "rubric_incomplete": _l("Give points in every line of the rubric first."),
    "rubric_too_low": _l("%(total)s points are not enough; %(needed)s publish."),
    "rule_kind_is_fixed": _l("A rule stays of its kind (%(kind)s); remove it and add another."),
    "rule_says_nothing": _l("This rule says nothing yet; fill in at least one of its fields."),
    "rule_set_empty": _l("An edition without rules cannot be published."),
    "rule_set_not_published": _l("Choose a published edition of rules."),
    "rule_source_missing": _l("Name the document, and the clause in it, that this comes from."),
    "seat_count": _l("Seat %(row)s: the most must be 1 or more and not below the least."),
    "seat_filled": _l("Somebody else is asked for this seat by now."),
    "seat_kind": _l("Seat %(row)s names a kind of organisation that does not exist."),
    "seat_step": _l("This does not go any more; the seat's state is: %(state)s."),
    "seat_taken": _l("Somebody is on this seat or asked for it; its state is: %(state)s."),
    "seat_without_role": _l("Seat %(row)s needs a role in at least one language."),
    "seats_over_members": _l("The seats need more members than the %(most)s that there may be."),
    "several_organisations": _l("Several organisations have this name; enter the credit code instead."),
    "share_in_hundredths": _l("A share has two decimals at most, such as 33.33."),
    "summary_too_short": _l("The summary has %(length)s characters; to publish it needs at least %(at_least)s."),
    "tag_range": _l("A capability has a level from 1 to 5 and a weight above 0."),
    "tag_twice": _l("A capability is listed twice."),
    "tags_or_description": _l("To publish, name at least one capability or write a description."),
    "title_missing": _l("Enter a title in at least one language."),
    "too_long": _l("This may have %(most)s characters at most."),
    "too_many_comments": _l("A room holds %(most)s comments at most."),
    "too_many_metrics": _l("Enter %(most)s metrics at most; %(given)s are there."),
    "too_many_nodes": _l("Choose %(most)s chain nodes at most; %(given)s are chosen."),
    "too_many_rights": _l("The matrix holds %(most)s lines at most."),
    "too_many_rules": _l("There may be %(most)s rules at most."),
    "too_many_seats": _l("Enter %(most)s seats at most; %(given)s are there."),
    "too_many_tags": _l("Choose %(most)s capabilities at most; %(given)s are chosen."),
    "too_many_to_compare": _l("Compare %(most)s candidates at most; take some out first."),
    "too_many_versions": _l("By hand a room keeps %(most)s versions at most; signing and going back still work."),
    "trl_both_ends": _l("Enter both ends of the readiness range, or neither."),
    "trl_order": _l("The highest level must not be below the lowest."),
    "two_organisations": _l("These are the same organisation; a pair has two."),
    "unknown_capabilities": _l("These capabilities are not in the list: %(codes)s."),
    "unknown_choice": _l("These choices do not exist: %(codes)s."),
    "unknown_codes": _l("These are not in the list: %(codes)s."),
    "unknown_districts": _l("These districts are not in the list: %(codes)s."),
    "unknown_field": _l("There is no field %(typed)s."),
    "unknown_nodes": _l("These chain nodes are not in the list: %(codes)s."),
    "unknown_organisation": _l("No organisation has this name or credit code."),
    "unknown_scheme": _l("This certification is not in the list: %(scheme)s."),
    "unknown_schemes": _l("These certifications are not in the list: %(codes)s."),
    "uscc_characters": _l("A credit code has digits and capital letters only, without I, O, S, V and Z."),
    "uscc_check": _l("The check character of this credit code is not right; look for a mistyped character."),
    "uscc_length": _l("A credit code has 18 characters; this one has %(length)s."),
    "uscc_taken": _l("An organisation with this credit code is in the registry already; claim it instead."),
    "verdict_missing": _l("Say why; the answering side reads it."),
    "weight_negative": _l("A weight must be 0 or more."),
    "weight_too_high": _l("A weight must be %(limit)s or less."),
    "weights_all_zero": _l("At least one component must count."),
}

# Names of stored fields, for the page that shows what two people changed at once.
FIELDS: Mapping[str, object] = {
    "name_zh": _l("Chinese name"),
    "name_en": _l("English name"),
    "title_zh": _l("Chinese title"),
    "title_en": _l("English title"),
    "summary_zh": _l("Chinese summary"),
    "summary_en": _l("English summary"),
    "description_zh": _l("Chinese description"),
    "description_en": _l("English description"),
    "district_code": _l("District"),
    "staff": _l("Staff"),
    "state": _l("State"),
    "type": _l("Kind of co-operation"),
    "trl_low": _l("Lowest readiness level"),
    "trl_high": _l("Highest readiness level"),
    "budget_low": _l("Budget from"),
    "budget_high": _l("Budget to"),
    "valid_until": _l("Valid until"),
    "website": _l("Website"),
    "least": _l("Not less than"),
    "most": _l("Not more than"),
    "kinds": _l("Kinds of organisation"),
    "ownerships": _l("Ownership"),
    "certifications": _l("Certifications"),
    "districts": _l("Districts"),
    "positions": _l("Places in the industrial chain"),
    "role_zh": _l("Role, in Chinese"),
    "role_en": _l("Role, in English"),
    "tasks": _l("Tasks"),
    "side": _l("What it is"),
    "title": _l("Name of the right or result"),
    "terms": _l("On which terms"),
    "projects_at_most": _l("A newcomer has at most"),
    "needed": _l("How many of them"),
    "rd_ratio": _l("R&D spending as a share of sales"),
    "rd_spending": _l("R&D spending a year"),
    "revenue": _l("Revenue last year"),
    "technical_staff": _l("Technical staff"),
    "first": _l("First organisation"),
    "second": _l("Second organisation"),
    "source": _l("Source"),
    "is_hard": _l("Must be met"),
    "valid_from": _l("In force from"),
    "is_template": _l("Template"),
}


def refusal_text(error: InvalidInput) -> str:
    """The sentence for a broken rule; a rule that has none yet is named by its code."""
    sentence = REFUSALS.get(error.code)
    if sentence is None:
        return str(_l("The input breaks the rule %(code)s.", code=error.code))
    return str(sentence) % {name: readable(fact) for name, fact in error.facts.items()}


def readable(fact: object) -> str:
    """A fact as people read it: labels for members of closed lists, commas between several."""
    if isinstance(fact, bool):
        return str(_l("yes") if fact else _l("no"))
    if isinstance(fact, StrEnum) and type(fact) in LABELS:
        return label(fact)
    if isinstance(fact, float):
        return f"{fact:g}"
    if isinstance(fact, Iterable) and not isinstance(fact, str):
        return ", ".join(readable(item) for item in fact)
    return "—" if fact is None else str(fact)


def field_label(name: str) -> str:
    return str(FIELDS[name]) if name in FIELDS else component_label(name)
