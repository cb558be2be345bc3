"""Funds with mandates like those that publish theirs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from models.enums import (
    CapitalType,
    FinancingStage,
    FundLevel,
    LeadOrFollow,
    MandateStatus,
    OrganisationKind,
    RiskTolerance,
)
from models.funds import Mandate, MandateField
from seeds.demo.bodies import STAFF, Plan, make_body, node_name
from seeds.demo.chains import Words
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import money, numbers
from seeds.demo.world import Body, World

Stage = FinancingStage
FUNDS = 60
STAGE_NAMES = {
    Stage.SEED: Words("种子", "seed"),
    Stage.ANGEL: Words("天使", "angel"),
    Stage.SERIES_A: Words("A轮", "series A"),
    Stage.SERIES_B: Words("B轮", "series B"),
    Stage.GROWTH: Words("成长期", "growth"),
}


@dataclass(frozen=True)
class Model:
    """A kind of fund, after those whose terms are public."""

    name: Words
    weight: int
    level: FundLevel
    capital_type: CapitalType
    stages: tuple[Stage, ...]
    ticket: tuple[float, float]
    size: tuple[float, float]
    years: tuple[int, int, int]
    risk: RiskTolerance
    firm_age: int | None = None
    staff: int | None = None
    valuation: float | None = None
    main_share: float | None = None
    stake: float | None = 0.3
    multiple: float | None = None


MODELS = (
    Model(Words("种子基金", "Seed Fund"), 10, FundLevel.MUNICIPAL, CapitalType.GOVERNMENT_GUIDED, (Stage.SEED, Stage.ANGEL), (3e5, 2e6), (1e8, 5e8), (5, 5, 2), RiskTolerance.HIGH, firm_age=5, stake=0.2),
    Model(Words("耐心资本基金", "Patient Capital Fund"), 8, FundLevel.MUNICIPAL, CapitalType.STATE_FIRM, (Stage.SEED, Stage.ANGEL, Stage.SERIES_A), (5e5, 5e6), (1e9, 5e9), (10, 10, 0), RiskTolerance.HIGH, firm_age=5, staff=100, valuation=1e8),
    Model(Words("产业投资基金", "Industry Fund"), 14, FundLevel.MUNICIPAL, CapitalType.STATE_FIRM, (Stage.SERIES_A, Stage.SERIES_B), (5e6, 5e7), (5e8, 3e9), (5, 5, 2), RiskTolerance.MEDIUM, main_share=0.6, multiple=1.2),
    Model(Words("创业投资基金", "Venture Fund"), 14, FundLevel.DISTRICT, CapitalType.SOCIAL, (Stage.ANGEL, Stage.SERIES_A), (2e6, 2e7), (2e8, 1e9), (5, 5, 1), RiskTolerance.MEDIUM, main_share=0.6),
    Model(Words("成长股权基金", "Growth Equity Fund"), 8, FundLevel.NATIONAL, CapitalType.SOCIAL, (Stage.SERIES_B, Stage.GROWTH), (3e7, 2e8), (1e9, 6e9), (4, 4, 2), RiskTolerance.LOW, stake=0.25),
    Model(Words("科技成果转化基金", "Technology Transfer Fund"), 8, FundLevel.DISTRICT, CapitalType.GOVERNMENT_GUIDED, (Stage.SEED, Stage.ANGEL, Stage.SERIES_A), (1e6, 8e6), (1e8, 6e8), (5, 5, 2), RiskTolerance.HIGH, firm_age=8, multiple=1.0),
    Model(Words("母基金", "Mother Fund"), 2, FundLevel.MUNICIPAL, CapitalType.STATE_FIRM, (Stage.SERIES_B, Stage.GROWTH), (5e7, 5e8), (3e10, 3e10), (8, 7, 0), RiskTolerance.MEDIUM),
)  # fmt: skip


@dataclass
class Fund:
    body: Body
    mandate: Mandate
    stages: tuple[Stage, ...]
    nodes: frozenset[str] = field(default_factory=frozenset)


def found(world: World) -> list[Fund]:
    return [_fund(world, number) for number in range(1, FUNDS + 1)]


def _fund(world: World, number: int) -> Fund:
    dice = world.dice(f"fund-{number}")
    model = dice.choices(MODELS, weights=[model.weight for model in MODELS])[0]
    parent = dice.choice(sorted({node.parent for node in world.chains.nodes.values()}))
    nodes = [code for code, node in world.chains.nodes.items() if node.parent == parent]
    others = [code for code in dice.sample(list(world.chains.nodes), 3) if code not in nodes]
    key = f"fund-{number:02}"
    name, short = world.namer.body(
        f"重庆{{root}}{model.name.zh}合伙企业（有限合伙）", f"Chongqing {{root}} {model.name.en} LP"
    )
    lead = world.chains.by_node[nodes[0]][0]
    plan = Plan(key, OrganisationKind.FUND, (nodes[0],), name, short, dice.randint(*STAFF[OrganisationKind.FUND]), dice.choice(("500103", "500105", "cq-liangjiang", "500112", "cq-science-city")), lead.code, "org_fund")  # fmt: skip
    body = make_body(world, dice, plan)
    mandate = _mandate(world, dice, body, model, nodes[0])
    for code in nodes + others:
        world.add(MandateField, mandate_id=mandate.id, node_code=code, is_main=code in nodes)
    return Fund(body, mandate, model.stages, frozenset(nodes + others))


def _mandate(world: World, dice: Random, body: Body, model: Model, node_code: str) -> Mandate:
    size = round(dice.uniform(*model.size) / 1e7) * 1e7
    started = world.day(dice.randint(200, 365 * model.years[0] - 100))
    founded = started - timedelta(days=dice.randint(30, 600))
    body.record.founded_on = founded
    ticket = (model.ticket[0], model.ticket[1] * dice.choice((0.5, 1, 1)))
    names = [STAGE_NAMES[stage] for stage in model.stages]
    stages = Words("、".join(name.zh for name in names), _list_en([name.en for name in names]))
    weeks = dice.choice((3, 4, 6, 8, 10, 12))
    node = world.chains.nodes[node_code]
    slots = {
        "node": node_name(node),
        "stages": stages,
        **numbers(life=sum(model.years), main_share=round((model.main_share or 0.6) * 100), weeks=weeks, year=founded.year, staff=body.record.staff or 0),
        **money(ticket_low=ticket[0], ticket_high=ticket[1]),
    }  # fmt: skip
    voice = {"any", "early"} if Stage.SEED in model.stages else {"any"}
    thesis, about = world.phrasing.say("thesis", slots, when=voice), world.phrasing.say("org_fund", slots)
    body.record.summary_zh, body.record.summary_en = about.zh, about.en
    return world.add(
        Mandate,
        id=identity(f"{body.key}/mandate-1"),
        source=SOURCE,
        source_key=f"{body.key}/mandate-1",
        organisation_id=body.record.id,
        name_zh=body.record.name_zh,
        name_en=body.record.name_en,
        thesis_zh=thesis.zh,
        thesis_en=thesis.en,
        level=model.level,
        capital_type=model.capital_type,
        legal_form="有限合伙",
        manager=f"重庆{world.namer.root().zh}私募股权投资基金管理有限公司",
        size=size,
        remaining=round(size * dice.uniform(0.15, 0.9) / 1e6) * 1e6,
        started_on=started,
        investment_years=model.years[0],
        exit_years=model.years[1],
        extension_years=model.years[2],
        ticket_low=ticket[0],
        ticket_high=ticket[1],
        stake_high=model.stake,
        leads=dice.choice(list(LeadOrFollow)),
        stages=[stage.value for stage in model.stages],
        firm_age_high=model.firm_age,
        staff_high=model.staff,
        valuation_high=model.valuation,
        main_field_share=model.main_share or (0.6 if "主投领域" in thesis.zh else None),
        districts=[body.record.district_code]
        if model.level is FundLevel.DISTRICT and body.record.district_code
        else [],
        reinvestment_multiple=model.multiple,
        risk_tolerance=model.risk,
        exemption_terms="按尽职免责清单执行，单个项目亏损不追责。" if model.risk is RiskTolerance.HIGH else "",
        exclusions=dice.choice(([], [], ["房地产"], ["房地产", "纯贸易"])),
        decision_weeks=weeks,
        status=MandateStatus.INVESTING
        if dice.random() < 0.85
        else dice.choice((MandateStatus.PAUSED, MandateStatus.EXITING)),
        last_verified_on=world.day(dice.randint(3, 240)),
    )


def _list_en(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
