"""Each indicator that comes with the platform, against a count of its own in SQL over a registry made at random."""

# ruff: noqa: S608 -- the statements are put together from parts of this file alone

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import Session

from matchmaker.services.indicators.computing import formula_of, read_board, shown_indicators
from matchmaker.services.scope import REGION, Scope
from models.base import CHINA
from models.enums import (
    CooperationType,
    DevelopmentStage,
    OpenTo,
    OrganisationKind,
    OrganisationState,
    ParticipationRole,
    PostingState,
    ProjectKind,
    RevenueBand,
    ScopeKind,
)
from models.facilities import Facility, FacilityCapability
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Certification, Organisation, OrganisationNode
from models.sessions import create_engine
from models.track import Participation, Project
from seeds.reference import load_reference

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=CHINA)
CAPABILITIES = 150
# Midnight in China, as SQLite keeps it: in UTC, without its name.
MOMENT = {"day": str(DAY), "end": str(datetime(2026, 11, 20, 16, tzinfo=UTC).replace(tzinfo=None))}

LOCAL = "o.state = 'active' AND o.district_code IS NOT NULL"
FIRM = f"{LOCAL} AND o.kind IN ('sme', 'chain_leader')"
SME = f"{LOCAL} AND o.kind = 'sme'"
LIVE = "p.state = 'published' AND p.valid_until >= :day AND COALESCE(p.published_at, p.created_at) < :end"
TOP = "(SELECT MAX(level) FROM offer_capabilities t WHERE t.offer_id = p.id)"
# Who supplies what here or elsewhere: what is published at level 3, open facilities, certifications of one node.
SUPPLIES = f"""
    SELECT DISTINCT p.organisation_id AS body, c.node_code AS node
    FROM offers p JOIN offer_capabilities t ON t.offer_id = p.id JOIN capabilities c ON c.code = t.capability_code
    JOIN organisations o ON o.id = p.organisation_id WHERE {LIVE} AND t.level >= 3 AND o.state = 'active'
    UNION SELECT f.organisation_id, c.node_code
    FROM facilities f JOIN facility_capabilities t ON t.facility_id = f.id
    JOIN capabilities c ON c.code = t.capability_code JOIN organisations o ON o.id = f.organisation_id
    WHERE f.state = 'published' AND f.open_to IN ('all', 'chain') AND t.level >= 3 AND o.state = 'active'
    AND f.created_at < :end
    UNION SELECT h.organisation_id, n.node_code
    FROM certifications h JOIN certification_schemes s ON s.code = h.scheme_code
    JOIN organisation_nodes n ON n.organisation_id = h.organisation_id JOIN organisations o ON o.id = h.organisation_id
    WHERE h.verified_at IS NOT NULL AND s.ladder = 'firm' AND s.rank >= 6 AND o.state = 'active'
    AND (h.valid_until IS NULL OR h.valid_until >= :day) AND (h.issued_on IS NULL OR h.issued_on <= :day)
    AND (SELECT COUNT(*) FROM organisation_nodes m WHERE m.organisation_id = h.organisation_id) = 1
"""
HERE = f"""(SELECT COUNT(*) FROM ({SUPPLIES}) s JOIN organisations b ON b.id = s.body
            WHERE s.node = n.code AND b.district_code IS NOT NULL)"""
ASKED = f"""EXISTS (SELECT 1 FROM needs p JOIN need_capabilities t ON t.need_id = p.id
            JOIN capabilities c ON c.code = t.capability_code JOIN organisations o ON o.id = p.organisation_id
            WHERE c.node_code = n.code AND o.state = 'active' AND {LIVE})"""
LEAF = "n.code NOT IN (SELECT parent_code FROM chain_nodes WHERE parent_code IS NOT NULL)"


def offers_that(condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM offers p WHERE p.organisation_id = o.id AND {LIVE} AND {condition})"


