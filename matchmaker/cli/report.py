"""`matchmaker report`: make a report now and write its files into a folder."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.options import instance_option

if TYPE_CHECKING:
    from uuid import UUID

    from matchmaker.instance import Instance

KINDS = ("monthly", "chain", "call", "district", "organisation")
FORMATS = ("pdf", "docx", "xlsx", "html")
WORKER = "command line"
FOLDER = click.Path(file_okay=False, path_type=Path)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("scope")
@click.option("--kind", type=click.Choice(KINDS), default="monthly", show_default=True, help="What kind of report.")
@click.option("--from", "first", type=DAY, default=None, help="First day of the period. [default: of this month]")
@click.option("--to", "last", type=DAY, default=None, help="Last day of the period. [default: today]")
@click.option("--language", "languages", multiple=True, type=click.Choice(("zh", "en")), help="[default: both]")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="[default: all]")
@click.option("--anonymous", is_flag=True, help="Numbers in place of organisations' names.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where files are written."
)
@instance_option
def report(
    scope: str,
    kind: str,
    first: datetime | None,
    last: datetime | None,
    languages: tuple[str, ...],
    formats: tuple[str, ...],
    anonymous: bool,
    out: Path,
    folder: Path,
) -> None:
    """Make a report about SCOPE: region, chain:CODE, node:CODE, district:CODE, call:ID or organisation:ID.

    It stands in the archive like any other. Killed, the next worker goes on with it.
    """
    from matchmaker.errors import InvalidInput
    from matchmaker.instance import Instance

    instance = Instance(folder)
    instance.migrate()
    chosen = {"languages": languages or ("zh", "en"), "formats": formats or FORMATS, "is_anonymous": anonymous}
    days = (first.date() if first else None, last.date() if last else None)
    try:
        report_id = _ask(instance, scope, kind, days, chosen)
    except InvalidInput as error:
        facts = ", ".join(f"{name} {value}" for name, value in error.facts.items())
        raise click.ClickException(
            f"{error.field or 'the report'}: {error.code}{f' ({facts})' if facts else ''}"
        ) from error
    _write(instance, _carry_out(instance, report_id), out)


def _ask(
    instance: "Instance", scope: str, kind: str, days: tuple[date | None, date | None], chosen: dict[str, object]
) -> "UUID":
    from matchmaker.services.actors import PLATFORM
    from matchmaker.services.calendar import today
    from matchmaker.services.reports import asking
    from matchmaker.services.reports.settings import USUAL_SECTIONS, ReportDraft, ReportSettings
    from matchmaker.services.runs.choosing import choose_scope
    from models.enums import DocumentFormat, ReportKind
    from models.sessions import writing

    asked, now = ReportKind(kind), today()
    usual = asking.month_so_far(now)
    formats = tuple(DocumentFormat(str(one)) for one in chosen.pop("formats"))  # type: ignore[attr-defined]
    settings = ReportSettings(sections=USUAL_SECTIONS[asked], formats=formats, **chosen)  # type: ignore[arg-type]
    with writing(instance.engine) as session:
        draft = ReportDraft(
            kind=asked,
            scope=choose_scope(session, scope, ""),
            period_from=days[0] or usual[0],
            period_to=days[1] or usual[1],
            as_of=now,
            settings=settings,
        )
        return asking.ask(session, PLATFORM, draft).id


def _carry_out(instance: "Instance", report_id: "UUID") -> "UUID":
    """In this process, unless a worker was faster; then wait for it."""
    from matchmaker.cli.work import rendering
    from matchmaker.jobs import running
    from matchmaker.services.reports.asking import with_job
    from matchmaker.worker.kinds import with_rendering
    from models.reports import Report
    from models.sessions import reading

    def find() -> tuple["UUID", int, str]:
        with reading(instance.engine) as session:
            job = with_job(session, session.get_one(Report, report_id)).job
            if job is None:
                raise click.ClickException("the job of this report is gone")
            return job.id, job.handover, job.state

    job_id, handover, _state = find()
    click.echo("Making the report ...", err=True)
    running.carry_out(instance, with_rendering(rendering(instance)), job_id, handover, worker=WORKER)
    state = find()[2]
    if state != "done":
        raise click.ClickException(f"the report is not ready; its job is {state} (see the page of jobs)")
    return report_id


def _write(instance: "Instance", report_id: "UUID", out: Path) -> None:
    from matchmaker.services.reports.signing import list_files
    from models.reports import Report
    from models.sessions import reading

    out.mkdir(parents=True, exist_ok=True)
    with reading(instance.engine) as session:
        made = session.get_one(Report, report_id)
        click.echo(f"content {made.content_sha256}")
        for file in list_files(session, report_id):
            name = f"{made.kind}-{made.scope_code or made.scope_kind}-{made.period_to}-{file.language}.{file.format}"
            (out / name).write_bytes(file.content)
            click.echo(f"{file.sha256}  {out / name}")
