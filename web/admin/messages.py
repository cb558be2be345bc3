"""What jobs do and how they ended, in sentences. A job's function leaves a code and facts; the words are here."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from matchmaker.errors import InvalidInput
from models.enums import JobKind
from models.jobs import Job
from web.i18n import number
from web.import_words import PROBLEMS, problem_text
from web.refusals import REFUSALS, readable, refusal_text

ABOUT: Mapping[str, object] = {
    JobKind.REBUILD_INDEX: _l(
        "Reads the whole registry anew for recommendations and search. "
        "Edits show without it; do it after a large import."
    ),
    JobKind.COMPUTE_PRICES: _l(
        "Works out from all live needs who is asked beyond its capacity; lists then show it lower and name an equal "
        "that is free."
    ),
    JobKind.TRAIN_WEIGHTS: _l(
        "Learns the weights of the score from what became of earlier lists, and holds them against the last period."
    ),
    JobKind.MEASURE_BENCH: _l(
        "Makes the lists of the last year anew and counts how often the right ones stand in front."
    ),
    JobKind.COMPOSE_TEAM: _l(
        "Looks for the best team for a challenge and proves that no better one exists, or says why none is possible."
    ),
    JobKind.FIND_DUPLICATES: _l(
        "Holds all organisations against each other and lists those that look like one, for officers to decide."
    ),
    JobKind.CHECK_IMPORT: _l("Holds a table that was handed in against the registry, row by row; changes nothing."),
    JobKind.APPLY_IMPORT: _l("Takes a checked table in, in one step."),
    JobKind.UNDO_IMPORT: _l("Takes an import back, but for what people have changed since."),
    JobKind.DISCARD_UPLOADS: _l("Throws away tables that nobody went on with for a week."),
    JobKind.CLEAR_OLD: _l(
        "Throws away what is older than the rules of retention say: ended jobs, sign-ins that are over."
    ),
    JobKind.COMPUTE_INDICATORS: _l(
        "Works out all indicators of the region, its districts and its chains, and keeps the day's figures."
    ),
    JobKind.RUN_SCENARIO: _l(
        "Runs the engine again on a copy of the registry with what a scenario changes, or with many interventions one "
        "by one; changes nothing."
    ),
    JobKind.PUBLISH_DATA: _l(
        "Makes the files of the open data from open fields alone, and puts them on the public page."
    ),
    JobKind.RUN_MATCHES: _l("Works out the lists of all live needs of a scope, by frozen weights and constraints."),
    JobKind.MAKE_REPORT: _l("Works out a report's lists and figures, freezes them, and makes its files."),
    JobKind.BUILD_STACK: _l(
        "Chooses which funds pay a round's milestones in which month, or names the months that no money closes."
    ),
}

# Facts of the message fill the places in %(...)s.
MESSAGES: Mapping[str, object] = {
    "index_rebuilt": _l(
        "The index is new: %(organisations)s organisations with %(offers)s offers and facilities. New lists use it."
    ),
    "run_frozen": _l("The lists of %(needs)s needs are complete and frozen."),
    "report_ready": _l("The report is complete: %(needs)s needs, %(files)s files."),
    "index_missing": _l("There is no index yet that this version can read; make a new one first."),
    "indicators_kept": _l("%(figures)s figures of %(as_of)s are kept."),
    "data_published": _l("%(files)s files with %(rows)s rows are published."),
    "prices_computed": _l(
        "%(needs)s live needs list %(candidates)s organisations; %(priced)s of them are asked beyond their capacity."
    ),
    "training_offered": _l(
        "Learned from %(queries)s queries. The new weights are no worse than those in use; you can put them live."
    ),
    "training_refused": _l(
        "Learned from %(queries)s queries. The new weights are not good enough to go live; the record says why."
    ),
    "bench_measured": _l("Measured on %(outcomes)s queries of the last year."),
    "bench_too_few": _l("There are %(outcomes)s queries with an outcome; %(needed)s are needed to tell anything."),
    "composition_proved": _l(
        "A team of %(members)s out of %(candidates)s candidates; proved: no team under these rules is better."
    ),
    "composition_found": _l(
        "A team of %(members)s out of %(candidates)s candidates; the time ran out before the proof was complete."
    ),
    "composition_without_team": _l("No team was found in the time given, and it is not proved that there is none."),
    "composition_clash": _l("No team can meet all rules; %(repairs)s ways to make one possible were worked out."),
    "stack_proved": _l("Every month is paid, by %(funds)s funds; proved: no plan is better."),
    "stack_found": _l("Every month is paid, by %(funds)s funds; the time ran out before the proof was complete."),
    "stack_gap": _l("A gap remains with %(funds)s funds; %(repairs)s ways to close it or part of it were worked out."),
    "scenario_ran": _l("Worked out; the page of the scenario shows what would change."),
    "ranking_done": _l("All interventions are ranked; the page “Which comes first?” shows them."),
    "duplicates_found": _l("%(waiting)s pairs wait for a decision; %(new)s of them are new."),
    "import_checked": _l("%(total)s rows checked; %(bad)s of them are wrong."),
    "import_applied": _l("%(created)s records are new, %(updated)s changed, %(skipped)s rows were left out."),
    "import_undone": _l("%(removed)s records removed, %(restored)s restored, %(kept)s kept as they are."),
    "uploads_discarded": _l("%(thrown)s tables thrown away."),
    "old_cleared": _l("%(jobs)s ended jobs and %(sign_ins)s sign-ins thrown away."),
    "job_cancelled": _l("Stopped as somebody asked. What was not finished has no effect."),
    "job_failed": _l(
        "Tried %(times)s times and failed each time (%(error)s). The operator finds the reason in the server's log."
    ),
    "job_interrupted": _l(
        "The process that carried it out died %(times)s times at the same step; the server may be short of memory."
    ),
    "job_kind_unknown": _l("The worker that took this job is of another version and does not know it: %(kind)s."),
    "job_refused": _l("It could not be done: %(reason)s"),
}


def about_job(kind: str) -> str:
    """What a job of this kind is good for; empty for one that this version does not know."""
    return str(ABOUT.get(kind, ""))


def told(job: Job) -> str:
    """How a job ended, in a sentence; empty as long as there is nothing to tell."""
    if not job.message:
        return ""
    if job.message in REFUSALS:
        return refusal_text(InvalidInput(job.message, **job.facts))
    if job.message in PROBLEMS:
        return problem_text(job.message, job.facts)
    sentence = str(MESSAGES.get(job.message, job.message))
    return sentence % {name: _readable(fact) for name, fact in job.facts.items()}


def _readable(fact: object) -> str:
    is_count = isinstance(fact, int) and not isinstance(fact, bool)
    return number(fact) if is_count else readable(fact)  # type: ignore[arg-type]
