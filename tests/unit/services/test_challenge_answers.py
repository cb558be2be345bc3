"""Answers to challenges: writing, handing in, who reads them, judging, and whether one may answer at all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services.calendar import today
from matchmaker.services.challenges import answers, eligibility, listing, reading
from matchmaker.services.challenges.answers import AnswerDraft
from matchmaker.services.challenges.eligibility import Condition, Outcome
from matchmaker.services.challenges.listing import Filters
from models.enums import AnswerState, Grade, OrganisationKind
from models.organisations import Certification, Organisation
from tests import challenge_factory as challenges
from tests import records as make

APPROACH = "重写启动流程，改用并行加载与休眠镜像，样机三个月内送测，并给出每一步的时间预算，第三方复核。"


def draft(**fields):
    return AnswerDraft(**({"approach": APPROACH, "asks": 3e6, "months": 12} | fields))


@pytest.fixture
def leader(registry):
    return make.organisation(registry, kind=OrganisationKind.CHAIN_LEADER)


@pytest.fixture
def poster(registry, leader):
    return make.member(registry, leader)


@pytest.fixture
def firm(registry):
    return make.organisation(registry, staff=86, district_code="500112")


@pytest.fixture
def answerer(registry, firm):
    return make.member(registry, firm)


@pytest.fixture
def rival(registry):
    return make.member(registry, make.organisation(registry))


@pytest.fixture
def asked(registry, leader):
    return challenges.challenge(registry, leader)


def test_an_answer_begins_as_a_draft_that_not_even_the_poster_reads(registry, asked, firm, answerer, poster):
    answer = answers.write(registry, answerer, asked.id, firm, draft())

    assert answer.state is AnswerState.DRAFT
    assert answers.list_for(registry, poster, asked) == []
    for other in (poster, make.officer(registry)):
        with pytest.raises(NotFound):
            answers.get(registry, other, answer.id)


def test_handed_in_it_is_read_by_poster_and_officers_and_nobody_else(registry, asked, firm, answerer, poster, rival):
    answer = answers.write(registry, answerer, asked.id, firm, draft())
    answers.submit(registry, answerer, answer)

    assert answers.get(registry, poster, answer.id) is answer
    assert answers.get(registry, make.officer(registry), answer.id) is answer
    assert answers.list_for(registry, poster, asked) == [answer]
    with pytest.raises(NotFound):
        answers.get(registry, rival, answer.id)
    with pytest.raises(NotFound):
        answers.list_for(registry, rival, asked)


def test_nobody_answers_for_somebody_else(registry, asked, firm, rival):
    with pytest.raises(NotAllowed):
        answers.write(registry, rival, asked.id, firm, draft())


def test_what_is_kept_back_is_not_answered_blindly(registry, leader, firm, answerer):
    secret = challenges.challenge(registry, leader, secrecy=Grade.CONDITIONAL)

    with pytest.raises(InvalidInput, match="not_let_in"):
        answers.write(registry, answerer, secret.id, firm, draft())
    challenges.let_in(registry, secret, firm)

    assert answers.write(registry, answerer, secret.id, firm, draft()).state is AnswerState.DRAFT


def test_what_one_organisation_was_let_in_to_is_not_answered_for_another(registry, leader, firm):
    secret = challenges.challenge(registry, leader, secrecy=Grade.CONDITIONAL)
    sister = make.organisation(registry)
    both = make.member(registry, firm)
    both = replace(both, memberships={**both.memberships, **make.member(registry, sister).memberships})
    challenges.let_in(registry, secret, firm)

    answers.write(registry, both, secret.id, firm, draft())
    with pytest.raises(InvalidInput, match="not_let_in"):
        answers.write(registry, both, secret.id, sister, draft())


def test_a_closed_challenge_cannot_be_answered_into(registry, leader, firm, answerer):
    secret = challenges.challenge(registry, leader, secrecy=Grade.CLOSED)

    with pytest.raises(NotFound):
        answers.write(registry, answerer, secret.id, firm, draft())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"approach": "试试"}, "approach_too_short"),
        ({"asks": None}, "asks_missing"),
        ({"months": None}, "answer_months_missing"),
    ],
)
def test_an_unfinished_answer_is_kept_and_not_handed_in(registry, asked, firm, answerer, fields, code):
    answer = answers.write(registry, answerer, asked.id, firm, draft(**fields))

    with pytest.raises(InvalidInput, match=code):
        answers.submit(registry, answerer, answer)

    assert answer.state is AnswerState.DRAFT


def test_after_the_last_day_nothing_is_written_submitted_or_withdrawn(registry, asked, firm, answerer):
    answer = answers.write(registry, answerer, asked.id, firm, draft())
    sent = challenges.answer(registry, asked, make.organisation(registry))
    sender = make.member(registry, registry.get_one(Organisation, sent.organisation_id))
    asked.answers_until = today() - timedelta(days=1)

    for attempt in (
        lambda: answers.write(registry, answerer, asked.id, firm, draft(months=9)),
        lambda: answers.submit(registry, answerer, answer),
        lambda: answers.withdraw(registry, sender, sent),
    ):
        with pytest.raises(InvalidInput, match="answers_closed"):
            attempt()


def test_a_withdrawn_answer_is_gone_for_the_poster_and_can_come_again(registry, asked, firm, answerer, poster):
    answer = answers.write(registry, answerer, asked.id, firm, draft())
    answers.submit(registry, answerer, answer)

    answers.withdraw(registry, answerer, answer)

    assert answers.list_for(registry, poster, asked) == []
    answers.submit(registry, answerer, answer)
    assert answers.list_for(registry, poster, asked) == [answer]


def test_two_colleagues_on_one_answer_lose_nothing(registry, asked, firm, answerer):
    answer = answers.write(registry, answerer, asked.id, firm, draft())
    version = answer.version
    answers.write(registry, answerer, asked.id, firm, draft(months=9), expected_version=version)

    with pytest.raises(Stale) as conflict:
        answers.write(registry, answerer, asked.id, firm, draft(asks=1e6), expected_version=version)

    assert set(conflict.value.differences) == {"months", "asks"}


def test_what_was_said_in_an_earlier_answer_is_offered_again(registry, leader, asked, firm, answerer):
    answers.write(registry, answerer, asked.id, firm, draft(foundation="两家整车厂量产", team="十人", risks="档期"))

    assert answers.reused(registry, answerer, firm.id) == {
        "foundation": "两家整车厂量产",
        "team": "十人",
        "ip_terms": "",
    }


def test_promises_stand_against_their_targets(registry, leader, firm, answerer):
    asked = challenges.challenge(
        registry, leader, metrics=({}, {"relation": "at_least", "target": 99, "unit": "%"}, {"name_zh": "第三项"})
    )
    first, second, _third = reading.list_metrics(registry, asked.id)
    promised = {str(first.id): 1.8, str(second.id): 98.0}

    answer = answers.write(registry, answerer, asked.id, firm, draft(promises=promised))

    assert [(one.figure, one.is_met) for one in answers.promises(registry, answer)] == [
        (1.8, True),
        (98.0, False),
        (None, None),
    ]


def test_a_promise_for_another_challenge_is_refused(registry, leader, asked, firm, answerer):
    (foreign,) = reading.list_metrics(registry, challenges.challenge(registry, leader).id)

    with pytest.raises(InvalidInput, match="promise_figure"):
        answers.write(registry, answerer, asked.id, firm, draft(promises={str(foreign.id): 1.0}))


# Eligibility


def judged(session, firm, leader, **fields):
    asked = challenges.challenge(session, leader, **fields)
    return eligibility.judge(eligibility.answerer(session, firm), asked)


def test_without_conditions_everybody_may_answer(registry, firm, leader):
    assert judged(registry, firm, leader).outcome is Outcome.MET


def test_nobody_answers_the_own_challenge(registry, leader):
    assert judged(registry, leader, leader).outcome is Outcome.NOT_MET


def test_each_condition_is_told_with_what_is_known(registry, firm, leader):
    verdict = judged(
        registry,
        firm,
        leader,
        answerer_kinds=["sme", "lab"],
        answerer_sizes=["small"],
        answerer_districts=["500107"],
        answerer_certifications=["high-tech"],
    )

    assert [(check.condition, check.outcome, check.actual) for check in verdict.checks] == [
        (Condition.KIND, Outcome.MET, "sme"),
        (Condition.SIZE, Outcome.MET, "small"),
        (Condition.DISTRICT, Outcome.NOT_MET, "500112"),
        (Condition.CERTIFICATION, Outcome.UNKNOWN, None),
    ]
    assert verdict.outcome is Outcome.NOT_MET


def test_what_is_unknown_is_a_question_and_no_refusal(registry, leader, asked):
    nameless = make.organisation(registry)
    asked.answerer_districts = ["500107"]
    asked.answerer_sizes = ["small"]
    registry.flush()
    person = make.member(registry, nameless)

    answer = answers.write(registry, person, asked.id, nameless, draft())
    answers.submit(registry, person, answer)

    assert answers.eligibility_of(registry, answer).outcome is Outcome.UNKNOWN


def test_who_does_not_meet_a_condition_cannot_hand_in(registry, asked, firm, answerer):
    asked.answerer_districts = ["500107"]
    registry.flush()
    answer = answers.write(registry, answerer, asked.id, firm, draft())

    with pytest.raises(InvalidInput, match="not_eligible"):
        answers.submit(registry, answerer, answer)


@pytest.mark.parametrize(("days", "outcome"), [(30, Outcome.MET), (-1, Outcome.UNKNOWN), (None, Outcome.UNKNOWN)])
def test_a_certification_counts_while_it_is_known_to_hold(registry, firm, leader, days, outcome):
    until = None if days is None else today() + timedelta(days=days)
    registry.add(Certification(organisation_id=firm.id, scheme_code="high-tech", valid_until=until))
    registry.flush()

    assert judged(registry, firm, leader, answerer_certifications=["high-tech"]).outcome is outcome


def test_the_list_can_be_narrowed_to_what_one_may_answer(registry, leader, firm, answerer, rival):
    open_to_all = challenges.challenge(registry, leader)
    challenges.challenge(registry, leader, answerer_districts=["500107"])

    found = listing.list_challenges(registry, answerer, Filters(answerer=firm.id))

    assert [one.id for one in found.page.items] == [open_to_all.id]
    with pytest.raises(NotAllowed):
        listing.list_challenges(registry, rival, Filters(answerer=firm.id))
