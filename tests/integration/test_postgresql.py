"""The platform on a real PostgreSQL: it answers as on SQLite, and of two people at once one wins."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, col, func, select

import seeds
from matchmaker.errors import Stale
from matchmaker.instance import Instance
from matchmaker.services import crowding, indexing, market, postings, presets
from matchmaker.services.actors import PLATFORM
from matchmaker.services.imports.applying import apply_all
from matchmaker.services.imports.previews import preview
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.reading import read_table
from matchmaker.services.imports.undoing import undo
from matchmaker.services.learning import training, versions
from matchmaker.services.postings import OfferDraft
from matchmaker.services.visibility import LISTS
from matchmaker.store import read_profiles
from matchmaker.store.encoders import open_encoder
from models.base import utc_now
from models.enums import CooperationType, ParticipationRole, PlatformRole, PostingState, ProjectKind
from models.jobs import ImportBatch
from models.market import OrganisationPrice, PriceRun
from models.offers import Need, Offer
from models.organisations import Organisation
from models.sessions import reading, writing
from models.taxonomy import Capability, WeightPreset
from models.track import Participation, Project
from seeds.demo.identity import HERO
from seeds.personas import personas
from tests import records as make
from tests.at_once import at_once
from tests.installations import browser_of, close, open_instance
from tests.web.conftest import post
from web import create_app
from web.database import session as session_of_request

TODAY = date(2026, 11, 1)
TYPED = {
    "version": "",
    "type": "supply",
    "title_zh": "座舱域控制器批量供货",
    "summary_zh": "面向十五万级车型的座舱域控制器，年产能二十万套，已通过两家整车厂审核。",
    "trl_low": "7",
    "trl_high": "9",
}
NUL = "a\0b"
LINK_TO_ONE = re.compile(r'href="(/(?:challenges|consortia|rules|officer/pairings)/[\w-]{36})"')


@pytest.fixture
def instance(postgres_url: str, tmp_path: Path) -> Iterator[Instance]:
    instance = open_instance(tmp_path / "instance", postgres_url)
    yield instance
    close(instance)


def test_projects_without_a_date_stand_at_the_same_end_on_both_databases(either):
    days = [date(2025, 1, 1), None, date(2024, 1, 1)]
    with writing(either.engine) as session:
        owner = make.organisation(session)
        projects = [Project(kind=ProjectKind.CONSORTIUM, started_on=day) for day in days]
        session.add_all(projects)
        session.flush()
        role = ParticipationRole.COORDINATOR
        session.add_all(Participation(project_id=one.id, organisation_id=owner.id, role=role) for one in projects)

    with reading(either.engine) as session:
        shown = [project.started_on for project in LISTS["projects"](session, owner)]
        history = read_profiles(session, open_encoder(either, session), today=TODAY).history

    assert shown == [date(2025, 1, 1), date(2024, 1, 1), None]
    assert history.day.tolist() == sorted(history.day.tolist())


def test_text_that_no_database_should_hold_is_refused_and_breaks_nothing(either):
    with writing(either.engine) as session:
        make.add_taxonomy(session)
        person = make.person(session, PlatformRole.ADMINISTRATOR)
        owner = make.organisation(session)
    browser = browser_of(either, person.id)

    assert browser.get("/admin/presets/%00").status_code in (404, 422)
    assert browser.get("/admin/audit?action=%00").status_code in (200, 422)
    assert post(browser, f"/organisations/{owner.id}/claim", {"statement": NUL}).status_code < 500
    assert post(browser, "/account/sign-in", {"email": NUL, "password": NUL}).status_code < 500
    assert post(browser, f"/drafts/{NUL}", {"title_zh": NUL}).status_code < 500
    assert browser.get("/home").status_code in (200, 302)


def test_all_that_is_read_in_one_go_is_of_one_moment(either):
    with writing(either.engine) as session:
        make.organisation(session)

    with reading(either.engine) as early:
        assert early.scalar(select(func.count()).select_from(Organisation)) == 1
        with writing(either.engine) as session:
            make.organisation(session)
        assert early.scalar(select(func.count()).select_from(Organisation)) == 1

    assert count_organisations(either) == 2


def test_a_page_is_of_one_moment(either):
    with create_app(either, testing=True).test_request_context("/home"):
        assert session_of_request().exec(select(Organisation)).all() == []
        with writing(either.engine) as session:
            make.organisation(session)
        assert session_of_request().exec(select(Organisation)).all() == []


def test_prices_are_kept_and_read_alike_and_an_organisation_takes_its_prices_along(either):
    values = {"price": 0.5, "load": 4.0, "load_after": 2.0, "capacity": 3.0, "is_capacity_known": True, "askers": 7}
    codes = dict.fromkeys(("preset_code", "index_version", "code_version"), "1")
    with writing(either.engine) as session:
        busy, gone = make.organisation(session), make.organisation(session)
        for _night in range(market.RUNS_WITH_PRICES + 1):
            run = PriceRun(purpose="partners", data_as_of=TODAY, inputs_sha256="0" * 64, **codes)
            rows = [{**values, "organisation_id": one.id} for one in (busy, gone)]
            market.keep_prices(session, PLATFORM, market.Cleared(run, rows))
        session.delete(gone)

    with reading(either.engine) as session:
        demands = crowding.prices_on(session, "partners", TODAY).by_organisation
        kept = session.exec(select(func.count()).select_from(OrganisationPrice)).one()

    assert demands == {busy.id: crowding.Demand(0.5, True, 6, 10, True)}
    assert kept == market.RUNS_WITH_PRICES


def test_an_offer_that_is_sent_twice_at_once_is_entered_once(instance):
    with writing(instance.engine) as session:
        owner = make.organisation(session)
    draft = OfferDraft(type=CooperationType.SUPPLY, title_zh="座舱域控制器批量供货")

    def send(session: Session) -> Any:
        return postings.create_offer(session, PLATFORM, session.get_one(Organisation, owner.id), draft).id

    late = at_once(instance.engine, send, send)

    with reading(instance.engine) as session:
        assert session.exec(select(Offer.id)).all() == [late.result()]


def test_of_two_presets_made_live_at_once_one_is_live(instance):
    with writing(instance.engine) as session:
        make.add_taxonomy(session)
        for code in ("second", "third"):
            make.add_preset(session, code, {"capability": 1})
        mine = session.exec(select(WeightPreset).where(col(WeightPreset.code).in_(["second", "third"])))
        for preset in mine:
            preset.purpose, preset.is_live = "partners", False

    def make_live(code: str) -> Callable[[Session], None]:
        return lambda session: presets.make_live(session, PLATFORM, presets.get_preset(session, PLATFORM, code))

    at_once(instance.engine, make_live("second"), make_live("third")).result()

    with reading(instance.engine) as session:
        assert presets.live_preset(session, "partners").code == "third"


def test_of_two_learned_versions_taken_into_use_at_once_the_later_is_told_that_another_is_live(instance):
    with writing(instance.engine) as session:
        make.add_taxonomy(session)
        live = presets.read_weighting(session, presets.live_preset(session, "partners"))
        runs = [training.keep(session, PLATFORM, make.training_run(live)).id for _number in range(2)]

    def promote(run: UUID) -> Callable[[Session], WeightPreset]:
        return lambda session: versions.promote(session, PLATFORM, versions.get_run(session, PLATFORM, run))

    late = at_once(instance.engine, promote(runs[0]), promote(runs[1]))

    with pytest.raises(Stale):
        late.result()
    with reading(instance.engine) as session:
        assert presets.live_preset(session, "partners").training_run_id == runs[0]


def test_weights_changed_by_two_at_once_are_those_of_the_first(instance):
    with writing(instance.engine) as session:
        make.add_taxonomy(session)
        shown = presets.read_weights(session, presets.live_preset(session, "partners"))

    def change(weight: float) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            preset = presets.get_preset(session, PLATFORM, "partners")
            presets.read_weights(session, preset)
            presets.change_weights(session, PLATFORM, preset, {"capability": weight}, expected=shown)

        return work

    late = at_once(instance.engine, change(50), change(60))

    assert isinstance(late.exception(), Stale)
    with reading(instance.engine) as session:
        assert presets.read_weights(session, presets.live_preset(session, "partners"))["capability"] == 50


def test_an_edit_of_what_somebody_else_is_saving_is_refused_and_overwrites_nothing(instance):
    with writing(instance.engine) as session:
        need = make.need(session, make.organisation(session))

    def rename(title: str) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            session.get_one(Need, need.id).title_zh = title
            session.flush()

        return work

    late = at_once(instance.engine, rename("同事的标题"), rename("我的标题"))

    assert isinstance(late.exception(), StaleDataError)
    with reading(instance.engine) as session:
        assert session.get_one(Need, need.id).title_zh == "同事的标题"


def test_an_import_that_two_people_undo_at_once_is_undone_once(instance, tmp_path):
    batch_id = import_two_firms(instance, tmp_path)

    late = at_once(
        instance.engine,
        lambda session: undo(session, PLATFORM, batch_id),
        lambda session: undo(session, PLATFORM, batch_id),
    )

    assert isinstance(late.exception(), ImportRefused)
    assert count_organisations(instance) == 0


def import_two_firms(instance: Instance, folder: Path) -> Any:
    path = folder / "firms.csv"
    path.write_text("中文名称,类型,员工人数\n缙云山感知科技有限公司,SME,35\n歌乐山智控科技有限公司,实验室,\n")
    with writing(instance.engine) as session:
        return apply_all(session, PLATFORM, preview(session, PLATFORM, read_table(path), "organisations")).id


@pytest.fixture(scope="module")
def demo(shared_postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """The whole demo region; its tests add to it and none counts on being alone."""
    instance = open_instance(tmp_path_factory.mktemp("demo") / "instance", shared_postgres_url)
    seeds.load(instance, progress=lambda *_: None)
    indexing.refresh(instance)
    yield instance
    close(instance)


@pytest.fixture
def sme(demo: Instance) -> FlaskClient:
    """The demo's SME person, signed in by the link that `serve` prints."""
    with reading(demo.engine) as session:
        user_id = next(user.id for persona, user in personas(session) if persona.code == "sme")
    return browser_of(demo, user_id)


