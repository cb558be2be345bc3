"""A fund that looks at the sky: a mandate, a firm that seeks money, the live weights, and an index."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session

from matchmaker.instance import Instance
from matchmaker.reader import Reader
from matchmaker.services import indexing
from matchmaker.services.calendar import today
from matchmaker.services.desk import lists, radar, screens
from matchmaker.services.desk.lists import ListDraft
from matchmaker.services.desk.radar import Look, RadarFilters
from matchmaker.services.desk.screens import ScreenDraft
from models.accounts import User
from models.desk import DealList, Screen
from models.funds import Mandate
from models.rounds import FieldGrant, Round
from models.taxonomy import PresetWeight, WeightPreset
from seeds.reference import read_reference, records_of
from tests import capital_records as capital
from tests import records as make
from tests.capital_records import Side
from tests.desk_records import add_stage_templates
from tests.factories import make_member, make_user

SignIn = Callable[[User], FlaskClient]
PRESETS = ("funds-default", "startups-default")
TERMS = {
    "ticket_low": 1e6,
    "ticket_high": 2e6,
    "stages": ["angel"],
    "started_on": today() - timedelta(days=400),
    "investment_years": 5,
    "exit_years": 10,
    "remaining": 5e7,
}


@dataclass
class Sky:
    """A fund with a mandate for cockpits, and a firm that makes them and seeks CNY 5 M."""

    session: Session
    instance: Instance
    fund: Side
    firm: Side
    mandate: Mandate
    round: Round

    def index(self) -> None:
        self.session.commit()
        indexing.refresh(self.instance)

    def add_firm(self, *, nodes: tuple[str, ...] = ("nev-cockpit",), **of_round: Any) -> Side:
        firm = capital.firm(self.session, nodes=nodes)
        capital.open_round(self.session, firm, **of_round)
        return firm

    def look(self, how: Look | None = None, *, screen: Screen | None = None, **plain: object) -> list[Any]:
        filters, reader = RadarFilters.read(plain), Reader(self.instance)
        self.session.commit()
        seen = radar.look(self.session, self.fund.actor, reader, self.mandate.id, filters, how or Look(), screen=screen)
        return [one.organisation_id for one in seen.ranked.items]

    def screen(self, **draft: Any) -> Screen:
        values = {"name": "座舱电子", "mandate_id": self.mandate.id, **draft}
        kept = screens.save_screen(self.session, self.fund.actor, self.fund.organisation.id, ScreenDraft(**values))
        self.session.commit()
        return kept

    def watch(self) -> list[radar.Watched]:
        self.session.commit()
        return radar.watch(self.session, self.fund.actor, Reader(self.instance), self.fund.organisation.id)

    def add_list(self, mandate: Mandate | None = None) -> DealList:
        draft = ListDraft(name="重点项目", mandate_id=mandate.id if mandate else None)
        return lists.create_list(self.session, self.fund.actor, self.fund.organisation.id, draft)


def make_sky(session: Session, instance: Instance) -> Sky:
    """A fund with a published mandate for cockpits; the index is fitted."""
    make.add_taxonomy(session)
    entries = read_reference()
    session.add_all(one for one in records_of(entries, WeightPreset) if one.code in PRESETS)
    session.flush()
    session.add_all(one for one in records_of(entries, PresetWeight) if one.preset_code in PRESETS)
    capital.add_rules(session)
    add_stage_templates(session)
    fund, firm = (
        capital.fund(session, name_zh="重庆天使引导基金"),
        capital.firm(session, name_zh="重庆屏联智舱科技有限公司"),
    )
    mandate = capital.mandate(session, fund, fields={"nev-cockpit": True}, edition=1, **TERMS)
    sky = Sky(session, instance, fund, firm, mandate, capital.open_round(session, firm))
    sky.index()
    return sky


def grant(sky: Sky, field: str) -> None:
    """The firm shows one kept-back field to the fund."""
    sky.session.add(
        FieldGrant(organisation_id=sky.firm.organisation.id, field=field, grantee_id=sky.fund.organisation.id)
    )
    sky.session.flush()


def enter(session: Session, sign_in: SignIn, side: Side) -> FlaskClient:
    """A browser in which somebody new of one side is signed in."""
    user = make_user()
    session.add(user)
    session.flush()
    session.add(make_member(user, side.organisation))
    session.commit()
    return sign_in(user)
