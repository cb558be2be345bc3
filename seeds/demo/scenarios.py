"""Two scenarios that the officer of the demo has prepared and not yet run, for trying what-if at once."""

from sqlmodel import Session, col, select

from matchmaker.services.actors import Actor
from matchmaker.services.scenarios import editing
from models.enums import FinancingStage, OpenTo, PlatformRole
from models.facilities import Facility
from seeds.demo.identity import SOURCE, identity

NODE, DISTRICT = "nev-eaxle-bearings", "500112"
MOST_OPENED = 3


def prepare(session: Session) -> None:
    """Another pilot base beside closed laboratories that open; and a fund for early rounds."""
    officer = Actor(user_id=identity("user/officer"), roles=frozenset({PlatformRole.OFFICER}))
    base = editing.make(
        session, officer, name="新建电驱轴承中试基地，开放三个成员制平台", note="两类措施一起推演，再与单独实施对比。"
    )
    closed = select(Facility.id).where(Facility.source == SOURCE, Facility.open_to == OpenTo.MEMBERS)
    steps = [{"kind": "add_facility", "node": NODE, "district": DISTRICT}]
    for key in session.exec(closed.order_by(col(Facility.source_key)).limit(MOST_OPENED)):
        steps.append({"kind": "open_facility", "facility_id": str(key)})
    fund = editing.make(session, officer, name="设立五亿元早期基金", note="投种子轮和天使轮，单笔不超过两千万元。")
    stages = [FinancingStage.SEED.value, FinancingStage.ANGEL.value]
    early = {"kind": "add_fund", "stages": stages, "ticket_low": 1e6, "ticket_high": 2e7, "money": 5e8}
    for scenario, interventions in ((base, steps), (fund, [early])):
        for one in interventions:
            editing.add(session, officer, scenario, one, expected_version=None)
