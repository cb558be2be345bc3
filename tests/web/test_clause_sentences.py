"""Every clause has its sentences: what it asks, what it was held against, what comes of it; in both languages."""

from datetime import date

import pytest

from matchmaker.services.clearing import ClauseLine
from models.enums import ClauseForce, ClauseKind, ClauseOutcome, FinancingStage
from tests import records as make
from web import clause_sentences as clauses

K = ClauseKind
TERMS = {
    "fields": [{"node_code": "nev-cockpit", "is_main": True}, {"node_code": "nev-bms", "is_main": False}],
    "exclusions": ["房地产", "A&B"],
    "districts": ["500112"],
    "stages": ["seed", "angel"],
    "firm_age_high": 5,
    "staff_high": 1200,
    "rd_ratio_low": 0.035,
    "certifications": ["high-tech"],
    "trl_low": 4,
    "valuation_high": 1e8,
    "ticket_low": 5e5,
    "stake_high": 0.2,
    "started_on": "2024-02-29",
    "investment_years": 5,
    "exit_years": 4,
    "extension_years": 2,
    "main_field_share": 0.6,
    "reinvestment_multiple": 1.25,
}
LIMITS = {
    K.STATUS: ("基金目前处于投资状态", "The fund invests at present"),
    K.FIELD: ("企业所在环节属于：智能座舱、电池管理系统", "The firm works in one of: Smart cockpit, BMS"),
    K.EXCLUSION: ("企业不属于：房地产、A&B", "The firm does not fall under: 房地产, A&B"),
    K.DISTRICT: ("企业位于：渝北区", "The firm is based in one of: Yubei"),
    K.STAGE: ("融资轮次属于：种子轮、天使轮", "The round is one of: Seed, Angel"),
    K.FIRM_AGE: ("企业成立不超过5年", "The firm is 5 years old at most"),
    K.STAFF: ("企业员工不超过1,200人", "The firm has 1,200 people at most"),
    K.RD_RATIO: ("研发投入不低于营业收入的3.5%", "R&D spending is 3.5% of sales at least"),
    K.CERTIFICATION: ("企业持有以下资质之一：高新技术企业", "The firm holds one of: High-tech enterprise"),
    K.READINESS: ("技术成熟度至少达到TRL 4", "The technology has reached TRL 4 at least"),
    K.VALUATION: ("投前估值不超过1亿元", "The valuation before the round is CNY 100 M at most"),
    K.TICKET: ("拟融资额不低于50万元（单笔下限）", "The round seeks CNY 500k at least, the smallest ticket"),
    K.STAKE: ("按单笔下限投资，持股不超过20%", "The smallest ticket buys 20% of the firm at most"),
    K.MONEY_LEFT: (
        "基金剩余可投额度不低于单笔下限（50万元）",
        "The fund has a smallest ticket left to invest (CNY 500k)",
    ),
    K.LIFE: (
        "退出早于基金到期日2033年3月1日；可延长2年",
        "The exit comes before the fund ends on 1 Mar 2033; it can be extended by 2 years",
    ),
    K.MAIN_FIELD_SHARE: (
        "计入本项目后，主投领域资金占比不低于60%：智能座舱",
        "With this deal, 60% of the money at least is in the main fields: Smart cockpit",
    ),
    K.REINVESTMENT: (
        "返投1.25倍（软性条款，正逐步淡出）",
        "1.25 times the money is re-invested locally (a soft term in decline)",
    ),
}
FACTS = [
    (K.STATUS, {"is_investing": False}, "目前不投资", "It does not invest at present"),
    (K.FIELD, {"nodes": ("nev-bms",)}, "所在环节：电池管理系统", "Works in: BMS"),
    (K.EXCLUSION, {"words": ()}, "均不属于", "Falls under none of them"),
    (K.EXCLUSION, {"words": ("房地产",)}, "属于：房地产", "Falls under: 房地产"),
    (K.DISTRICT, {"place": "500107"}, "位于九龙坡区", "Based in Jiulongpo"),
    (K.DISTRICT, {"place": "成都"}, "位于成都", "Based in 成都"),
    (K.STAGE, {"stage": FinancingStage.SERIES_A}, "本轮：A轮", "Round: Series A"),
    (
        K.FIRM_AGE,
        {"years": 6.04, "founded_on": date(2020, 11, 8)},
        "成立6年（2020年11月8日）",
        "6 years old, founded on 8 Nov 2020",
    ),
    (K.STAFF, {"staff": 86.0}, "86人", "86 people"),
    (K.RD_RATIO, {"rd_ratio": 0.026}, "占营业收入2.6%", "2.6% of sales"),
    (K.CERTIFICATION, {"schemes": ()}, "没有有效资质", "Holds none that is valid"),
    (K.CERTIFICATION, {"schemes": ("high-tech",)}, "持有：高新技术企业", "Holds: High-tech enterprise"),
    (K.READINESS, {"trl": 5.0}, "TRL 5", "TRL 5"),
    (K.VALUATION, {"valuation": 3e7}, "3,000万元", "CNY 30 M"),
    (K.TICKET, {"amount": 2e6}, "拟融资200万元", "Seeks CNY 2 M"),
    (
        K.STAKE,
        {"stake": 0.125, "valuation": 6e6, "amount": 2e6},
        "可持股12.5%：投前估值600万元，本轮融资200万元",
        "It would buy 12.5%: valuation CNY 6 M, round CNY 2 M",
    ),
    (K.MONEY_LEFT, {"remaining": 9e7}, "尚余 9,000万元", "CNY 90 M left"),
    (K.LIFE, {"years": 6.0, "gap": 0.0, "gap_extended": 0.0}, "6年后退出", "Exit in 6 years"),
    (
        K.LIFE,
        {"years": 8.5, "gap": 1.5, "gap_extended": 0.0},
        "8.5年后退出，晚于基金到期1.5年",
        "Exit in 8.5 years, 1.5 years after the fund has to be out",
    ),
    (K.MAIN_FIELD_SHARE, {"nodes": ("nev-cockpit",)}, "属于主投领域：智能座舱", "In a main field: Smart cockpit"),
    (
        K.MAIN_FIELD_SHARE,
        {"nodes": (), "share": 0.52},
        "不属于主投领域；计入后占比为52%",
        "Not in a main field; with it the share would be 52%",
    ),
    (
        K.REINVESTMENT,
        {"place": "500112", "is_local": True},
        "注册在本地（渝北区）：计入返投",
        "Registered here, in Yubei: the deal counts",
    ),
]


