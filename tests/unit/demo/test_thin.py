"""Thirty planted gaps and single sources: the map finds all of them and invents none, and agrees with plain SQL."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from matchmaker.services.actors import PLATFORM
from matchmaker.services.chain import evidence, mapping
from matchmaker.services.chain.evidence import Standing
from models.enums import NodeState
from seeds.demo.thin_nodes import gaps, read_thin
from tests.unit.demo.conftest import TODAY

SUPPLY = """
WITH supply AS (
    SELECT c.node_code AS node, o.organisation_id AS body
      FROM offers o JOIN offer_capabilities t ON t.offer_id = o.id JOIN capabilities c ON c.code = t.capability_code
     WHERE o.state IN ('published', 'expired') AND t.level >= 3 AND o.valid_until >= :day
       AND date(o.published_at, '+8 hours') <= :day
    UNION
    SELECT c.node_code, f.organisation_id
      FROM facilities f JOIN facility_capabilities t ON t.facility_id = f.id
      JOIN capabilities c ON c.code = t.capability_code
     WHERE f.state = 'published' AND f.open_to IN ('all', 'chain') AND t.level >= 3
       AND date(f.created_at, '+8 hours') <= :day
    UNION
    SELECT n.node_code, x.organisation_id
      FROM certifications x JOIN certification_schemes s ON s.code = x.scheme_code
      JOIN organisation_nodes n ON n.organisation_id = x.organisation_id
     WHERE x.verified_at IS NOT NULL AND s.ladder = 'firm' AND s.rank >= 6 AND x.issued_on <= :day
       AND (x.valid_until IS NULL OR x.valid_until >= :day)
       AND (SELECT count(*) FROM organisation_nodes m WHERE m.organisation_id = x.organisation_id) = 1
)
SELECT n.code, count(o.district_code), count(o.id) - count(o.district_code)
  FROM chain_nodes n LEFT JOIN supply s ON s.node = n.code
  LEFT JOIN organisations o ON o.id = s.body AND o.state = 'active'
 WHERE NOT EXISTS (SELECT 1 FROM chain_nodes b WHERE b.parent_code = n.code)
 GROUP BY n.code
"""
DEMAND = """
SELECT c.node_code, count(*) FROM (
    SELECT t.capability_code AS code, q.organisation_id AS body
      FROM needs q JOIN need_capabilities t ON t.need_id = q.id
     WHERE q.state IN ('published', 'expired') AND q.valid_until >= :day AND date(q.published_at, '+8 hours') <= :day
    UNION ALL
    SELECT t.capability_code, q.organisation_id
      FROM challenges q JOIN challenge_capabilities t ON t.challenge_id = q.id
      LEFT JOIN challenge_stage_dates d ON d.challenge_id = q.id AND d.stage = 'published'
     WHERE q.secrecy = 'open' AND q.stage IN ('published', 'answered', 'judged')
       AND date(coalesce(d.entered_at, q.created_at), '+8 hours') <= :day
) asked JOIN capabilities c ON c.code = asked.code JOIN organisations o ON o.id = asked.body AND o.state = 'active'
GROUP BY c.node_code
"""


@pytest.fixture(scope="module")
def maps(played: Session):
    return mapping.list_maps(played, PLATFORM, TODAY)


@pytest.fixture(scope="module")
def lines(maps):
    return {node.code: node for found in maps for node in found.leaves}


def test_there_are_thirty_in_the_key_of_every_state_and_most_in_the_vehicle_chain():
    planted = gaps()

    assert len(planted) == 30
    assert set(planted.values()) == set(NodeState) - {NodeState.COVERED}
    assert Counter(code.split("-")[0] for code in planted)["nev"] >= 20


def test_all_planted_gaps_are_found_each_with_its_state(lines):
    assert {code: lines[code].state for code in gaps()} == gaps()


def test_no_gap_is_found_that_was_not_planted(lines):
    found = {code for code, node in lines.items() if node.state is not NodeState.COVERED}

    assert found == set(gaps())


def test_nodes_that_only_look_thin_are_covered(lines):
    covered = [node.code for node in read_thin() if node.state is NodeState.COVERED]

    assert len(covered) == 3
    assert all(lines[code].state is NodeState.COVERED for code in covered)


def test_every_figure_of_every_node_equals_plain_sql(played: Session, lines):
    supply = {row[0]: (row[1], row[2]) for row in played.execute(sa.text(SUPPLY), {"day": TODAY.isoformat()})}
    demand = {row[0]: row[1] for row in played.execute(sa.text(DEMAND), {"day": TODAY.isoformat()})}

    assert {code: (node.local, node.outside) for code, node in lines.items()} == supply
    assert {code: node.demand for code, node in lines.items() if node.demand} == demand


def test_an_earlier_day_equals_plain_sql_too(played: Session):
    day = TODAY - timedelta(days=120)

    supply = {row[0]: (row[1], row[2]) for row in played.execute(sa.text(SUPPLY), {"day": day.isoformat()})}
    found = {
        node.code: (node.local, node.outside)
        for one in mapping.list_maps(played, PLATFORM, day)
        for node in one.leaves
        if node.code in supply
    }

    withdrawn = {code: (found[code], counted) for code, counted in supply.items() if found[code] != counted}
    # A withdrawn offer counted until it was withdrawn, which the plain query leaves out.
    assert all(sum(ours) >= sum(plain) for ours, plain in withdrawn.values())
    assert len(withdrawn) < len(supply) / 2


def test_every_state_has_its_records_one_click_away(played: Session, maps):
    judged = maps[0].judged

    for code, state in gaps().items():
        counting = [
            one for one in evidence.read_evidence(played, judged, code).supply if one.standing is Standing.COUNTS
        ]
        here = {one.organisation.id for one in counting if one.is_local}

        assert len(here) == (1 if state is NodeState.SINGLE_SOURCE else 0), code
        assert bool(counting) == (state is not NodeState.MISSING), code
