"""Organisations of all seven kinds, with what is known and certified about them."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from matchmaker.names import fold_name
from models.enums import OrganisationKind, Ownership, RevenueBand
from models.organisations import Certification, Organisation, OrganisationNode, PatentCount
from seeds.demo.chains import Node, Words
from seeds.demo.identity import SOURCE, identity
from seeds.demo.phrasing import lower_first, numbers, slots_of
from seeds.demo.world import Body, World

Kind = OrganisationKind

# How often each place is drawn, by chain; every other district counts one.
PLACES = {
    "nev": {"500112": 14, "cq-liangjiang": 16, "500106": 8, "500120": 9, "500105": 6, "500107": 6, "500102": 4},
    "equipment": {"500107": 8, "500116": 8, "500112": 7, "500113": 6, "500109": 6, "500118": 6, "cq-science-city": 5},
    "biomedicine": {"500113": 14, "500109": 7, "500112": 7, "cq-science-city": 8, "cq-liangjiang": 8, "500101": 4},
}
NEIGHBOURS = ("四川省成都市", "四川省绵阳市", "四川省德阳市", "贵州省贵阳市", "湖北省武汉市", "陕西省西安市")
REVENUE_STEPS = (
    (5e6, RevenueBand.UNDER_5M),
    (2e7, RevenueBand.FROM_5M),
    (1e8, RevenueBand.FROM_20M),
    (4e8, RevenueBand.FROM_100M),
    (2e9, RevenueBand.FROM_400M),
)
USCC_PREFIX = {Kind.LAB: "12", Kind.SERVICE_INSTITUTION: "52"}
OWNERSHIPS = {
    Kind.SME: (Ownership.PRIVATE,) * 16 + (Ownership.MIXED,) * 2 + (Ownership.FOREIGN, Ownership.DISTRICT_STATE),
    Kind.CHAIN_LEADER: (Ownership.CENTRAL_STATE, Ownership.MUNICIPAL_STATE, Ownership.MIXED, Ownership.PRIVATE),
    Kind.LAB: (Ownership.PUBLIC_INSTITUTION,) * 5 + (Ownership.MUNICIPAL_STATE,),
    Kind.PILOT_BASE: (Ownership.MUNICIPAL_STATE, Ownership.DISTRICT_STATE, Ownership.MIXED, Ownership.PRIVATE),
    Kind.FUND: (Ownership.MUNICIPAL_STATE, Ownership.MIXED, Ownership.PRIVATE, Ownership.DISTRICT_STATE),
    Kind.SERVICE_INSTITUTION: (Ownership.PRIVATE, Ownership.PUBLIC_INSTITUTION, Ownership.MIXED),
    Kind.PARK: (Ownership.DISTRICT_STATE,) * 3 + (Ownership.MUNICIPAL_STATE, Ownership.MIXED),
}
STAFF = {
    Kind.CHAIN_LEADER: (1_200, 26_000),
    Kind.LAB: (25, 260),
    Kind.PILOT_BASE: (20, 180),
    Kind.FUND: (6, 45),
    Kind.SERVICE_INSTITUTION: (8, 120),
    Kind.PARK: (20, 140),
}
RD_SHARE = {Kind.LAB: (0.6, 0.9), Kind.PILOT_BASE: (0.45, 0.8), Kind.CHAIN_LEADER: (0.1, 0.3), Kind.SME: (0.08, 0.5)}
LAB_SCHEMES = (
    "new-rd-institution",
    "city-key-lab",
    "city-key-lab",
    "city-key-lab",
    "chongqing-lab",
    "national-key-lab",
)
PILOT_SCHEMES = ("proof-of-concept-centre", "city-technology-centre", "new-rd-institution")


@dataclass(frozen=True)
class Plan:
    """What is decided about a body before it is made."""

    key: str
    kind: Kind
    nodes: tuple[str, ...]
    name: Words
    short_name: str
    staff: int
    district: str | None
    lead_skill: str
    text_part: str


def make_body(world: World, dice: Random, plan: Plan) -> Body:
    """An organisation with a full profile; `leave_partial` and `leave_bare` take things away again."""
    low, high = RD_SHARE.get(plan.kind, (0.1, 0.3))
    researchers = max(1, round(plan.staff * dice.uniform(low, high)))
    founded = world.day(dice.randint(*AGE_DAYS.get(plan.kind, (800, 7_000))))
    engaged, capacity = workload(dice, plan.staff)
    record = world.add(
        Organisation,
        id=identity(plan.key),
        source=SOURCE,
        source_key=plan.key,
        kind=plan.kind,
        uscc=world.namer.uscc(USCC_PREFIX.get(plan.kind, "91"), registry_region(plan.district)),
        name_zh=plan.name.zh,
        name_en=plan.name.en,
        short_name=plan.short_name,
        name_key=fold_name(plan.name.zh or plan.name.en),
        ownership=dice.choice(OWNERSHIPS[plan.kind]),
        district_code=plan.district,
        region="" if plan.district else dice.choice(NEIGHBOURS),
        website=f"https://{plan.key}.example.org",
        founded_on=founded,
        staff=plan.staff,
        rd_staff_share=round(researchers / plan.staff, 4),
        industry_code=industry_of(world, plan),
        revenue_band=revenue_band(plan.staff * dice.uniform(2.5e5, 1.1e6)) if plan.kind in INDUSTRIAL else None,
        rd_ratio=round(dice.uniform(0.02, 0.22), 3) if plan.kind in INDUSTRIAL else None,
        capacity=capacity,
        engaged=engaged,
        contact_name=world.namer.person(),
        contact_email=f"contact@{plan.key}.example.org",
        contact_phone=f"023-0{dice.randint(1_000_000, 9_999_999)}",
        verified_at=world.moment(dice.randint(5, 300)) if dice.random() < 0.6 else None,
    )
    record.address = world.namer.address(world.districts[plan.district]) if plan.district else record.region
    body = Body(plan.key, record, plan.nodes)
    summary = describe(world, dice, plan, founded, researchers)
    record.summary_zh, record.summary_en = summary.zh, summary.en
    record.tags = [f"node:{code}" for code in plan.nodes]
    world.bodies.append(body)
    for code in plan.nodes:
        world.add(OrganisationNode, organisation_id=record.id, node_code=code)
    certify(world, dice, body)
    patent(world, dice, body)
    return body


AGE_DAYS = {Kind.SME: (800, 3_800), Kind.CHAIN_LEADER: (4_000, 11_000)}
INDUSTRIAL = frozenset({Kind.SME, Kind.CHAIN_LEADER})
SECTOR = {
    Kind.LAB: "M7320",
    Kind.PILOT_BASE: "M7320",
    Kind.FUND: "J6731",
    Kind.SERVICE_INSTITUTION: "M7530",
    Kind.PARK: "L7221",
}


def describe(world: World, dice: Random, plan: Plan, founded: date, researchers: int) -> Words:
    node = world.chains.nodes[plan.nodes[0]]
    skills = world.chains.by_node[node.code]
    other = next((skill for skill in skills if skill.code != plan.lead_skill), skills[0])
    slots = {
        **slots_of(world.chains.skills[plan.lead_skill]),
        **numbers(year=founded.year, staff=plan.staff, rd=researchers, suppliers=dice.randint(12, 280)),
        "product2": other.product,
        "node": node_name(node),
        "stages": Words("天使到A轮", "angel to series A"),
    }
    return world.phrasing.say_unique(plan.text_part, slots)


def place(world: World, dice: Random, chain: str) -> str | None:
    """A district by the chain's weights; four in a hundred sit outside the city."""
    if dice.random() < 0.04:
        return None
    codes = tuple(world.districts)
    return dice.choices(codes, weights=[PLACES[chain].get(code, 1) for code in codes])[0]


