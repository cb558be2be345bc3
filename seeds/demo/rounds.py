"""Rounds that startups seek: how much for which milestones, how long the way is, and what money comes beside funds'."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from random import Random

from models.enums import FinancingStage, Grade, OrganisationKind, RoundState, SupportKind
from models.organisations import FieldGrade
from models.rounds import Round, RoundMilestone, RoundSupport
from seeds.demo.chains import Skill, Words
from seeds.demo.identity import HERO, identity
from seeds.demo.phrasing import numbers, slots_of
from seeds.demo.world import Body, World

Stage = FinancingStage
ROUNDS = 400
ROUND_SIZE = {
    Stage.SEED: (5e5, 2e6),
    Stage.ANGEL: (1e6, 8e6),
    Stage.SERIES_A: (8e6, 4e7),
    Stage.SERIES_B: (3e7, 1.2e8),
    Stage.GROWTH: (8e7, 3e8),
}
FIRST_MILESTONE = {Stage.SEED: 3, Stage.ANGEL: 4, Stage.SERIES_A: 6, Stage.SERIES_B: 7, Stage.GROWTH: 8}
# Months by chain, least and most: from the last milestone to the market, and from there to when a fund can leave.
WAY: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "nev": ((2, 12), (18, 42)),
    "equipment": ((2, 12), (24, 48)),
    "biomedicine": ((12, 54), (24, 60)),
}
SUPPORTS: Mapping[SupportKind, tuple[Words, float]] = {
    SupportKind.INNOVATION_VOUCHER: (Words("科技创新券", "Innovation vouchers"), 0.03),
    SupportKind.CHALLENGE_BUDGET: (Words("揭榜挂帅项目经费", "Budget of a challenge"), 0.12),
    SupportKind.GRANT: (Words("研发准备金补助", "Grant for R&D reserves"), 0.06),
    SupportKind.OWN_MONEY: (Words("企业自有资金", "The firm's own money"), 0.1),
}
# What firms leave open on purpose: a fund asks for it, or it comes with a dossier.
SHARE_SILENT, SHARE_SHOWS_FIGURES = 0.12, 0.45


def stage_for(dice: Random, body: Body) -> Stage:
    if body.age <= 3:
        return dice.choice((Stage.SEED, Stage.ANGEL, Stage.ANGEL))
    if body.age <= 6:
        return dice.choice((Stage.ANGEL, Stage.SERIES_A, Stage.SERIES_A))
    return dice.choice((Stage.SERIES_A, Stage.SERIES_B, Stage.SERIES_B, Stage.GROWTH))


def _amount(dice: Random, stage: Stage) -> float:
    low, high = ROUND_SIZE[stage]
    step = 1e5 if high <= 1e7 else 1e6
    return max(step, round(dice.uniform(low, high) / step) * step)


def seek(world: World) -> None:
    dice = world.dice("rounds")
    for body, skill in dice.sample(startups(world), ROUNDS):
        key = f"{body.key}/round-1"
        stage = stage_for(dice, body)
        amount = _amount(dice, stage)
        use = world.phrasing.say(
            "round_use", {**slots_of(skill), **numbers(share=dice.choice((30, 40, 45, 50, 55, 60, 70)))}
        )
        opened = world.day(dice.randint(5, 200))
        state = dice.choice((RoundState.OPEN,) * 8 + (RoundState.CLOSED, RoundState.DRAFT))
        funding = world.add(
            Round,
            id=identity(key),
            organisation_id=body.record.id,
            amount=amount,
            stage=stage,
            valuation=round(amount / dice.uniform(0.06, 0.2) / 1e5) * 1e5,
            use_zh=use.zh,
            use_en=use.en,
            runway_months=dice.randint(4, 24),
            opened_on=None if state is RoundState.DRAFT else opened,
            closes_on=None if state is RoundState.DRAFT else opened + timedelta(days=dice.choice((180, 270, 365))),
            state=state,
        )
        last = _milestones(world, dice, key, funding, stage)
        _plan_way(world, body, funding, last)
    _seek_for_the_hero(world)


def _milestones(world: World, dice: Random, key: str, funding: Round, stage: Stage) -> int:
    """The month of the last one comes back."""
    start = FIRST_MILESTONE[stage]
    levels = list(range(start, min(9, start + dice.randint(1, 3)) + 1))
    month = 0
    for level in levels:
        month += dice.randint(4, 9)
        title = world.phrasing.say(
            "milestone",
            {**numbers(trl=level), "evidence": Words(world.evidence[level].zh, world.evidence[level].en.lower())},
        )
        world.add(
            RoundMilestone,
            id=identity(f"{key}/milestone-{level}"),
            round_id=funding.id,
            trl=level,
            month=month,
            cost=round((funding.amount or 0) / len(levels) * 0.9 / 1e4) * 1e4,
            title_zh=title.zh,
            title_en=title.en,
        )
    return month


def _plan_way(world: World, body: Body, funding: Round, last: int) -> None:
    """What a round says of its way beyond the amount; some leave it unsaid, and few show their figures to all."""
    dice = world.dice(f"way-{body.key}")
    first = FIRST_MILESTONE[funding.stage or Stage.SEED]
    to_market, to_exit = WAY[world.chains.nodes[body.nodes[0]].chain]
    if dice.random() >= SHARE_SILENT:
        funding.trl = first - 1
    if dice.random() >= SHARE_SILENT:
        funding.market_months = last + dice.randint(*to_market)
        funding.exit_months = funding.market_months + dice.randint(*to_exit)
    if dice.random() >= SHARE_SILENT:
        funding.stake_most = dice.choice((0.2, 0.25, 0.3, 0.35))
        funding.funds_most = dice.choice((2, 3, 3, 4, 5))
    if funding.state is RoundState.OPEN and dice.random() < SHARE_SHOWS_FIGURES:
        _show_figures(world, body)
    for kind in dice.sample(list(SUPPORTS), dice.choice((0, 1, 1, 2, 3))):
        share = SUPPORTS[kind][1] * dice.uniform(0.6, 1.4)
        amount = max(1e4, round((funding.amount or 0) * share / 1e4) * 1e4)
        month = 0 if kind is SupportKind.OWN_MONEY else dice.randint(0, last)
        _support(world, funding, kind, amount, month=month, is_confirmed=dice.random() < 0.6)
    if funding.opened_on:
        # So that something is new on the radar of whoever looked three weeks ago.
        funding.created_at = funding.changed_at = datetime.combine(funding.opened_on, time(), UTC)


def _show_figures(world: World, body: Body) -> None:
    world.add(
        FieldGrade,
        id=identity(f"{body.key}/grade-round-figures"),
        organisation_id=body.record.id,
        field="round_figures",
        grade=Grade.OPEN,
        reason="融资期间公开",
    )


def _support(world: World, funding: Round, kind: SupportKind, amount: float, *, month: int, is_confirmed: bool) -> None:
    title, _ = SUPPORTS[kind]
    world.add(
        RoundSupport,
        id=identity(f"{funding.id}/{kind}"),
        round_id=funding.id,
        kind=kind,
        title_zh=title.zh,
        title_en=title.en,
        amount=amount,
        month=month,
        is_confirmed=is_confirmed,
    )


# Readiness level, month, cost and what is reached, of the round of the demo's SME.
HERO_MILESTONES = (
    (7, 7, 5_200_000.0, Words("两款车型装车试验，完成环境与电磁兼容测试", "Trials in two models; climate and EMC tests passed")),
    (8, 15, 8_600_000.0, Words("取得一家整车厂定点，产线验证合格", "Nominated by one carmaker; line validated")),
    (9, 22, 6_200_000.0, Words("批量供货满三个月，售后故障率达标", "Three months in series; failure rate on target")),
)  # fmt: skip


def _forget_round(world: World, body: Body) -> None:
    """Whatever the dice have given it."""
    drawn = {one.id for one in world.all_of(Round) if one.organisation_id == body.record.id}
    world.records = [
        one
        for one in world.records
        if not (
            (isinstance(one, Round) and one.id in drawn)
            or (isinstance(one, (RoundMilestone, RoundSupport)) and one.round_id in drawn)
            or (isinstance(one, FieldGrade) and one.organisation_id == body.record.id and one.field == "round_figures")
        )
    ]


def _seek_for_the_hero(world: World) -> None:
    """The round of the demo's SME: told in full, with money of its own and of others, and kept from strangers' eyes."""
    body = next(one for one in world.bodies if one.key == HERO)
    _forget_round(world, body)
    key = f"{HERO}/round-1"
    funding = world.add(
        Round,
        id=identity(key),
        organisation_id=body.record.id,
        amount=2e7,
        stage=Stage.SERIES_A,
        valuation=1.8e8,
        use_zh="本轮资金用于下一代座舱域控制器：两款车型装车试验、产线改造和首批备料，其中四成用于研发人员与测试。",
        use_en="The money goes into the next cockpit domain controller: trials in two models, the line and the first "
        "batch of parts; two fifths pay R&D staff and tests.",
        runway_months=11,
        trl=6,
        market_months=22,
        exit_months=58,
        stake_most=0.15,
        funds_most=4,
        opened_on=world.day(9),
        closes_on=world.today + timedelta(days=170),
        state=RoundState.OPEN,
        created_at=world.moment(9),
        changed_at=world.moment(9),
    )
    for level, month, cost, title in HERO_MILESTONES:
        world.add(
            RoundMilestone,
            id=identity(f"{key}/milestone-{level}"),
            round_id=funding.id,
            trl=level,
            month=month,
            cost=cost,
            title_zh=title.zh,
            title_en=title.en,
        )
    _support(world, funding, SupportKind.OWN_MONEY, 1_500_000.0, month=0, is_confirmed=True)
    _support(world, funding, SupportKind.INNOVATION_VOUCHER, 400_000.0, month=2, is_confirmed=True)
    _support(world, funding, SupportKind.CHALLENGE_BUDGET, 1_200_000.0, month=9, is_confirmed=False)


def startups(world: World) -> list[tuple[Body, Skill]]:
    """Firms that sell something and are no older than ten years, with what they sell."""
    return [
        (body, world.chains.skills[min(body.sells)])
        for body in world.of_kind(OrganisationKind.SME)
        if body.sells and body.age <= 10
    ]
