"""Comparing, both directions of fit, and saying what one thinks of a candidate."""

import pytest
from sqlmodel import select

from models.base import new_id
from models.enums import DeclineReason, Grade, InteractionKind, MembershipRole, OrganisationKind
from models.matching import Interaction, RankingRun
from models.organisations import FieldGrade
from tests.web.conftest import post
from tests.web.region import add_need, make_region
from tests.web.test_partners_lists import by_class, list_url, read, words


@pytest.fixture
def region(session, instance):
    return make_region(session, instance)


def compare_url(region, *organisations, more: str = "") -> str:
    chosen = "&".join(f"with={organisation.id}" for organisation in organisations)
    return f"{list_url(region)}/compare?{chosen}{more}"


def feedback_url(region, candidate) -> str:
    return f"{list_url(region)}/feedback/{candidate.id}"


def rows_of(text: str) -> dict[str, list[str]]:
    table = by_class(read(text), "compare")[0]
    lines = [[words(cell) for cell in row] for row in table.iter() if str(row.tag).endswith("}tr")]
    return {line[0]: line[1:] for line in lines}


def test_chosen_candidates_stay_chosen_on_every_page_of_the_list(region, sign_in):
    firms = [region.add_candidate(name_zh=f"候选{number:02}") for number in range(22)]
    region.index()
    browser = sign_in(region.owner)

    page = browser.get(f"{list_url(region)}?with={firms[0].id}&with={firms[1].id}&page=2").text

    tray = words(by_class(read(page), "tray")[0])
    assert "候选00" in tray
    assert "候选01" in tray
    assert "2/4" in tray


def test_a_full_tray_takes_nobody_more(region, sign_in):
    firms = [region.add_candidate() for _number in range(6)]
    region.index()
    chosen = "&".join(f"with={firm.id}" for firm in firms[:4])

    page = sign_in(region.owner).get(f"{list_url(region)}?{chosen}").text

    assert page.count("最多同时对比4家") == 2


def test_four_are_compared_side_by_side_and_a_fifth_is_refused(region, sign_in):
    firms = [region.add_candidate(level=number) for number in range(1, 6)]
    region.index()
    browser = sign_in(region.owner)

    four = browser.get(compare_url(region, *firms[:4]))
    five = browser.get(compare_url(region, *firms))

    assert four.status_code == 200
    assert all(len(cells) in (0, 4) for cells in rows_of(four.text).values())
    assert five.status_code == 422
    assert "最多同时对比4家" in five.text


def test_the_comparison_shows_the_fit_of_the_list_and_marks_the_best(region, sign_in):
    strong, weak = region.add_candidate(level=5), region.add_candidate(level=1, district_code="500107")
    region.index()
    browser = sign_in(region.owner)
    browser.set_cookie("lang", "en")

    cards = by_class(read(browser.get(list_url(region)).text), "candidate")
    rows = rows_of(browser.get(compare_url(region, strong, weak)).text)

    fits = {card.get("id"): words(by_class(card, "fit-score")[0]).split()[0] for card in cards}
    assert rows["Fit, of 100"] == [fits[f"card-{strong.id}"], fits[f"card-{weak.id}"]]
    assert rows["District"] == ["Yubei", "Jiulongpo"]
    page = browser.get(compare_url(region, strong, weak)).text
    assert page.count('aria-label="best"') >= 3


def test_differences_only_leaves_out_the_equal_rows_and_says_how_many(region, sign_in):
    one, other = region.add_candidate(level=5), region.add_candidate(level=1)
    region.index()
    browser = sign_in(region.owner)
    browser.set_cookie("lang", "en")

    rows = rows_of(browser.get(compare_url(region, one, other, more="&only=differences")).text)

    assert "Kind" not in rows
    assert "Fit, of 100" in rows


def test_a_hidden_candidate_is_compared_with_the_rule_that_hides_it(region, sign_in):
    region.need.partner_kinds = ["lab"]
    region.session.add(region.need)
    lab, firm = region.add_candidate(kind=OrganisationKind.LAB), region.add_candidate()
    region.index()
    browser = sign_in(region.owner)
    browser.set_cookie("lang", "en")

    rows = rows_of(browser.get(compare_url(region, lab, firm)).text)

    assert rows["Hidden by a rule"] == ["no", "the need asks for another kind of organisation"]
    assert rows["Fit, of 100"][1] == "—"


def test_a_figure_that_is_not_open_is_named_so_in_the_comparison(region, session, sign_in):
    firm = region.add_candidate(staff=77)
    session.add(FieldGrade(organisation_id=firm.id, field="staff", grade=Grade.CLOSED))
    region.index()
    browser = sign_in(region.owner)
    browser.set_cookie("lang", "en")

    rows = rows_of(browser.get(compare_url(region, firm)).text)

    assert rows["Staff"] == ["not open"]


def test_an_unknown_organisation_cannot_be_compared(region, sign_in):
    region.index()

    assert sign_in(region.owner).get(f"{list_url(region)}/compare?with={new_id()}").status_code == 404


