"""The pages of a room: who gets in, how a seat is offered and answered, shares, the agreement, signing."""

import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import docx
import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlmodel import Session, select

from matchmaker.services.actors import Actor
from matchmaker.services.consortia import invitations, rights, sections
from matchmaker.services.consortia.drafts import Article, GoalDraft, RightDraft
from models.accounts import Membership, User
from models.consortia import Consortium, ConsortiumVersion, IpItem, Seat
from models.enums import ConsortiumState, DeclineReason, IpSide, MembershipRole, PlatformRole, SeatState
from tests import records as make
from tests.consortium_rooms import RoomCase
from tests.factories import make_user
from tests.web.conftest import post


@dataclass
class Stage:
    """The committed case, and a browser for each of its people."""

    session: Session
    case: RoomCase
    lead: FlaskClient
    firm: FlaskClient
    stranger: FlaskClient
    officer: FlaskClient

    def url(self, rest: str = "") -> str:
        return f"/consortia/{self.case.id}{rest}"

    def seats(self) -> list[Seat]:
        self.session.rollback()  # what it has read is of an older moment
        of_room = select(Seat).where(Seat.consortium_id == self.case.id)
        fresh = of_room.order_by(Seat.position, Seat.id).execution_options(populate_existing=True)
        return list(self.session.exec(fresh).all())

    def room(self) -> Consortium:
        self.session.rollback()
        return self.session.get_one(Consortium, self.case.id, populate_existing=True)


@pytest.fixture
def stage(session, sign_in):
    make.add_taxonomy(session)
    case = RoomCase(session)
    officer = make_user(PlatformRole.OFFICER)
    session.add(officer)
    session.commit()

    def browser(actor: Actor) -> FlaskClient:
        return sign_in(session.get_one(User, actor.user_id))

    return Stage(session, case, browser(case.leader), browser(case.owner), browser(case.outsider), sign_in(officer))


def committed(stage, work) -> Any:
    """What `work` arranges, as requests see it."""
    came_to = work()
    stage.session.commit()
    return came_to


PAGES = ("", "/seats", "/agreement", "/versions", "/comments", "/sign", "/versions/compare?from=0&to=0")


@pytest.mark.parametrize("path", PAGES)
def test_members_and_officers_read_every_page_and_strangers_none(stage, path):
    committed(stage, stage.case.join)

    assert [stage.lead.get(stage.url(path)).status_code, stage.firm.get(stage.url(path)).status_code] == [200, 200]
    assert stage.officer.get(stage.url(path)).status_code == 200
    assert stage.stranger.get(stage.url(path)).status_code == 404


EDITS = ("/goal", "/plan", "/articles/breach", "/rights/new", "/seats/new")


@pytest.mark.parametrize("path", EDITS)
def test_an_officer_opens_no_form(stage, path):
    assert stage.officer.get(stage.url(path)).status_code == 403
    assert stage.lead.get(stage.url(path)).status_code == 200


def test_a_room_is_opened_by_hand(stage):
    answer = post(
        stage.lead,
        "/consortia/new",
        {"lead_id": str(stage.case.lead.id), "name_zh": "氢能创新联合体", "goal_zh": "降本"},
    )

    page = stage.lead.get(answer.location).text
    assert "氢能创新联合体" in page
    assert "牵头单位" in page


def test_nobody_opens_a_room_in_somebody_else_s_name(stage):
    answer = post(stage.firm, "/consortia/new", {"lead_id": str(stage.case.lead.id), "name_zh": "冒名联合体"})

    assert answer.status_code == 422


def test_an_invited_organisation_sees_the_outline_alone_and_says_yes(stage):
    committed(stage, lambda: stage.case.join(stage.case.lab, stage.case.researcher, "检测", tasks="台架试验秘密"))
    seat = committed(stage, lambda: stage.case.invite(message="请贵司负责算法", money=1_234_567.0))

    page = stage.firm.get(stage.url()).text
    home = stage.firm.get("/home").text
    answer = post(stage.firm, f"/consortia/seats/{seat.id}/answer", {"seen": "invited", "kind": "accepted"})

    assert "请贵司负责算法" in page
    assert "台架试验秘密" not in page
    assert "重庆光电检测研究院" not in page
    assert stage.case.consortium.name_zh in home
    assert answer.status_code == 302
    assert "台架试验秘密" in stage.firm.get(stage.url("/seats")).text


