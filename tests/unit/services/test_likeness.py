"""Which records look like one organisation, by which grounds, and that nobody is held against everybody."""

import random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.duplicates.finding import describe
from matchmaker.services.duplicates.likeness import START, Described, find_pairs
from models.base import new_id

SYLLABLES = "云岭山城江嘉渝巴蜀川东南西北华宏盛达创新智远恒信立诚博瑞泰安康源丰"
TRADES = ("智能座舱", "动力电池", "新材料", "精密机械", "电子", "软件", "生物医药", "传感器", "半导体", "物流")
CODE = "91500000MA5U4T9X1U"


def record(**values) -> Described:
    return describe(new_id(), {"name_zh": "重庆云岭智能座舱有限公司", "district_code": "500112", **values})


def others(count: int = 60) -> list[Described]:
    """A registry around them, so that common parts of names are common."""
    chosen = random.Random(7)
    return [
        record(
            name_zh=f"重庆{''.join(chosen.sample(SYLLABLES, 3))}{chosen.choice(TRADES)}科技有限公司",
            district_code="500103",
        )
        for _ in range(count)
    ]


def likeness_of(first: Described, second: Described) -> float:
    wanted = {first.id, second.id}
    found = [pair for pair in find_pairs([*others(), first, second]) if {pair.first, pair.second} == wanted]
    return found[0].likeness if found else 0.0


@pytest.mark.parametrize(
    "other",
    [
        {"name_zh": "重庆云岭智能座舱股份有限公司"},
        {"name_zh": "重慶雲嶺智能座艙有限公司"},
        {"name_zh": "重庆云岭智能座舱科技有限公司"},
        {"name_zh": "重庆云领智能座舱有限公司"},
        {"name_zh": "", "name_en": "Yunling Smart Cockpit Co., Ltd.", "website": "https://www.yunling.example"},
        {"name_zh": "云岭座舱", "website": "yunling.example", "contact_phone": "023-6880 1234"},
        {"uscc": "91500000MA5U4T9X2U", "name_zh": "云岭座舱"},
    ],
    ids=["form", "traditional", "longer", "by-ear", "in-english", "website-and-phone", "mistyped-code"],
)
def test_one_organisation_under_two_names_is_found(other):
    ours = record(uscc=CODE, website="https://yunling.example/zh", contact_phone="+86 23 68801234")

    assert likeness_of(ours, record(**other)) >= 0.5


@pytest.mark.parametrize(
    "other",
    [
        {"name_zh": "重庆云岭动力电池有限公司"},
        {"name_zh": "重庆山城智能座舱有限公司"},
        {"name_zh": "重庆云岭智能座舱科技有限公司", "uscc": "91500112MA60R2K85D"},
        {"name_zh": "重庆嘉渝物流有限公司", "contact_email": "a@qq.com"},
    ],
    ids=["same-brand", "same-trade", "another-code", "free-mail"],
)
def test_two_organisations_are_left_alone(other):
    ours = record(uscc=CODE, contact_email="b@qq.com")

    assert likeness_of(ours, record(**other)) == 0.0


def test_the_grounds_sum_to_the_likeness():
    pairs = find_pairs([*others(), record(uscc=CODE), record(name_zh="重庆云岭智能座舱股份有限公司")])

    odds = START + sum(pairs[0].grounds.values())
    assert pairs[0].likeness == pytest.approx(1 / (1 + 2.718281828**-odds), abs=2e-3)


@given(st.lists(st.text(max_size=12), max_size=12), st.randoms(use_true_random=False))
def test_any_names_in_any_order_give_the_same_pairs_each_once(names, shuffle):
    records = [record(name_zh=name) for name in names]
    turned = records.copy()
    shuffle.shuffle(turned)

    found = [frozenset((pair.first, pair.second)) for pair in find_pairs(records)]

    assert len(set(found)) == len(found)
    assert set(found) == {frozenset((pair.first, pair.second)) for pair in find_pairs(turned)}


def test_ten_thousand_organisations_are_looked_through_in_seconds():
    chosen = random.Random(1)
    records = [
        record(
            name_zh=f"重庆{''.join(chosen.choices(SYLLABLES, k=3))}{chosen.choice(TRADES)}有限公司", website=f"w{n}.cn"
        )
        for n in range(10_000)
    ]
    started = perf_counter()

    find_pairs(records)

    assert perf_counter() - started < 30
