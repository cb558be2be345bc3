"""Candidates of whom everything is known, and small ways to hold a rule against them."""

from dataclasses import replace

import numpy as np

from matchmaker.consortium.compiling import compile_rules
from matchmaker.consortium.facts import FIGURES, OWNERSHIPS, POSITIONS, Facts
from matchmaker.consortium.instance import Capabilities, Instance
from matchmaker.consortium.judging import Verdict, judge
from matchmaker.consortium.rules import (
    Figures,
    TeamRule,
)
from matchmaker.profiles import KINDS
from models.enums import LeadFigure, OrganisationKind, Ownership

DISTRICTS = ("500112", "500106", "500107")
SCHEMES = ("high_tech", "little_giant")
BUDGET = 10e6
MANY = 30


def facts(n: int, **columns: object) -> Facts:
    """n private SMEs of one district of which everything is known; `columns` say what is otherwise."""
    known = Facts(
        ids=tuple(f"org{row}" for row in range(n)),
        kind=np.full(n, KINDS.index(OrganisationKind.SME), np.int8),
        ownership=np.full(n, OWNERSHIPS.index(Ownership.PRIVATE), np.int8),
        district=np.zeros(n, np.int32),
        districts=DISTRICTS,
        positions=np.zeros((n, len(POSITIONS)), np.int8),
        certifications=np.zeros((n, len(SCHEMES)), np.int8),
        schemes=SCHEMES,
        figures=np.zeros((n, len(FIGURES), 2)),
        projects=np.zeros(n),
        money=np.full(n, 1e6),
        own_money=np.zeros(n),
    )
    return replace(known, **columns)


def spans(n: int, figure: LeadFigure, *given_spans: tuple[float, float]) -> np.ndarray:
    whole = np.zeros((n, len(FIGURES), 2))
    whole[: len(given_spans), FIGURES.index(figure)] = given_spans
    return whole


def kinds(*given_kinds: OrganisationKind) -> np.ndarray:
    return np.array([KINDS.index(kind) for kind in given_kinds], np.int8)


def verdict(figures: Figures, team: Facts, *, lead: int | None = 0, budget: float | None = BUDGET) -> Verdict:
    (only,) = judge([TeamRule(key="r", figures=figures)], team, lead=lead, budget=budget)
    return only


def instance_of(figures: Figures | list[TeamRule], candidates: Facts, *, lead: int = 0) -> Instance:
    rules = figures if isinstance(figures, list) else [TeamRule(key="r", figures=figures)]
    rows = compile_rules(rules, candidates, lead=lead, members_at_most=MANY, budget=BUDGET)
    return Instance(
        value=np.zeros(len(candidates)),
        capabilities=Capabilities(
            (), np.zeros((len(candidates), 0), np.int8), np.zeros(0, np.int8), np.zeros(0), np.zeros(0, bool),
            np.zeros(0), np.zeros(0),
        ),
        rules=rows.rules,
        spreads=rows.spreads,
        apart=rows.apart,
        apart_keys=rows.apart_keys,
        held=np.array([lead], np.int32),
    )  # fmt: skip


def part(whole: Facts, members: list[int]) -> Facts:
    """The facts of the members alone."""
    at = {row: place for place, row in enumerate(members)}
    return replace(
        whole,
        **{
            name: getattr(whole, name)[members]
            for name in (
                "kind", "ownership", "district", "positions", "certifications", "figures", "projects", "money",
                "own_money",
            )
        },
        ids=tuple(whole.ids[row] for row in members),
        conflicts=np.array(
            [(at[a], at[b]) for a, b in whole.conflicts.tolist() if a in at and b in at], np.int32
        ).reshape(-1, 2),
    )  # fmt: skip