def test_a_no_needs_a_reason_and_keeps_what_was_typed(stage):
    seat = committed(stage, stage.case.invite)

    answer = post(
        stage.firm, f"/consortia/seats/{seat.id}/answer", {"seen": "invited", "kind": "declined", "answer": "今年排满"}
    )

    assert answer.status_code == 422
    assert "今年排满" in answer.text


def test_a_no_opens_the_seat_again_and_tells_the_lead_why(stage):
    seat = committed(stage, stage.case.invite)

    post(
        stage.firm,
        f"/consortia/seats/{seat.id}/answer",
        {"seen": "invited", "kind": "declined", "reason": DeclineReason.NO_CAPACITY.value, "answer": "今年排满"},
    )

    assert [one.state for one in stage.seats()] == [SeatState.ACCEPTED, SeatState.DECLINED, SeatState.OPEN]
    assert "今年排满" in stage.lead.get(stage.url("/seats")).text


def test_who_said_no_sees_its_own_seat_and_answer_and_nothing_that_comes_after(stage):
    def say_no():
        seat = stage.case.invite(message="请贵司负责算法", money=1_234_567.0)
        invitations.decline(stage.session, stage.case.owner, seat.id, DeclineReason.TERMS, "价格太低")
        stage.case.add("检测")
        goal = GoalDraft(name_zh="更名后的创新联合体", goal_zh="改做氢能")
        sections.update_goal(stage.session, stage.case.leader, stage.case.id, goal)

    committed(stage, say_no)

    page = stage.firm.get(stage.url()).text

    assert all(word in page for word in ("请贵司负责算法", "123.46", "价格太低", stage.case.lead.name_zh))
    assert not any(word in page for word in ("检测", "氢能", "更名后"))


def test_why_somebody_said_no_is_for_the_lead_and_not_for_other_members(stage):
    def say_no():
        stage.case.join()
        seat = stage.case.invite(stage.case.lab, role="检测")
        invitations.decline(stage.session, stage.case.researcher, seat.id, DeclineReason.NO_CAPACITY, "今年排满")

    committed(stage, say_no)

    page = stage.firm.get(stage.url("/seats")).text

    assert stage.case.lab.name_zh in page
    assert "今年排满" not in page
    assert "今年排满" in stage.lead.get(stage.url("/seats")).text


def test_a_full_organisation_is_told_how_much_it_carries(stage):
    stage.case.firm.capacity = stage.case.firm.engaged = 2
    seat = committed(stage, stage.case.invite)

    answer = post(stage.firm, f"/consortia/seats/{seat.id}/answer", {"seen": "invited", "kind": "accepted"})

    assert answer.status_code == 422
    assert "2" in answer.text
    assert stage.seats()[1].state is SeatState.INVITED


def test_an_answer_to_an_invitation_that_was_withdrawn_finds_nothing(stage):
    seat = committed(stage, stage.case.invite)
    post(stage.lead, stage.url(f"/seats/{seat.id}/withdraw"))

    answer = post(stage.firm, f"/consortia/seats/{seat.id}/answer", {"seen": "invited", "kind": "accepted"})

    assert answer.status_code == 404


def test_a_seat_is_added_and_its_amounts_come_back_as_they_were_typed(stage):
    typed = {"role_zh": "研发", "money": "123.4567", "own_money": "0", "benefit_percent": "33.33", "tasks": "算法"}

    post(stage.lead, stage.url("/seats/new"), typed)

    seat = stage.seats()[1]
    page = stage.lead.get(stage.url(f"/seats/{seat.id}/edit")).text
    assert (seat.money, seat.own_money, seat.benefit_percent) == (1_234_567.0, 0.0, 33.33)
    assert 'value="123.4567"' in page
    assert 'value="33.33"' in page


