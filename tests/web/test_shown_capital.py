"""What lists of capital showed is kept, and which candidate was opened from a list; looking never commits by itself."""

import re
from html import unescape

import pytest
from sqlmodel import select

from models.enums import InteractionKind
from models.matching import Interaction, RankingRun
from tests.web.sky import enter, make_sky


@pytest.fixture
def sky(session, instance):
    sky = make_sky(session, instance)
    sky.index()
    return sky


def written(session, browser):
    assert browser.application.extensions["matchmaker_exposure"].flush()
    session.rollback()
    return session.exec(select(RankingRun)).all(), session.exec(select(Interaction)).all()


def links(page):
    return re.findall(r'href="(/[^"]+[?&]run=[^"]+)"', unescape(page))


def test_the_radar_keeps_which_firm_it_showed_at_which_place_and_counts_one_opening(session, sky, sign_in):
    manager = enter(session, sign_in, sky.fund)

    opened = links(manager.get("/funds/radar").text)
    for link in opened:
        assert manager.get(link).status_code == 200

    (run,), (looked,) = written(session, manager)
    firm = sky.firm.organisation
    assert (run.mandate_id, run.round_id, run.organisation_id) == (sky.mandate.id, None, sky.fund.organisation.id)
    assert [(line["position"], line["organisation_id"]) for line in run.shown] == [(1, str(firm.id))]
    assert (looked.kind, looked.candidate_id, looked.run_id) == (InteractionKind.OPENED, firm.id, run.id)
    assert looked.position == 1
    assert len(opened) >= 2


def test_a_list_of_funds_is_kept_for_the_round_and_a_fund_counts_as_opened(session, sky, sign_in):
    owner = enter(session, sign_in, sky.firm)

    page = owner.get(f"/capital/rounds/{sky.round.id}/funds").text
    assert owner.get(links(page)[0]).status_code == 200

    (run,), (looked,) = written(session, owner)
    assert (run.round_id, run.mandate_id, run.organisation_id) == (sky.round.id, None, sky.firm.organisation.id)
    assert (looked.candidate_id, looked.organisation_id) == (sky.fund.organisation.id, sky.firm.organisation.id)


def test_a_list_of_somebody_else_or_one_without_the_candidate_is_no_opening(session, sky, sign_in):
    manager, owner = enter(session, sign_in, sky.fund), enter(session, sign_in, sky.firm)
    manager.get("/funds/radar")
    (run,), _none = written(session, manager)

    owner.get(f"/organisations/{sky.firm.organisation.id}?run={run.id}")  # not its list
    manager.get(f"/organisations/{sky.fund.organisation.id}?run={run.id}")  # not on it
    manager.get(f"/organisations/{sky.firm.organisation.id}?run=nonsense")

    assert written(session, manager)[1] == written(session, owner)[1] == []
