"""From the parts of a report to the one content that is frozen; `content.py` says its shape."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from matchmaker.services.hashing import sha256_of
from matchmaker.services.reports.anonymous import without_names
from matchmaker.services.reports.changes import tell_changes
from matchmaker.services.reports.content import FORMAT
from matchmaker.services.reports.settings import settings_of
from matchmaker.services.reports.summary import tell_lists, tell_summary
from matchmaker.services.runs.asking import scope_of
from matchmaker.services.runs.told import tell_needs, tell_versions
from matchmaker.services.scope import Scope, name_of, organisations_in
from models.enums import ReportSection, RuleSetState, ScopeKind
from models.indicators import Indicator
from models.offers import Need
from models.reports import MatchRun, MatchRunList, Report
from models.rules import CompositionRule, RuleSet
from models.taxonomy import District

Told = dict[str, Any]
TOLD_BY_OTHERS = (ReportSection.GAPS, ReportSection.INDICATORS, ReportSection.FUNNEL, ReportSection.EXPOSURE)


def freeze_content(session: Session, report: Report, told: dict[str, Told]) -> Told:
    """Everything that the files of `report` say; `told` holds the parts of the other areas by section."""
    run = session.get_one(MatchRun, report.run_id)
    scope, settings = scope_of(session, report), settings_of(report)
    parts: dict[str, Any] = {str(section): told.get(section) for section in TOLD_BY_OTHERS}
    parts["changes"] = _changes(session, report, parts) if ReportSection.CHANGES in report.sections else None
    lists = _all_lists(session, run)
    versions = tell_versions(session, run)
    content = {
        "format": FORMAT,
        "kind": report.kind,
        "scope": _tell_scope(session, scope),
        "period": {"from": report.period_from.isoformat(), "to": report.period_to.isoformat()},
        "as_of": report.as_of.isoformat(),
        "sections": list(report.sections),
        "anonymous": settings.is_anonymous,
        "depth": settings.constraints.depth,
        "versions": {
            **{name: versions[name] for name in ("code", "index", "preset", "weights")},
            "rules": _rules(session),
            "indicators": _indicators(session, parts["indicators"]),
        },
        "inputs": _inputs(run, parts),
        "summary": tell_summary(tell_lists(one.told for one in lists), parts),
        "matches": _tell_matches(session, report, lists, versions, most=settings.needs_shown),
        "appendix": ReportSection.APPENDIX in report.sections,
        **parts,
        "method": _method(session, versions) if ReportSection.METHOD in report.sections else None,
    }
    return without_names(content) if settings.is_anonymous else content


def _changes(session: Session, report: Report, parts: Told) -> Told:
    previous = session.get(Report, report.previous_id) if report.previous_id else None
    return tell_changes(session, report, previous, gaps=parts["gaps"], indicators=parts["indicators"])


def _tell_scope(session: Session, scope: Scope) -> Told:
    name_zh, name_en = name_of(session, scope)
    organisations = sa.select(sa.func.count()).select_from(organisations_in(scope).subquery())
    return {
        "kind": scope.kind,
        "code": scope.code,
        # By a key of its own, as all organisations of the content.
        **({"id": scope.code} if scope.kind is ScopeKind.ORGANISATION else {}),
        "name_zh": name_zh,
        "name_en": name_en,
        "organisations": session.scalar(organisations) or 0,
    }


def _all_lists(session: Session, run: MatchRun) -> Sequence[MatchRunList]:
    wanted = select(MatchRunList).where(MatchRunList.run_id == run.id).order_by(col(MatchRunList.position))
    return session.exec(wanted).all()


def _tell_matches(
    session: Session, report: Report, lists: Sequence[MatchRunList], versions: Told, *, most: int
) -> Told | None:
    """The lists that the document shows: those of the needs posted last."""
    if not {ReportSection.MATCHES, ReportSection.APPENDIX} & set(report.sections):
        return None
    shown = _posted_last(session, lists)[:most]
    return {"run": versions, "shown": len(shown), "of": len(lists), **tell_needs(shown)}


def _posted_last(session: Session, lists: Sequence[MatchRunList]) -> list[MatchRunList]:
    posted = sa.func.coalesce(col(Need.published_at), col(Need.created_at))
    found = session.execute(sa.select(col(Need.id), posted).where(col(Need.id).in_([one.need_id for one in lists])))
    days = {key: at.toordinal() for key, at in found}
    return sorted(lists, key=lambda one: (-days.get(one.need_id, 0), one.position))


def _rules(session: Session) -> list[Told]:
    """The composition rules in force, each set with a checksum of what it says."""
    sets = select(RuleSet).where(RuleSet.state == RuleSetState.PUBLISHED, col(RuleSet.is_template).is_(False))
    return [
        {
            "code": f"{one.family}/{one.edition}",
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            "state": one.state,
            "source": one.source,
            "sha256": sha256_of(_rows_of(session, one)),
        }
        for one in session.exec(sets.order_by(col(RuleSet.family), col(RuleSet.edition)))
    ]


def _rows_of(session: Session, one: RuleSet) -> list[list[Any]]:
    rules = select(CompositionRule).where(CompositionRule.rule_set_id == one.id)
    order = (col(CompositionRule.position), col(CompositionRule.kind), col(CompositionRule.id))
    return [[rule.kind, rule.arguments, rule.is_hard, rule.source] for rule in session.exec(rules.order_by(*order))]


def _indicators(session: Session, told: Told | None) -> list[Told]:
    if told is None:
        return []
    codes = [row["code"] for row in told["rows"]]
    rows = session.exec(select(Indicator).where(col(Indicator.code).in_(codes)).order_by(col(Indicator.code)))
    return [
        {
            "code": row.code,
            "source": row.source,
            "source_zh": row.source_zh,
            "sha256": sha256_of([row.formula, row.unit, row.target]),
        }
        for row in rows
    ]


def _inputs(run: MatchRun, parts: Told) -> dict[str, str]:
    told = {name: part for name, part in parts.items() if part is not None}
    return {
        "run": run.inputs_sha256,
        **{name: part.get("inputs_sha256") or sha256_of(part) for name, part in told.items()},
    }


def _districts(session: Session, codes: Sequence[str]) -> list[Told]:
    found = session.exec(select(District).where(col(District.code).in_(codes)).order_by(col(District.position_in_list)))
    return [{"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en} for one in found]


def _method(session: Session, versions: Told) -> Told:
    weights, chosen = versions["weights"], versions["constraints"]
    whole = sum(weights.values()) or 1.0
    floors = chosen["floors"]
    return {
        "components": [
            {"component": name, "weight": weight, "share": round(weight / whole, 4)} for name, weight in weights.items()
        ],
        "prices_on": chosen["prices_on"],
        "floors": {name: floors[name] for name in ("newcomer_share", "small_share", "depth")} if floors else None,
        "constraints": chosen,
        "districts": _districts(session, chosen["districts"]),
        "preset": {name: versions[name] for name in ("preset", "preset_name_zh", "preset_name_en")},
    }
