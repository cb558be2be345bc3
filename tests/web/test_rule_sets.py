"""Rule sets on the web: drafts edited rule by rule, editions published, teams tried."""

import re
from typing import Any

import pytest
from sqlmodel import select

from matchmaker.services.actors import PLATFORM
from matchmaker.services.rule_sets import editions, reading, rules
from matchmaker.services.rule_sets.editions import SetDraft
from matchmaker.services.rule_sets.figures import ConflictsApart, LeadIs, MemberCount, OfKinds, RuleDraft
from models.challenges import Challenge
from models.enums import ChallengeKind, OrganisationKind, PlatformRole, RuleKind, RuleSetState
from models.organisations import Organisation
from models.rules import CompositionRule, RuleSet
from tests.factories import make_user
from tests.web.conftest import post
from tests.web.region import add, make_region
from web.forms.rules import RULE_FORMS

SOURCE = "渝科发〔2024〕1号第三条"
NAMES = {"name_zh": "创新联合体组建规则", "source": "渝科发〔2024〕1号"}
# What is typed for each kind of rule, and what of it is stored.
TYPED: dict[RuleKind, tuple[dict[str, Any], dict[str, Any] | None]] = {
    RuleKind.LEAD_KIND: ({"kinds": ["chain_leader", "lab"]}, {"kinds": ["chain_leader", "lab"]}),
    RuleKind.LEAD_THRESHOLD: (
        {"needed": "any", "rd_ratio": "3", "rd_spending": "3000"},
        {
            "needed": "any",
            "thresholds": [{"figure": "rd_ratio", "least": 0.03}, {"figure": "rd_spending", "least": 30_000_000}],
        },
    ),
    RuleKind.MEMBER_COUNT: ({"least": "4", "most": "6"}, {"least": 4, "most": 6}),
    RuleKind.KIND_COUNT: ({"kinds": ["lab"], "least": "1"}, {"kinds": ["lab"], "least": 1}),
    RuleKind.DISTRICT_COUNT: ({"districts": ["500112"], "least": "1"}, {"districts": ["500112"], "least": 1}),
    RuleKind.DISTRICT_SPREAD: ({"least": "2"}, {"least": 2}),
    RuleKind.CHAIN_POSITION_COUNT: ({"positions": ["upstream"], "least": "1"}, {"positions": ["upstream"], "least": 1}),
    RuleKind.SME_SHARE: ({"least": "30"}, {"least": 0.3}),
    RuleKind.OWNERSHIP_SHARE: ({"ownerships": ["private"], "most": "60%"}, {"ownerships": ["private"], "most": 0.6}),
    RuleKind.LARGEST_SHARE: ({"most": "40"}, {"most": 0.4}),
    RuleKind.OWN_MONEY_SHARE: ({"least": "33.3"}, {"least": 0.333}),
    RuleKind.TECHNICAL_STAFF: ({"least": "30"}, {"least": 30}),
    RuleKind.NEWCOMER_COUNT: ({"projects_at_most": "1", "least": "1"}, {"projects_at_most": 1, "least": 1}),
    RuleKind.CONFLICTS_APART: ({}, {}),
    RuleKind.PAIR_APART: ({"first": "甲公司", "second": "乙公司"}, None),
    RuleKind.PAIR_TOGETHER: ({"first": "甲公司", "second": "乙公司"}, None),
}


@pytest.fixture
def region(session, instance):
    region = make_region(session, instance)
    for name in ("甲公司", "乙公司"):
        region.add_candidate(name_zh=name)
    session.commit()
    return region


@pytest.fixture
def officer(session, region, sign_in):
    user = add(session, make_user(PlatformRole.OFFICER))
    session.commit()
    return sign_in(user)


@pytest.fixture
def member(session, sign_in):
    user = add(session, make_user())
    session.commit()
    return sign_in(user)


@pytest.fixture
def draft(session, region):
    """A draft with one rule."""
    made = editions.create_set(session, PLATFORM, SetDraft(**NAMES))
    rules.add_rule(session, PLATFORM, made, RuleDraft(figures=MemberCount(least=3), source=SOURCE))
    session.commit()
    return made


def publish(session, rule_set):
    editions.publish(session, PLATFORM, rule_set, expected_version=None)
    session.commit()


def stored(session) -> list[CompositionRule]:
    session.rollback()
    session.expire_all()
    return list(session.exec(select(CompositionRule).order_by(CompositionRule.position)).all())


def organisation(session, name: str) -> Organisation:
    return session.exec(select(Organisation).where(Organisation.name_zh == name)).one()