def sme_staff(dice: Random) -> int:
    low, high = dice.choices(((4, 19), (20, 99), (100, 299), (300, 900)), weights=(22, 42, 26, 10))[0]
    return dice.randint(low, high)


def workload(dice: Random, staff: int) -> tuple[int, int]:
    """Collaborations it carries and can carry; one in twelve is full."""
    capacity = max(1, min(12, round(staff**0.4 * dice.uniform(0.5, 1.1))))
    engaged = capacity if dice.random() < 0.08 else dice.randint(0, max(0, capacity - 1))
    return engaged, capacity


def revenue_band(revenue: float) -> RevenueBand:
    return next((band for limit, band in REVENUE_STEPS if revenue < limit), RevenueBand.FROM_2BN)


def industry_of(world: World, plan: Plan) -> str:
    return SECTOR.get(plan.kind, world.chains.nodes[plan.nodes[0]].industry)


def registry_region(district: str | None) -> str:
    return district if district and district.isdigit() else "500000"


def certify(world: World, dice: Random, body: Body) -> None:
    """Certificates that this kind, size and age may hold."""
    for number, scheme in enumerate(_schemes(dice, body, world.today), start=1):
        years = world.certificate_years[scheme]
        issued = world.day(dice.randint(20, 365 * (years or 4) + (200 if dice.random() < 0.15 else -30)))
        world.add(
            Certification,
            id=identity(f"{body.key}/certificate-{number}"),
            organisation_id=body.record.id,
            scheme_code=scheme,
            issuer="重庆市科学技术局"
            if scheme in {"tech-sme", "high-tech", "city-key-lab", "new-rd-institution"}
            else "重庆市经济和信息化委员会",
            number=f"CQ{issued.year}{dice.randint(100_000, 999_999)}",
            issued_on=issued,
            valid_until=issued + timedelta(days=365 * years) if years else None,
        )


