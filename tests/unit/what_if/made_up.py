"""Made-up regions of any size, whole columns at a time, for tests and measurements of what-if."""

from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.sparse import csr_array

from matchmaker import taxonomy
from matchmaker.chain.columns import FOREVER, SOURCES, ChainColumns, Demand, Supply
from matchmaker.chain.doors import ALL, CHAIN, MEMBERS
from matchmaker.chain.supply import Limits
from matchmaker.columns import sparse_rows
from matchmaker.consortium.asking import Seat
from matchmaker.consortium.facts import FIGURES, OWNERSHIPS, POSITIONS, Facts
from matchmaker.consortium.rules import LeadIs, MemberCount, OfKinds, SmeShare, TeamRule
from matchmaker.engine import Engine
from matchmaker.funding.columns import CLAUSES, FORCES, STAGES, Firms, Mandates
from matchmaker.profiles import (
    KINDS,
    PROJECT_KINDS,
    SIZES,
    TYPES,
    UNKNOWN,
    History,
    Need,
    Offers,
    Organisations,
    PostedNeeds,
    Profiles,
    RequiredCapability,
)
from matchmaker.scoring.weighting import Weighting
from matchmaker.what_if.world import Call, Money, World, shakes_of
from models.enums import ClauseForce, CooperationType, OrganisationKind, ProjectKind, SupplySource

TODAY = 739_577
DIMENSIONS = 16
PLACES = [f"5001{row:02d}" for row in range(12)]
SCHEMES = ["high_tech", "specialised", "little_giant"]
WEIGHTS = {
    "capability": 30.0,
    "text": 20.0,
    "readiness": 8.0,
    "chain": 8.0,
    "track_record": 10.0,
    "ties": 8.0,
    "walk": 6.0,
    "district": 4.0,
    "capacity": 4.0,
    "size": 4.0,
    "terms": 4.0,
    "reciprocity": 6.0,
}
TEAM = (OrganisationKind.CHAIN_LEADER, OrganisationKind.SME, OrganisationKind.LAB, OrganisationKind.PILOT_BASE)


def made_up(seed: int, *, organisations: int = 40, chains: int = 2, nodes_of_chain: int = 4, calls: int = 3) -> World:
    """A region of so many organisations: half as many needs, one and a half times as many offers, one in ten of them
    a facility, a twentieth with a round, a hundredth of mandates (five at least)."""
    dice = np.random.default_rng(seed)
    nodes = _nodes(chains, nodes_of_chain)
    capabilities = [(f"{code}-{row}", code) for code, parent in nodes if parent for row in range(3)]
    profiles = _profiles(dice, organisations, nodes, capabilities)
    is_facility = profiles.offers.is_facility
    lets_in = np.where(is_facility, dice.choice([ALL, CHAIN, MEMBERS, UNKNOWN], len(is_facility)), ALL).astype(np.int8)
    facts = _facts(dice, profiles)
    return World(
        engine=Engine.fit(profiles),
        weighting=Weighting(WEIGHTS),
        need_ids=profiles.needs.ids,
        needs=tuple(_need(dice, profiles, row) for row in range(len(profiles.needs))),
        lets_in=lets_in,
        chain_of_node=np.array([int(code.split("-")[0][1:]) for code, _ in nodes], np.int32),
        money=_money(dice, profiles, [code for code, _ in nodes], organisations),
        calls=tuple(_call(dice, profiles, row) for row in range(calls)),
        facts=facts,
        chain=_chain(profiles, nodes, lets_in),
        limits=Limits(),
        day=TODAY,
        line=0.6,
        shakes=shakes_of(list(WEIGHTS), draws=5),
    )


def _nodes(chains: int, of_chain: int) -> list[tuple[str, str | None]]:
    nodes: list[tuple[str, str | None]] = []
    for chain in range(chains):
        nodes.append((f"c{chain}-root", None))
        nodes += [(f"c{chain}-n{row:03d}", f"c{chain}-root") for row in range(of_chain)]
    return sorted(nodes)


