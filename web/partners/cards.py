"""One candidate as a card: what it offers, how well it fits, why, and what is not known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from matchmaker.services.evidence import Named
from matchmaker.services.recommendations import Recommended
from models.facilities import Facility
from models.interest import Interest
from models.matching import Interaction
from models.offers import Offer
from models.organisations import Organisation
from web.labels import component_label
from web.partners.crowding import Busy, busy_of
from web.partners.mixing import has_badge, why_here
from web.sentences.bars import Bar, top_reasons, unknown_by_reason
from web.sentences.evidence import caveat_order, caveats, sentence
from web.sentences.unknowns import why_unknown
from web.sentences.wording import coded, place_name


@dataclass(frozen=True)
class Card:
    """The points of `bars` sum to `points`, which is the fit out of 100."""

    position: int
    organisation: Organisation
    place: str
    subject: Offer | Facility | None
    is_facility: bool
    points: float
    coverage: float
    bars: Sequence[Bar]
    shortfalls: Sequence[str]
    given: Interaction | None = None
    interest: Interest | None = None
    busy: Busy | None = None
    is_newcomer: bool = False
    why_here: str = ""

    @property
    def reasons(self) -> Sequence[Bar]:
        """The terms that carry the score, largest first."""
        return top_reasons(self.bars)

    @property
    def caveats(self) -> Sequence[str]:
        """What falls short and is not said among the reasons already."""
        said = {reason.why for reason in self.reasons}
        return [text for text in self.shortfalls if text not in said]

    @property
    def unknown(self) -> Mapping[str, Sequence[str]]:
        """Why -> the components that cannot tell for that reason."""
        return unknown_by_reason(self.bars)


def make_cards(
    items: Iterable[Recommended],
    named: Named,
    *,
    silent: Mapping[str, object],
    given: Mapping[UUID, Interaction] | None = None,
    interests: Mapping[UUID, Interest] | None = None,
) -> list[Card]:
    """Cards in the order of the list; an organisation deleted a moment ago is left out."""
    said, held = given or {}, interests or {}
    return [
        replace(
            make_card(item, named, silent=silent),
            given=said.get(item.organisation_id),
            interest=held.get(item.organisation_id),
        )
        for item in items
        if item.organisation_id in named.organisations
    ]


def make_card(item: Recommended, named: Named, *, silent: Mapping[str, object]) -> Card:
    organisation = named.organisations[item.organisation_id]
    subject = named.subject(item)
    explained = item.explanation
    return Card(
        position=item.position,
        organisation=organisation,
        place=place_of(organisation, named),
        subject=subject,
        is_facility=item.is_facility,
        points=explained.points,
        coverage=explained.coverage,
        bars=[
            *(_bar(term, named) for term in explained.terms),
            *(_unknown_bar(name, silent, item) for name in explained.unknown),
        ],
        shortfalls=[
            text
            for term in sorted(explained.terms, key=lambda term: caveat_order(term.evidence.code))
            for text in caveats(term.evidence.code, term.evidence.facts, term.score, named)
        ],
        busy=busy_of(item, named),
        is_newcomer=has_badge(item),
        why_here=why_here(item),
    )


def place_of(organisation: Organisation, named: Named) -> str:
    """District, or region and country, as far as everybody may see them."""
    seen = named.open[organisation.id]
    if organisation.district_code:
        return coded(named.districts, organisation.district_code) if "district_code" in seen else ""
    if organisation.country == "CN" or "country" not in seen:
        return organisation.region if "region" in seen else ""
    region = organisation.region if "region" in seen else ""
    return place_name(f"{organisation.country}/{region}", named)


def _bar(term: Any, named: Named) -> Bar:
    why = sentence(term.evidence.code, term.evidence.facts, term.score, named)
    return Bar(term.component, component_label(term.component), term.score, term.points, term.most, why)


def _unknown_bar(component: str, silent: Mapping[str, object], item: Recommended) -> Bar:
    why = why_unknown(component, silent, has_offer=item.offer_id is not None)
    return Bar(component, component_label(component), None, 0.0, 0.0, why)