SERVICE = "p.type IN ('research','technical','licence')"
HIGH_ORDER = f"{SERVICE} AND p.stage IN ('demonstrated','on_market') AND p.trl_high >= 8 AND {TOP} >= 4"
# Of an offer that misses a fact: it might be one of high order.
PERHAPS = f"""{SERVICE} AND COALESCE(p.stage, 'on_market') IN ('demonstrated','on_market')
    AND COALESCE(p.trl_high, 9) >= 8 AND COALESCE({TOP}, 5) >= 4"""
SQL = {
    "high-order-services": f"""
        SELECT AVG(CASE WHEN {offers_that(HIGH_ORDER)} THEN 1.0 ELSE 0.0 END) FROM organisations o
        WHERE {FIRM} AND o.industry_code LIKE 'I%' AND ({offers_that(HIGH_ORDER)} OR NOT {offers_that(PERHAPS)})""",
    "software-firms-100m": f"""
        SELECT COUNT(*) FROM organisations o WHERE {FIRM} AND o.industry_code LIKE 'I%'
        AND o.revenue_band IN ('100m_400m', '400m_2bn', 'over_2bn')""",
    "outside-suppliers": f"""
        SELECT AVG(CASE WHEN b.district_code IS NULL THEN 1.0 ELSE 0.0 END)
        FROM ({SUPPLIES}) s JOIN organisations b ON b.id = s.body
        WHERE b.district_code IS NOT NULL OR b.region <> ''""",
    "nodes-bought-outside": f"""
        SELECT AVG(CASE WHEN {HERE} = 0 THEN 1.0 ELSE 0.0 END) FROM chain_nodes n WHERE {LEAF} AND {ASKED}""",
    "single-source-nodes": f"""
        SELECT AVG(CASE WHEN {HERE} = 1 THEN 1.0 ELSE 0.0 END) FROM chain_nodes n WHERE {LEAF}""",
    "service-integration": f"""
        SELECT AVG(CASE WHEN {offers_that("p.type = 'supply'")} AND
        {offers_that("p.type IN ('technical','outsourcing','licence','facility_access','data_or_scene')")}
        THEN 1.0 ELSE 0.0 END) FROM organisations o WHERE {FIRM} AND o.industry_code LIKE 'C%'""",
    "high-end-offers": f"""
        SELECT AVG(CASE WHEN p.trl_high = 9 AND {TOP} = 5 THEN 1.0 ELSE 0.0 END)
        FROM offers p JOIN organisations o ON o.id = p.organisation_id
        WHERE {FIRM} AND {LIVE} AND p.stage = 'on_market'
        AND ((p.trl_high IS NOT NULL AND {TOP} IS NOT NULL) OR p.trl_high < 9 OR {TOP} < 5)""",
    "rd-intensive-firms": f"""
        SELECT AVG(CASE WHEN o.rd_ratio >= 0.03 THEN 1.0 ELSE 0.0 END) FROM organisations o
        WHERE {FIRM} AND o.rd_ratio IS NOT NULL""",
    "specialised-smes": f"""
        SELECT AVG(CASE WHEN EXISTS (SELECT 1 FROM certifications h WHERE h.organisation_id = o.id
        AND h.scheme_code IN ('specialised-sme', 'little-giant', 'single-champion')
        AND (h.issued_on IS NULL OR h.issued_on <= :day) AND (h.valid_until IS NULL OR h.valid_until >= :day))
        THEN 1.0 ELSE 0.0 END) FROM organisations o WHERE {SME}""",
    "smes-in-joint-projects": f"""
        SELECT AVG(CASE WHEN EXISTS (SELECT 1 FROM participations t JOIN projects j ON j.id = t.project_id
        WHERE t.organisation_id = o.id AND j.kind = 'consortium' AND j.started_on <= :day
        AND j.started_on > '2023-11-20') THEN 1.0 ELSE 0.0 END) FROM organisations o WHERE {SME}""",
    "facilities-open-to-all": f"""
        SELECT AVG(CASE WHEN f.open_to = 'all' THEN 1.0 ELSE 0.0 END)
        FROM facilities f JOIN organisations o ON o.id = f.organisation_id
        WHERE {LOCAL} AND f.state = 'published' AND f.open_to IS NOT NULL AND f.created_at < :end""",
    "facility-hours-used": f"""
        SELECT AVG(f.hours_used) FROM facilities f JOIN organisations o ON o.id = f.organisation_id
        WHERE {LOCAL} AND f.state = 'published' AND f.hours_used IS NOT NULL AND f.created_at < :end""",
}


