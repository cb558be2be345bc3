"""What a composition keeps of its answers: plain values by id and code, from which pages, rooms and exports read.

Names are not in here: they are read when somebody looks, by what that person may see.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from matchmaker.consortium.asking import BUDGET, LEAD_SEAT, SIZE, is_step_key
from matchmaker.consortium.check import BARRED, HELD, SEATED
from matchmaker.consortium.compiling import rule_of
from matchmaker.consortium.facts import Facts
from matchmaker.consortium.indicators import coverage, indicators
from matchmaker.consortium.instance import Members, Team
from matchmaker.consortium.members import MemberStudy
from matchmaker.consortium.repair import Change, Repair
from matchmaker.consortium.seating import seats_of
from matchmaker.services.composing.puzzles import Puzzle
from matchmaker.services.composing.solving import Clash, Other, members
from matchmaker.services.rule_sets.figures import stored_figures

Plain = dict[str, Any]


def question_of(puzzle: Puzzle) -> Plain:
    """What was asked, as the page needs it beside the answers."""
    needed, question = puzzle.instance.capabilities, puzzle.asked.question
    return {
        "capabilities": [
            {"code": key, "level": int(level), "points": weight, "second": second, "is_must": bool(must)}
            for key, level, weight, second, must in zip(
                needed.keys,
                needed.required.tolist(),
                needed.weight.tolist(),
                needed.second.tolist(),
                needed.must.tolist(),
                strict=True,
            )
        ],
        "seats": [
            {"key": s.key, "role_zh": s.role_zh, "role_en": s.role_en, "kinds": list(s.kinds), "cost": s.cost}
            | {"least": s.least, "most": s.most}
            for s in puzzle.posed.seats
        ],
        "members_at_most": question.members_at_most,
        "budget": question.budget,
        "candidates": len(puzzle.instance),
        "found": puzzle.asked.pool.found,
        "left_out": puzzle.asked.pool.left_out,
        "unscored": puzzle.asked.pool.unscored,
        "holders": _holders(puzzle),
        "rules": {
            one.rule.key: {
                "kind": one.rule.kind.value,
                "arguments": stored_figures(one.rule.figures),
                "is_hard": one.rule.is_hard,
                "source": one.source,
            }
            for one in puzzle.rules
        },
        "asked_rules": [rule_of(key) for key in puzzle.compiled.asked],
    }


def team_of(puzzle: Puzzle, team: Team, studies: Sequence[MemberStudy] = (), *, is_proved: bool = False) -> Plain:
    """A team with what its worth is made of; with `studies` also what each member brings."""
    seats = seats_of(puzzle.instance, team.members) or ("",) * len(team.members)
    by_member = {study.member: study for study in studies}
    return {
        "value": float(team.value),
        "is_proved": is_proved,
        "parts": asdict(puzzle.asked.parts(team.members)),
        "members": [
            _member(puzzle, int(row), seat, by_member.get(int(row)))
            for row, seat in zip(team.members, seats, strict=True)
        ],
        "pairs": list(_pairs(puzzle, team.members)),
        "cost": _sum(puzzle.asked.cost[team.members]),
        "cost_unknown": int(np.isnan(puzzle.asked.cost[team.members]).sum()),
        "indicators": _indicators(puzzle, team.members),
    }


def studied(puzzle: Puzzle, team: Team, *, is_proved: bool) -> Plain:
    """A team with what each of its members brings."""
    return team_of(puzzle, team, members(puzzle, team), is_proved=is_proved)


def others_of(puzzle: Puzzle, best: Team, others: Iterable[Other]) -> list[Plain]:
    return [
        team_of(puzzle, one.team, is_proved=one.is_proved) | _difference(puzzle, best.members, one.team.members)
        for one in others
    ]


def clash_of(puzzle: Puzzle, clash: Clash) -> Plain:
    return {
        "clash": [bound_of(puzzle, key) for key in _once(clash.keys)],
        "repairs": [repair_of(puzzle, repair) for repair in clash.repairs],
    }


def bound_of(puzzle: Puzzle, key: str) -> Plain:
    """What a key of the question speaks of: a capability, a seat, a rule's row, or a limit of the composer's own."""
    if key in puzzle.instance.capabilities.keys:
        level = puzzle.instance.capabilities.required[puzzle.instance.capabilities.keys.index(key)]
        return {"key": key, "what": "capability", "code": key, "level": int(level)}
    if key in {seat.key for seat in puzzle.posed.seats}:
        return {"key": key, "what": "seat", "seat": key}
    if key in {SIZE, BUDGET, SEATED, HELD, BARRED, LEAD_SEAT}:
        return {"key": key, "what": key}
    return {"key": key, "what": "rule", "rule": rule_of(key)}


def _member(puzzle: Puzzle, row: int, seat: str, study: MemberStudy | None) -> Plain:
    asked, needed = puzzle.asked, puzzle.instance.capabilities
    role = next((one for one in puzzle.posed.seats if one.key == seat), None)
    levels = {key: int(level) for key, level in zip(needed.keys, asked.pool.levels[row], strict=True) if level > 0}
    covers = [key for k, key in enumerate(needed.keys) if asked.pool.levels[row, k] >= needed.required[k]]
    return {
        "organisation_id": str(puzzle.organisation_ids[row]),
        "offer_id": str(puzzle.offer_ids[row]) if puzzle.offer_ids[row] else None,
        "is_facility": puzzle.is_facility[row],
        "is_lead": row == 0,
        "seat": seat,
        "role_zh": role.role_zh if role else "",
        "role_en": role.role_en if role else "",
        "kinds": list(role.kinds) if role else [],
        "money": _seat_cost(puzzle, row, seat),
        "fit": _known(asked.pool.fit[row]),
        "coverage": _known(asked.pool.coverage[row]),
        "points": {
            "fit": float(asked.fit[row]),
            "crowding": float(asked.crowding[row]),
            "effort": float(asked.effort[row]),
        },
        "levels": levels,
        "capability_codes": [key for key in covers if not is_step_key(key)],
        "steps": [key for key in covers if is_step_key(key)],
        **(_study(puzzle, study) if study else {}),
    }


def _study(puzzle: Puzzle, study: MemberStudy) -> Plain:
    keys = puzzle.instance.capabilities.keys
    return {
        "alone": [key for key, is_alone in zip(keys, study.alone_covers, strict=True) if is_alone],
        "marginal": float(study.marginal),
        "is_single_point": study.is_single_point,
        "substitutes": [
            {
                "organisation_id": str(puzzle.organisation_ids[one.candidate]),
                "loss": float(one.loss),
                "fit": _known(puzzle.asked.pool.fit[one.candidate]),
            }
            for one in study.substitutes
        ],
    }


def _pairs(puzzle: Puzzle, members: Members) -> Iterable[Plain]:
    past = puzzle.asked.past
    for row in np.flatnonzero(np.isin(past.pairs, members).all(axis=1)):
        first, second = past.pairs[row]
        yield {
            "first": str(puzzle.organisation_ids[first]),
            "second": str(puzzle.organisation_ids[second]),
            "points": float(puzzle.instance.worth[row]),
            "projects": int(past.projects[row]),
        }


def _indicators(puzzle: Puzzle, members: Members) -> Mapping[str, Plain]:
    """What the team looks like as a whole; of how many members each figure could not be told goes with it."""
    needed, seats = puzzle.instance.capabilities, seats_of(puzzle.instance, members) or ("",) * len(members)
    money = [_seat_cost(puzzle, int(row), seat) for row, seat in zip(members, seats, strict=True)]
    named = np.array([not is_step_key(key) for key in needed.keys], dtype=bool)
    found = indicators(
        replace(take(puzzle.facts, members), money=np.array([np.nan if one is None else one for one in money])),
        coverage=coverage(needed.levels[members][:, named], needed.required[named], needed.weight[named]),
        nodes=[_nodes(puzzle, int(row)) for row in members],
        newcomer_projects_at_most=puzzle.newcomer_projects,
    )
    listed = {
        "coverage": found.coverage,
        "newcomers": found.newcomers,
        "smes": found.smes,
        "state": found.ownership.state,
        "private": found.ownership.private,
        "node_span": found.node_span,
        "concentration": found.concentration,
    }
    return {
        name: {"value": _known(one.value), "known": one.known, "unknown": one.unknown} for name, one in listed.items()
    }


def _nodes(puzzle: Puzzle, row: int) -> list[str] | None:
    """The open chain nodes of a candidate; one that names none may stand anywhere."""
    columns = puzzle.profiles.organisations.nodes[[int(puzzle.asked.pool.organisation[row])]].indices
    return [puzzle.profiles.vocabulary["nodes"][column] for column in columns] or None


def _seat_cost(puzzle: Puzzle, row: int, seat: str) -> float | None:
    """What its seat is planned to cost; nothing is planned for the lead."""
    role = next((one for one in puzzle.posed.seats if one.key == seat), None)
    return role.cost if role and row > 0 else None


def _holders(puzzle: Puzzle) -> Mapping[str, int]:
    """How many candidates have each needed capability at the level asked for."""
    needed = puzzle.instance.capabilities
    counts = (needed.levels >= needed.required).sum(axis=0)
    return {key: int(count) for key, count in zip(needed.keys, counts, strict=True)}


def _difference(puzzle: Puzzle, best: Members, other: Members) -> Plain:
    def ids(rows: np.ndarray) -> list[str]:
        return [str(puzzle.organisation_ids[row]) for row in rows]

    return {"enters": ids(np.setdiff1d(other, best)), "leaves": ids(np.setdiff1d(best, other))}


def repair_of(puzzle: Puzzle, repair: Repair) -> Plain:
    return {
        "price": _known(repair.price),
        "value": float(repair.team.value),
        "members": [str(puzzle.organisation_ids[row]) for row in repair.team.members],
        "changes": [_change(puzzle, change) for change in repair.changes],
    }


def _change(puzzle: Puzzle, change: Change) -> Plain:
    def who(row: int | None) -> str | None:
        return None if row is None else str(puzzle.organisation_ids[row])

    about = bound_of(puzzle, change.key) if change.key else {"key": "", "what": "member"}
    return {
        **about,
        "kind": change.kind.value,
        "before": _known(change.before),
        "after": _known(change.after),
        "enters": who(change.enters),
        "leaves": who(change.leaves),
    }


def _once(keys: Iterable[str]) -> list[str]:
    """A rule may come to several rows; people read the rule once."""
    return list({rule_of(key): key for key in keys}.values())


def take(facts: Facts, rows: Members) -> Facts:
    """The facts of some of the organisations; nothing is asked of the pairs here."""
    columns = (
        "kind",
        "ownership",
        "district",
        "positions",
        "certifications",
        "figures",
        "projects",
        "money",
        "own_money",
    )
    return replace(
        facts,
        ids=tuple(facts.ids[row] for row in rows),
        conflicts=facts.conflicts[:0],
        **{name: getattr(facts, name)[rows] for name in columns},
    )


def _known(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else float(value)


def _sum(costs: np.ndarray) -> float:
    return float(np.nansum(costs))
