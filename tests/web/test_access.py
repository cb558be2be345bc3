"""Every route, seen by every kind of person, against the table in tests/access.yaml."""

from pathlib import Path
from uuid import UUID

import pytest
import yaml
from flask import Flask
from werkzeug.routing import BaseConverter, Rule, UnicodeConverter, UUIDConverter

from models.base import new_id
from models.enums import MembershipRole, PlatformRole
from models.taxonomy import PresetWeight, WeightPreset
from tests.factories import make_member, make_user
from tests.web.conftest import post
from web.access import Access

TABLE: dict[str, str] = yaml.safe_load(Path(__file__).parents[1].joinpath("access.yaml").read_text())
WHO = {
    "everybody": {"visitor", "person", "stranger", "viewer", "owner", "officer", "administrator", "auditor"},
    "signed-in": {"person", "stranger", "viewer", "owner", "officer", "administrator", "auditor"},
    "members": {"viewer", "owner", "officer"},
    "editors": {"owner", "officer"},
    "claims": {"officer", "administrator"},
    "weights": {"administrator"},
    "log": {"administrator", "auditor"},
    "learning": {"officer", "administrator", "auditor"},
    "import": {"officer", "administrator"},
    "exposure": {"officer", "administrator"},
    "rules": {"officer", "administrator"},
    "answerers": {"owner"},
    "officers": {"officer"},
    "funnel": {"officer", "auditor"},
    "reports": {"officer", "auditor"},
}
REFUSED = {302, 401, 403}
NOBODY = UUID(int=0)
# Reference rows have readable codes; signed tokens and file names are no ids.
TEXT_ARGUMENTS = ("_code", "_name", "token", "filename", "field", "step", "kind", "purpose")


@pytest.fixture
def browsers(app, session, organisation, owner, sign_in):
    people = {
        "person": make_user(),
        "stranger": make_user(),
        "viewer": make_user(),
        "officer": make_user(PlatformRole.OFFICER),
        "administrator": make_user(PlatformRole.ADMINISTRATOR),
        "auditor": make_user(PlatformRole.AUDITOR),
    }
    session.add_all(people.values())
    session.flush()
    session.add(make_member(people["viewer"], organisation, MembershipRole.VIEWER))
    session.commit()
    return {"visitor": app.test_client(), "owner": sign_in(owner)} | {
        name: sign_in(person) for name, person in people.items()
    }


def list_rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint)


def address(app: Flask, rule: Rule, method: str, organisation_id: UUID = NOBODY) -> str:
    """An address of this rule; ids are of nothing, but for the organisation's own."""
    values: dict[str, object] = {}
    for name, converter in rule._converters.items():
        known = organisation_id if name == "organisation_id" else NOBODY
        values[name] = known if isinstance(converter, UUIDConverter) else 1 if is_number(converter) else "unknown"
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, method=method)


def is_number(converter: BaseConverter) -> bool:
    return converter.regex == r"\d+"


def test_every_route_is_in_the_table_and_nothing_else(app):
    assert {rule.endpoint for rule in list_rules(app)} == set(TABLE)


def test_the_table_uses_known_words_only():
    assert set(TABLE.values()) <= set(WHO)


def test_every_route_admits_whom_the_table_names_and_nobody_else(app, browsers, organisation):
    wrong = []
    for rule in list_rules(app):
        if rule.endpoint == "account.sign_out" or rule.endpoint not in TABLE:
            continue  # it would end the sessions that the others need
        for method in (rule.methods or set()) & {"GET", "POST"}:
            url = address(app, rule, method, organisation.id)
            for name, browser in browsers.items():
                status = request_status(browser, method, url)
                # A form that a person may send is found wanting (422), or leads on; who may not is sent away.
                admitted = status not in REFUSED or is_led_on(browser, method, status, name, rule)
                if admitted != (name in WHO[TABLE[rule.endpoint]]):
                    wrong.append(f"{name} {method} {url}: {status}")

    assert wrong == []


def request_status(browser, method: str, url: str) -> int:
    if method == "GET":
        return browser.get(url, buffered=True).status_code
    return post(browser, url).status_code


def is_led_on(browser, method: str, status: int, name: str, rule: Rule) -> bool:
    """A redirect of somebody whom the mark of the view lets in comes from the view itself."""
    access: Access = browser.application.view_functions[rule.endpoint].access
    return status == 302 and (name != "visitor" or not access.needs_sign_in)


def test_no_get_commits(app, browsers, organisation):
    def refuse(_session: object) -> None:
        raise AssertionError("a GET has committed")

    from sqlalchemy import event
    from sqlmodel import Session

    event.listen(Session, "before_commit", refuse)
    try:
        for rule in list_rules(app):
            if "GET" not in (rule.methods or ()):
                continue
            for name in ("visitor", "owner", "administrator", "officer"):
                status = request_status(browsers[name], "GET", address(app, rule, "GET", organisation.id))
                # Without an index a list says that it is being prepared.
                assert status < 500 or status == 503, (rule.endpoint, name)
    finally:
        event.remove(Session, "before_commit", refuse)


def test_every_id_in_an_address_is_a_uuid(app):
    loose = [
        f"{rule.endpoint}: {name}"
        for rule in list_rules(app)
        for name, converter in rule._converters.items()
        if isinstance(converter, UnicodeConverter) and not name.endswith(TEXT_ARGUMENTS)
    ]

    assert loose == []


def test_addresses_are_in_kebab_case(app):
    fixed = [part for rule in list_rules(app) for is_fixed, part in rule._trace if not is_fixed]

    assert [part for part in fixed if part != part.lower() or "_" in part] == []


def test_a_person_whose_role_was_taken_loses_it_with_the_next_request(session, sign_in):
    administrator = make_user(PlatformRole.ADMINISTRATOR)
    session.add(administrator)
    session.commit()
    browser = sign_in(administrator)
    before = browser.get("/admin/presets").status_code

    administrator.roles = []
    session.commit()

    assert (before, browser.get("/admin/presets").status_code) == (200, 403)


def test_a_disabled_person_is_signed_out_with_the_next_request(session, owner, sign_in):
    browser = sign_in(owner)
    before = browser.get("/account").status_code

    owner.active = False
    session.add(owner)
    session.commit()

    assert (before, browser.get("/account").status_code) == (200, 302)


def test_presets_are_found_by_their_code(session, sign_in):
    administrator = make_user(PlatformRole.ADMINISTRATOR)
    session.add_all([administrator, WeightPreset(code="a", name_zh="甲", name_en="A", source="x", purpose="partners")])
    session.flush()
    session.add(PresetWeight(preset_code="a", component="text", weight=1))
    session.commit()

    browser = sign_in(administrator)

    assert browser.get("/admin/presets/a").status_code == 200
    assert browser.get(f"/admin/presets/{new_id()}").status_code == 404
