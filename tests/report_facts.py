"""Facts of a made-up report beside its matches: chain, indicators, funnel, exposure, changes."""

from typing import Any

from tests.report_names import DAY, FIELDS, FIELDS_EN, NEEDS, STATES, Told, firm, key


def make_node(number: int, state: str, **changes: Any) -> Told:
    field = number % len(FIELDS)
    return {
        "code": f"nev.{number}",
        "name_zh": f"{FIELDS[field]}·{number}",
        "name_en": f"{FIELDS_EN[field]} {number}",
        "position": ("upstream", "midstream", "downstream")[number % 3],
        "state": state,
        "local": {"covered": 3, "single_source": 1}.get(state, 0),
        "outside": 2 if state == "outside_only" else 0,
        "demand": (number * 5) % 7,
        "suppliers": [firm(number)] if state in ("covered", "single_source") else [],
        **changes,
    }


def make_chain() -> Told:
    states = ["covered"] * 9 + ["single_source"] * 4 + ["outside_only"] * 3 + ["missing"] * 2
    nodes = [make_node(number, state) for number, state in enumerate(states)]
    gaps = sorted((node for node in nodes if node["state"] != "covered"), key=lambda node: -node["demand"])
    chain = {
        "code": "nev",
        "name_zh": "智能网联新能源汽车",
        "name_en": "Intelligent connected new-energy vehicles",
        "counts": {state: states.count(state) for state in STATES},
        "nodes": nodes,
        "gaps": [node["code"] for node in gaps],
        "nearest": {node["code"]: [{**firm(300 + place), "from_node": "nev.1"}] for place, node in enumerate(gaps[:4])},
    }
    return {"chains": [chain], "as_of": DAY.isoformat(), "inputs_sha256": "3" * 64}


def make_indicator(code: str, names: tuple[str, str], value: float | None, **changes: Any) -> Told:
    return {
        "code": code,
        "name_zh": names[0],
        "name_en": names[1],
        "unit": "share",
        "value": value,
        "numerator": 32.0,
        "denominator": 412.0,
        "known": 380,
        "total": 412,
        "target": None,
        "target_source": "",
        "source": "登记信息",
        "better": 1,
        "suppressed": False,
        "before": {"as_of": "2026-09-30", "value": value - 0.012} if value is not None else None,
        **changes,
    }


def make_indicators() -> Told:
    rows = [
        make_indicator(
            "high_order_services",
            ("高阶服务企业占比", "Share of firms with high-order services"),
            0.078,
            target=0.08,
            target_source="某研究文章，2026年1月",
        ),
        make_indicator("high_end_share", ("高端产品占比", "Share of high-end products"), 0.142, target=0.15),
        make_indicator("service_integration", ("制造与服务融合度", "Integration of services in manufacturing"), 0.334),
        make_indicator(
            "revenue_line",
            ("营收亿元以上软件企业数", "Software firms above CNY 100 M of revenue"),
            9.0,
            unit="count",
            before={"as_of": "2026-09-30", "value": 8.0},
        ),
        make_indicator(
            "outside_dependency", ("关键环节外部依赖度", "Dependency on suppliers outside"), None, better=-1
        ),
        make_indicator(
            "rd_spending", ("研发投入均值", "Mean R&D spending"), 4_230_000.0, unit="mean", before=None, numerator=None
        ),
    ]
    return {"rows": rows, "as_of": DAY.isoformat(), "inputs_sha256": "4" * 64}


