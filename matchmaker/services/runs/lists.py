"""What a run stands on, read at one moment, and the list of one need as it is kept: names, fits, terms, evidence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
from sqlmodel import Session, col, select

from matchmaker import profiles as engine
from matchmaker.profiles import KINDS, UNKNOWN, Candidates, Mask, Profiles
from matchmaker.reader import Reader, Snapshot
from matchmaker.retrieval import candidates as finding
from matchmaker.services.crowding import Prices, prices_of
from matchmaker.services.evidence import Named, read_named
from matchmaker.services.hashing import sha256_of
from matchmaker.services.presets import from_stored
from matchmaker.services.recommendations import By, Recommended, list_by
from matchmaker.services.runs.asking import scope_of
from matchmaker.services.runs.settings import floors_of
from matchmaker.services.scope import needs_in
from matchmaker.store.needs import read_need
from matchmaker.store.offers import first_days
from matchmaker.store.reading import keys_of
from models.base import CHINA
from models.enums import OrganisationKind
from models.market import PriceRun
from models.offers import Need
from models.organisations import Organisation
from models.reports import MatchRun
from models.track import Project

Told = dict[str, Any]
SCORE_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Inputs:
    """Everything that the lists of a run depend on; the same `sha256` gives the same lists."""

    snapshot: Snapshot
    by: By
    needs: Sequence[tuple[Need, engine.Need]]
    depth: int
    least_points: float
    kinds: frozenset[int]
    places: frozenset[int] | None  # None: anywhere
    was_there: Mask  # of each offer: it was published by the day of the run
    was_known: Mask  # of each organisation, for who is judged by its record alone: it was in the registry by then
    sha256: str

    @property
    def mark(self) -> str:
        """For the names of steps: with other inputs they are other steps."""
        return self.sha256[:16]


def read_inputs(session: Session, reader: Reader, run: MatchRun) -> Inputs:
    """The run's needs, in the order of their ids, with the columns and weights that they are held against."""
    snapshot = reader.snapshot(session, today=run.as_of)
    profiles, chosen = snapshot.engine.profiles, run.constraints
    asked = select(Need).where(col(Need.id).in_(needs_in(scope_of(session, run), run.as_of))).order_by(col(Need.id))
    needs = [
        (need, read_need(session, need, profiles, snapshot.encoder, today=run.as_of)) for need in session.exec(asked)
    ]
    was_there = first_days(session, profiles.offers) <= run.as_of.toordinal()
    return Inputs(
        snapshot=snapshot,
        by=By(from_stored(run.weights), _prices(session, chosen["prices_run"]), floors_of(chosen["floors"])),
        needs=needs,
        depth=chosen["depth"],
        least_points=chosen["least_points"],
        kinds=frozenset(KINDS.index(OrganisationKind(kind)) for kind in chosen["kinds"]),
        places=_places(profiles, chosen["districts"]),
        was_there=was_there,
        was_known=_was_known(session, profiles, run.as_of),
        sha256=sha256_of(_stands_on(run, snapshot.version, [need for need, _query in needs])),
    )


def _stands_on(run: MatchRun, index_version: str, needs: Sequence[Need]) -> Told:
    return {
        "scope": [run.scope_kind, run.scope_code, run.organisation_ids],
        "weights": run.weights,
        "constraints": run.constraints,
        "as_of": run.as_of.isoformat(),
        "index": index_version,
        "code": run.code_version,
        "needs": [[str(need.id), need.version] for need in needs],
    }


def _prices(session: Session, key: str | None) -> Prices:
    found = session.get(PriceRun, UUID(key)) if key else None
    return Prices({}) if found is None else prices_of(session, found)


def _was_known(session: Session, profiles: Profiles, day: date) -> Mask:
    end = datetime.combine(day + timedelta(days=1), time(), CHINA)
    later = session.exec(select(Organisation.id).where(col(Organisation.created_at) >= end)).all()
    return ~np.isin(profiles.organisations.ids, keys_of(later))


def _places(profiles: Profiles, codes: Sequence[str]) -> frozenset[int] | None:
    if not codes:
        return None
    wanted = set(codes)
    return frozenset(row for row, code in enumerate(profiles.vocabulary["places"]) if code in wanted)


def tell_lists(session: Session, inputs: Inputs, numbers: range) -> Iterator[tuple[UUID, int, Told]]:
    """The lists of the needs with these numbers: need, position, what is told of it."""
    for number in numbers:
        need, query = inputs.needs[number]
        yield need.id, number + 1, _tell_list(session, inputs, need, query)


