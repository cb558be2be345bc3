"""From a posted challenge to a signed consortium: the whole way, by everybody who takes part in it."""

import io
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import docx
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from matchmaker.instance import Instance
from matchmaker.services.calendar import today
from models.accounts import Membership, User
from models.base import new_id
from models.enums import MembershipRole
from models.sessions import writing
from tests.browser.acting import press, tap, turn
from tests.browser.conftest import OpenPage, list_accessibility_faults
from tests.browser.live import LiveApp
from web.demo import demo_token

TITLE = "座舱域控制器冷启动两秒可用"
PATIENCE_MS = 120_000  # two cores prove a team while other tests run
TASKS = "按季度交付样件与试验报告，第十二个月完成整车验证。"
ARTICLES = ("organs", "liable_body", "breach", "entry_exit", "secrecy")

Enter = Callable[..., Page]


@pytest.fixture
def enter(open_page: OpenPage) -> Enter:
    """A browser of one's own, signed in by a link; in Chinese unless told otherwise."""

    def enter_by(link: str, **settings: object) -> Page:
        page = open_page(**settings)
        page.goto(link)
        return page

    return enter_by


def act_for(app: LiveApp, organisation_ids: Sequence[str]) -> str:
    """The sign-in link of a new person who acts for these organisations of the demo."""
    instance = Instance(app.instance)
    with writing(instance.engine) as session:
        person = User(email=f"members-{new_id()}@example.org", name="成员单位联系人", password=None)
        session.add(person)
        session.flush()
        for key in organisation_ids:
            session.add(Membership(user_id=person.id, organisation_id=UUID(key), role=MembershipRole.OWNER))
    link = f"{app.address}/demo/sign-in/{demo_token(person.id, instance)}"
    instance.engine.dispose()
    return link


def post_challenge(page: Page) -> str:
    """The leader writes it in four steps and hands it in; gives its address."""
    page.goto("/home")
    own = page.locator("section h2 a[href*='/organisations/']").first.get_attribute("href")
    page.goto(f"{own}/challenges/new?kind=challenge")
    page.locator("#title_zh").fill(TITLE)
    page.locator("#problem_zh").fill(
        "零下三十度静置十二小时后，座舱域控制器从上电到仪表可用需要 6.2 秒，法规要求 2 秒；每百次冷启动黑屏 3 次。"
        "需要重做启动流程与电源时序，并通过整车电磁兼容试验。"
    )
    page.locator("#baseline_zh").fill("现有方案串行启动，6.2 秒可用，样本 300 次。")
    page.locator("#gives_zh").fill("提供两台样车、低温环境舱 20 天和全部启动日志。")
    press(page, "保存并继续")
    page.locator("#metrics-0-name_zh").fill("冷启动到仪表可用的时间")
    page.locator("#metrics-0-relation").select_option("at_most")
    page.locator("#metrics-0-target").fill("2")
    page.locator("#metrics-0-unit").fill("s")
    page.locator("#metrics-0-baseline").fill("6.2")
    page.locator("#metrics-0-measured_by").fill("第三方实验室，零下三十度静置十二小时，取一百次平均")
    press(page, "保存并继续")
    choose_team(page)
    page.locator("#budget").fill("1500")
    page.locator("#own_money").fill("300")
    page.locator("#months").fill("18")
    page.locator("#answers_until").fill((today() + timedelta(days=40)).isoformat())
    page.locator("#ip_terms").fill("背景知识产权归各自所有；项目成果由参与各方按贡献共有，牵头单位享有量产优先使用权。")
    press(page, "保存并继续")
    press(page, "提交筛选")
    return re.sub(r"[?#].*", "", page.url)


def choose_team(page: Page) -> None:
    """Two capabilities, two seats."""
    for words in ("座舱域控制器", "电磁兼容"):
        page.locator("#find").fill(words)
        turn(page.get_by_role("button", name="搜索").last)
        page.locator("input[name='pick']").first.check()
        press(page, "加入勾选项")
    for number, (role, kind, cost) in enumerate((("研发", "sme", "400"), ("检测", "lab", "200"))):
        if number:
            press(page, "再加一个席位")
        page.locator(f"#seats-{number}-role_zh").fill(role)
        page.locator(f"input[name='seats-{number}-kinds'][value='{kind}']").check()
        page.locator(f"#seats-{number}-most").fill("2" if number == 0 else "1")
        page.locator(f"#seats-{number}-cost").fill(cost)
    press(page, "保存并继续")


def publish(page: Page) -> None:
    """The officer gives points and publishes."""
    page.goto("/officer/challenges")
    turn(page.get_by_role("row", name=TITLE).get_by_role("link").last)
    for select in page.locator("select[name^='points_']").all():
        select.select_option(index=select.locator("option").count() - 1)
    press(page, "发布")
    expect(page.locator(".note-success")).to_be_visible()


def compose(page: Page, challenge_url: str) -> None:
    """The leader has a team composed and opens a room with it."""
    page.goto(f"{challenge_url}/compositions")
    press(page, "组建团队")
    expect(page.get_by_role("button", name="以此团队建立协作空间")).to_be_visible(timeout=PATIENCE_MS)
    assert list_accessibility_faults(page) == []
    press(page, "以此团队建立协作空间")
    expect(page.get_by_role("heading", level=1)).to_have_text("席位与分配")


def asked_organisations(page: Page) -> list[str]:
    """The ids of those on the seats, without the lead."""
    links = page.locator("table.seats tbody tr:has(th) th a[href*='/organisations/']").all()
    return [str(link.get_attribute("href")).rsplit("/", 1)[-1] for link in links][1:]