@pytest.mark.parametrize(
    ("field", "typed"), [("benefit_percent", "33.333"), ("benefit_percent", "101"), ("money", "-1"), ("money", "nan")]
)
def test_a_share_that_cannot_be_is_refused_at_its_field(stage, field, typed):
    answer = post(stage.lead, stage.url("/seats/new"), {"role_zh": "研发", field: typed})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert len(stage.seats()) == 1


def test_two_who_edit_one_article_are_shown_what_differs_and_nothing_typed_is_lost(stage):
    committed(stage, stage.case.join)
    seen = sections.seen_article(stage.case.consortium, Article.SECRECY)
    post(stage.firm, stage.url("/articles/secrecy"), {"seen": seen, "text": "保密期五年"})

    conflict = post(stage.lead, stage.url("/articles/secrecy"), {"seen": seen, "text": "保密期三年"})
    fresh = conflict.text.split('name="seen" type="hidden" value="')[1].split('"')[0]
    again = post(stage.lead, stage.url("/articles/secrecy"), {"seen": fresh, "text": "保密期四年"})

    assert conflict.status_code == 409
    assert "保密期五年" in conflict.text
    assert "保密期三年" in conflict.text
    assert again.status_code == 302
    assert stage.room().secrecy == "保密期四年"


def test_a_colleague_who_edits_another_article_is_in_nobody_s_way(stage):
    committed(stage, stage.case.join)
    seen = {article: sections.seen_article(stage.case.consortium, article) for article in Article}
    post(stage.firm, stage.url("/articles/breach"), {"seen": seen[Article.BREACH], "text": "赔偿"})

    answer = post(stage.lead, stage.url("/articles/organs"), {"seen": seen[Article.ORGANS], "text": "理事会"})

    assert answer.status_code == 302
    assert (stage.room().breach, stage.room().organs) == ("赔偿", "理事会")


def test_a_line_of_the_ip_matrix_is_written_changed_and_removed(stage):
    owner = str(stage.case.lead.id)
    post(stage.lead, stage.url("/rights/new"), {"side": "background", "title": "整车平台", "owner_ids": [owner]})
    stage.session.rollback()
    right = stage.session.exec(select(IpItem)).one()

    page = stage.lead.get(stage.url("/agreement")).text
    edit = stage.lead.get(stage.url(f"/rights/{right.id}")).text
    post(stage.lead, stage.url(f"/rights/{right.id}/remove"))

    assert "整车平台" in page
    assert f'value="{owner}" checked' in edit
    stage.session.rollback()
    assert stage.session.exec(select(IpItem)).all() == []


def test_a_line_that_a_colleague_has_rewritten_is_not_removed_unread(stage):
    draft = RightDraft(side=IpSide.BACKGROUND, title="整车平台")
    right = committed(stage, lambda: rights.add_right(stage.session, stage.case.leader, stage.case.id, draft))
    seen = stage.lead.get(stage.url("/agreement")).text.split('name="seen" value="')[1].split('"')[0]
    post(stage.lead, stage.url(f"/rights/{right.id}"), {"side": "background", "title": "整车平台与专利"})

    stale = post(stage.lead, stage.url(f"/rights/{right.id}/remove"), {"seen": seen})

    stage.session.rollback()
    assert stale.status_code == 409
    assert "整车平台与专利" in stale.text
    assert len(stage.session.exec(select(IpItem)).all()) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_agreement_downloads_and_opens_as_word_and_pdf(stage, language):
    committed(stage, stage.case.join)

    word = stage.firm.get(stage.url(f"/agreement/docx?language={language}"))
    pdf = stage.firm.get(stage.url(f"/agreement/pdf?language={language}"))

    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(word.data)).paragraphs)
    read = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.data)).pages)
    assert ("草案" if language == "zh" else "draft") in text
    assert "重庆屏联智舱科技有限公司" in read
    assert word.headers["Content-Disposition"].startswith("attachment")
    assert stage.stranger.get(stage.url("/agreement/pdf")).status_code == 404
    assert stage.lead.get(stage.url("/agreement/exe")).status_code == 404


