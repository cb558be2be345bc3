"""What mandates say beyond the figures that every fund publishes: thresholds, and clauses in the fund's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.services.mandates.reading import STATED_BY
from models.enums import ClauseForce, ClauseKind, RiskTolerance
from models.funds import Mandate, MandateClause, MandateField
from seeds.demo.funds import Fund
from seeds.demo.world import World

K, F = ClauseKind, ClauseForce


@dataclass(frozen=True)
class Wording:
    """A clause as funds write it into their rules; {names} are columns of the mandate."""

    kind: ClauseKind
    force: ClauseForce
    zh: str
    en: str


WORDINGS: Sequence[Wording] = (
    Wording(K.FIRM_AGE, F.HARD, "企业设立时间以营业执照为准，不超过{firm_age_high}年。", "Founded at most {firm_age_high} years ago by its business licence."),
    Wording(K.FIRM_AGE, F.WAIVABLE, "企业设立不超过{firm_age_high}年；以高校院所成果作价设立的，自成果过户之日起算。", "At most {firm_age_high} years old; where a university's result was paid in, counted from its transfer."),
    Wording(K.STAFF, F.WAIVABLE, "从业人数按上年度月平均参保人数计算，不超过{staff_high}人。", "At most {staff_high} people, by the monthly average of insured staff last year."),
    Wording(K.RD_RATIO, F.WAIVABLE, "研发投入占比不低于{rd_percent}%，以上一年度审计报告为准。", "R&D spending of at least {rd_percent} % of sales, by last year's audit."),
    Wording(K.RD_RATIO, F.HARD, "上一年度研发投入占营业收入不低于{rd_percent}%，未审计的不予上会。", "R&D of at least {rd_percent} % of last year's sales; unaudited figures do not go to the committee."),
    Wording(K.READINESS, F.WAIVABLE, "技术成熟度达到{trl_low}级，以第三方评价报告为准；未达到的可按里程碑分期拨付。", "Readiness level {trl_low} by an outside report; below it money may be paid by milestones."),
    Wording(K.CERTIFICATION, F.WAIVABLE, "持有所列资质之一；已公示尚未发证的可先行立项。", "Holds one of the titles named; one announced but not yet issued may go ahead."),
    Wording(K.DISTRICT, F.WAIVABLE, "注册地不在本区的，须承诺投后十二个月内迁入或设立子公司。", "A firm elsewhere undertakes to move here or open a subsidiary within twelve months."),
    Wording(K.VALUATION, F.SOFT, "投前估值上限供参考，由投决会按可比交易审定。", "The valuation limit is a guide; the committee decides by comparable deals."),
    Wording(K.STAKE, F.HARD, "单个项目持股不超过{stake_percent}%，且不成为第一大股东。", "At most {stake_percent} % of one firm, and never its largest holder."),
    Wording(K.LIFE, F.WAIVABLE, "预计退出晚于存续期的，须经合伙人会议同意延长或附接续基金意向。", "An exit beyond the fund's life needs the partners' consent to extend, or a follow-on fund's letter."),
    Wording(K.MAIN_FIELD_SHARE, F.WAIVABLE, "投向主投领域的资金不低于可投资金的{main_percent}%，按年度考核。", "At least {main_percent} % of the money goes into the main fields, checked every year."),
    Wording(K.REINVESTMENT, F.SOFT, "投资本市企业的金额按{reinvestment_multiple:g}倍统计，仅作参考，不作为投资前置条件。", "Money paid to firms of the city is counted {reinvestment_multiple:g} times over; a guide, not a condition."),
)  # fmt: skip
OWN_CLAUSES = (0, 1, 1, 2, 3)
# By the fund's kind: the thresholds that some of them set, and in what share of cases.
SHARE_WITH_THRESHOLDS = 0.6
THRESHOLDS: Mapping[str, Mapping[str, Any]] = {
    "种子基金": {"trl_low": 2},
    "耐心资本基金": {"trl_low": 3, "certifications": ["tech-sme", "innovative-sme"]},
    "产业投资基金": {"rd_ratio_low": 0.03, "trl_low": 6, "certifications": ["high-tech", "specialised-sme", "little-giant"]},
    "创业投资基金": {"trl_low": 4, "certifications": ["tech-sme", "innovative-sme", "high-tech"]},
    "成长股权基金": {"rd_ratio_low": 0.04, "trl_low": 8, "certifications": ["specialised-sme", "little-giant", "gazelle"]},
    "科技成果转化基金": {"rd_ratio_low": 0.05, "trl_low": 3},
    "母基金": {"rd_ratio_low": 0.03, "trl_low": 8},
}  # fmt: skip
COCKPIT = "nev-cockpit-domain"
# Funds whose terms the story of the demo's SME is about: with some nothing is in its way, with others one fact is.
TOLD: Mapping[str, Mapping[str, Any]] = {
    "fund-01": {"trl_low": 2, "staff_high": 200, "valuation_high": 8e7, "certifications": ["tech-sme", "innovative-sme", "high-tech"], "exclusions": ["房地产", "纯贸易"]},
    "fund-12": {"trl_low": 5, "rd_ratio_low": None, "certifications": ["innovative-sme"]},
    "fund-19": {"rd_ratio_low": 0.03, "trl_low": 6, "certifications": [], "main_field_share": None},
    "fund-24": {"rd_ratio_low": None, "trl_low": 6, "certifications": ["high-tech", "little-giant"], "main_field_share": None},
    "fund-29": {"rd_ratio_low": 0.03, "trl_low": 6, "certifications": []},
    "fund-32": {"trl_low": 3, "certifications": ["tech-sme"], "rd_ratio_low": None},
    "fund-39": {"trl_low": 5, "rd_ratio_low": None, "certifications": ["tech-sme", "innovative-sme"], "reinvestment_multiple": 1.2},
    "fund-50": {"rd_ratio_low": None, "trl_low": 7, "certifications": []},
    "fund-52": {"trl_low": 5, "rd_ratio_low": None, "certifications": []},
}  # fmt: skip
ALSO_IN: Mapping[str, tuple[str, ...]] = {
    "fund-01": ("biomedicine-devices", "biomedicine-services", "biomedicine-medicines"),
    **dict.fromkeys(("fund-12", "fund-19", "fund-24", "fund-33", "fund-52", "fund-58"), (COCKPIT,)),
}
# One management company, two funds: so one person keeps two desks.
SAME_MANAGER = ("fund-01", "fund-39")


def spell_out(world: World, funds: Sequence[Fund]) -> None:
    for fund in funds:
        _set_thresholds(world, fund)
        _word_clauses(world, fund)
    by_key = {fund.body.key: fund for fund in funds}
    first, second = (by_key[key].mandate for key in SAME_MANAGER)
    second.manager = first.manager
    for key, codes in ALSO_IN.items():
        for code in codes:
            if code not in by_key[key].nodes:
                world.add(MandateField, mandate_id=by_key[key].mandate.id, node_code=code, is_main=False)


def _set_thresholds(world: World, fund: Fund) -> None:
    dice, mandate = world.dice(f"thresholds-{fund.body.key}"), fund.mandate
    kind = next(kind for kind in THRESHOLDS if kind in mandate.name_zh)
    for name, value in THRESHOLDS[kind].items():
        if dice.random() < SHARE_WITH_THRESHOLDS:
            setattr(mandate, name, value)
    for name, value in TOLD.get(fund.body.key, {}).items():
        setattr(mandate, name, value)
    if mandate.risk_tolerance is RiskTolerance.MEDIUM:
        mandate.exemption_terms = "按整体业绩考核，单个项目的正常投资损失不作负面评价。"
    mandate.edition = 1


def _word_clauses(world: World, fund: Fund) -> None:
    dice, mandate = world.dice(f"clauses-{fund.body.key}"), fund.mandate
    wordings = [one for one in WORDINGS if _is_stated(one.kind, mandate)]
    dice.shuffle(wordings)
    one_each = {one.kind: one for one in wordings}
    for wording in list(one_each.values())[: dice.choice(OWN_CLAUSES)]:
        world.add(
            MandateClause,
            mandate_id=mandate.id,
            kind=wording.kind,
            force=wording.force,
            text_zh=wording.zh.format(**_figures(mandate)),
            text_en=wording.en.format(**_figures(mandate)),
            source=f"演示：基金管理办法第{dice.randint(6, 28)}条",
        )


def _is_stated(kind: ClauseKind, mandate: Mandate) -> bool:
    # Fields are rows of their own; where a mandate has a share of main fields, the demo names some.
    said = (name for name in STATED_BY[kind] if name in Mandate.model_fields)
    return all(getattr(mandate, name) not in (None, [], "") for name in said)


def _figures(mandate: Mandate) -> dict[str, Any]:
    percents = {
        "rd_percent": mandate.rd_ratio_low,
        "stake_percent": mandate.stake_high,
        "main_percent": mandate.main_field_share,
    }
    return {**mandate.model_dump(), **{name: f"{(share or 0) * 100:g}" for name, share in percents.items()}}