@pytest.fixture
def speaking(app, session):
    """`speaking(language, write)`: what `write` gives in a request of that language."""
    make.add_taxonomy(session)
    session.commit()

    def speak(language, write):
        with app.test_request_context(headers={"Cookie": f"lang={language}"}):
            return write(clauses.code_names())

    return speak


def line(kind, *, fact=None, outcome=ClauseOutcome.FAILED, force=ClauseForce.HARD, is_waived=False):
    return ClauseLine(
        kind=kind,
        force=force,
        outcome=outcome,
        is_waived=is_waived,
        is_askable=False,
        text_zh="",
        text_en="",
        limit={},
        fact=fact,
        source="",
    )


def test_every_clause_has_a_sentence_for_its_limit_for_its_fact_and_for_whom_it_stops():
    assert set(LIMITS) == set(clauses.LIMITS) == set(ClauseKind)
    assert {kind for kind, *_rest in FACTS} == set(clauses.FACTS) == set(ClauseKind)
    assert set(clauses.STOPPED_BY) == set(ClauseKind)


@pytest.mark.parametrize(("at", "language"), [(0, "zh"), (1, "en")])
def test_limits_are_said_in_the_figures_of_the_mandate(speaking, at, language):
    said = speaking(language, lambda names: {kind: clauses.limit_sentence(kind, TERMS, names) for kind in ClauseKind})

    assert said == {kind: sentences[at] for kind, sentences in LIMITS.items()}


@pytest.mark.parametrize(("at", "language"), [(2, "zh"), (3, "en")])
def test_facts_are_said_as_they_are_known(speaking, at, language):
    said = speaking(
        language, lambda names: [clauses.fact_sentence(line(kind, fact=fact), names) for kind, fact, *_rest in FACTS]
    )

    assert said == [one[at] for one in FACTS]


def test_a_fact_that_is_not_known_is_said_to_be_so(speaking):
    assert speaking("zh", lambda names: clauses.fact_sentence(line(K.STAFF), names)) == "未知"


def test_the_same_outcome_means_other_things_by_the_force_of_the_clause(speaking):
    lines = [
        line(K.STAFF),
        line(K.STAFF, force=ClauseForce.SOFT),
        line(K.STAFF, outcome=ClauseOutcome.WAIVABLE, force=ClauseForce.WAIVABLE),
        line(K.STAFF, outcome=ClauseOutcome.WAIVABLE, force=ClauseForce.WAIVABLE, is_waived=True),
        line(K.STAFF, outcome=ClauseOutcome.UNKNOWN),
        line(K.STAFF, outcome=ClauseOutcome.MET),
    ]

    assert speaking("zh", lambda _names: [clauses.outcome_sentence(one) for one in lines]) == [
        "不符合；企业因此被拦下。",
        "不符合；仅作提示，不拦企业。",
        "不符合；基金说明理由后可放行。",
        "不符合，基金已予豁免。",
        "尚未说明或未开放；不拦企业。",
        "符合。",
    ]