def make_funnel() -> Told:
    counts = {
        "recommended": 480,
        "viewed": 212,
        "interest": 61,
        "mutual": 24,
        "agreement": 9,
        "contract": 4,
        "outcome": 2,
    }
    stages: list[Told] = []
    for stage, count in counts.items():
        before = stages[-1]["count"] if stages else None
        stages.append(
            {"stage": stage, "count": count, "of_before": count / before if before else None, "needs": -(-count // 4)}
        )
    return {
        "stages": stages,
        "drop_off": [
            {"stage": "interest", "reason": "no_capacity", "count": 11},
            {"stage": "interest", "reason": "terms", "count": 7},
            {"stage": "mutual", "reason": "too_early", "count": 4},
        ],
        "base_rates": [
            {
                "code": "challenge_matched",
                "name_zh": "全国创新挑战赛前三届：对接率",
                "name_en": "China Innovation Challenge, first three editions: matched",
                "value": 0.44,
                "text_zh": "发布的需求中有44%完成对接",
                "text_en": "44 % of the published needs were matched",
                "from_stage": "interest",
                "to_stage": "mutual",
                "source": "大赛公报",
            },
            {
                "code": "challenge_agreed",
                "name_zh": "全国创新挑战赛前三届：意向签约率",
                "name_en": "China Innovation Challenge, first three editions: intent contracts",
                "value": 0.30,
                "text_zh": "对接需求中有30%达成意向合同",
                "text_en": "30 % of those matched reached an intent contract",
                "from_stage": "mutual",
                "to_stage": "agreement",
                "source": "大赛公报",
            },
            {
                "code": "cold_pitch",
                "name_zh": "基金冷接触",
                "name_en": "Cold pitches to a fund",
                "value": 0.0025,
                "text_zh": "获得投资的占0.25%",
                "text_en": "0.25 % were funded",
                "from_stage": None,
                "to_stage": None,
                "source": "公开访谈",
            },
        ],
        "outcomes": [
            {"kind": "contract", "confirmed": 3, "stated": None, "disputed": None, "amount": 8_600_000.0},
            {"kind": "pilot_run", "confirmed": 1, "stated": 0, "disputed": 1, "amount": None},
        ],
        "from": "2026-10-01",
        "to": "2026-10-31",
    }


def make_share(code: str, names: tuple[str, str], places: int, organisations: int) -> Told:
    return {
        "code": code,
        "name_zh": names[0],
        "name_en": names[1],
        "places": places,
        "share": places / 480,
        "organisations": organisations,
        "share_of_organisations": organisations / 412,
    }


def make_exposure() -> Told:
    return {
        "groups": {
            "district": [
                make_share("500112", ("渝北区", "Yubei District"), 260, 150),
                make_share("500120", ("璧山区", "Bishan District"), 140, 122),
                make_share("500118", ("永川区", "Yongchuan District"), 80, 140),
            ],
            "size": [
                make_share("small", ("小型", "Small"), 190, 230),
                make_share("large", ("大型", "Large"), 290, 182),
            ],
            "ownership": [
                make_share("private", ("民营", "Private"), 300, 290),
                make_share("municipal_state", ("市属国企", "Municipal state-owned"), 180, 122),
            ],
            "newcomer": [
                make_share("newcomer", ("首次进入推荐", "New to the lists"), 70, 96),
                make_share("known", ("此前已被推荐", "Seen before"), 410, 316),
            ],
        },
        "gini": 0.41,
        "busy": [{**firm(5), "load": 14.0, "capacity": 8}, {**firm(11), "load": 9.5, "capacity": 6}],
        "lists": 48,
        "from": "2026-10-01",
        "to": "2026-10-31",
    }


def make_changes() -> Told:
    needs = [
        {"id": key(2, number), "title_zh": NEEDS[number][0], "title_en": NEEDS[number][1]}
        for number in range(len(NEEDS))
    ]
    new = [{"need": needs[0], "organisation": firm(40 + place), "position": place} for place in (1, 4, 6)]
    lost = [{"need": needs[1], "organisation": firm(70), "position": 3}]
    moved = [{"need": needs[2], "organisation": firm(20), "position": 2, "before": 7}]
    nodes = [
        {
            "code": "nev.9",
            "name_zh": "毫米波雷达·9",
            "name_en": "Radar 9",
            "before": "missing",
            "after": "single_source",
        }
    ]
    indicators = [
        {
            "code": "high_end_share",
            "name_zh": "高端产品占比",
            "name_en": "Share of high-end products",
            "unit": "share",
            "better": 1,
            "before": 0.13,
            "after": 0.142,
        }
    ]
    lists: Told = {
        "new": new,
        "lost": lost,
        "moved": moved,
        "needs_new": [needs[3]],
        "needs_gone": [],
        "nodes": nodes,
        "indicators": indicators,
        "formulas": [
            {
                "code": "service_integration",
                "name_zh": "制造与服务融合度",
                "name_en": "Integration of services in manufacturing",
            }
        ],
    }
    previous = {"from": "2026-09-01", "to": "2026-09-30", "as_of": "2026-09-30", "content_sha256": "c" * 64}
    return {"previous": previous, **lists, "totals": {name: len(rows) for name, rows in lists.items()}}
