"""Open data: what goes out, what never does, and how it is published and withdrawn."""

import csv
import io
import json
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound
from matchmaker.services.actors import PLATFORM, VISITOR
from matchmaker.services.calendar import today
from matchmaker.services.opening import open_data
from matchmaker.services.opening.data_tables import TABLES
from matchmaker.services.visibility import FIELDS
from models.base import utc_now
from models.enums import (
    CooperationType,
    Grade,
    OrganisationState,
    ParticipationRole,
    PostingState,
    ProjectKind,
)
from models.facilities import Facility
from models.funds import Mandate
from models.interest import Interest
from models.opening import DataRelease
from models.organisations import Certification, FieldGrade, Organisation, OrganisationNode, PatentCount
from models.rounds import Round
from models.track import Participation, Project
from tests import records as make

SECRET = "机密9731"
NUMBER = 97319731
LICENCE = "CC-BY-4.0"


@pytest.fixture
def region(session: Session) -> Session:
    make.add_taxonomy(session)
    return session


def full_profile(session: Session, **values) -> Organisation:
    """Every field is filled with something that can be found again."""
    return make.organisation(
        session,
        **{
            "uscc": make.CREDIT_CODE,
            "district_code": None,
            "country": "CN",
            "region": f"{SECRET}市",
            "address": f"{SECRET}路",
            "website": f"https://{NUMBER}.example",
            "staff": NUMBER,
            "rd_staff_share": 0.97319731,
            "rd_ratio": 0.97319731,
            "summary_zh": f"{SECRET}简介",
            "summary_en": f"{SECRET} summary",
            "tags": [SECRET],
            "capacity": NUMBER,
            "engaged": NUMBER,
            "contact_name": f"{SECRET}先生",
            "contact_email": f"{NUMBER}@company.example",
            "contact_phone": str(NUMBER),
            **values,
        },
    )


def publish(session: Session, owner: Organisation, **values) -> None:
    values = {"state": PostingState.PUBLISHED, "valid_until": today() + timedelta(days=30), **values}
    make.offer(session, owner, **values)
    make.need(session, owner, **values)


def everything(session: Session) -> str:
    built = open_data.build(session, today(), LICENCE)
    return "\n".join(one.content.decode("utf-8-sig") for one in built.files)


def rows(session: Session, table: str) -> list[dict[str, object]]:
    built = open_data.build(session, today(), LICENCE)
    return json.loads(next(one.content for one in built.files if one.name == f"{table}.json"))["rows"]


def test_nothing_that_is_conditional_or_closed_is_in_any_file(region):
    owner = full_profile(region)
    for field in FIELDS:
        region.add(FieldGrade(organisation_id=owner.id, field=field, grade=Grade.CLOSED))
    region.add(OrganisationNode(organisation_id=owner.id, node_code="nev-bms"))
    region.add(Certification(organisation_id=owner.id, scheme_code="high-tech", number=SECRET, evidence=SECRET))
    region.add(PatentCount(organisation_id=owner.id, ipc_class="H01M", granted=NUMBER))
    for state in (PostingState.DRAFT, PostingState.IN_REVIEW, PostingState.WITHDRAWN, PostingState.EXPIRED):
        publish(region, owner, title_zh=f"{SECRET}标题", state=state)
    publish(region, owner, title_zh=f"{SECRET}过期", valid_until=today() - timedelta(days=1))
    publish(region, owner, title_zh="公开的供需", budget_low=1.0, budget_high=float(NUMBER), partner_role=SECRET)
    region.add(Facility(organisation_id=owner.id, name_zh=f"{SECRET}线", state=PostingState.WITHDRAWN))
    region.add(Round(organisation_id=owner.id, amount=NUMBER, use_zh=SECRET))
    region.add(Mandate(organisation_id=owner.id, name_zh=f"{SECRET}基金"))
    other = make.organisation(region)
    asked = make.need(region, owner, title_zh="又一项", state=PostingState.DRAFT)
    region.add(
        Interest(
            need_id=asked.id,
            organisation_id=owner.id,
            candidate_id=other.id,
            state="accepted",
            asked_at=utc_now(),
            message=SECRET,
            answer=SECRET,
        )
    )
    project(region, owner, other, title=f"{SECRET}项目")
    region.flush()

    text = everything(region)

    assert SECRET not in text
    assert str(NUMBER) not in text
    assert "0.97319731" not in text
    assert make.CREDIT_CODE not in text
    assert "公开的供需" in text


def test_conditional_and_contact_fields_stay_out_by_their_default(region):
    full_profile(region, summary_zh="公开简介", summary_en="", tags=[], region="", address="", website="", staff=5)

    text = everything(region)

    assert "公开简介" in text
    assert "0.97319731" not in text
    assert SECRET not in text
    assert str(NUMBER) not in text


