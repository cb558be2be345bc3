"""A small region with an index, an officer, and reports made without a worker."""

import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from matchmaker.cli.work import rendering
from matchmaker.instance import Instance
from matchmaker.jobs import running
from matchmaker.services.actors import Actor
from matchmaker.services.hashing import canonical
from matchmaker.services.reports import asking as reports
from matchmaker.services.reports.content import Content, Writer
from matchmaker.services.reports.settings import ReportDraft, ReportSettings
from matchmaker.services.runs import asking as runs
from matchmaker.services.runs.settings import Constraints, RunDraft
from matchmaker.services.scope import Scope
from matchmaker.worker.kinds import with_rendering
from models.accounts import User
from models.enums import DocumentFormat, OrganisationKind, PlatformRole, ReportKind, ScopeKind
from models.jobs import Job
from models.offers import Need
from models.organisations import Organisation
from models.reports import MatchRun, Report, ReportFile
from tests.factories import make_organisation
from tests.records import person
from tests.web.region import Region, add, add_need, make_region

CHAIN = Scope(ScopeKind.CHAIN, "nev")
DAY = date(2026, 11, 22)
POSTED = datetime(2026, 11, 2, tzinfo=UTC)
SMALL = ReportSettings(formats=(DocumentFormat.HTML,), constraints=Constraints(depth=3))


def plain_text(content: Content, language: str) -> Writer:
    """A renderer that costs nothing, for tests of everything but documents."""
    return lambda document_format: f"{language}.{document_format}\n{canonical(content)}".encode()


@dataclass
class Case:
    region: Region
    officer: Actor

    @property
    def session(self) -> Session:
        return self.region.session

    @property
    def instance(self) -> Instance:
        return self.region.instance

    def ask_run(self, **values: Any) -> MatchRun:
        run = runs.ask(
            self.session, self.officer, RunDraft(**{"scope": CHAIN, "preset_code": "", "as_of": DAY, **values})
        )
        self.session.commit()
        return run

    def ask_report(self, **values: Any) -> Report:
        usual = {"kind": ReportKind.MONTHLY, "scope": CHAIN, "settings": SMALL}
        days = {"period_from": DAY.replace(day=1), "period_to": DAY, "as_of": DAY}
        report = reports.ask(self.session, self.officer, ReportDraft(**{**usual, **days, **values}))
        self.session.commit()
        return report

    def make_report(self, **values: Any) -> Report:
        """Ask, and carry the job out as a worker would."""
        return self.carry_out(self.ask_report(**values))

    def make_run(self, **values: Any) -> MatchRun:
        return self.carry_out(self.ask_run(**values))

    def carry_out(self, record: Any, *, with_documents: bool = False) -> Any:
        job = self.session.get_one(Job, record.job_id)
        kinds = with_rendering(rendering(self.instance) if with_documents else plain_text)
        self.session.commit()
        running.carry_out(self.instance, kinds, job.id, job.handover, worker="here-1")
        self.session.expire_all()
        return record

    def fresh(self) -> Session:
        """The test's session at this moment, with what requests have written."""
        self.session.commit()
        self.session.expire_all()
        return self.session

    def files_of(self, report: Report) -> dict[str, bytes]:
        found = self.session.exec(select(ReportFile).where(ReportFile.report_id == report.id)).all()
        return {f"{one.language}.{one.format}": one.content for one in found}


def restore_case(prepared: Path, session: Session, instance: Instance) -> Case:
    """The case that `make_case` has made in another folder, brought into this one before anything is open in it."""
    for path in prepared.iterdir():
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, instance.folder / path.name, **({"dirs_exist_ok": True} if path.is_dir() else {}))
    need = session.exec(select(Need).where(Need.title_zh == "寻找座舱域控制器合作方")).one()
    asker = session.get_one(Organisation, need.organisation_id)
    owner = session.exec(select(User).where(User.name != "李工")).one()
    officer = session.exec(select(User).where(User.name == "李工")).one()
    actor = Actor(user_id=officer.id, roles=frozenset({PlatformRole.OFFICER}))
    return Case(Region(session, instance, asker, owner, need), actor)


def make_case(session: Session, instance: Instance, *, needs: int = 3) -> Case:
    """Six firms that could meet the needs of three others, in a chain of two nodes."""
    region = make_region(session, instance)
    region.need.published_at = POSTED
    for number, capability in enumerate(("cockpit-controller", "head-up-display", "bms-software") * 2):
        kind = OrganisationKind.SME if number < 3 else OrganisationKind.LAB
        district = "500112" if number % 2 else "500107"
        region.add_candidate(
            capability=capability, level=3 + number % 2, name_zh=f"渝芯{number}公司", kind=kind, district_code=district
        )
    for number in range(needs - 1):
        poster = add(session, make_organisation(name_zh=f"渝车{number}公司", district_code="500112"))
        asked = "head-up-display" if number % 2 else "bms-software"
        add_need(session, poster, [asked], title_zh=f"需要第{number}个方案", published_at=POSTED)
    officer = Actor(user_id=person(session, PlatformRole.OFFICER).id, roles=frozenset({PlatformRole.OFFICER}))
    region.index()
    return Case(region, officer)