def _schemes(dice: Random, body: Body, today: date) -> list[str]:
    record = body.record
    staff, age = record.staff or 0, (today - (record.founded_on or today)).days / 365
    if record.kind is Kind.CHAIN_LEADER:
        return ["chain-leader", "high-tech", "national-technology-centre"][: dice.randint(1, 3)]
    if record.kind is Kind.LAB:
        return [dice.choice(LAB_SCHEMES)]
    if record.kind is Kind.PILOT_BASE:
        return [dice.choice(PILOT_SCHEMES)]
    if record.kind is not Kind.SME:
        return []
    ladder = (
        ("tech-sme", staff <= 500, 0.5),
        ("innovative-sme", True, 0.35),
        ("high-tech", age >= 1 and (record.rd_staff_share or 0) >= 0.1, 0.45),
        ("specialised-sme", age >= 2 and staff >= 20, 0.25),
        ("little-giant", age >= 3 and staff >= 60, 0.08),
        ("gazelle", age >= 3 and staff >= 40, 0.05),
    )
    return [code for code, allowed, share in ladder if allowed and dice.random() < share]


def patent(world: World, dice: Random, body: Body) -> None:
    if body.record.kind not in RD_SHARE or dice.random() < 0.2:
        return
    classes = sorted({ipc for code in body.nodes for ipc in world.chains.nodes[code].ipc})
    for ipc in classes[: dice.randint(1, 3)]:
        granted = dice.randint(0, max(2, min(300, (body.record.staff or 10) // 8)))
        world.add(
            PatentCount,
            id=identity(f"{body.key}/patents-{ipc}"),
            organisation_id=body.record.id,
            ipc_class=ipc,
            granted=granted,
            applied=granted + dice.randint(1, 12),
        )


def leave_partial(dice: Random, body: Body) -> None:
    """A profile as many are: what one has to look up is missing."""
    record = body.record
    record.rd_ratio = record.revenue_band = None
    record.website = record.address = ""
    if dice.random() < 0.5:
        record.industry_code = None
        record.capacity = record.engaged = None
    if dice.random() < 0.5:
        record.staff = record.rd_staff_share = None
        record.summary_zh = record.summary_en = ""
    elif dice.random() < 0.5:
        record.summary_en = ""


def leave_bare(body: Body) -> None:
    """Only what the register of firms says."""
    record = body.record
    record.staff = record.rd_staff_share = record.rd_ratio = record.revenue_band = None
    record.industry_code = record.capacity = record.engaged = None
    record.website = record.address = record.summary_zh = record.summary_en = ""
    record.contact_name = record.contact_email = record.contact_phone = ""
    record.tags = []


def node_name(node: Node) -> Words:
    """The node's name as it stands inside an English sentence."""
    return Words(node.name.zh, lower_first(node.name.en))
