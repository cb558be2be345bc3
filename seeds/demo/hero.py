"""The firm through whose eyes a newcomer looks: a smart-cockpit SME with a real problem and a profile nearly complete."""

from dataclasses import replace

from matchmaker.names import fold_name
from models.enums import Ownership, RevenueBand
from seeds.demo.chains import Words
from seeds.demo.history import add_consortium
from seeds.demo.identity import HERO
from seeds.demo.plots import FIRST
from seeds.demo.postings import Life, add_need, add_offer, some_need, some_offer
from seeds.demo.world import Body, World

NAME = Words("重庆屏联智舱科技有限公司", "Chongqing Pinglian Smart Cockpit Technology Co., Ltd.")
WANTED = ("display-optical-bonding", "vehicle-emc-test")


def furnish(world: World) -> None:
    """Fill in everything but two fields, and add postings and a past."""
    body = next(body for body in world.bodies if body.key == HERO)
    dice = world.dice("hero")
    record = body.record
    record.name_zh, record.name_en, record.short_name = NAME.zh, NAME.en, "屏联智舱"
    record.name_key = fold_name(NAME.zh)
    record.ownership, record.revenue_band = Ownership.PRIVATE, RevenueBand.FROM_20M
    record.district_code, record.address, record.region = "500112", "重庆市渝北区仙桃街道数据谷中路19号", ""
    record.founded_on = world.day(7 * 365 + 190)
    record.staff, record.rd_staff_share = 86, 0.4651
    record.summary_zh = (
        "公司做智能座舱域控与人机交互，为整车厂提供座舱主机、界面和语音方案，产品用于家用车和商用车。"
        f"{record.founded_on.year}年成立，现有员工86人，其中研发40人，已随三款量产车型供货。"
    )
    record.summary_en = (
        "We build cockpit computers, interfaces and voice for carmakers, used in family and commercial vehicles. "
        f"Founded in {record.founded_on.year}; 86 people, 40 of them in R&D; in series on three models."
    )
    record.verified_at = world.moment(12)
    # Two gaps on purpose: the meter on the profile page names them and what they would change.
    record.capacity = record.rd_ratio = None
    record.engaged = 1
    for skill in [s for s in world.open_skills(FIRST[1]) if s.code not in body.sells][:1]:
        add_offer(
            world, dice, body, replace(some_offer(dice, body, skill), level=4, trl=(7, 9), life=Life(days_ago=20))
        )
    for code in WANTED:
        if code not in world.reserved:
            plan = some_need(world, dice, body, world.chains.skills[code])
            add_need(world, dice, body, replace(plan, life=Life(days_ago=15)))
    _past(world, body)


def _past(world: World, body: Body) -> None:
    """Three projects with firms of its own chain; two of them with the same partner."""
    dice = world.dice("hero-past")
    near = [other for other in world.bodies if "nev-vehicle-os" in other.nodes and not other.key.startswith("plot-")]
    leader = next(other for other in world.bodies if other.key == "leader-01")
    friends = dice.sample(near, 3)
    own = world.chains.skills[min(body.sells)]
    for number, members in enumerate(([leader, friends[0]], [friends[0], friends[1]], [leader, friends[2]]), start=1):
        add_consortium(world, dice, f"consortium-cockpit-{number}", body, members, skill=own)