def answer(page: Page, room_url: str, *, yes: bool) -> None:
    page.goto(room_url)
    page.locator(f"input[name='kind'][value='{'accepted' if yes else 'declined'}']").check()
    if not yes:
        page.locator("#reason").select_option("no_capacity")
        page.locator("#answer").fill("今年产线排满")
    press(page, "发送答复")
    expect(page.locator(".note-success")).to_be_visible()


def swap(page: Page, room_url: str) -> str:
    """The first substitute that the composer's study offers for the seat that was turned down; gives its id."""
    page.goto(f"{room_url}/seats")
    expect(page.get_by_text("今年产线排满")).to_be_visible()
    form = page.locator("form[action$='/swap']").first
    chosen = form.locator("input[name='organisation_id']").input_value()
    turn(form.get_by_role("button"))
    expect(page.locator(".note-success")).to_contain_text("已替换")
    return chosen


def fill_in(page: Page, room_url: str) -> None:
    """Everything that the agreement leaves blank."""
    page.goto(f"{room_url}/plan")
    page.locator("#starts_on").fill(today().isoformat())
    press(page, "保存")
    for article in ARTICLES:
        page.goto(f"{room_url}/articles/{article}")
        page.locator("#text").fill("由理事会全体成员协商一致决定，形成书面记录。")
        press(page, "保存")
    fill_seats(page, room_url)
    for side in ("background", "foreground"):
        page.goto(f"{room_url}/rights/new?side={side}")
        page.locator("#title").fill("座舱快速启动软件")
        for box in page.locator("input[name='owner_ids'], input[name='user_ids']").all():
            box.check()
        page.locator("#terms").fill("项目期内免费用于本项目。")
        press(page, "保存")


def fill_seats(page: Page, room_url: str) -> None:
    """Tasks, money, and shares that sum to 100 while somebody types."""
    page.goto(f"{room_url}/seats")
    edits = [str(link.get_attribute("href")) for link in page.locator("table.seats a[href$='/edit']").all()]
    share = round(100 / len(edits), 2)
    for number, address in enumerate(edits):
        page.goto(address)
        page.locator("#tasks").fill(TASKS)
        page.locator("#money").fill("200")
        page.locator("#own_money").fill("50")
        own = share if number else round(100 - share * (len(edits) - 1), 2)
        page.locator("#benefit_percent").fill(f"{own:.2f}")
        if number == len(edits) - 1:
            expect(page.locator("[data-field='benefit_percent'] output")).to_have_text("100.00")
        press(page, "保存")


def text_of_pdf(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\u200b", "")


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        tap(page.get_by_role("link", name=name))
    return Path(waiting.value.path()).read_bytes()


def test_a_challenge_becomes_a_signed_consortium(live_app: LiveApp, enter: Enter):
    leader, officer = enter(live_app.sign_in_links["leader"]), enter(live_app.sign_in_links["officer"])

    challenge_url = post_challenge(leader)
    publish(officer)
    compose(leader, challenge_url)
    room_url = leader.url.removesuffix("/seats")
    asked = asked_organisations(leader)
    press(leader, "邀请全部拟邀机构")

    answer(enter(act_for(live_app, asked[:1])), room_url, yes=False)
    came = swap(leader, room_url)
    people = [enter(act_for(live_app, [key])) for key in (*asked[1:], came)]
    for person in people:
        answer(person, room_url, yes=True)

    fill_in(leader, room_url)
    leader.goto(f"{room_url}/agreement")
    expect(leader.get_by_text("各项均已填写。")).to_be_visible()
    word = docx.Document(io.BytesIO(download(leader, "Word, 中文")))
    pdf = text_of_pdf(download(leader, "PDF, 中文"))
    assert any("创新联合体协议（草案）" in paragraph.text for paragraph in word.paragraphs)
    assert TITLE in pdf
    assert "100.00" in pdf
    assert "草案" in pdf
    assert list_accessibility_faults(leader) == []

    for browser in (leader, *people):
        browser.goto(f"{room_url}/sign")
        turn(browser.locator("form[action$='/sign'] button"))
    expect(leader.get_by_text("已签署并锁定，内容不再变更。")).to_have_count(0)
    leader.reload()
    expect(leader.get_by_text("已签署并锁定，内容不再变更。")).to_be_visible()
    expect(leader.locator("form[action$='/sign']")).to_have_count(0)


def test_an_invitation_in_english_says_what_is_offered_and_nothing_of_others(live_app: LiveApp, enter: Enter):
    page = enter(live_app.sign_in_links["sme"], locale="en-GB")

    page.goto("/home")
    turn(page.get_by_role("link", name=re.compile("Consortium for: Cross-domain cockpit")).first)

    expect(page.get_by_role("heading", name="The seat that is offered")).to_be_visible()
    expect(page.get_by_role("heading", name="Your answer")).to_be_visible()
    expect(page.get_by_text("Testing")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("巴渝交通大学")
    assert list_accessibility_faults(page) == []


def test_a_signed_consortium_in_english_is_locked_and_its_agreement_opens(live_app: LiveApp, enter: Enter):
    page = enter(live_app.sign_in_links["base"], locale="en-GB")
    page.goto("/consortia")
    turn(page.get_by_role("link", name="Consortium for liquid-cooled fast charging").first)

    expect(page.get_by_text("Signed and locked.")).to_be_visible()
    turn(page.get_by_role("link", name="Agreement"))
    expect(page.get_by_role("link", name=re.compile("^Edit"))).to_have_count(0)
    pdf = text_of_pdf(download(page, "PDF, English"))
    assert "Innovation consortium agreement" in pdf
    assert pdf.count("signed on the platform on") == 3