@pytest.fixture(scope="module")
def region(migrated_database, tmp_path_factory) -> Iterator[Session]:
    """Made once for all tests of this module, which only read it."""
    path = shutil.copy(migrated_database, tmp_path_factory.mktemp("region") / "matchmaker.sqlite")
    engine = create_engine(f"sqlite:///{path}")
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        populate(session)
        yield session
    engine.dispose()


def populate(session: Session) -> None:
    """Two hundred organisations with gaps in what is known, offers, needs, facilities, certifications, projects."""
    load_reference(session)
    dice = Random(20261120)
    districts = [row[0] for row in session.execute(text("SELECT code FROM districts ORDER BY code LIMIT 5"))]
    capabilities = [row[0] for row in session.execute(text("SELECT code FROM capabilities ORDER BY code"))][::2]
    nodes = [row[0] for row in session.execute(text("SELECT code FROM chain_nodes ORDER BY code"))][:30]
    bodies = [_body(dice, number, districts) for number in range(200)]
    session.add_all(bodies)
    session.flush()
    for body in bodies:
        _postings(session, dice, body, capabilities[:CAPABILITIES])
        _rest(session, dice, body, capabilities[:CAPABILITIES], nodes)
    _projects(session, dice, bodies)
    session.commit()


def maybe(dice: Random, value: object) -> object:
    return None if dice.random() < 0.25 else value


def _body(dice: Random, number: int, districts: list[str]) -> Organisation:
    place = dice.choice([*districts, None, ""])
    return Organisation(
        kind=dice.choice([OrganisationKind.SME] * 4 + list(OrganisationKind)),
        state=dice.choice([OrganisationState.ACTIVE] * 9 + [OrganisationState.CLOSED]),
        name_zh=f"第{number}家",
        district_code=place or None,
        region="四川省成都市" if place is None else "",
        industry_code=maybe(dice, dice.choice(["I6511", "I6513", "I6531", "C3670", "C3962", "C3962"])),
        revenue_band=maybe(dice, dice.choice(list(RevenueBand))),
        rd_ratio=maybe(dice, dice.choice([0.0, 0.02, 0.03, 0.031, 0.2])),
    )


def _postings(session: Session, dice: Random, body: Organisation, capabilities: list[str]) -> None:
    for table, tags, key in ((Offer, OfferCapability, "offer_id"), (Need, NeedCapability, "need_id")):
        for _ in range(dice.randint(0, 5)):
            posted = table(
                organisation_id=body.id,
                type=dice.choice([CooperationType.SUPPLY] * 4 + list(CooperationType)),
                title_zh="合作",
                trl_low=1,
                trl_high=maybe(dice, dice.choice([7, 8, 9, 9, 9])),
                state=dice.choice([PostingState.PUBLISHED] * 5 + [PostingState.DRAFT, PostingState.IN_REVIEW]),
                valid_until=DAY + timedelta(days=dice.choice([-1, 0, 30])),
                published_at=NOON + timedelta(days=dice.choice([-40, -1, 0, 1])),
            )
            if table is Offer:
                posted.stage = maybe(dice, dice.choice([DevelopmentStage.ON_MARKET] * 4 + list(DevelopmentStage)))
            session.add(posted)
            session.flush()
            if dice.random() < 0.8:
                code = dice.choice(capabilities)
                session.add(tags(**{key: posted.id}, capability_code=code, level=dice.choice([1, 2, 4, 4, 5])))


