"""Making a report as a job: lists, facts of each part, frozen content, files. Killed, it goes on behind its last step.

Files are made from the frozen content alone, so it does not matter which process makes which of them, or when.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from sqlmodel import Session

from matchmaker.errors import InvalidInput
from matchmaker.instance import Instance
from matchmaker.jobs.running import CancelAsked, Message, Work, WorkFunction
from matchmaker.services.reports import keeping
from matchmaker.services.reports.content import Content, Renderer, Writer
from matchmaker.services.reports.facts import TELLERS
from matchmaker.services.reports.freezing import freeze_content
from matchmaker.services.runs.asking import scope_of
from matchmaker.worker.runs import work_out
from models.enums import DocumentFormat, ReportSection
from models.reports import Report
from models.sessions import reading, writing


def reporting_with(render: Renderer) -> WorkFunction:
    """The work of a report, with what turns its content into files; that has sentences, so it comes from outside."""
    return partial(_make_report, render)


def _make_report(render: Renderer, instance: Instance, work: Work) -> Message:
    report_id = UUID(work.arguments["report_id"])
    try:
        return _make(render, instance, work, report_id)
    except CancelAsked:
        with writing(instance.engine) as session:
            keeping.end(session, report_id)
        raise


def _make(render: Renderer, instance: Instance, work: Work, report_id: UUID) -> Message:
    with reading(instance.engine) as session:
        report = session.get_one(Report, report_id)
    if report.run_id is None:
        raise InvalidInput("run_is_gone")
    sections = [ReportSection(one) for one in report.sections if ReportSection(one) in TELLERS]
    files = len(report.languages) * len(report.formats)
    ahead = len(sections) + 1 + files
    needs = work_out(instance, work, report.run_id, ahead=ahead)
    steps = _Steps(instance, work, report_id, done=needs, total=needs + ahead)
    told = {str(section): steps.tell(section) for section in sections}
    content = steps.freeze(told)
    for language in report.languages:
        write = render(content, language)
        for document_format in report.formats:
            steps.write(write, language, DocumentFormat(document_format))
    work.step("end", lambda: None, save=lambda session, _none: keeping.make_ready(session, report_id))
    return Message("report_ready", {"files": files, "needs": needs})


class _Steps:
    """The steps behind the lists, each kept when it is done."""

    def __init__(self, instance: Instance, work: Work, report_id: UUID, *, done: int, total: int) -> None:
        self._instance, self._work, self._id = instance, work, report_id
        self._done, self._total = done, total
        work.report(done, total)

    def tell(self, section: ReportSection) -> Any:
        """The facts of one part, frozen by the record of the step."""
        return self._step(f"facts:{section}", partial(self._told, section), lambda _session, told: told)

    def freeze(self, told: dict[str, Any]) -> Content:
        def compute() -> dict[str, Any]:
            with reading(self._instance.engine) as session:
                return freeze_content(session, session.get_one(Report, self._id), told)

        self._step("content", compute, lambda session, content: keeping.keep_content(session, self._id, content))
        with reading(self._instance.engine) as session:
            content = session.get_one(Report, self._id).content
        return content or {}

    def write(self, write: Writer, language: str, document_format: DocumentFormat) -> None:
        def save(session: Session, made: bytes) -> str:
            return keeping.keep_file(session, self._id, language, document_format, made)

        self._step(f"file:{language}:{document_format}", partial(write, document_format), save)

    def _told(self, section: ReportSection) -> dict[str, Any]:
        with reading(self._instance.engine) as session:
            report = session.get_one(Report, self._id)
            return TELLERS[section](session, scope_of(session, report), report)

    def _step(self, name: str, compute: Callable[[], Any], save: Callable[[Session, Any], Any]) -> Any:
        result = self._work.step(name, compute, save=save)
        self._done += 1
        self._work.report(self._done, self._total)
        return result
