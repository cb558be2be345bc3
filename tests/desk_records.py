"""A fund with its people and a list on its desk, for tests."""

import csv
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from matchmaker.services.actors import Actor
from matchmaker.services.desk import lists, stages
from matchmaker.services.desk.lists import ListDraft
from models.desk import DealList, DealStage, StageTemplate
from models.enums import Grade, MembershipRole, OrganisationKind, StageKind
from models.organisations import Organisation
from models.taxonomy import FieldGradeDefault
from tests import records as make

TEMPLATE = Path(__file__).parents[1] / "seeds/reference/stage_templates.csv"


@dataclass
class Desk:
    """A fund, its manager, a colleague who only looks, and a list with the stages of the template."""

    session: Session
    fund: Organisation
    manager: Actor
    viewer: Actor
    deal_list: DealList

    def stage(self, kind: StageKind) -> DealStage:
        return next(one for one in stages.list_stages(self.session, self.deal_list) if one.kind is kind)


def add_stage_templates(session: Session) -> None:
    with TEMPLATE.open(encoding="utf-8") as rows:
        session.add_all(
            StageTemplate(**{**row, "kind": StageKind(row["kind"])}, position_in_list=place)
            for place, row in enumerate(csv.DictReader(rows))
        )
    for field, grade in (("rounds", Grade.OPEN), ("round_figures", Grade.CONDITIONAL)):
        session.merge(FieldGradeDefault(field=field, grade=grade, source="test"))
    session.flush()


def make_desk(session: Session) -> Desk:
    add_stage_templates(session)
    fund = make.organisation(session, kind=OrganisationKind.FUND, name_zh="重庆天使引导基金")
    manager = make.member(session, fund)
    viewer = make.member(session, fund, role=MembershipRole.VIEWER)
    deal_list = lists.create_list(session, manager, fund.id, ListDraft(name="2026年重点项目"))
    return Desk(session, fund, manager, viewer, deal_list)
