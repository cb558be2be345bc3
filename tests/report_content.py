"""A whole content of a report, as a job freezes one: made up, the same every time, without a database."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matchmaker.services.reports.content import FORMAT
from matchmaker.services.reports.summary import tell_lists, tell_summary
from tests.report_facts import make_chain, make_changes, make_exposure, make_funnel, make_indicators
from tests.report_names import DAY, NEEDS, Told, firm, key

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
        "format": FORMAT,
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


def make_method(depth: int) -> Told:
    constraints = make_constraints(depth)
    return {
        "components": [{"component": name, "weight": weight, "share": weight} for name, weight in COMPONENTS],
        "prices_on": constraints["prices_on"],
        "floors": {"newcomer_share": 0.2, "small_share": 0.3, "depth": 10},
        "constraints": constraints,
        "districts": [
            {"code": code, "name_zh": f"区县{code}", "name_en": f"District {code}"} for code in constraints["districts"]
        ],
        "preset": {"preset": "partners/standard", "preset_name_zh": "标准方案", "preset_name_en": "Standard"},
    }


def make_summary(content: Mapping[str, Any]) -> Told:
    """As the service reads it off the parts."""
    needs = content["matches"]["needs"] if content["matches"] else []
    lists = tell_lists({"need": need, "candidates": need["candidates"]} for need in needs)
    return tell_summary(lists, {part: content[part] for part in ("gaps", "indicators", "changes", "funnel")})