def test_an_officer_writes_a_set_rule_by_rule_and_publishes_it(session, officer):
    made = post(officer, "/rules/new", {**NAMES, "version": ""})
    url = made.headers["Location"]
    post(officer, f"{url}/rules/new?kind=kind_count", {"kinds": ["lab"], "least": "1", "source": SOURCE, "strictness": "hard"})  # fmt: skip  # noqa: E501
    page = officer.get(url).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    post(officer, f"{url}/publish", {"version": version[1]})

    (rule_set,) = session.exec(select(RuleSet)).all()
    assert rule_set.state is RuleSetState.PUBLISHED
    page = officer.get(url).text
    assert "类型为实验室的成员：不少于1家" in page
    assert SOURCE in page
    assert "添加此类规则" not in page


@pytest.mark.parametrize("kind", RuleKind, ids=str)
def test_every_kind_of_rule_is_typed_stored_and_shown_again(session, officer, draft, kind):
    typed, wanted = TYPED[kind]
    url = f"/rules/{draft.id}/rules"

    answer = post(officer, f"{url}/new?kind={kind}", {**typed, "source": SOURCE, "strictness": "soft", "version": ""})

    assert answer.status_code == 302, answer.text
    rule = stored(session)[-1]
    assert (rule.kind, rule.is_hard, rule.source) == (kind, False, SOURCE)
    if wanted is not None:
        assert rule.arguments == wanted
    shown = officer.get(f"{url}/{rule.id}").text
    for value in typed.values():
        for one in [value] if isinstance(value, str) else value:
            assert f'value="{one.rstrip("%")}"' in shown


def test_every_kind_of_rule_has_a_form():
    assert set(RULE_FORMS) == set(RuleKind) == set(TYPED)


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(session, officer, draft):
    typed = {"least": "6", "most": "4", "source": SOURCE, "strictness": "hard"}

    answer = post(officer, f"/rules/{draft.id}/rules/new?kind=member_count", typed)

    assert answer.status_code == 422
    assert "上限不能低于下限" in answer.text
    assert 'href="#most"' in answer.text
    assert 'value="6"' in answer.text
    assert len(stored(session)) == 1


def test_percent_out_of_range_is_told_in_percent(officer, draft):
    typed = {"least": "130", "source": SOURCE, "strictness": "hard"}

    answer = post(officer, f"/rules/{draft.id}/rules/new?kind=sme_share", typed)

    assert "100" in answer.text.split('id="least-error">')[1].split("</p>")[0]
    assert 'value="130"' in answer.text


def test_a_pair_is_found_by_name_and_an_unknown_name_is_refused_at_its_field(officer, draft):
    typed = {"first": "甲公司", "second": "没有这家公司", "source": SOURCE, "strictness": "hard"}

    answer = post(officer, f"/rules/{draft.id}/rules/new?kind=pair_apart", typed)

    assert answer.status_code == 422
    assert 'href="#second"' in answer.text
    assert "没有这家公司" in answer.text


def test_who_saves_what_a_colleague_has_changed_sees_both(session, officer, draft):
    rule = stored(session)[0]
    seen = rule.version
    url = f"/rules/{draft.id}/rules/{rule.id}"
    post(officer, url, {"least": "4", "source": SOURCE, "strictness": "hard", "version": seen})

    answer = post(officer, url, {"least": "5", "source": SOURCE, "strictness": "hard", "version": seen})

    assert answer.status_code == 409
    assert "<td>4</td><td>5</td>" in answer.text
    assert stored(session)[0].arguments == {"least": 4}


def test_rules_are_moved_and_removed(session, officer, draft):
    post(officer, f"/rules/{draft.id}/rules/new?kind=conflicts_apart", {"source": SOURCE, "strictness": "hard"})
    first, second = stored(session)

    post(officer, f"/rules/{draft.id}/rules/{second.id}/up")
    assert [one.id for one in stored(session)] == [second.id, first.id]

    post(officer, f"/rules/{draft.id}/rules/{second.id}/remove")
    assert [one.id for one in stored(session)] == [first.id]


def test_a_published_edition_is_edited_by_beginning_the_next_one(session, officer, draft):
    publish(session, draft)
    (rule,) = stored(session)

    assert officer.get(f"/rules/{draft.id}/rules/{rule.id}").status_code == 422
    url = post(officer, f"/rules/{draft.id}/edition").headers["Location"]

    assert url != f"/rules/{draft.id}"
    assert "第2版" in officer.get(url).text


def test_two_editions_are_compared_rule_by_rule(session, officer, draft):
    publish(session, draft)
    second = editions.start_edition(session, PLATFORM, draft)
    (rule,) = reading.rules_in(session, second)
    changed = RuleDraft(figures=MemberCount(least=5), source=SOURCE)
    rules.change_rule(session, PLATFORM, second, rule, changed, expected_version=None)
    session.commit()

    page = officer.get(f"/rules/{second.id}/compare").text

    assert "不少于3家" in page
    assert "不少于5家" in page
    assert "有变化" in page


def test_a_draft_is_deleted_after_a_question(session, officer, draft):
    assert "确定删除这份草案" in officer.get(f"/rules/{draft.id}/delete").text

    post(officer, f"/rules/{draft.id}/delete")

    session.rollback()
    assert session.exec(select(RuleSet)).all() == []