def _rest(session: Session, dice: Random, body: Organisation, capabilities: list[str], nodes: list[str]) -> None:
    if dice.random() < 0.3:
        house = Facility(
            organisation_id=body.id,
            name_zh="中试线",
            open_to=maybe(dice, dice.choice(list(OpenTo))),
            hours_used=maybe(dice, float(dice.randint(0, 2000))),
            state=dice.choice([PostingState.PUBLISHED] * 3 + [PostingState.WITHDRAWN]),
            created_at=NOON - timedelta(days=dice.choice([-2, 10])),
        )
        session.add(house)
        session.flush()
        session.add(FacilityCapability(facility_id=house.id, capability_code=dice.choice(capabilities), level=4))
    for code in dice.sample(nodes, dice.choice([0, 1, 1, 2])):
        session.add(OrganisationNode(organisation_id=body.id, node_code=code))
    for scheme in dice.sample(["specialised-sme", "little-giant", "high-tech", "single-champion"], dice.randint(0, 2)):
        session.add(
            Certification(
                organisation_id=body.id,
                scheme_code=scheme,
                issued_on=maybe(dice, DAY - timedelta(days=dice.choice([400, -3]))),
                valid_until=maybe(dice, DAY + timedelta(days=dice.choice([5, 400]))),
                verified_at=maybe(dice, NOON),
            )
        )


def _projects(session: Session, dice: Random, bodies: list[Organisation]) -> None:
    for number in range(40):
        started = maybe(dice, DAY - timedelta(days=dice.choice([-5, 0, 300, 1095, 1096, 1097, 2000])))
        project = Project(kind=dice.choice(list(ProjectKind)), title_zh=f"项目{number}", started_on=started)
        session.add(project)
        session.flush()
        for body in dice.sample(bodies, 4):
            session.add(
                Participation(project_id=project.id, organisation_id=body.id, role=ParticipationRole.PARTICIPANT)
            )


def test_every_indicator_equals_a_count_in_sql(region):
    board = read_board(region, DAY)

    listed = shown_indicators(region)
    worked_out = {one.code: board.tell(formula_of(one), one.unit, REGION).figure.value for one in listed}
    counted = {code: region.execute(text(sql), MOMENT).scalar() for code, sql in SQL.items()}

    assert {one.code for one in listed} == set(SQL)
    for code, value in worked_out.items():
        assert value == pytest.approx(counted[code]), code
    degenerate = [code for code, value in worked_out.items() if value in (0, 1)]
    assert degenerate == []


def test_a_district_counts_its_own_organisations_only(region):
    board = read_board(region, DAY)
    indicator = next(one for one in shown_indicators(region) if one.code == "rd-intensive-firms")
    code = region.execute(text("SELECT MIN(district_code) FROM organisations")).scalar()

    figure = board.tell(formula_of(indicator), indicator.unit, Scope(ScopeKind.DISTRICT, code)).figure

    sql = SQL["rd-intensive-firms"] + " AND o.district_code = :code"
    assert figure.value == pytest.approx(region.execute(text(sql), {"code": code}).scalar())


def test_a_chain_counts_the_offers_that_name_one_of_its_capabilities(region):
    board = read_board(region, DAY)
    indicator = next(one for one in shown_indicators(region) if one.code == "high-end-offers")

    figure = board.tell(formula_of(indicator), indicator.unit, Scope(ScopeKind.CHAIN, "nev")).figure

    # Offers that name nothing go with their organisation, which stands on the chain by its nodes or other offers.
    on_chain = "(SELECT code FROM chain_nodes WHERE chain_code = 'nev')"
    tagged = f"""EXISTS (SELECT 1 FROM offer_capabilities t JOIN capabilities c ON c.code = t.capability_code
        WHERE t.offer_id = p.id AND c.node_code IN {on_chain})"""
    untagged = f"""NOT EXISTS (SELECT 1 FROM offer_capabilities t WHERE t.offer_id = p.id)
        AND (o.id IN (SELECT organisation_id FROM organisation_nodes WHERE node_code IN {on_chain})
        OR o.id IN (SELECT q.organisation_id FROM offers q JOIN offer_capabilities t ON t.offer_id = q.id
        JOIN capabilities c ON c.code = t.capability_code WHERE q.state = 'published' AND c.node_code IN {on_chain}))"""
    sql = f"{SQL['high-end-offers']} AND ({tagged} OR {untagged})"
    assert figure.value == pytest.approx(region.execute(text(sql), MOMENT).scalar())
