"""A small market for tests of learning: people want whoever has room, and their lists did not know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

import numpy as np
from sqlmodel import Session, col, select

from matchmaker.evaluation.gates import Limits
from matchmaker.instance import Instance
from matchmaker.reader import Reader
from matchmaker.services.actors import PLATFORM
from matchmaker.services.learning import material, training
from models.enums import DeclineReason, InteractionKind, ParticipationRole, PostingState, ProjectKind
from models.learning import TrainingRun
from models.matching import Interaction, RankingRun
from models.offers import Need, OfferCapability
from models.organisations import Organisation
from models.taxonomy import DeclineMeaning, OutcomeValue, PresetWeight
from models.track import Participation, Project
from seeds.reference import read_reference, records_of
from tests import records as make

K = InteractionKind
R = DeclineReason
TODAY = date(2026, 11, 22)
NEEDS, LISTED = 240, 10
WEIGHTS = {"capability": 40.0, "text": 20.0, "ties": 20.0, "capacity": 5.0, "terms": 5.0}
SETTINGS = training.Settings(
    strength=5.0, limits=Limits(fewest_queries=15, fewest_queries_of_a_group=500, margin=0.05, resamples=200)
)


@dataclass
class Market:
    session: Session
    instance: Instance

    @property
    def reader(self) -> Reader:
        return Reader(self.instance)

    def train(self, **values) -> TrainingRun:
        asked = {"purpose": "partners", "today": TODAY, "seed": 3, "settings": SETTINGS, **values}
        return training.train(self.session, PLATFORM, self.reader, **asked)

    def collect(self, as_of: date = TODAY) -> material.Material:
        snapshot = self.reader.snapshot(self.session, today=TODAY)
        return material.collect(
            self.session,
            snapshot,
            purpose="partners",
            names=set(WEIGHTS),
            as_of=as_of,
            sampling=material.Sampling(),
            seed=3,
            report=lambda _done, _total: None,
        )


def add_rules(session: Session) -> None:
    """The shipped values of outcomes and meanings of reasons, and weights that know little of room."""
    entries = read_reference()
    session.add_all([*records_of(entries, OutcomeValue), *records_of(entries, DeclineMeaning)])
    for row in session.exec(select(PresetWeight).where(PresetWeight.preset_code == "partners")):
        session.delete(row)
    session.flush()
    session.add_all(PresetWeight(preset_code="partners", component=k, weight=w) for k, w in WEIGHTS.items())


def add_market(session: Session) -> None:
    dice = Random(11)
    sellers = []
    life = {"state": PostingState.PUBLISHED, "valid_until": TODAY + timedelta(days=90)}
    for number in range(24):
        seller = make.organisation(session, district_code="500107", staff=80, capacity=4, engaged=number % 5)
        offer = make.offer(session, seller, **life)
        session.add(OfferCapability(offer_id=offer.id, capability_code="head-up-display", level=1 + number % 3))
        sellers.append((seller, offer))
    asker = make.organisation(session, district_code="500112", staff=50)
    for number in range(NEEDS):
        day = TODAY - timedelta(days=260 - number)
        need = make.need(session, asker, capabilities=["head-up-display"], **life)
        show(session, dice, asker, need, dice.sample(sellers, LISTED), day)
    for number in range(30):
        team = [seller for seller, _offer in dice.sample(sellers, 3)]
        add_project(session, team, TODAY - timedelta(days=400 + 30 * number))


def show(session, dice, asker, need, listed, day) -> RankingRun:
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    lines = [
        {"position": place, "organisation_id": str(seller.id), "offer_id": str(offer.id), "is_facility": False}
        for place, (seller, offer) in enumerate(listed, start=1)
    ]
    run = RankingRun(need_id=need.id, preset_code="partners", index_version="1", shown=lines, created_at=at)
    session.add(run)
    session.flush()
    for place, (seller, _offer) in enumerate(listed, start=1):
        if dice.random() < 1 / np.log2(place + 1):
            is_wanted = dice.random() < (0.95 if seller.engaged <= 1 else 0.05)
            answer(session, run, asker, need, seller, K.USEFUL if is_wanted else K.NOT_USEFUL, place, at)
    return run


def answer(session, run, asker, need, seller, kind, place, at, *, reason=None) -> None:
    session.add(
        Interaction(
            kind=kind,
            organisation_id=asker.id,
            candidate_id=seller.id,
            need_id=need.id,
            run_id=run.id if run else None,
            position=place,
            reason=reason or (R.OTHER if kind is K.NOT_USEFUL else None),
            created_at=at + timedelta(hours=1),
        )
    )


def add_project(session, team, day) -> Project:
    project = Project(kind=ProjectKind.CONSORTIUM, title_zh="联合攻关", started_on=day, tags=["node:nev-cockpit"])
    session.add(project)
    session.flush()
    for number, member in enumerate(team):
        role = ParticipationRole.PARTICIPANT if number else ParticipationRole.COORDINATOR
        session.add(Participation(project_id=project.id, organisation_id=member.id, role=role))
    return project


def share(weights: Mapping[str, float], name: str) -> float:
    return weights.get(name, 0.0) / sum(weights.values())


def any_list(session: Session) -> tuple[Need, Organisation, RankingRun]:
    need = session.exec(select(Need).order_by(col(Need.id)).limit(1)).one()
    run = session.exec(select(RankingRun).where(RankingRun.need_id == need.id)).one()
    return need, session.get_one(Organisation, need.organisation_id), run