def hero(session: Session) -> Organisation:
    return session.exec(select(Organisation).where(Organisation.source_key == HERO)).one()


def count_organisations(instance: Instance) -> int:
    with reading(instance.engine) as session:
        return session.scalar(select(func.count()).select_from(Organisation)) or 0


def page(browser: FlaskClient, url: str, **asked: str) -> str:
    response = browser.get(url, query_string=asked)
    assert response.status_code == 200, (url, response.status)
    return response.text


@pytest.mark.slow
def test_the_demo_is_loaded_once_however_often_it_is_started(demo):
    before = count_organisations(demo)

    seeds.load(demo, progress=lambda *_: None)

    assert count_organisations(demo) == before > 1000


@pytest.mark.slow
def test_the_demo_firm_sees_its_home_its_page_its_partners_and_what_it_searches_for(demo, sme):
    with reading(demo.engine) as session:
        firm = hero(session)
        published = select(Need).where(Need.organisation_id == firm.id, Need.state == PostingState.PUBLISHED)
        need = session.exec(published).first()
    assert need is not None

    assert firm.name_zh in page(sme, "/home")
    assert firm.name_zh in page(sme, f"/organisations/{firm.id}")
    assert page(sme, f"/partners/needs/{need.id}").count('class="panel candidate') > 5
    assert page(sme, f"/partners/organisations/{firm.id}")
    everything = page(sme, "/search", q="座舱").count('class="panel result"')
    assert everything >= page(sme, "/search", q="座舱", record="offer").count('class="panel result"') > 0


