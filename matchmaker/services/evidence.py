"""The records that a list's evidence names, in one query a kind, and only what everybody may see."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from matchmaker.explain import Explanation
from matchmaker.services.visibility import open_fields
from models.enums import OrganisationState, PostingState
from models.facilities import Facility
from models.offers import Need, Offer
from models.organisations import Organisation
from models.taxonomy import Capability, ChainNode, District
from models.track import Project

FIELDS = ("district_code", "country", "region", "projects")
WITH_PROJECTS = (
    *("track_record.similar", "ties.direct"),
    *("ties_in_field.shared", "joined_asker.joined", "similar_consortia.members"),
    *("deal_walk.reached", "backers.beside", "followers.after"),
)
WITH_PARTNERS = (
    *("ties.two_hop", "partners_in_field.through"),
    *("common_partners.shared", "like_partners.near"),
)
# What a component tells by a code that has a name: code of the evidence -> its facts.
WITH_NODES: Mapping[str, tuple[str, ...]] = {
    "chain.node": ("node",),
    **dict.fromkeys(
        ("invested_field.main", "invested_field.other", "invested_field.near", "invested_field.far"), ("node", "field")
    ),
}
WITH_PLACES = ("district.same", "district.other", "mandate_place.inside", "mandate_place.outside")
WITH_AREAS = ("area_pair.lift", "area_in_field.lift", "fund_places.share")
# Deals of the one who asks: what the columns of the record know of them, everybody may.
OWN_PROJECTS = "fund_deals.near"
RecordT = TypeVar("RecordT", bound=SQLModel)


class Judged(Protocol):
    """Whoever has a line of its own in a list, whatever it was judged for."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def offer_id(self) -> UUID | None: ...
    @property
    def is_facility(self) -> bool: ...
    @property
    def equal_id(self) -> UUID | None: ...
    @property
    def explanation(self) -> Explanation: ...


@dataclass(frozen=True)
class Named:
    """What the cards of one page speak of, by id or code; what may not be seen is not in here."""

    organisations: Mapping[UUID, Organisation]
    offers: Mapping[UUID, Offer]
    needs: Mapping[UUID, Need]
    facilities: Mapping[UUID, Facility]
    capabilities: Mapping[str, Capability]
    nodes: Mapping[str, ChainNode]
    districts: Mapping[str, District]
    areas: Mapping[str, District]  # one of each area, by the area's name in Chinese
    projects: Mapping[UUID, Project]
    open: Mapping[UUID, frozenset[str]]  # of an organisation's FIELDS those that every signed-in person may see

    def subject(self, item: Judged) -> Offer | Facility | None:
        """The offer or facility by which the candidate is judged; None where it is the record alone."""
        if item.offer_id is None:
            return None
        return self.facilities.get(item.offer_id) if item.is_facility else self.offers.get(item.offer_id)


def read_named(session: Session, items: Sequence[Judged], *, also: Iterable[UUID] = ()) -> Named:
    """Everything for the cards of `items`, and the organisations `also` named on the page."""
    equals = {item.equal_id for item in items if item.equal_id}
    firms = {item.organisation_id for item in items} | set(also) | set(_partners(items)) | equals
    open_of = open_fields(session, firms, FIELDS)
    organisations = _active(_by_key(session, Organisation, Organisation.id, firms))
    met = list(_evidence(items, "reciprocity.need", "reciprocity.unwelcome"))
    subjects = [(item.offer_id, item.is_facility) for item in items if item.offer_id]
    subjects += [(UUID(facts["offer"]), facts["is_facility"]) for _organisation, facts in met if "offer" in facts]
    offers = {key for key, is_facility in subjects if not is_facility}
    facilities = {key for key, is_facility in subjects if is_facility}
    needs = {UUID(facts["need"]) for _organisation, facts in met}
    return Named(
        organisations=organisations,
        offers=_published(_by_key(session, Offer, Offer.id, offers)),
        needs=_published(_by_key(session, Need, Need.id, needs)),
        facilities=_published(_by_key(session, Facility, Facility.id, facilities)),
        capabilities=_by_key(session, Capability, Capability.code, _capabilities(items)),
        nodes=_by_key(session, ChainNode, ChainNode.code, _nodes(items)),
        districts=_by_key(session, District, District.code, _places(items, organisations.values())),
        areas=_by_key(session, District, District.area_zh, _areas(items)),
        projects=_by_key(session, Project, Project.id, _projects(items, open_of)),
        open=open_of,
    )


def _by_key(session: Session, table: type[RecordT], key: Any, keys: Iterable[Any]) -> dict[Any, RecordT]:
    wanted = {value for value in keys if value is not None}
    if not wanted:
        return {}
    return {getattr(row, key.key): row for row in session.exec(select(table).where(col(key).in_(wanted)))}


def _active(organisations: dict[Any, Organisation]) -> dict[Any, Organisation]:
    """Others exist only for their own people and officers."""
    return {key: one for key, one in organisations.items() if one.state is OrganisationState.ACTIVE}


def _published(records: dict[Any, Any]) -> dict[Any, Any]:
    """The index may be a moment older than a withdrawal."""
    return {key: record for key, record in records.items() if record.state is PostingState.PUBLISHED}


def _evidence(items: Sequence[Judged], *codes: str) -> Iterator[tuple[UUID, Mapping[str, Any]]]:
    for item in items:
        for term in item.explanation.terms:
            if term.evidence.code in codes:
                yield item.organisation_id, term.evidence.facts


def _facts(items: Sequence[Judged], code: str, name: str) -> Iterator[Any]:
    for _organisation, facts in _evidence(items, code):
        yield facts[name]


def _partners(items: Sequence[Judged]) -> Iterator[UUID]:
    for _organisation, facts in _evidence(items, *WITH_PARTNERS):
        yield from map(UUID, facts["ids"])


def _projects(items: Sequence[Judged], open_of: Mapping[UUID, frozenset[str]]) -> Iterator[UUID]:
    for organisation_id, facts in _evidence(items, *WITH_PROJECTS):
        if "projects" in open_of[organisation_id]:
            yield from map(UUID, facts["ids"] if "ids" in facts else facts["projects"])
    for _organisation, facts in _evidence(items, OWN_PROJECTS):
        yield from map(UUID, facts["ids"])


def _capabilities(items: Sequence[Judged]) -> Iterator[str]:
    for _organisation, facts in _evidence(items, "capability.cover"):
        for group in ("covered", "near", "missing"):
            for fact in facts[group]:
                yield from (fact[side] for side in ("asked", "offered") if side in fact)
    yield from _facts(items, "scarcity.others", "capability")


def _nodes(items: Sequence[Judged]) -> Iterator[str]:
    for code, names in WITH_NODES.items():
        for name in names:
            yield from _facts(items, code, name)


def _places(items: Sequence[Judged], firms: Iterable[Organisation]) -> Iterator[str | None]:
    yield from (firm.district_code for firm in firms)
    for code in WITH_PLACES:
        yield from _facts(items, code, "place")


def _areas(items: Sequence[Judged]) -> Iterator[str]:
    for code in WITH_AREAS:
        yield from _facts(items, code, "area")