@pytest.mark.parametrize("state", [OrganisationState.DRAFT, OrganisationState.CLOSED, OrganisationState.MERGED])
def test_of_organisations_that_are_not_active_nothing_is_told(region, state):
    owner = full_profile(region, name_zh=f"{SECRET}公司", state=state)
    publish(region, owner, title_zh=f"{SECRET}标题")
    region.add(Facility(organisation_id=owner.id, name_zh=f"{SECRET}线"))
    project(region, owner, make.organisation(region), title=f"{SECRET}项目")

    text = everything(region)

    assert SECRET not in text
    assert str(owner.id) not in text


def project(session: Session, *bodies: Organisation, title: str) -> None:
    record = Project(kind=ProjectKind.CONSORTIUM, title_zh=title, amount=float(NUMBER), started_on=today())
    session.add(record)
    session.flush()
    session.add_all(
        Participation(project_id=record.id, organisation_id=body.id, role=ParticipationRole.PARTICIPANT)
        for body in bodies
    )
    session.flush()


def test_what_is_open_is_in_both_kinds_of_files_alike(region):
    owner = make.organisation(region, staff=42, district_code="500112")
    publish(region, owner, title_zh="座舱域控制器", capabilities=["cockpit-controller"], type=CooperationType.SUPPLY)
    project(region, owner, make.organisation(region), title="联合项目")

    built = {one.name: one for one in open_data.build(region, today(), LICENCE).files}

    for table in TABLES:
        told = json.loads(built[f"{table.name}.json"].content)["rows"]
        lines = list(csv.DictReader(io.StringIO(built[f"{table.name}.csv"].content.decode("utf-8-sig"))))
        assert [{name: plain(value) for name, value in row.items()} for row in told] == lines
    firm = next(row for row in rows(region, "organisations") if row["id"] == str(owner.id))
    assert (firm["staff"], firm["district_code"], firm["rd_ratio"]) == (42, "500112", None)
    assert rows(region, "offers")[0]["capabilities"] == "cockpit-controller"
    assert len(rows(region, "projects")) == 1


def plain(value: object) -> str:
    """A value of JSON as CSV holds it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "|"])
def test_no_cell_of_a_csv_file_is_taken_for_a_formula(region, sign):
    make.organisation(region, name_zh=f"{sign}HYPERLINK(1)")

    built = open_data.build(region, today(), LICENCE)

    text = next(one.content for one in built.files if one.name == "organisations.csv").decode("utf-8-sig")
    assert f",'{sign}HYPERLINK(1)," in text
    assert f",{sign}HYPERLINK" not in text


def test_the_same_registry_gives_the_same_bytes(region):
    publish(region, make.organisation(region))

    first, second = (open_data.build(region, today(), LICENCE) for _ in range(2))

    assert first.sha256 == second.sha256
    assert [one.content for one in first.files] == [one.content for one in second.files]


def test_the_dictionary_names_every_column_of_every_file(region):
    built = {one.name: one.content.decode("utf-8-sig") for one in open_data.build(region, today(), LICENCE).files}

    said = {(row["table"], row["column"]) for row in csv.DictReader(io.StringIO(built["data-dictionary.csv"]))}

    heads = {
        (table.name, column) for table in TABLES for column in built[f"{table.name}.csv"].splitlines()[0].split(",")
    }
    assert said == heads
    assert json.loads(built["datapackage.json"])["licenses"][0]["name"] == LICENCE


def test_a_release_is_taken_until_it_is_withdrawn(region):
    release = open_data.keep(region, PLATFORM, open_data.build(region, today(), LICENCE))
    taken = open_data.get_file(region, open_data.get_release(region, release.id), "organisations.csv")

    open_data.withdraw(region, PLATFORM, release)

    assert taken.sha256 == next(
        one.sha256 for one in open_data.list_files(region, release) if one.name == "organisations.csv"
    )
    assert open_data.list_releases(region) == []
    with pytest.raises(NotFound):
        open_data.get_release(region, release.id)
    with pytest.raises(InvalidInput, match="release_withdrawn"):
        open_data.withdraw(region, PLATFORM, release)


def test_only_officers_publish_and_only_under_a_known_licence(region):
    built = open_data.build(region, today(), LICENCE)

    with pytest.raises(NotAllowed):
        open_data.keep(region, VISITOR, built)
    with pytest.raises(InvalidInput):
        open_data.build(region, today(), "all rights reserved")
    assert region.exec(select(DataRelease)).all() == []
