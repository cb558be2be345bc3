"""Labs and pilot lines that others may book: what they do, with what, at which price, and how much they were used."""

from dataclasses import dataclass
from random import Random

from models.enums import FacilityServiceType, OpenTo, OrganisationKind, PostingState, PriceUnit
from models.facilities import Facility, FacilityCapability, FacilityEquipment, FacilityService, FacilityYear
from seeds.demo.bodies import node_name
from seeds.demo.chains import HERE, Skill, Words, rows
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import numbers, slots_of
from seeds.demo.world import Body, World

NUMBER = 120
LAB, BASE = OrganisationKind.LAB, OrganisationKind.PILOT_BASE
UNIT_OF = {
    FacilityServiceType.DESIGN_VERIFICATION: PriceUnit.HOUR,
    FacilityServiceType.PERFORMANCE_VERIFICATION: PriceUnit.SAMPLE,
    FacilityServiceType.PROCESS_VERIFICATION: PriceUnit.BATCH,
    FacilityServiceType.ADAPTATION_VERIFICATION: PriceUnit.HOUR,
    FacilityServiceType.PRODUCTION_VERIFICATION: PriceUnit.BATCH,
}
PRICES = {
    PriceUnit.HOUR: (200, 300, 450, 600, 800, 1_200),
    PriceUnit.SAMPLE: (500, 800, 1_500, 2_600, 4_000, 8_000),
    PriceUnit.BATCH: (12_000, 20_000, 35_000, 60_000, 90_000),
}
SERVICE_NAMES = {
    FacilityServiceType.DESIGN_VERIFICATION: Words("设计验证：{}", "Design verification: {}"),
    FacilityServiceType.PERFORMANCE_VERIFICATION: Words(
        "功能性能验证：{}", "Function and performance verification: {}"
    ),
    FacilityServiceType.PROCESS_VERIFICATION: Words("工艺验证：{}", "Process verification: {}"),
    FacilityServiceType.ADAPTATION_VERIFICATION: Words("适配验证：{}", "Adaptation verification: {}"),
    FacilityServiceType.PRODUCTION_VERIFICATION: Words("生产验证：{}", "Production verification: {}"),
}
ACCREDITATIONS = {"nev": ("CMA", "CNAS"), "equipment": ("CMA", "CNAS", "安评"), "biomedicine": ("GMP", "CNAS", "环评")}
IP_TERMS = (
    "委托数据归委托方所有，平台保密；联合开发成果按书面约定共享。",
    "客户样品与数据独立存放，签保密协议后进场；平台不主张知识产权。",
    "背景知识产权各归各方，前景知识产权按投入比例约定。",
)
LIMITS = {
    "nev": "高压与热失控试验须提前备案，单包能量不超过200千瓦时。",
    "equipment": "吊装不超过10吨，禁止带油气样件进场。",
    "biomedicine": "不接收二级以上病原微生物，高活性化合物须提前评估。",
}


@dataclass(frozen=True)
class Machine:
    chain: str
    name: Words
    low: float
    high: float


def read_machines() -> list[Machine]:
    return [
        Machine(row["chain"], Words(row["name_zh"], row["name_en"]), float(row["low"]), float(row["high"]))
        for row in rows(HERE / "machines.csv")
    ]


def equip(world: World) -> None:
    """Give labs and pilot bases their facilities, one each until there are enough."""
    dice = world.dice("facilities")
    machines = read_machines()
    planted = {body.key for body in world.bodies if body.key.startswith("plot-")}
    hosts = [body for body in world.of_kind(BASE) + world.of_kind(LAB) if body.key not in planted]
    for number in range(NUMBER):
        _add_facility(world, dice, hosts[number % len(hosts)], machines)


