from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from sqlmodel import Session, col, func, select

from matchmaker.services.actors import PLATFORM
from matchmaker.services.imports.benchmark import import_benchmark
from matchmaker.services.imports.problems import ImportRefused
from matchmaker.services.imports.undoing import undo
from models.audit import AuditEntry
from models.enums import OrganisationKind, ParticipationRole, ProjectKind
from models.jobs import ImportBatch
from models.organisations import Organisation
from models.track import Participation, Project


def write(folder: Path, **files):
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        parquet.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    return folder


@pytest.fixture
def consortia(tmp_path):
    return write(
        tmp_path / "set",
        organisations=[
            {"org_id": "a", "name": "Alpha University", "kind": "university", "country": "PT", "city": "Porto"},
            {"org_id": "b", "name": None, "kind": "industry", "country": None, "city": None},
            {"org_id": "c", "name": "City of C", "kind": "public", "country": "FR", "city": "Paris"},
        ],
        projects=[
            {
                "project_id": "p1",
                "title": "Better batteries",
                "objective": "Cells that last.",
                "programme": "LEIT|SC7",
                "topic": "T-1",
                "start_date": "2016-02-01",
                "total_cost": 5.0,
            },
        ],
        participations=[
            {"project_id": "p1", "org_id": "a", "role": "participant", "ec_contribution": None},
            {"project_id": "p1", "org_id": "a", "role": "coordinator", "ec_contribution": 2.0},
            {"project_id": "p1", "org_id": "b", "role": "partner", "ec_contribution": None},
            {"project_id": "p1", "org_id": "z", "role": "partner", "ec_contribution": None},
        ],
    )


@pytest.fixture
def investments(tmp_path):
    return write(
        tmp_path / "deals",
        startups=[
            {
                "startup_id": "s",
                "name": "Startup",
                "tags": "Games|News",
                "country": "USA",
                "region": "Bay",
                "founded_at": "2010",
            }
        ],
        investors=[{"investor_id": "i1", "kind_guess": "fund"}, {"investor_id": "i2", "kind_guess": "angel_group"}],
        investments=[
            {
                "round_id": "r",
                "investor_id": i,
                "startup_id": "s",
                "date": "2012-03-01",
                "round_type": "series-a",
                "round_amount_usd": 9.0,
            }
            for i in ("i1", "i2", "i1")
        ],
    )


def keyed(session, model):
    return {record.source_key: record for record in session.exec(select(model))}


def test_projects_and_their_partners_become_track_record(session, consortia):
    report = import_benchmark(session, PLATFORM, consortia)

    bodies, project = keyed(session, Organisation), session.exec(select(Project)).one()
    assert (report.source, report.organisations, report.projects, report.participations) == ("benchmark:set", 4, 1, 3)
    assert [bodies[key].kind for key in "abc"] == [
        OrganisationKind.LAB,
        OrganisationKind.SME,
        OrganisationKind.SERVICE_INSTITUTION,
    ]
    assert (bodies["a"].name_en, bodies["a"].country, bodies["a"].region) == ("Alpha University", "PT", "Porto")
    assert (project.kind, project.started_on, project.amount) == (ProjectKind.CONSORTIUM, date(2016, 2, 1), 5.0)
    assert project.tags == ["programme:LEIT", "programme:SC7", "topic:T-1"]
    roles = {part.organisation_id: part.role for part in session.exec(select(Participation))}
    assert roles[bodies["a"].id] == ParticipationRole.COORDINATOR
    assert roles[bodies["z"].id] == ParticipationRole.PARTICIPANT


def test_a_nameless_organisation_is_called_by_its_key_and_its_country_stays_unknown(session, consortia):
    import_benchmark(session, PLATFORM, consortia)

    nameless = keyed(session, Organisation)["b"]
    assert (nameless.name_en, nameless.name_key, nameless.country) == ("b", "b", "")


def test_rounds_become_deals_between_startups_and_funds(session, investments):
    import_benchmark(session, PLATFORM, investments)

    bodies, deal = keyed(session, Organisation), session.exec(select(Project)).one()
    assert (bodies["startup:s"].kind, bodies["investor:i1"].kind) == (OrganisationKind.SME, OrganisationKind.FUND)
    assert (bodies["startup:s"].founded_on, bodies["startup:s"].region) == (date(2010, 1, 1), "Bay")
    assert {"tag:Games", "tag:News", "country:usa", "region:bay"} <= set(deal.tags)
    assert (deal.kind, deal.stage, deal.amount, deal.currency) == (ProjectKind.INVESTMENT, "series_a", 9.0, "USD")
    roles = sorted(part.role for part in session.exec(select(Participation)))
    assert roles == [ParticipationRole.INVESTEE, ParticipationRole.INVESTOR, ParticipationRole.INVESTOR]


def test_a_set_with_few_columns_and_years_only_is_read(session, tmp_path):
    folder = write(
        tmp_path / "small",
        organisations=[{"org_id": 7}],
        projects=[{"project_id": 1, "year": 2014}],
        participations=[{"project_id": 1, "org_id": 7, "role": None}],
    )

    import_benchmark(session, PLATFORM, folder)

    assert session.exec(select(Project)).one().started_on == date(2014, 1, 1)
    assert session.exec(select(Participation.role)).one() == ParticipationRole.PARTICIPANT


def test_the_same_set_again_adds_nothing_and_overwrites_nothing(session, consortia):
    import_benchmark(session, PLATFORM, consortia)
    keyed(session, Organisation)["a"].name_zh = "阿尔法大学"
    session.commit()

    again = import_benchmark(session, PLATFORM, consortia)

    assert (again.organisations, again.projects, again.participations) == (0, 0, 0)
    assert keyed(session, Organisation)["a"].name_zh == "阿尔法大学"
    assert session.exec(select(func.count()).select_from(AuditEntry)).one() == 1


def test_a_grown_set_adds_what_is_new(session, consortia):
    import_benchmark(session, PLATFORM, consortia)
    write(consortia, organisations=[{"org_id": "d", "name": "Delta", "kind": "industry"}])

    assert import_benchmark(session, PLATFORM, consortia).organisations == 1


def test_imported_records_can_be_edited_like_any_other(session, consortia):
    import_benchmark(session, PLATFORM, consortia)
    body = session.exec(select(Organisation).where(col(Organisation.source_key) == "a")).one()

    body.staff = 10
    session.commit()

    assert body.version == 2


def test_a_folder_of_something_else_or_a_damaged_file_is_refused(session, tmp_path, consortia):
    with pytest.raises(ImportRefused, match="neither"):
        import_benchmark(session, PLATFORM, tmp_path)
    (consortia / "projects.parquet").write_bytes(b"PAR1 no more")
    with pytest.raises(ImportRefused, match="cannot be read"):
        import_benchmark(session, PLATFORM, consortia)
    (consortia / "projects.parquet").unlink()
    with pytest.raises(ImportRefused, match=r"no projects\.parquet"):
        import_benchmark(session, PLATFORM, consortia)
    assert session.exec(select(Organisation)).all() == []


def test_a_set_is_not_taken_back_like_a_table(session: Session, consortia):
    import_benchmark(session, PLATFORM, consortia)

    with pytest.raises(ImportRefused, match="cannot be taken back"):
        undo(session, PLATFORM, session.exec(select(ImportBatch.id)).one())