def test_both_directions_of_fit_are_two_different_things(region, session, sign_in):
    theirs = region.add_candidate(name_zh="电池厂", capability="bms-software")
    add_need(session, theirs, ["head-up-display"], title_zh="寻找抬头显示")
    region.add_offer(region.asker, capability="head-up-display", level=4, title_zh="抬头显示模组")
    region.index()

    tree = read(sign_in(region.owner).get(f"/partners/organisations/{theirs.id}/fit").text)

    cards = {card.get("id"): words(card) for card in by_class(tree, "candidate")}
    assert set(cards) == {f"they-{region.need.id}", *(key for key in cards if key.startswith("we-"))}
    we_give = next(text for key, text in cards.items() if key.startswith("we-"))
    assert "抬头显示模组" in we_give
    fits = [float(words(by_class(card, "fit-score")[0]).split()[0]) for card in by_class(tree, "candidate")]
    assert fits[1] > fits[0]


def test_a_fit_without_a_need_says_why_there_is_no_score(region, session, sign_in):
    session.delete(region.need)
    theirs = region.add_candidate()
    region.index()
    browser = sign_in(region.owner)
    browser.set_cookie("lang", "en")

    page = browser.get(f"/partners/organisations/{theirs.id}/fit").text

    assert "You have published no need" in page
    assert "They have published no need" in page
    assert by_class(read(page), "fit-score") == []


def test_a_stranger_may_not_look_at_a_fit_on_behalf_of_others(region, sign_in):
    theirs = region.add_candidate()
    region.index()
    stranger = sign_in(region.add_person())

    assert stranger.get(f"/partners/organisations/{theirs.id}/fit?for={region.asker.id}").status_code == 403


def test_the_page_of_an_organisation_shows_the_fit_with_mine(region, sign_in):
    theirs = region.add_candidate()
    region.index()

    page = sign_in(region.owner).get(f"/organisations/{theirs.id}").text

    assert "对方能为我方提供" in page
    assert f"/partners/organisations/{theirs.id}/fit?for={region.asker.id}" in page


def test_without_an_index_the_page_of_an_organisation_only_lacks_the_fit(region, sign_in):
    theirs = region.add_candidate()
    region.session.commit()

    response = sign_in(region.owner).get(f"/organisations/{theirs.id}")

    assert response.status_code == 200
    assert "对方能为我方提供" not in response.text


def test_feedback_is_kept_and_shown_on_the_card(region, app, session, sign_in):
    candidate = region.add_candidate()
    region.index()
    browser = sign_in(region.owner)
    browser.get(list_url(region))
    app.extensions["matchmaker_exposure"].flush()
    run = session.exec(select(RankingRun)).one()
    session.commit()  # what is read after the request is read anew

    answer = post(browser, feedback_url(region, candidate), {"kind": "useful", "run": str(run.id)})
    page = browser.get(list_url(region)).text

    given = session.exec(select(Interaction)).one()
    assert answer.location.endswith(f"{list_url(region)}#card-{candidate.id}")
    assert (given.kind, given.run_id, given.position) == (InteractionKind.USEFUL, run.id, 1)
    assert "您认为有用" in page


def test_a_second_answer_replaces_the_first(region, session, sign_in):
    candidate = region.add_candidate()
    region.index()
    browser = sign_in(region.owner)

    post(browser, feedback_url(region, candidate), {"kind": "useful"})
    post(browser, feedback_url(region, candidate), {"kind": "not_useful", "reason": "terms", "note": "太远"})
    page = browser.get(list_url(region)).text

    given = session.exec(select(Interaction)).one()
    assert (given.kind, given.reason, given.note) == (InteractionKind.NOT_USEFUL, DeclineReason.TERMS, "太远")
    assert "您认为有用" not in page


@pytest.mark.parametrize(
    "typed", [{}, {"kind": "shown"}, {"kind": "not_useful"}, {"kind": "not_useful", "reason": "other"}, {"reason": "x"}]
)
def test_an_answer_that_lacks_something_is_shown_again_with_what_was_typed(region, session, sign_in, typed):
    candidate = region.add_candidate()
    region.index()

    response = post(
        sign_in(region.owner), feedback_url(region, candidate), {"note": " ", "page": "x", "run": "y", **typed}
    )

    assert response.status_code == 422
    assert "error-summary" in response.text
    assert session.exec(select(Interaction)).all() == []


def test_a_viewer_and_a_stranger_may_not_judge(region, session, sign_in):
    candidate = region.add_candidate()
    region.index()
    viewer, stranger = sign_in(region.add_person(MembershipRole.VIEWER)), sign_in(region.add_person())

    assert post(viewer, feedback_url(region, candidate), {"kind": "useful"}).status_code == 403
    assert viewer.get(feedback_url(region, candidate)).status_code == 403
    assert post(stranger, feedback_url(region, candidate), {"kind": "useful"}).status_code == 404
    assert session.exec(select(Interaction)).all() == []