def _add_facility(world: World, dice: Random, body: Body, machines: list[Machine]) -> None:
    number = world.count_for(f"{body.key}/facility")
    key = f"{body.key}/facility-{number}"
    node = world.chains.nodes[body.nodes[(number - 1) % len(body.nodes)]]
    skills = dice.sample(world.open_skills(node.code), min(dice.randint(2, 4), len(world.open_skills(node.code))))
    is_base = body.record.kind is BASE
    hours = dice.randrange(900, 2_001, 50)
    discount = dice.choice((0.1, 0.2, 0.3))
    area, lead_days = dice.randint(3, 90) * 100, dice.choice((3, 5, 7, 10, 14, 21))
    staff = dice.randint(4, max(5, min(60, (body.record.staff or 20) // 2)))
    slots = {
        **slots_of(skills[0]),
        "node": node_name(node),
        **numbers(area=area, crew=staff, hours=hours, lead_days=lead_days, discount=10 - round(discount * 10), pay=round(100 - discount * 100)),
    }  # fmt: skip
    voice = {"base" if is_base else "lab", "any"}
    name, summary = (
        world.phrasing.say("facility_name", slots, when=voice),
        world.phrasing.say_unique("facility_summary", slots),
    )
    facility = world.add(
        Facility,
        id=identity(key),
        source=SOURCE,
        source_key=key,
        organisation_id=body.record.id,
        name_zh=name.zh,
        name_en=name.en,
        summary_zh=summary.zh,
        summary_en=summary.en,
        trl_in=4 if is_base else dice.randint(2, 3),
        trl_out=7 if is_base else dice.randint(4, 5),
        process_scale=dice.choice(("克级到公斤级", "单件到百件", "百件到千件", "吨级", "样件到小批")),
        site_m2=area,
        staff=staff,
        open_to=dice.choice((OpenTo.ALL, OpenTo.ALL, OpenTo.ALL, OpenTo.CHAIN, OpenTo.MEMBERS)),
        accreditations=dice.sample(ACCREDITATIONS[node.chain], dice.randint(1, len(ACCREDITATIONS[node.chain]))),
        lead_time_days=lead_days,
        minimum_order=dice.choice(("1个样品起", "1批起", "4小时起", "8小时起")),
        accepts_voucher=dice.random() < 0.8 or "创新券" in summary.zh,
        ip_terms=dice.choice(IP_TERMS),
        safety_limits=LIMITS[node.chain],
        hours_open=hours,
        hours_used=round(hours * dice.uniform(0.2, 0.98)),
        state=PostingState.PUBLISHED,
    )
    for skill in skills:
        world.add(FacilityCapability, facility_id=facility.id, capability_code=skill.code, level=dice.randint(3, 4))
    _price_list(world, dice, facility, skills, discount)
    _machines(world, dice, facility, [machine for machine in machines if machine.chain == node.chain])
    _years(world, dice, facility)


def _price_list(world: World, dice: Random, facility: Facility, skills: list[Skill], discount: float) -> None:
    types = dice.sample(list(FacilityServiceType), dice.randint(2, 4))
    for number, type_ in enumerate(types, start=1):
        skill = skills[number % len(skills)]
        unit = UNIT_OF[type_]
        world.add(
            FacilityService,
            id=identity(f"{facility.source_key}/service-{number}"),
            facility_id=facility.id,
            type=type_,
            name_zh=SERVICE_NAMES[type_].zh.format(skill.product.zh),
            name_en=SERVICE_NAMES[type_].en.format(skill.product.en),
            unit=unit,
            price=dice.choice(PRICES[unit]),
            sme_discount=discount,
        )


def _machines(world: World, dice: Random, facility: Facility, machines: list[Machine]) -> None:
    for number, machine in enumerate(dice.sample(machines, dice.randint(3, 6)), start=1):
        world.add(
            FacilityEquipment,
            id=identity(f"{facility.source_key}/machine-{number}"),
            facility_id=facility.id,
            name_zh=machine.name.zh,
            name_en=machine.name.en,
            quantity=dice.choice((1, 1, 1, 2, 3)),
            original_value=round(dice.uniform(machine.low, machine.high) / 10_000) * 10_000,
        )


def _years(world: World, dice: Random, facility: Facility) -> None:
    services = dice.randint(8, 160)
    for year in range(world.today.year - 3, world.today.year):
        services = max(3, round(services * dice.uniform(0.9, 1.45)))
        world.add(
            FacilityYear,
            facility_id=facility.id,
            year=year,
            services=services,
            income=round(services * dice.uniform(3e3, 2.5e4), -3),
        )
