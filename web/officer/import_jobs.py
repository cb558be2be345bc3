"""How the job of an import ended, where it ended early."""

from flask_babel import gettext as _

from matchmaker.errors import InvalidInput
from models.enums import JobState
from models.jobs import Job
from web.import_words import PROBLEMS, problem_text
from web.refusals import REFUSALS, refusal_text


def job_said(job: Job | None) -> str:
    """Empty while it waits or runs, and where all went well."""
    if job is None or job.state not in (JobState.FAILED, JobState.CANCELLED):
        return ""
    if job.state is JobState.CANCELLED:
        return _("The job was stopped; nothing was changed.")
    if job.message in PROBLEMS:
        return problem_text(job.message, job.facts)
    if job.message in REFUSALS:
        return refusal_text(InvalidInput(job.message, **job.facts))
    return _("The job ended with an error and changed nothing. Try again; if that fails too, tell the operator.")
