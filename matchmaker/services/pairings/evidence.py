"""What speaks for an institution and a park in each of the four ways: what one offers against what the other needs.

Four terms, each in [0, 1] or unknown:
    need      of what the park itself asks for, the share that the institution's offers of this way reach
    tenants   of what firms in the park's district ask for (or of its young firms), the share that they reach
    chain     how near the offers stand to the park's own chain nodes
    district  1 in the same district, .5 in the same part of the city, 0 elsewhere
Reaching is by chain nodes: sum over nodes of demand(node) * max over the offers' nodes of related(offer node, node) /
sum of demand. Only what is open to everybody is looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlmodel import Session, col, select

from matchmaker.consortium import pairing as engine
from matchmaker.profiles import UNKNOWN, Scores
from matchmaker.services.calendar import today
from matchmaker.store import read_taxonomy
from matchmaker.store.reading import Visibility, Vocabulary
from models.consortia import PairingWay
from models.enums import OrganisationKind, OrganisationState, PairingType, PostingState
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Organisation, OrganisationNode
from models.taxonomy import District

TERMS = ("need", "tenants", "chain", "district")
IS_EVIDENCE = np.array([True, True, True, False])
SAME_AREA = 0.5
# A demand counts as reached, where it is counted for people to read, from a direct neighbour on the chain on.
REACHED = 0.6
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Evidence:
    """Row i, p, w of the fits are `institutions[i]`, `parks[p]`, `ways[w]`."""

    ways: Sequence[PairingWay]
    institutions: Sequence[Organisation]
    parks: Sequence[Organisation]
    fits: engine.Fits
    free: Mapping[UUID, int]  # what an institution can still take on, where it is known
    offers: Mapping[tuple[UUID, PairingType], Sequence[Offer]]
    needs: Mapping[tuple[UUID, PairingType], Sequence[Need]]
    demands: NDArray[np.intp]  # P x W, what tenants ask for
    reached: NDArray[np.intp]  # I x P x W, how much of it the offers reach

    def rows_of(self, institution_id: UUID, park_id: UUID, way: PairingType) -> tuple[int, int, int] | None:
        """Where the fits have it; None for an organisation that is not active any more."""
        for i, institution in enumerate(self.institutions):
            for p, park in enumerate(self.parks):
                if (institution.id, park.id) == (institution_id, park_id):
                    return i, p, [one.type for one in self.ways].index(way)
        return None


class _Chain:
    """Chain nodes as rows, and how they lie to one another."""

    def __init__(self, session: Session) -> None:
        self._vocabulary = Vocabulary()
        taxonomy = read_taxonomy(session, self._vocabulary)
        self._node_of = taxonomy.node_of_capability
        self._related = taxonomy.related.toarray().astype(float)
        self.size = len(self._related)

    def demand(self, capability_codes: Iterable[str], node_codes: Iterable[str]) -> Scores:
        """One demand spread over the nodes of its capabilities; without any, over those of whoever asks."""
        rows = self._rows(capability_codes, node_codes)
        spread = np.zeros(self.size)
        np.add.at(spread, rows, 1 / max(1, len(rows)))
        return spread

    def reach(self, capability_codes: Iterable[str], node_codes: Iterable[str]) -> Scores:
        rows = self._rows(capability_codes, node_codes)
        return self._related[rows].max(axis=0) if len(rows) else np.zeros(self.size)

    def _rows(self, capability_codes: Iterable[str], node_codes: Iterable[str]) -> NDArray[np.intp]:
        named = [self._vocabulary.find("capabilities", code) for code in capability_codes]
        rows = [int(self._node_of[row]) for row in named if row != UNKNOWN]
        rows = rows or [self._vocabulary.find("nodes", code) for code in node_codes]
        return np.array([row for row in rows if row != UNKNOWN], np.intp)


@dataclass(frozen=True)
class _Tenants:
    """Demands of each district and way as rows over the nodes, and the district of each park."""

    places: Sequence[str | None]
    ways: int
    listed: Mapping[tuple[str | None, int], Scores]

    def of(self, park: int, way: int) -> Scores | None:
        found = self.listed.get((self.places[park], way))
        return found if found is not None and len(found) else None

    def summed(self, nodes: int) -> Scores:
        """P x W x nodes."""
        total = np.zeros((len(self.places), self.ways, nodes))
        for p, w in np.ndindex(len(self.places), self.ways):
            if (rows := self.of(p, w)) is not None:
                total[p, w] = rows.sum(axis=0)
        return total

    def counted(self) -> NDArray[np.intp]:
        count = np.zeros((len(self.places), self.ways), np.intp)
        for p, w in np.ndindex(len(self.places), self.ways):
            count[p, w] = 0 if (rows := self.of(p, w)) is None else len(rows)
        return count

    def reached_by(self, reach: Scores) -> NDArray[np.intp]:
        """I x P x W, how many demands the offers reach on average over their nodes."""
        count = np.zeros((len(reach), len(self.places), self.ways), np.intp)
        for p, w in np.ndindex(len(self.places), self.ways):
            if (rows := self.of(p, w)) is not None:
                count[:, p, w] = (reach[:, w] @ rows.T >= REACHED).sum(axis=1)
        return count


def read_evidence(session: Session) -> Evidence:
    return _Reading(session).evidence()


class _Reading:
    """Everything that is read once, and the terms made of it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.chain = _Chain(session)
        self.ways = session.exec(select(PairingWay).order_by(col(PairingWay.position_in_list))).all()
        self.day = today()
        self.is_open = Visibility(session)
        self.nodes = self._open_nodes()
        self.area_of = dict(session.exec(select(District.code, District.area_zh)).all())
        self.institutions = self._active(OrganisationKind.SERVICE_INSTITUTION)
        self.parks = self._active(OrganisationKind.PARK)

    def evidence(self) -> Evidence:
        offers, reach = self._offers()
        needs, wanted = self._own_needs()
        tenants = self._tenants()
        shape = (len(self.institutions), len(self.parks), len(self.ways))
        values = np.full((*shape, len(TERMS)), np.nan)
        values[..., 0] = _shares(reach, wanted)
        values[..., 1] = _shares(reach, tenants.summed(self.chain.size))
        values[..., 2] = self._chain_term(reach)
        values[..., 3] = self._district_term()[:, :, None]
        weights = np.array([[getattr(way, f"weight_{term}") for term in TERMS] for way in self.ways])
        has_offers = np.array(
            [[bool(offers.get((one.id, way.type))) for way in self.ways] for one in self.institutions], bool
        ).reshape(shape[0], shape[2])
        return Evidence(
            ways=self.ways,
            institutions=self.institutions,
            parks=self.parks,
            fits=engine.fits(values, weights.reshape(-1, len(TERMS)), offers=has_offers, is_evidence=IS_EVIDENCE),
            free={one.id: free for one in self.institutions if (free := self._free(one)) is not None},
            offers=offers,
            needs=needs,
            demands=tenants.counted(),
            reached=tenants.reached_by(reach),
        )

    def _active(self, kind: OrganisationKind) -> list[Organisation]:
        active = select(Organisation).where(Organisation.state == OrganisationState.ACTIVE, Organisation.kind == kind)
        return list(self.session.exec(active.order_by(col(Organisation.id))))

    def _open_nodes(self) -> dict[UUID, list[str]]:
        nodes: dict[UUID, list[str]] = defaultdict(list)
        for key, code in self.session.exec(select(OrganisationNode.organisation_id, OrganisationNode.node_code)):
            if self.is_open(key, "nodes"):
                nodes[key].append(code)
        return nodes

    def _district(self, organisation: Organisation) -> str | None:
        return organisation.district_code if self.is_open(organisation.id, "district_code") else None

    def _free(self, organisation: Organisation) -> int | None:
        """Capacity less what it carries; None where it is not said, or not to everybody."""
        sees = self.is_open(organisation.id, "capacity") and self.is_open(organisation.id, "engaged")
        if not sees or organisation.capacity is None:
            return None
        return max(0, organisation.capacity - (organisation.engaged or 0))

    def _offers(self) -> tuple[dict[tuple[UUID, PairingType], list[Offer]], Scores]:
        """Live offers of the institutions by way, and what they reach: I x W x nodes."""
        rows = {one.id: row for row, one in enumerate(self.institutions)}
        tags = _tags(self.session.exec(select(OfferCapability.offer_id, OfferCapability.capability_code)).all())
        offers: dict[tuple[UUID, PairingType], list[Offer]] = defaultdict(list)
        reach = np.zeros((len(rows), len(self.ways), self.chain.size))
        live = select(Offer).where(*self._is_live(Offer), col(Offer.organisation_id).in_(rows))
        for offer in self.session.exec(live.order_by(col(Offer.id))):
            for w, way in enumerate(self.ways):
                if _belongs(offer, offer.type, way.offer_types, way):
                    offers[offer.organisation_id, way.type].append(offer)
                    row = rows[offer.organisation_id]
                    found = self.chain.reach(tags[offer.id], self.nodes.get(offer.organisation_id, ()))
                    reach[row, w] = np.maximum(reach[row, w], found)
        return offers, reach

    def _own_needs(self) -> tuple[dict[tuple[UUID, PairingType], list[Need]], Scores]:
        """Live needs of the parks by way, and at which nodes: P x W x nodes."""
        rows = {one.id: row for row, one in enumerate(self.parks)}
        tags = _need_tags(self.session)
        needs: dict[tuple[UUID, PairingType], list[Need]] = defaultdict(list)
        wanted = np.zeros((len(rows), len(self.ways), self.chain.size))
        live = select(Need).where(*self._is_live(Need), col(Need.organisation_id).in_(rows))
        for need in self.session.exec(live.order_by(col(Need.id))):
            for w, way in enumerate(self.ways):
                if _belongs(need, need.type, way.tenant_types, way):
                    needs[need.organisation_id, way.type].append(need)
                    at = self.chain.demand(tags[need.id], self.nodes.get(need.organisation_id, ()))
                    wanted[rows[need.organisation_id], w] += at
        return needs, wanted

    def _is_live(self, table: type[Offer] | type[Need]) -> tuple[Any, ...]:
        return table.state == PostingState.PUBLISHED, col(table.valid_until) >= self.day

    def _tenants(self) -> "_Tenants":
        """What firms in each park's district ask for, one by one."""
        # Columns, not records: some thousand rows of which three fields are read.
        columns = (Organisation.id, Organisation.kind, Organisation.district_code, Organisation.founded_on)
        active = sa.select(*map(col, columns)).where(
            col(Organisation.state) == OrganisationState.ACTIVE, col(Organisation.kind) != OrganisationKind.PARK
        )
        firms = {row[0]: row for row in self.session.execute(active) if self.is_open(row[0], "district_code")}
        listed: dict[tuple[str | None, int], list[Scores]] = defaultdict(list)
        tags = _need_tags(self.session)
        needs = select(Need.id, Need.organisation_id, Need.type).where(*self._is_live(Need))
        for key, owner, type_ in self.session.exec(needs):
            for w, way in enumerate(self.ways):
                if owner in firms and way.young_years is None and type_ in way.tenant_types.split("|"):
                    listed[firms[owner][2], w].append(self.chain.demand(tags[key], self.nodes.get(owner, ())))
        for key, kind, place, founded in firms.values():
            for w, way in enumerate(self.ways):
                if kind == OrganisationKind.SME and way.young_years and self._is_young(key, founded, way.young_years):
                    listed[place, w].append(self.chain.demand((), self.nodes.get(key, ())))
        told = {key: np.array([one for one in rows if one.any()]) for key, rows in listed.items() if key[0]}
        return _Tenants([self._district(park) for park in self.parks], len(self.ways), told)

    def _is_young(self, key: UUID, founded: date | None, years: int) -> bool:
        return founded is not None and founded >= _years_before(self.day, years) and self.is_open(key, "founded_on")

    def _chain_term(self, reach: Scores) -> Scores:
        """I x P x W: how near the offers stand to the nearest of the park's nodes."""
        term = np.full((len(self.institutions), len(self.parks), len(self.ways)), np.nan)
        for p, park in enumerate(self.parks):
            at = self.chain.demand((), self.nodes.get(park.id, ())) > 0
            if at.any():
                term[:, p] = reach[..., at].max(axis=-1)
        return term

    def _district_term(self) -> Scores:
        here = [self._district(one) for one in self.institutions]
        there = [self._district(one) for one in self.parks]
        return np.array([[self._nearness(a, b) for b in there] for a in here]).reshape(len(here), len(there))

    def _nearness(self, first: str | None, second: str | None) -> float:
        if first is None or second is None:
            return float("nan")
        if first == second:
            return 1.0
        return SAME_AREA if self.area_of.get(first) and self.area_of.get(first) == self.area_of.get(second) else 0.0


def _shares(reach: Scores, demand: Scores) -> Scores:
    """I x P x W from I x W x nodes and P x W x nodes; NaN where nothing is asked for."""
    met = np.einsum("iwn,pwn->ipw", reach, demand)
    total = demand.sum(axis=-1)
    return np.where(total > 0, met / np.where(total > 0, total, 1), np.nan)


def _belongs(posting: Offer | Need, type_: str, types: str, way: PairingWay) -> bool:
    if type_ in types.split("|"):
        return True
    texts = (posting.title_zh, posting.title_en, posting.summary_zh, posting.summary_en)
    text = " ".join((*texts, posting.description_zh, posting.description_en)).lower()
    return any(word in text for word in way.words.lower().split("|") if word)


def _tags(rows: Iterable[tuple[UUID, str]]) -> defaultdict[UUID, list[str]]:
    codes: defaultdict[UUID, list[str]] = defaultdict(list)
    for key, code in rows:
        codes[key].append(code)
    return codes


def _need_tags(session: Session) -> defaultdict[UUID, list[str]]:
    return _tags(session.exec(select(NeedCapability.need_id, NeedCapability.capability_code)).all())


def _years_before(day: date, years: int) -> date:
    return day - timedelta(days=round(years * DAYS_A_YEAR))