def test_from_a_complete_room_to_the_lock(stage):
    committed(stage, stage.case.ready)
    page = stage.lead.get(stage.url("/sign")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]

    for browser, organisation in ((stage.lead, stage.case.lead), (stage.firm, stage.case.firm)):
        post(browser, stage.url("/sign"), {"organisation_id": str(organisation.id), "seen": seen})

    assert stage.room().state is ConsortiumState.SIGNED
    assert post(stage.lead, stage.url("/articles/breach"), {"text": "改"}).status_code == 422
    assert stage.lead.get(stage.url("/articles/breach")).status_code == 422
    for path in PAGES:
        assert stage.firm.get(stage.url(path)).status_code == 200


def test_who_signs_for_another_is_refused(stage):
    committed(stage, stage.case.ready)

    answer = post(stage.firm, stage.url("/sign"), {"organisation_id": str(stage.case.lead.id), "seen": "x"})

    assert answer.status_code == 403


def test_a_signature_on_an_older_text_is_refused_with_409(stage):
    committed(stage, stage.case.ready)
    page = stage.firm.get(stage.url("/sign")).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    post(stage.lead, stage.url("/articles/breach"), {"text": "另有约定"})

    answer = post(stage.firm, stage.url("/sign"), {"organisation_id": str(stage.case.firm.id), "seen": seen})

    assert answer.status_code == 409


def test_versions_are_kept_compared_and_gone_back_to(stage):
    post(stage.lead, stage.url("/versions"), {"note": "初稿"})
    post(stage.lead, stage.url("/articles/breach"), {"text": "赔偿全部损失"})

    compared = stage.lead.get(stage.url("/versions/compare?from=1&to=0")).text
    asked = stage.lead.get(stage.url("/versions/1/go-back")).text
    post(stage.lead, stage.url("/versions/1/go-back"))

    assert "赔偿全部损失" in compared
    assert "赔偿全部损失" in asked
    assert stage.room().breach == ""
    assert len(stage.session.exec(select(ConsortiumVersion)).all()) == 3


def test_a_comment_reaches_all_who_are_inside(stage):
    committed(stage, stage.case.join)

    answer = post(
        stage.firm,
        stage.url("/comments"),
        {"organisation_id": str(stage.case.firm.id), "seat_id": "", "text": "<script>alert(1)</script> 边界再议"},
    )

    page = stage.lead.get(stage.url("/comments")).text
    assert answer.status_code == 302
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 边界再议" in page


def test_a_member_leaves_and_the_lead_dissolves(stage):
    seat = committed(stage, stage.case.join)

    post(stage.firm, f"/consortia/seats/{seat.id}/leave", {"text": "业务调整"})
    after = stage.firm.get(stage.url()).status_code
    post(stage.lead, stage.url("/dissolve"), {"text": "榜单撤回"})

    assert after == 404
    assert stage.room().state is ConsortiumState.DISSOLVED
    assert "榜单撤回" in stage.lead.get(stage.url()).text


def test_a_viewer_of_the_invited_organisation_reads_and_does_not_answer(stage, sign_in):
    seat = committed(stage, stage.case.invite)
    viewer = make_user()
    stage.session.add(viewer)
    stage.session.flush()
    stage.session.add(Membership(user_id=viewer.id, organisation_id=stage.case.firm.id, role=MembershipRole.VIEWER))
    stage.session.commit()
    browser = sign_in(viewer)

    page = browser.get(stage.url())
    answer = post(browser, f"/consortia/seats/{seat.id}/answer", {"seen": "invited", "kind": "accepted"})

    assert page.status_code == 200
    assert "/answer" not in page.text
    assert answer.status_code == 403


def test_lists_tell_each_its_own_rooms(stage):
    committed(stage, stage.case.invite)

    assert stage.case.consortium.name_zh in stage.lead.get("/consortia").text
    assert stage.case.consortium.name_zh in stage.firm.get("/consortia").text
    assert stage.case.consortium.name_zh in stage.officer.get("/consortia").text
    assert stage.case.consortium.name_zh not in stage.stranger.get("/consortia").text


def test_a_composition_that_is_not_one_s_own_opens_no_room(stage):
    assert post(stage.lead, f"/compositions/{UUID(int=0)}/room", {"number": "0"}).status_code == 404
