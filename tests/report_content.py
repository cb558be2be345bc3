"""A whole content of a report, as a job freezes one: made up, the same every time, without a database."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from matchmaker.services.reports.summary import tell_lists, tell_summary

Told = dict[str, Any]
DAY = date(2026, 10, 31)
PLACES = ("渝北", "璧山", "永川", "江津", "北碚", "涪陵")
PLACES_EN = ("Yubei", "Bishan", "Yongchuan", "Jiangjin", "Beibei", "Fuling")
FIELDS = ("智能座舱", "车规芯片", "线控底盘", "毫米波雷达", "电池管理", "轻量化压铸", "车载操作系统", "功率半导体")
FIELDS_EN = (
    *("Smart Cockpit", "Automotive Chip", "Chassis-by-wire", "Millimetre-wave Radar"),
    *("Battery Management", "Lightweight Die-casting", "Vehicle Operating System", "Power Semiconductor"),
)
NEEDS = (
    ("座舱域控制器软硬件一体化样件", "Cockpit domain controller samples, hardware and software"),
    ("车规级功率模块封装与可靠性验证", "Packaging and reliability tests of automotive power modules"),
    ("线控制动冗余方案联合开发", "Joint development of a redundant brake-by-wire"),
    ("4D 毫米波雷达信号处理算法", "Signal processing for 4D millimetre-wave radar"),
    ("铝合金一体化压铸模具寿命提升", "Longer life of moulds for one-piece aluminium die-casting"),
)
STATES = ("covered", "single_source", "outside_only", "missing")
COMPONENTS = (
    ("capability", 0.30),
    ("text", 0.15),
    ("readiness", 0.12),
    ("chain", 0.12),
    ("track_record", 0.08),
    ("ties", 0.08),
    ("district", 0.05),
    ("capacity", 0.05),
    ("terms", 0.05),
)


def make_content(*, needs: int = 5, depth: int = 10, **changes: Any) -> Told:
    """A monthly report of a chain; `changes` replace whole parts, None for a section that nobody asked for."""
    made = {
        "format": 1,
        "kind": "monthly",
        "scope": {
            "kind": "chain",
            "code": "nev",
            "name_zh": "智能网联新能源汽车产业链",
            "name_en": "Intelligent connected new-energy vehicles",
            "organisations": 412,
        },
        "period": {"from": "2026-10-01", "to": "2026-10-31"},
        "as_of": DAY.isoformat(),
        "sections": ["summary", "funnel", "matches", "gaps", "indicators", "exposure", "changes", "method", "appendix"],
        "anonymous": False,
        "depth": depth,
        "versions": make_versions(),
        "inputs": {
            part: f"{number}" * 64
            for number, part in enumerate(("run", "funnel", "gaps", "indicators", "exposure", "changes"), start=1)
        },
        "matches": make_matches(needs=needs, depth=depth),
        "appendix": True,
        "gaps": make_chain(),
        "indicators": make_indicators(),
        "funnel": make_funnel(),
        "exposure": make_exposure(),
        "changes": make_changes(),
        "method": make_method(depth),
        **changes,
    }
    return {**made, "summary": changes.get("summary") or make_summary(made)}


def make_versions() -> Told:
    return {
        "code": "0.6.0",
        "index": "2026-10-31T02:00:00Z-4f1c",
        "preset": "partners/standard",
        "weights": dict(COMPONENTS),
        "rules": [
            {
                "code": "innovation-consortium/1",
                "name_zh": "创新联合体组建规则",
                "name_en": "Rules of innovation consortia",
                "state": "published",
                "source": "某市创新联合体管理办法（2024）",
                "sha256": "a" * 64,
            }
        ],
        "indicators": [
            {"code": code, "source": "登记信息", "sha256": "b" * 64}
            for code in ("high_order_services", "high_end_share")
        ],
    }


def make_run(depth: int = 10) -> Told:
    return {
        "preset": "partners/standard",
        "preset_name_zh": "标准方案",
        "preset_name_en": "Standard",
        "weights": dict(COMPONENTS),
        "constraints": make_constraints(depth),
        "as_of": DAY.isoformat(),
        "index": "2026-10-31T02:00:00Z-4f1c",
        "code": "0.6.0",
        "inputs_sha256": "1" * 64,
    }


def make_constraints(depth: int) -> Told:
    return {
        "depth": depth,
        "kinds": ["sme", "lab"],
        "districts": [],
        "least_points": 40.0,
        "prices_on": "2026-10-30",
        "floors": {"newcomer_share": 0.2, "small_share": 0.3, "depth": 10, "small_sizes": ["micro", "small"]},
    }


def make_matches(*, needs: int, depth: int) -> Told:
    asked = [make_need(number, depth) for number in range(needs)]
    return {"run": make_run(depth), "shown": needs, "of": needs, "needs": asked, "names": make_names(asked)}


def key(kind: int, number: int) -> str:
    return str(UUID(int=(kind << 64) + number))


def firm(number: int) -> Told:
    """The organisation with this number: `id` and both names."""
    place, field = number % len(PLACES), number // len(PLACES) % len(FIELDS)
    return {
        "id": key(1, number),
        "name_zh": f"重庆{PLACES[place]}{FIELDS[field]}科技有限公司（{number}号）",
        "name_en": f"Chongqing {PLACES_EN[place]} {FIELDS_EN[field]} Technology Co., Ltd. ({number})",
    }


def make_need(number: int, depth: int, **changes: Any) -> Told:
    title_zh, title_en = NEEDS[number % len(NEEDS)]
    # The last of several needs finds nobody, as happens in every region.
    is_met = number == 0 or number % len(NEEDS) != len(NEEDS) - 1
    return {
        "need_id": key(2, number),
        "title_zh": title_zh if number < len(NEEDS) else f"{title_zh}（{number}）",
        "title_en": title_en if number < len(NEEDS) else f"{title_en} ({number})",
        "valid_until": "2027-03-31",
        "organisation": firm(900 + number),
        "found": 60 + number if is_met else 0,
        "hidden": {"no_free_capacity": 3, "must_missing": 41},
        "candidates": [make_candidate(number, place) for place in range(1, depth + 1)] if is_met else [],
        **changes,
    }


def make_candidate(need: int, position: int, **changes: Any) -> Told:
    number = need * 7 + position * 3
    one = firm(number)
    unknown = ["ties"] if position % 3 == 0 else []
    terms = list(make_terms(number, position, unknown))
    return {
        "position": position,
        "organisation_id": one["id"],
        "name_zh": one["name_zh"],
        "name_en": one["name_en"],
        "kind": "lab" if position % 4 == 0 else "sme",
        "district_code": "500112",
        "offer_id": key(3, number),
        "is_facility": False,
        "subject_zh": "座舱软硬件一体化开发与验证",
        "subject_en": "Development and verification of cockpit hardware and software",
        "points": round(sum(term["points"] for term in terms), 1),
        "coverage": 0.92 if unknown else 1.0,
        "lowered": 2.5 if position == 2 else 0.0,
        "is_moved": position == 5,
        "price": 0.0,
        "terms": sorted(terms, key=lambda term: -term["points"]),
        "unknown": unknown,
        **changes,
    }


def make_terms(number: int, position: int, unknown: Sequence[str]) -> Iterator[Told]:
    """Terms that sum to the fit, each with the evidence that its component gives."""
    evidence = make_evidence(number)
    for place, (component, weight) in enumerate(COMPONENTS):
        if component in unknown:
            continue
        score = max(0.05, 0.97 - 0.05 * position - 0.03 * ((number + place) % 5))
        yield {
            "component": component,
            "points": round(100 * weight * score, 1),
            "most": round(100 * weight, 1),
            "score": round(score, 6),
            "evidence": evidence[component],
        }


def make_evidence(number: int) -> Mapping[str, Told]:
    covered = [{"asked": "cap.cockpit", "asked_level": 3, "offered": "cap.cockpit", "offered_level": 4}]
    missing = [{"asked": "cap.iso26262", "asked_level": 2}]
    return {
        "capability": {"code": "capability.cover", "facts": {"covered": covered, "near": [], "missing": missing}},
        "text": {"code": "text.meeting", "facts": {"cosine": 0.71}},
        "readiness": {"code": "readiness.overlap", "facts": {"offer": [5, 8], "need": [6, 8]}},
        "chain": {"code": "chain.node", "facts": {"node": "nev.cockpit", "nearness": 1.0}},
        "track_record": {
            "code": "track_record.similar",
            "facts": {"count": 2, "of": 5, "projects": [key(4, number % 3)]},
        },
        "ties": {"code": "ties.two_hop", "facts": {"partners": 1, "ids": [key(1, 3)]}},
        "district": {"code": "district.same", "facts": {"place": "500112"}},
        "capacity": {"code": "capacity.free", "facts": {"share": 0.6}},
        "terms": {"code": "terms.meeting", "facts": {"type": "research", "type_meets": True, "money_meets": 0.8}},
    }


def make_names(needs: Sequence[Told]) -> Told:
    firms = {
        one["organisation_id"]: {
            **{name: one[name] for name in ("name_zh", "name_en", "kind", "district_code")},
            "open": ["district_code", "projects"],
        }
        for need in needs
        for one in need["candidates"]
    }
    return {
        "organisations": firms,
        "offers": {},
        "needs": {},
        "facilities": {},
        "capabilities": {
            "cap.cockpit": {"name_zh": "座舱域控制器设计", "name_en": "Design of cockpit domain controllers"},
            "cap.iso26262": {"name_zh": "功能安全认证", "name_en": "Certification of functional safety"},
        },
        "nodes": {"nev.cockpit": {"name_zh": "智能座舱", "name_en": "Smart cockpit"}},
        "districts": {"500112": {"name_zh": "渝北区", "name_en": "Yubei District"}},
        "areas": {},
        "projects": {
            key(4, number): {
                "title_zh": f"智能座舱操作系统研发（{2023 + number}）",
                "title_en": f"Operating system of smart cockpits ({2023 + number})",
                "started_on": f"{2023 + number}-03-01",
            }
            for number in range(3)
        },
    }


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
            {"kind": "contract", "confirmed": 3, "stated": 1, "disputed": 0, "amount": 8_600_000.0},
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
    }
    previous = {"from": "2026-09-01", "to": "2026-09-30", "as_of": "2026-09-30", "content_sha256": "c" * 64}
    return {"previous": previous, **lists, "totals": {name: len(rows) for name, rows in lists.items()}}


def make_method(depth: int) -> Told:
    constraints = make_constraints(depth)
    return {
        "components": [{"component": name, "weight": weight, "share": weight} for name, weight in COMPONENTS],
        "prices_on": constraints["prices_on"],
        "floors": {"newcomer_share": 0.2, "small_share": 0.3, "depth": 10},
        "constraints": constraints,
        "preset": {"preset": "partners/standard", "preset_name_zh": "标准方案", "preset_name_en": "Standard"},
    }


def make_summary(content: Mapping[str, Any]) -> Told:
    """As the service reads it off the parts."""
    needs = content["matches"]["needs"] if content["matches"] else []
    lists = tell_lists({"need": need, "candidates": need["candidates"]} for need in needs)
    return tell_summary(lists, {part: content[part] for part in ("gaps", "indicators", "changes", "funnel")})