def _profiles(
    dice: Generator, n: int, nodes: list[tuple[str, str | None]], capabilities: list[tuple[str, str]]
) -> Profiles:
    offers, needs = n * 3 // 2, n // 2
    place = dice.integers(-1, len(PLACES), n).astype(np.int32)
    kinds = [KINDS.index(kind) for kind in TEAM]
    width = len(capabilities)
    low = dice.integers(1, 7, offers).astype(np.int8)
    return Profiles(
        organisations=Organisations(
            ids=_ids("o", n),
            changed=np.zeros(n, np.int64),
            is_active=np.ones(n, bool),
            kind=dice.choice(kinds, n, p=[0.1, 0.7, 0.1, 0.1]).astype(np.int8),
            size=dice.integers(-1, len(SIZES), n).astype(np.int8),
            place=place,
            area=np.where(place == UNKNOWN, UNKNOWN, place // 4).astype(np.int32),
            founded=np.full(n, UNKNOWN, np.int32),
            free_capacity=np.where(dice.random(n) < 0.3, np.nan, dice.random(n)).astype(np.float32),
            nodes=_some(dice, n, len(nodes), most=2),
            tags=csr_array((n, len(nodes)), dtype=np.float32),
        ),
        offers=Offers(
            ids=_ids("f", offers),
            owner=dice.integers(0, n, offers).astype(np.int32),
            is_facility=np.arange(offers) % 10 == 0,
            type=dice.integers(0, len(TYPES), offers).astype(np.int8),
            trl_low=low,
            trl_high=(low + dice.integers(0, 3, offers)).astype(np.int8),
            budget_low=np.full(offers, np.nan, np.float32),
            budget_high=np.full(offers, np.nan, np.float32),
            wants_kinds=np.zeros(offers, np.uint16),
            wants_sizes=np.zeros(offers, np.uint16),
            last_day=np.full(offers, TODAY + 100, np.int32),
            capabilities=_levels(dice, offers, width),
            places=csr_array((offers, len(PLACES)), dtype=np.float32),
            vectors=dice.integers(-127, 128, (offers, DIMENSIONS)).astype(np.int8),
        ),
        history=_history(dice, n, len(nodes)),
        taxonomy=taxonomy.build(capabilities=capabilities, nodes=nodes, links=[(nodes[1][0], nodes[2][0])]),
        vocabulary={
            "capabilities": [code for code, _ in capabilities],
            "nodes": [code for code, _ in nodes],
            "places": PLACES,
            "areas": ["a", "b", "c"],
            "tags": [f"node:{code}" for code, _ in nodes],
            "stages": [],
            "words": [],
            "refused": [],
        },
        as_of=TODAY,
        needs=_posted(dice, needs, n, width),
    )


def _history(dice: Generator, n: int, nodes: int) -> History:
    projects = n // 2
    member = [(row, int(firm), 1.0) for row in range(projects) for firm in dice.integers(0, n, 3)]
    return History(
        ids=_ids("p", projects),
        kind=np.full(projects, PROJECT_KINDS.index(ProjectKind.CONSORTIUM), np.int8),
        day=(TODAY - dice.integers(10, 1500, projects)).astype(np.int32),
        months=np.full(projects, np.nan, np.float32),
        amount=np.full(projects, np.nan, np.float32),
        stage=np.full(projects, UNKNOWN, np.int32),
        lead=np.full(projects, UNKNOWN, np.int32),
        members=sparse_rows(member, rows=projects, columns=n),
        tags=_some(dice, projects, nodes, most=2),
        words=csr_array((projects, 0), dtype=np.float32),
    )


def _posted(dice: Generator, many: int, n: int, width: int) -> PostedNeeds:
    levels = _levels(dice, many, width)
    return PostedNeeds(
        ids=_ids("n", many),
        owner=dice.integers(0, n, many).astype(np.int32),
        first_day=np.full(many, TODAY - 10, np.int32),
        last_day=np.full(many, TODAY + 90, np.int32),
        types=np.zeros(many, np.uint16),
        wants_kinds=np.zeros(many, np.uint16),
        wants_sizes=np.zeros(many, np.uint16),
        levels=levels,
        weights=csr_array((np.ones_like(levels.data), levels.indices, levels.indptr), shape=levels.shape),
        places=csr_array((many, len(PLACES)), dtype=np.float32),
        vectors=dice.integers(-127, 128, (many, DIMENSIONS)).astype(np.int8),
    )


def _need(dice: Generator, profiles: Profiles, row: int) -> Need:
    """One in ten asks for nothing that the taxonomy names."""
    posted = profiles.needs.levels[[row]]
    wanted = zip(posted.indices.tolist(), posted.data.tolist(), strict=True)
    asked = tuple(RequiredCapability(column, int(level), 1.0, bool(dice.random() < 0.5)) for column, level in wanted)
    vector = profiles.needs.vectors[row].astype(np.float32)
    return _asked_by(
        profiles,
        int(profiles.needs.owner[row]),
        capabilities=() if dice.random() < 0.1 else asked,
        vector=vector / np.linalg.norm(vector),
        trl=(int(dice.integers(2, 5)), int(dice.integers(5, 8))),
    )


def _asked_by(profiles: Profiles, owner: int, **asked: Any) -> Need:
    firms = profiles.organisations
    return Need(
        day=TODAY,
        organisation=owner,
        kind=int(firms.kind[owner]),
        size=int(firms.size[owner]),
        place=int(firms.place[owner]),
        area=int(firms.area[owner]),
        nodes=firms.nodes[[owner]].indices.astype(np.int32),
        type=TYPES.index(CooperationType.RESEARCH),
        project_kind=PROJECT_KINDS.index(ProjectKind.CONSORTIUM),
        **asked,
    )


def _call(dice: Generator, profiles: Profiles, row: int) -> Call:
    lead = int(dice.integers(0, len(profiles.organisations)))
    columns = dice.choice(len(profiles.vocabulary["capabilities"]), 3, replace=False)
    asked = tuple(RequiredCapability(int(column), int(dice.integers(2, 6))) for column in columns)
    rules = (
        TeamRule(key=f"sme-{row}", figures=SmeShare(least=0.3)),
        TeamRule(key=f"base-{row}", figures=OfKinds(kinds=(OrganisationKind.PILOT_BASE,), least=1)),
        TeamRule(key=f"count-{row}", figures=MemberCount(least=2)),
        TeamRule(key=f"lead-{row}", figures=LeadIs(kinds=(OrganisationKind.SME,))),
    )
    return Call(
        key=f"call-{row}",
        need=_asked_by(profiles, lead, capabilities=asked),
        lead=lead,
        musts=frozenset(int(column) for column in columns[: int(dice.integers(0, 4))]),
        seats=(
            Seat("tester", kinds=1 << KINDS.index(OrganisationKind.LAB), least=0, most=2),
            Seat("any", least=0, most=8),
        ),
        rules=rules[: int(dice.integers(0, 5))],
        members_at_most=int(dice.integers(2, 6)),
    )


def _facts(dice: Generator, profiles: Profiles) -> Facts:
    n = len(profiles.organisations)
    figures = np.zeros((n, len(FIGURES), 2))
    figures[:, :, 1] = np.inf
    return Facts(
        ids=tuple(key.decode() for key in profiles.organisations.ids.tolist()),
        kind=profiles.organisations.kind,
        ownership=dice.integers(-1, len(OWNERSHIPS), n).astype(np.int8),
        district=profiles.organisations.place,
        districts=tuple(PLACES),
        positions=dice.integers(-1, 2, (n, len(POSITIONS))).astype(np.int8),
        certifications=dice.integers(-1, 2, (n, len(SCHEMES))).astype(np.int8),
        schemes=tuple(SCHEMES),
        figures=figures,
        projects=np.zeros(n),
        money=np.full(n, np.nan),
        own_money=np.full(n, np.nan),
        conflicts=np.array([[0, 1], [2, 3]], np.int32),
    )


def _money(dice: Generator, profiles: Profiles, nodes: list[str], n: int) -> Money:
    firms, funds = max(n // 20, 8), max(n // 100, 5)

    def unsaid(values: Any, share: float = 0.4) -> Any:
        return np.where(dice.random(len(values)) < share, np.nan, values).astype(np.float64)

    none, no_funds = np.full(firms, np.nan), np.full(funds, np.nan)
    held = _some(dice, firms, len(SCHEMES), most=2)
    mandates = Mandates(
        ids=_ids("m", funds),
        fund_ids=_ids("u", funds),
        is_investing=dice.random(funds) < 0.9,
        fields=_some(dice, funds, len(nodes), most=6),
        main_fields=csr_array((funds, len(nodes)), dtype=np.float32),
        exclusions=csr_array((funds, 2), dtype=np.float32),
        places=_some(dice, funds, len(PLACES), most=2),
        stages=dice.integers(0, 2 ** len(STAGES), funds).astype(np.uint16),
        certifications=_some(dice, funds, len(SCHEMES), most=1),
        age_high=no_funds,
        staff_high=no_funds,
        valuation_high=unsaid(np.full(funds, 5e7)),
        rd_ratio_low=no_funds,
        trl_low=unsaid(dice.integers(2, 6, funds)),
        ticket_low=unsaid(np.full(funds, 1e6)),
        ticket_high=unsaid(dice.choice([3e6, 1e7], funds), 0.2),
        stake_high=unsaid(np.full(funds, 0.3), 0.6),
        remaining=unsaid(dice.choice([2e6, 5e7], funds)),
        investing_left=no_funds,
        life_left=no_funds,
        extension=no_funds,
        main_share=no_funds,
        paid=no_funds,
        paid_main=no_funds,
        reinvestment=unsaid(np.ones(funds)),
        tolerance=np.full(funds, UNKNOWN, np.int8),
        decision_weeks=no_funds,
        force=dice.integers(0, len(FORCES), (funds, len(CLAUSES))).astype(np.uint8),
    )
    seeking = Firms(
        ids=profiles.organisations.ids[:firms],
        round_ids=_ids("r", firms),
        nodes=_some(dice, firms, len(nodes), most=2),
        falls_under=csr_array((firms, 2), dtype=np.float32),
        trade_known=np.ones(firms, bool),
        place=profiles.organisations.place[:firms],
        is_local=np.ones(firms, bool),
        stage=dice.integers(-1, len(STAGES), firms).astype(np.int8),
        founded=np.full(firms, UNKNOWN, np.int32),
        staff=none,
        rd_ratio=none,
        certifications=held,
        certifications_known=np.diff(held.indptr) > 0,
        trl=unsaid(dice.integers(2, 8, firms)),
        amount=unsaid(dice.choice([2e6, 5e6, 2e7], firms), 0.1),
        valuation=unsaid(dice.choice([2e7, 1e8], firms), 0.2),
        market_months=none,
        exit_months=none,
    )
    return Money(
        mandates=mandates,
        firms=seeking,
        follows_usual=dice.random((funds, len(CLAUSES))) < 0.5,
        usual=np.full(len(CLAUSES), FORCES.index(ClauseForce.HARD), np.uint8),
        nodes=nodes,
        places=PLACES,
        schemes=SCHEMES,
    )


def _chain(profiles: Profiles, nodes: list[tuple[str, str | None]], lets_in: Any) -> ChainColumns:
    codes = [code for code, _ in nodes]
    offers, posted = profiles.offers, profiles.needs
    n = len(profiles.organisations)
    said = np.flatnonzero(np.repeat(np.isin(lets_in, (ALL, CHAIN)), np.diff(offers.capabilities.indptr)))
    of_offer = np.repeat(np.arange(len(offers)), np.diff(offers.capabilities.indptr))[said]
    capability = offers.capabilities.indices[said]
    of_need = np.repeat(np.arange(len(posted)), np.diff(posted.levels.indptr))
    source = np.where(offers.is_facility, SOURCES.index(SupplySource.FACILITY), SOURCES.index(SupplySource.OFFER))
    node_of = profiles.taxonomy.node_of_capability
    return ChainColumns(
        nodes=codes,
        capabilities=profiles.vocabulary["capabilities"],
        node_of_capability=node_of,
        parent=np.array([codes.index(parent) if parent else UNKNOWN for _, parent in nodes], np.int32),
        organisation_ids=profiles.organisations.ids,
        is_local=profiles.organisations.place != UNKNOWN,
        district=profiles.organisations.place,
        districts=PLACES,
        ownership=np.full(n, UNKNOWN, np.int8),
        kind=profiles.organisations.kind,
        supply=Supply(
            organisation=offers.owner[of_offer],
            node=node_of[capability],
            capability=capability.astype(np.int32),
            level=offers.capabilities.data[said].astype(np.int8),
            source=source[of_offer].astype(np.int8),
            first_day=np.full(len(said), TODAY - 10, np.int32),
            last_day=np.full(len(said), FOREVER, np.int32),
            record=offers.ids[of_offer],
        ),
        demand=Demand(
            organisation=posted.owner[of_need],
            node=node_of[posted.levels.indices],
            capability=posted.levels.indices.astype(np.int32),
            level=posted.levels.data.astype(np.int8),
            weight=np.ones(len(of_need), np.float32),
            first_day=np.full(len(of_need), TODAY - 10, np.int32),
            last_day=np.full(len(of_need), FOREVER, np.int32),
            record=posted.ids[of_need],
        ),
    )


def _levels(dice: Generator, rows: int, columns: int) -> csr_array:
    pairs = [
        (row, int(column), float(dice.integers(1, 6)))
        for row in range(rows)
        for column in dice.integers(0, columns, int(dice.integers(0, 4)))
    ]
    return sparse_rows(pairs, rows=rows, columns=columns)


def _some(dice: Generator, rows: int, columns: int, *, most: int) -> csr_array:
    pairs = [
        (row, int(column), 1.0)
        for row in range(rows)
        for column in dice.integers(0, columns, int(dice.integers(0, most + 1)))
    ]
    return sparse_rows(pairs, rows=rows, columns=columns)


def _ids(letter: str, many: int) -> Any:
    return np.array([f"{letter}-{row:06d}" for row in range(many)], "S36")
