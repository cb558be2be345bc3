"""Offers and needs: numbers first, then texts that repeat them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from random import Random

from models.enums import CooperationType, DevelopmentStage, IpStatus, OrganisationKind, PostingState
from models.offers import Need, NeedCapability, Offer, OfferCapability
from seeds.demo.chains import Skill, Words
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import money, numbers, slots_of
from seeds.demo.world import Body, World

Kind = OrganisationKind
Type = CooperationType
State = PostingState

TRL_OF_LEVEL = {1: (2, 4), 2: (4, 6), 3: (6, 8), 4: (7, 9), 5: (8, 9)}
DEAREST = 4e6
PRICES = (3e4, 5e4, 8e4, 1e5, 1.5e5, 2e5, 3e5, 5e5, 8e5, 1.2e6)
STATES = (State.PUBLISHED,) * 43 + (State.EXPIRED,) * 3 + (State.DRAFT,) * 2 + (State.WITHDRAWN, State.IN_REVIEW)
# What a project costs against the usual, where it is whole lines, machines or trials.
COST_FACTOR = {
    "nev-vehicle-assembly": 10, "nev-manufacturing-equipment": 10, "nev-fuel-cell": 3, "nev-power-semiconductor": 4,
    "nev-control-chip": 5, "nev-charging-swapping": 3, "nev-battery-cell": 4, "nev-battery-recycling": 3,
    "equipment-cnc-machines": 8, "equipment-electronics": 10, "equipment-power": 10, "equipment-additive": 3,
    "equipment-laser": 3, "equipment-logistics": 5, "equipment-integration": 5, "equipment-drones": 3,
    "biomedicine-antibody": 8, "biomedicine-vaccine": 8, "biomedicine-cell-gene": 6, "biomedicine-clinical": 6,
    "biomedicine-cdmo": 6, "biomedicine-bioprocess": 4, "biomedicine-formulation": 4, "biomedicine-imaging-robot": 5,
}  # fmt: skip
SAMPLES = Words("提供样品并配合验证", "Provide samples and support validation")
DEVELOP = Words("负责研发，我方提供工况与数据", "Do the development; we give operating conditions and data")
SUPPLY = Words("按要求供货，必要时派人驻场", "Supply to our requirements and send people on site where needed")
JOINT = Words("联合申报项目并承担子任务", "Apply for funding with us and take a work package")
REPORT = Words("完成约定任务并出具报告", "Do the agreed work and report on it")
ROLES = {
    Type.SUPPLY: (SAMPLES, SUPPLY),
    Type.TECHNICAL: (DEVELOP, SAMPLES),
    Type.RESEARCH: (DEVELOP, JOINT),
    Type.OUTSOURCING: (SUPPLY, REPORT),
}


SERVICE_WORDS = re.compile(
    "服务|检测|试验|软件|设计|算法|分析|加工|工艺|代工|方案|开发|评估|平台|管理|研究|支持|运营|数据"
)


class Language(StrEnum):
    BOTH = "both"
    ZH = "zh"
    EN = "en"


def some_language(dice: Random) -> Language:
    return dice.choices((Language.BOTH, Language.ZH, Language.EN), weights=(72, 22, 6))[0]


@dataclass(frozen=True)
class Life:
    """Where a posting is between draft and withdrawal, and when it was published."""

    state: State = State.PUBLISHED
    days_ago: int = 60

    @property
    def was_published(self) -> bool:
        return self.state not in {State.DRAFT, State.IN_REVIEW}


def some_life(dice: Random) -> Life:
    state = dice.choice(STATES)
    return Life(state, dice.randint(370, 600) if state is State.EXPIRED else dice.randint(2, 340))


@dataclass(frozen=True)
class OfferPlan:
    skill: Skill
    level: int
    trl: tuple[int, int]
    type: Type
    price: tuple[float, float]
    language: Language = Language.BOTH
    life: Life = Life()
    also: Mapping[str, int] = field(default_factory=dict)
    is_tagged: bool = True
    partner_kinds: Sequence[Kind] = ()


@dataclass(frozen=True)
class NeedPlan:
    skill: Skill
    trl: tuple[int, int]
    type: Type
    price: tuple[float, float]
    months: int
    accepted: Sequence[Type] = ()
    language: Language = Language.BOTH
    life: Life = Life()
    required: Sequence[tuple[str, int, float, bool]] = ()
    partner_kinds: Sequence[Kind] = ()
    partner_districts: Sequence[str] = ()
    title_when: Collection[str] = ("any",)


def some_price(dice: Random, skill: Skill) -> tuple[float, float]:
    low = min(dice.choice(PRICES) * COST_FACTOR.get(skill.node, 1), DEAREST)
    return low, low * dice.choice((2, 3, 4, 5))


def offer_type(dice: Random, kind: Kind, level: int) -> Type:
    if kind is Kind.LAB:
        return dice.choice((Type.RESEARCH, Type.RESEARCH, Type.LICENCE, Type.TECHNICAL))
    if kind is Kind.PILOT_BASE:
        return dice.choice((Type.FACILITY_ACCESS, Type.FACILITY_ACCESS, Type.TECHNICAL))
    if level <= 2:
        return dice.choice((Type.RESEARCH, Type.TECHNICAL, Type.JOINT_VENTURE))
    return dice.choice((Type.SUPPLY, Type.SUPPLY, Type.SUPPLY, Type.TECHNICAL, Type.OUTSOURCING))


def some_offer(dice: Random, body: Body, skill: Skill) -> OfferPlan:
    """An offer such as a body of its kind would make."""
    kind = body.record.kind
    level = dice.choice({Kind.LAB: (1, 2, 2, 3), Kind.PILOT_BASE: (3, 3, 4)}.get(kind, (2, 3, 3, 4, 4, 5)))
    low, high = TRL_OF_LEVEL[level]
    if kind is Kind.PILOT_BASE:
        low, high = 4, 7
    return OfferPlan(
        skill=skill,
        level=level,
        trl=(low, high),
        type=offer_type(dice, kind, level),
        price=some_price(dice, skill),
        language=some_language(dice),
        life=some_life(dice),
        is_tagged=dice.random() < 0.92,
    )


def offer_voice(kind: Kind, plan: OfferPlan) -> set[str]:
    """Which templates suit: a lab does not speak of lead times, a new idea has no customers."""
    voice = {"any"}
    if kind is Kind.PILOT_BASE:
        return voice | {"base"}
    if kind is Kind.LAB or plan.trl[1] <= 6:
        voice |= {"lab"}
    elif plan.trl[1] >= 8:
        voice |= {"market"} if SERVICE_WORDS.search(plan.skill.product.zh) else {"market", "goods"}
    if plan.type in {Type.RESEARCH, Type.LICENCE}:
        voice |= {plan.type.value}
    return voice


def add_offer(world: World, dice: Random, body: Body, plan: OfferPlan) -> Offer:
    """Write the texts of `plan` and add the offer with its tags."""
    key = _next_key(world, body, "offer")
    slots = _offer_slots(world, dice, body, plan)
    voice = offer_voice(body.record.kind, plan)
    say = world.phrasing
    title = say.say("offer_title", slots, when=voice)
    summary = say.say_unique("offer_summary", slots, when=voice)
    description = say.join(dict.fromkeys(("offer_what", "offer_proof", "offer_team", "offer_terms"), voice), slots)
    advantages = say.say("offer_advantage", slots, when=voice)
    low, high = plan.price
    offer = world.add(
        Offer,
        id=identity(key),
        organisation_id=body.record.id,
        source=SOURCE,
        source_key=key,
        type=plan.type,
        **_texts(plan.language, title=title, summary=summary, description=description, advantages=advantages),
        trl_low=plan.trl[0],
        trl_high=plan.trl[1],
        stage=_stage(plan.trl[1]),
        ip_status=_ip(dice, plan),
        partner_kinds=[kind.value for kind in plan.partner_kinds],
        budget_low=low,
        budget_high=high,
        **dates(world, plan.life),
    )
    body.sells.add(plan.skill.code)
    body.sells.update(plan.also)
    levels = {plan.skill.code: plan.level, **plan.also} if plan.is_tagged else {}
    for code, level in levels.items():
        world.add(OfferCapability, offer_id=offer.id, capability_code=code, level=level)
    return offer


def some_need(world: World, dice: Random, body: Body, skill: Skill) -> NeedPlan:
    level = dice.choice((2, 3, 3, 4))
    low = max(1, TRL_OF_LEVEL[level][0] - dice.randint(0, 1))
    type_ = dice.choice((Type.SUPPLY, Type.SUPPLY, Type.TECHNICAL, Type.RESEARCH, Type.OUTSOURCING))
    plan = NeedPlan(
        skill=skill,
        trl=(low, 9 if type_ is Type.SUPPLY else min(9, low + 3)),
        type=type_,
        accepted=_accepted(dice, type_),
        price=some_price(dice, skill),
        months=dice.choice((3, 4, 6, 6, 9, 12, 18)),
        language=some_language(dice),
        life=some_life(dice),
        partner_kinds=dice.choice(((), (), (), (Kind.SME, Kind.LAB), (Kind.SME,), (Kind.LAB, Kind.PILOT_BASE))),
        title_when=("any", "named"),
    )
    if dice.random() < 0.75:
        plan = replace(plan, required=((skill.code, level, 1.0, dice.random() < 0.6),))
    return plan


def add_need(world: World, dice: Random, body: Body, plan: NeedPlan) -> Need:
    key = _next_key(world, body, "need")
    slots = _need_slots(world, dice, body, plan)
    voice = {"any"}
    if body.record.kind is Kind.CHAIN_LEADER:
        voice |= {"large"}
    if body.record.kind is Kind.LAB:
        voice = {"research", "any"}
    background = {"any", "plain"} if "own_product" in slots else {"plain"}
    say = world.phrasing
    parts = {"need_background": background, "need_detail": {"any"}, "need_terms": {"any"}, "need_partner": {"any"}}
    role = dice.choice(ROLES[plan.type])
    low, high = plan.price
    need = world.add(
        Need,
        id=identity(key),
        organisation_id=body.record.id,
        source=SOURCE,
        source_key=key,
        type=plan.type,
        **_texts(
            plan.language,
            title=say.say("need_title", slots, when=plan.title_when),
            summary=say.say_unique("need_summary", slots, when=voice),
            description=say.join(parts, slots),
        ),
        trl_low=plan.trl[0],
        trl_high=plan.trl[1],
        accepted_types=[type_.value for type_ in plan.accepted],
        partner_role=role.en if plan.language is Language.EN else role.zh,
        partner_kinds=[kind.value for kind in plan.partner_kinds],
        partner_districts=list(plan.partner_districts),
        budget_low=low,
        budget_high=high,
        **dates(world, plan.life),
    )
    body.wants.add(plan.skill.code)
    body.wants.update(code for code, *_ in plan.required)
    for code, level, weight, is_must in plan.required:
        world.add(NeedCapability, need_id=need.id, capability_code=code, level=level, weight=weight, is_must=is_must)
    return need


def _next_key(world: World, body: Body, what: str) -> str:
    number = world.count_for(f"{body.key}/{what}")
    return f"{body.key}/{what}-{number}"


def _offer_slots(world: World, dice: Random, body: Body, plan: OfferPlan) -> dict[str, Words]:
    staff = body.record.staff or 20
    return {
        **slots_of(plan.skill),
        **numbers(
            years=dice.randint(1, body.age) if body.age < 3 else dice.randint(2, min(body.age, 15)),
            customers=dice.randint(3, 60),
            lead_days=dice.choice((5, 7, 10, 12, 14, 15, 18, 20, 21, 25, 28, 30, 35, 40, 45)),
            crew=dice.randint(2, max(2, min(24, staff // 3))),
            trl_low=plan.trl[0],
            trl=plan.trl[1],
            saving=dice.choice((8, 10, 12, 15, 18, 20, 25)),
        ),
        **money(price_low=plan.price[0], price_high=plan.price[1]),
    }


def _need_slots(world: World, dice: Random, body: Body, plan: NeedPlan) -> dict[str, Words]:
    slots = {
        **slots_of(plan.skill),
        **numbers(months=plan.months, trl=plan.trl[0], tries=dice.randint(2, 6), years=max(2, min(body.age, 15))),
        **money(price_low=plan.price[0], price_high=plan.price[1]),
    }
    if body.sells and body.age >= 2 and dice.random() < 0.4:
        own = world.chains.skills[min(body.sells)]
        slots |= {"own_product": own.product, "own_use": own.use}
    return slots


def _texts(language: Language, **texts: Words) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, words in texts.items():
        if language is not Language.EN:
            said[f"{name}_zh"] = words.zh
        if language is not Language.ZH:
            said[f"{name}_en"] = words.en
    return said


def dates(world: World, life: Life) -> dict[str, object]:
    if not life.was_published:
        return {"state": life.state}
    published = world.moment(life.days_ago)
    return {"state": life.state, "published_at": published, "valid_until": (published + timedelta(days=365)).date()}


def _stage(trl: int) -> DevelopmentStage:
    limits = ((2, DevelopmentStage.CONCEPT), (4, DevelopmentStage.UNDER_DEVELOPMENT), (5, DevelopmentStage.LAB_TESTED))
    for limit, stage in (*limits, (7, DevelopmentStage.DEMONSTRATED)):
        if trl <= limit:
            return stage
    return DevelopmentStage.ON_MARKET


def _ip(dice: Random, plan: OfferPlan) -> IpStatus:
    if plan.type is Type.LICENCE:
        return dice.choice((IpStatus.GRANTED, IpStatus.APPLIED))
    return dice.choice((IpStatus.KNOW_HOW, IpStatus.APPLIED, IpStatus.GRANTED, IpStatus.GRANTED, IpStatus.NONE))


def _accepted(dice: Random, type_: Type) -> tuple[Type, ...]:
    near = {
        Type.SUPPLY: (Type.TECHNICAL, Type.OUTSOURCING),
        Type.TECHNICAL: (Type.SUPPLY, Type.RESEARCH, Type.OUTSOURCING),
        Type.RESEARCH: (Type.TECHNICAL, Type.LICENCE, Type.FACILITY_ACCESS),
        Type.OUTSOURCING: (Type.TECHNICAL, Type.SUPPLY, Type.FACILITY_ACCESS),
    }[type_]
    return (type_, *near) if dice.random() < 0.7 else ()