def test_a_template_is_copied_with_its_rules(session, officer, draft):
    publish(session, draft)

    assert NAMES["name_zh"] in officer.get(f"/rules/new?from={draft.id}").text
    post(officer, f"/rules/new?from={draft.id}", {**NAMES, "name_zh": "复制的规则"})

    assert [one.arguments for one in stored(session)] == [{"least": 3}, {"least": 3}]


def test_a_member_reads_what_is_published_and_edits_nothing(session, member, draft):
    assert member.get(f"/rules/{draft.id}").status_code == 404
    publish(session, draft)

    page = member.get(f"/rules/{draft.id}").text

    assert "不少于3家" in page
    assert "起草新一版" not in page
    assert post(member, f"/rules/{draft.id}/edition").status_code == 403
    assert member.get(f"/rules/{draft.id}/try").status_code == 403


def test_a_team_is_tried_against_every_rule(session, region, officer, draft):
    region.index()
    for figures in (
        LeadIs(kinds=(OrganisationKind.CHAIN_LEADER,)),
        LeadIs(certifications=("high-tech",)),
        OfKinds(kinds=(OrganisationKind.SME,), least=1),
        ConflictsApart(),
    ):
        rules.add_rule(session, PLATFORM, draft, RuleDraft(figures=figures, source=SOURCE))
    session.commit()
    one = organisation(session, "甲公司")

    page = officer.get(f"/rules/{draft.id}/try?member={one.id}&lead={one.id}&q=乙公司").text

    assert "有2条必须满足的规则不满足" in page
    assert "有1条规则需要询问后才能确定" in page
    assert "按此规则应由其他成员牵头，甲公司不符合" in page
    assert "还差：2" in page
    assert "需询问所有制与资质：甲公司" in page
    assert f"member={organisation(session, '乙公司').id}" in page


def test_an_address_with_nonsense_in_it_is_a_trial_without_a_team(officer, draft):
    page = officer.get(f"/rules/{draft.id}/try?member=x&member={draft.id}&lead=y")

    assert page.status_code == 200
    assert "还没有成员" in page.text


def test_sentences_are_there_in_english_too(officer, session, draft):
    officer.set_cookie("lang", "en")

    page = officer.get(f"/rules/{draft.id}")
    assert "Members, the lead included: at least 3." in page.text


def test_an_officer_puts_a_pair_on_record_and_takes_it_off_again(session, region, officer):
    typed = {"first": "甲公司", "second": "乙公司", "reason": "诉讼未结", "source": "法院公告"}

    post(officer, "/rules/conflicts/", typed)
    page = officer.get("/rules/conflicts/").text
    assert "诉讼未结" in page
    again = post(officer, "/rules/conflicts/", typed)
    assert again.status_code == 422
    assert "这两家机构已在册" in again.text

    url = page.split('class="nowrap" href="')[1].split('"')[0]
    assert "甲公司" in officer.get(url).text
    post(officer, url)
    assert "诉讼未结" not in officer.get("/rules/conflicts/").text


# --- rules of one challenge ---


@pytest.fixture
def challenge(session, region, organisation, owner):
    posted = Challenge(
        organisation_id=organisation.id, kind=ChallengeKind.CHALLENGE, title_zh="座舱芯片国产化", months=12
    )
    session.add(posted)
    session.commit()
    return posted


def test_the_poster_writes_rules_of_its_challenge(session, challenge, owner, sign_in):
    poster, url = sign_in(owner), f"/challenges/{challenge.id}/rules"

    post(poster, f"{url}/new?kind=sme_share", {"least": "30", "source": SOURCE, "strictness": "hard", "version": ""})
    (rule,) = stored(session)
    assert (rule.challenge_id, rule.arguments) == (challenge.id, {"least": 0.3})
    assert "成员中中小企业占比：不少于30%" in poster.get(url).text

    changed = {"least": "40", "source": SOURCE, "strictness": "soft", "version": rule.version}
    post(poster, f"{url}/{rule.id}", changed)
    assert stored(session)[0].arguments == {"least": 0.4}

    post(poster, f"{url}/{rule.id}/remove")
    assert stored(session) == []


def test_once_handed_in_the_rules_of_a_challenge_stand(session, challenge, owner, sign_in):
    challenge.is_submitted = True
    session.add(challenge)
    session.commit()
    poster, url = sign_in(owner), f"/challenges/{challenge.id}/rules"

    answer = post(poster, f"{url}/new?kind=technical_staff", {"least": "30", "source": SOURCE, "strictness": "hard"})

    assert answer.status_code == 422
    assert stored(session) == []


def test_a_stranger_sees_no_editor_of_a_challenges_rules(challenge, member):
    assert member.get(f"/challenges/{challenge.id}/rules").status_code in {403, 404}
    assert post(member, f"/challenges/{challenge.id}/rules/new?kind=sme_share", {"least": "30"}).status_code in {
        403,
        404,
    }
