"""Open facilities and open data on screen."""

import json

import pytest
from sqlmodel import select

from matchmaker.jobs.asking import find_unfinished
from matchmaker.jobs.running import carry_out
from matchmaker.services.actors import PLATFORM
from matchmaker.services.calendar import today
from matchmaker.services.opening import open_data
from matchmaker.worker.kinds import KINDS
from models.accounts import User
from models.enums import JobState, OpenTo, OrganisationKind, PlatformRole
from models.facilities import Facility
from models.indicators import Indicator, IndicatorValue
from models.jobs import Job
from models.opening import OpeningCriterion
from seeds.reference import read_reference, records_of
from tests import records as make
from tests.factories import make_user
from tests.web.conftest import post

REFERENCE = read_reference()
CARDS, DATA, DESK = "/open-facilities/", "/open-data/", "/officer/open-data/"


@pytest.fixture
def house(session) -> Facility:
    make.add_taxonomy(session)
    session.add_all(OpeningCriterion(**one.model_dump()) for one in records_of(REFERENCE, OpeningCriterion))
    session.add_all(Indicator(**one.model_dump()) for one in records_of(REFERENCE, Indicator))
    lab = make.organisation(session, kind=OrganisationKind.LAB, name_zh="嘉陵实验室")
    house = Facility(organisation_id=lab.id, name_zh="封装中试线", open_to=OpenTo.ALL, lead_time_days=10)
    session.add(house)
    session.commit()
    return house


@pytest.fixture
def officer(session, house, sign_in):
    user = make_user(PlatformRole.OFFICER)
    session.add(user)
    session.commit()
    return sign_in(user)


def test_everybody_with_an_account_reads_the_score_and_its_lines(session, house, sign_in):
    person = make_user()
    session.add(person)
    session.commit()
    browser = sign_in(person)

    table, one = browser.get(CARDS).text, browser.get(f"{CARDS}{house.id}").text

    assert "封装中试线" in table
    assert "评分标准" not in table
    assert "未知" in one
    assert one.count("35") >= 2


def test_officers_set_what_a_line_counts(session, officer):
    lines = {one.code: one for one in session.exec(select(OpeningCriterion))}
    typed = {
        f"{code}-{name}": f"{getattr(one, name):g}" for code, one in lines.items() for name in ("weight", "low", "high")
    }
    typed |= {f"{code}-version": str(one.version) for code, one in lines.items()}

    wrong = post(officer, f"{CARDS}criteria", typed | {"open_to-weight": "很多"})
    saved = post(officer, f"{CARDS}criteria", typed | {"open_to-weight": "60"})
    stale = post(officer, f"{CARDS}criteria", typed | {"open_to-weight": "61"})

    session.rollback()
    assert wrong.status_code == 422
    assert 'href="#open_to-weight"' in wrong.text
    assert 'value="很多"' in wrong.text
    assert (saved.status_code, stale.status_code) == (302, 409)
    assert session.get_one(OpeningCriterion, "open_to").weight == 60


def test_a_visitor_finds_the_dictionary_before_anything_is_published(client, house):
    page = client.get(DATA)

    assert page.status_code == 200
    assert "管理部门" in page.text
    assert "数据字典" in page.text


def test_an_officer_looks_publishes_by_a_job_and_withdraws(session, instance, officer, client):
    looked = officer.get(f"{DESK}look?licence=CC0-1.0").text
    post(officer, f"{DESK}publish", {"licence": "CC0-1.0"})
    job = session.exec(select(Job)).one()
    carry_out(instance, KINDS, job.id, job.handover, worker="test")
    session.rollback()
    page = client.get(DATA).text
    release = open_data.list_releases(session)[0]
    url = f"{DATA}{release.id}/organisations.json"
    taken = client.get(url)
    post(officer, f"{DESK}{release.id}/withdraw")

    session.rollback()
    assert "organisations.csv" in looked
    assert session.get_one(Job, job.id).state is JobState.DONE
    assert "CC0-1.0" in page
    assert json.loads(taken.data)["rows"][0]["name_zh"] == "嘉陵实验室"
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert client.get(url).status_code == 404


def test_open_data_are_not_published_for_who_has_lost_the_right_since(session, instance, officer):
    post(officer, f"{DESK}publish", {"licence": "CC0-1.0"})
    job = session.exec(select(Job)).one()
    asker = session.get_one(User, job.asked_by)
    asker.roles.clear()
    session.commit()

    carry_out(instance, KINDS, job.id, job.handover, worker="test")

    session.expire_all()
    assert open_data.list_releases(session) == []
    assert session.get_one(Job, job.id).state is JobState.FAILED


def test_an_unknown_licence_and_an_unknown_file_are_refused(session, officer, client):
    refused = post(officer, f"{DESK}publish", {"licence": "mine"})
    release = open_data.keep(session, PLATFORM, open_data.build(session, today(), "CC-BY-4.0"))
    session.commit()

    assert refused.status_code == 422
    assert client.get(f"{DATA}{release.id}/secrets.csv").status_code == 404


def test_the_figures_of_a_day_are_kept_by_a_job(session, instance, officer):
    post(officer, "/officer/indicators/keep")
    job = find_unfinished(session, "compute_indicators")
    assert job is not None

    carry_out(instance, KINDS, job.id, job.handover, worker="test")

    session.rollback()
    kept = session.exec(select(IndicatorValue)).all()
    assert session.get_one(Job, job.id).facts["figures"] == len(kept) > 0
    assert {one.as_of for one in kept} == {today()}
