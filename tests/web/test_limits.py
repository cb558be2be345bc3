"""The figures by which nodes are judged and profiles are stale: officers change them, with a source, on record."""

import pytest
from sqlmodel import select

from models.audit import AuditEntry
from models.chain import ChainLimit
from models.enums import OrganisationKind, PlatformRole
from models.registry import FreshnessLimit
from seeds.reference import read_reference, records_of
from tests.factories import make_user
from tests.web.conftest import post
from tests.web.region import add

CHAIN, PROFILES = "/officer/chain/limits", "/officer/registry/profiles/limits"
REFERENCE = read_reference()


@pytest.fixture
def limits(session):
    session.add_all(ChainLimit(**one.model_dump()) for one in records_of(REFERENCE, ChainLimit))
    session.add_all(FreshnessLimit(**one.model_dump()) for one in records_of(REFERENCE, FreshnessLimit))
    session.commit()


@pytest.fixture
def officer(session, sign_in, limits):
    user = add(session, make_user(PlatformRole.OFFICER))
    session.commit()
    return sign_in(user)


def typed_limits(session, **changed: str) -> dict[str, str]:
    """The form as it is opened, with some cells typed anew."""
    session.rollback()
    rows = session.exec(select(ChainLimit)).all()
    shown = {f"{row.code}-{name}": str(getattr(row, name)) for row in rows for name in ("value", "source", "source_zh")}
    return shown | {f"{row.code}-version": str(row.version) for row in rows} | changed


def typed_days(session, **changed: str) -> dict[str, str]:
    session.rollback()
    rows = session.exec(select(FreshnessLimit)).all()
    shown = {f"{row.kind}-{name}": str(getattr(row, name)) for row in rows for name in ("days", "source", "source_zh")}
    return shown | {f"{row.kind}-version": str(row.version) for row in rows} | changed


def test_an_officer_changes_a_figure_and_its_source_and_it_is_on_record(officer, session):
    typed = typed_limits(
        session, **{"suppliers_for_covered-value": "3", "suppliers_for_covered-source_zh": "链办会议纪要（2026-11）"}
    )

    answer = post(officer, CHAIN, typed)

    assert answer.status_code == 302
    session.rollback()
    row = session.get_one(ChainLimit, "suppliers_for_covered")
    [entry] = session.exec(select(AuditEntry).where(AuditEntry.action == "chain_limit.change")).all()
    assert answer.status_code == 302
    assert (row.value, row.source_zh) == (3.0, "链办会议纪要（2026-11）")
    assert entry.changes["code"] == "suppliers_for_covered"
    assert entry.changes["value"] == [2.0, 3.0]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("least_level-value", "6"),
        ("least_level-value", "2.5"),
        ("least_level-value", "viele"),
        ("least_level-value", "nan"),
        ("met_fit-value", "120"),
        ("raised_trl-value", ""),
    ],
)
def test_a_figure_that_cannot_be_stays_typed_with_its_error_and_changes_nothing(officer, session, cell, text):
    answer = post(officer, CHAIN, typed_limits(session, **{cell: text}))

    session.rollback()
    assert answer.status_code == 422
    assert f'id="{cell}-error"' in answer.text
    assert f'value="{text}"' in answer.text
    assert all(row.version == 1 for row in session.exec(select(ChainLimit)).all())


def test_a_figure_needs_a_source_in_one_language(officer, session):
    no_source = {"least_level-source": "", "least_level-source_zh": ""}

    refused = post(officer, CHAIN, typed_limits(session, **no_source))
    taken = post(officer, CHAIN, typed_limits(session, **no_source | {"least_level-source_zh": "政策文件"}))

    assert 'id="least_level-source_zh-error"' in refused.text
    assert taken.status_code == 302


def test_a_figure_that_somebody_else_changed_meanwhile_is_not_overwritten(officer, session):
    opened = typed_limits(session, **{"least_level-value": "4"})
    post(officer, CHAIN, typed_limits(session, **{"least_level-value": "2"}))

    answer = post(officer, CHAIN, opened)

    session.rollback()
    assert answer.status_code == 409
    assert session.get_one(ChainLimit, "least_level").value == 2.0


def test_days_are_changed_taken_away_and_set_again(officer, session):
    post(officer, PROFILES, typed_days(session, **{"sme-days": "120", "park-days": ""}))
    session.rollback()
    changed = session.get_one(FreshnessLimit, OrganisationKind.SME).days
    gone = session.get(FreshnessLimit, OrganisationKind.PARK)

    post(
        officer, PROFILES, typed_days(session, **{"park-days": "400", "park-source_zh": "园区处", "park-version": "0"})
    )

    session.rollback()
    actions = session.exec(select(AuditEntry.action)).all()
    assert (changed, gone) == (120, None)
    assert session.get_one(FreshnessLimit, OrganisationKind.PARK).days == 400
    assert actions.count("freshness_limit.change") == 3


@pytest.mark.parametrize("text", ["0", "1.5", "4000", "bald", "inf", "nan"])
def test_days_that_cannot_be_stay_typed_with_their_error(officer, session, text):
    answer = post(officer, PROFILES, typed_days(session, **{"sme-days": text}))

    assert answer.status_code == 422
    assert 'id="sme-days-error"' in answer.text
    assert f'value="{text}"' in answer.text


def test_days_that_were_taken_away_meanwhile_do_not_come_back_by_an_old_form(officer, session):
    opened = typed_days(session, **{"fund-days": "30"})
    post(officer, PROFILES, typed_days(session, **{"fund-days": ""}))

    answer = post(officer, PROFILES, opened)

    session.rollback()
    assert answer.status_code == 409
    assert session.get(FreshnessLimit, OrganisationKind.FUND) is None


def test_the_map_shows_each_source_in_the_reader_s_language(officer):
    zh, en = officer.get(CHAIN).text, officer.get(f"{CHAIN}?lang=en", follow_redirects=True).text

    assert "环节状态的判定口径" in zh
    assert "How nodes are judged" in en


def test_auditors_read_the_map_and_may_not_change_its_figures(session, sign_in, limits):
    auditor = add(session, make_user(PlatformRole.AUDITOR))
    session.commit()

    assert sign_in(auditor).get(CHAIN).status_code == 403