def _tell_list(session: Session, inputs: Inputs, need: Need, query: engine.Need) -> Told:
    listed = list_by(inputs.snapshot, query, inputs.by, first=0, count=inputs.depth, among=_among(inputs, query))
    fitting = [one for one in listed.items if one.explanation.points >= inputs.least_points]
    named = read_named(session, fitting, also=[need.organisation_id])
    # Who was closed since the index was read is nobody's candidate any more.
    shown = [one for one in fitting if one.organisation_id in named.organisations]
    return {
        "need": {
            "need_id": str(need.id),
            "title_zh": need.title_zh,
            "title_en": need.title_en,
            "valid_until": need.valid_until.isoformat() if need.valid_until else None,
            "organisation": _asker(named, need.organisation_id),
            "found": listed.mixed.ranking.found,
            "hidden": {reason.value: count for reason, count in sorted(listed.mixed.ranking.hidden.items())},
        },
        "candidates": [_candidate(named, one, place) for place, one in enumerate(shown, start=1)],
        "names": tell_names(named),
    }


def _among(inputs: Inputs, query: engine.Need) -> Candidates | None:
    """None where anybody may be a candidate; what came after the day of the run may not."""
    if not inputs.kinds and inputs.places is None and inputs.was_there.all() and inputs.was_known.all():
        return None
    profiles = inputs.snapshot.engine.profiles
    found = finding.retrieve(query, profiles, inputs.snapshot.engine.dense)
    rows = found.organisation
    fits = (found.offer != UNKNOWN) | inputs.was_known[rows]
    fits[found.rows_whose_offer(~inputs.was_there)] = False
    if inputs.kinds:
        fits &= np.isin(profiles.organisations.kind[rows], list(inputs.kinds))
    if inputs.places is not None:
        fits &= np.isin(profiles.organisations.place[rows], list(inputs.places))
    return found.take(np.flatnonzero(fits))


def _asker(named: Named, organisation_id: UUID) -> Told:
    one = named.organisations.get(organisation_id)
    return {"id": str(organisation_id), "name_zh": one.name_zh if one else "", "name_en": one.name_en if one else ""}


def _candidate(named: Named, one: Recommended, position: int) -> Told:
    told, subject = one.explanation, named.subject(one)
    firm = named.organisations[one.organisation_id]
    field = "name" if one.is_facility else "title"
    return {
        "position": position,
        "organisation_id": str(one.organisation_id),
        **_firm(named, firm),
        "offer_id": str(one.offer_id) if subject is not None else None,
        "is_facility": one.is_facility,
        "subject_zh": getattr(subject, f"{field}_zh") if subject else "",
        "subject_en": getattr(subject, f"{field}_en") if subject else "",
        "points": told.points,
        "coverage": round(told.coverage, 4),
        "lowered": told.lowered,
        "is_moved": one.standing is not None and one.standing.is_moved,
        "price": round(one.price, SCORE_DIGITS),
        "terms": [
            {
                "component": term.component,
                "points": term.points,
                "most": term.most,
                "score": round(term.score, SCORE_DIGITS),
                "evidence": {"code": term.evidence.code, "facts": dict(term.evidence.facts)},
            }
            for term in told.terms
        ],
        "unknown": list(told.unknown),
    }


def _firm(named: Named, firm: Organisation) -> Told:
    is_place_open = "district_code" in named.open[firm.id]
    return {
        "name_zh": firm.name_zh,
        "name_en": firm.name_en,
        "kind": firm.kind,
        "district_code": firm.district_code if is_place_open else None,
    }


def tell_names(named: Named) -> dict[str, dict[str, Told]]:
    """What evidence speaks of, as JSON: table -> key -> names."""
    pick = partial(_pick, ("name_zh", "name_en"))
    titles = partial(_pick, ("title_zh", "title_en"))
    return {
        "organisations": {
            str(key): {**_firm(named, one), "open": sorted(named.open[key])} for key, one in named.organisations.items()
        },
        "offers": titles(named.offers),
        "needs": titles(named.needs),
        "facilities": pick(named.facilities),
        "capabilities": pick(named.capabilities),
        "nodes": pick(named.nodes),
        "districts": pick(named.districts),
        "areas": _pick(("area_zh", "area_en"), named.areas),
        "projects": {str(key): _project(one) for key, one in named.projects.items()},
    }


def _pick(fields: tuple[str, ...], rows: Mapping[Any, Any]) -> dict[str, Told]:
    return {str(key): {field: getattr(row, field) for field in fields} for key, row in rows.items()}


def _project(one: Project) -> Told:
    started = one.started_on.isoformat() if one.started_on else None
    return {"title_zh": one.title_zh, "title_en": one.title_en, "started_on": started}