@pytest.mark.slow
def test_an_offer_published_in_the_demo_is_found_at_once(demo, sme):
    with reading(demo.engine) as session:
        firm = hero(session)
        code = session.exec(select(Capability.code).order_by(Capability.code)).first()
    title = "缙云玄武座舱控制器"

    typed = {**TYPED, "title_zh": title, "tags": [code], "action": "publish"}
    saved = post(sme, f"/organisations/{firm.id}/offers/new", typed)

    assert saved.status_code == 302
    assert title in page(sme, saved.location)
    assert f'href="{saved.location}"' in page(sme, "/search", q=title, record="offer")


@pytest.mark.slow
def test_a_stale_edit_of_a_need_is_shown_beside_what_the_colleague_saved(demo, sme):
    with writing(demo.engine) as session:
        code = session.exec(select(Capability.code).order_by(Capability.code)).first()
        live = {"state": PostingState.PUBLISHED, "valid_until": utc_now().date() + timedelta(days=90)}
        need = make.need(session, hero(session), **live)
    typed = {**TYPED, "version": str(need.version), "tags": [code]}

    edited = post(sme, f"/needs/{need.id}/edit", {**typed, "title_zh": "同事的标题"})
    conflict = post(sme, f"/needs/{need.id}/edit", {**typed, "title_zh": "我的标题"})

    assert edited.status_code == 302
    assert conflict.status_code == 409
    assert "<td>同事的标题</td><td>我的标题</td>" in conflict.text
    assert "同事的标题" in page(sme, f"/needs/{need.id}")
    assert page(sme, f"/partners/needs/{need.id}").count('class="panel candidate') > 0


@pytest.mark.slow
def test_an_import_into_the_demo_is_found_and_taken_back(demo, sme, tmp_path):
    name = "缙云山感知科技有限公司"
    batch_id = import_two_firms(demo, tmp_path)
    with reading(demo.engine) as session:
        firm = session.exec(select(Organisation).where(Organisation.name_zh == name)).one()
    assert f'href="/organisations/{firm.id}"' in page(sme, "/search", q=name, record="organisation")

    with writing(demo.engine) as session:
        report = undo(session, PLATFORM, batch_id)

    assert (report.removed, report.kept) == (2, ())
    assert sme.get(f"/organisations/{firm.id}").status_code == 404
    assert f'href="/organisations/{firm.id}"' not in page(sme, "/search", q=name, record="organisation")
    with reading(demo.engine) as session:
        assert session.get_one(ImportBatch, batch_id).undone_at is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("person", "addresses"),
    [
        ("leader", ["/challenges", "/challenge-answers", "/consortia", "/fast-track/"]),
        ("sme", ["/home", "/challenges", "/challenge-answers", "/consortia", "/rules/"]),
        ("officer", ["/officer/challenges", "/rules/conflicts/", "/officer/pairings/", "/officer/pairings/records"]),
    ],
)
def test_challenges_consortia_and_pairings_of_the_demo_are_shown(demo, person, addresses):
    with reading(demo.engine) as session:
        user_id = next(user.id for persona, user in personas(session) if persona.code == person)
    browser = browser_of(demo, user_id)

    for address in addresses:
        shown = page(browser, address)
        for found in sorted(
            set(re.findall(r'href="(/(?:challenges|consortia|rules|officer/pairings)/[\w-]{36})"', shown))
        ):
            page(browser, found)
