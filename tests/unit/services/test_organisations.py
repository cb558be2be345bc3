"""Entering an organisation, editing it, and who may."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlmodel import select

from matchmaker.errors import InvalidInput, NotAllowed, NotFound, Stale
from matchmaker.services import credentials, organisations
from matchmaker.services.actors import VISITOR, Actor
from matchmaker.services.calendar import today
from matchmaker.services.organisations import ActivityDraft, ContactDraft, FiguresDraft, IdentityDraft
from models.accounts import Membership
from models.audit import AuditEntry
from models.enums import MembershipRole, OrganisationKind
from models.organisations import Organisation
from tests import records as make


def identity(**fields):
    return IdentityDraft(**{"kind": OrganisationKind.SME, "name_zh": "重庆两江智驾有限公司", **fields})


def actions(session):
    return [entry.action for entry in session.exec(select(AuditEntry))]


def test_whoever_enters_an_organisation_owns_it(registry):
    newcomer = Actor(user_id=make.person(registry).id)

    organisation = organisations.create(registry, newcomer, identity(uscc=make.CREDIT_CODE, district_code="500112"))

    membership = registry.exec(select(Membership)).one()
    assert (membership.user_id, membership.role) == (newcomer.user_id, MembershipRole.OWNER)
    assert membership.organisation_id == organisation.id
    assert actions(registry) == ["organisation.create", "membership.create"]


def test_an_organisation_may_come_without_a_credit_code(registry):
    newcomer = Actor(user_id=make.person(registry).id)

    assert organisations.create(registry, newcomer, identity()).uscc is None


def test_a_credit_code_is_stored_folded_and_found_however_it_is_typed(registry):
    newcomer = Actor(user_id=make.person(registry).id)
    full_width = "９１５０００００ MA5U-000010"

    organisation = organisations.create(registry, newcomer, identity(uscc=full_width))

    assert organisation.uscc == make.CREDIT_CODE
    assert organisations.find_by_code(registry, newcomer, " 91500000ma5u000010 ") is organisation


def test_a_wrong_check_character_is_named(registry):
    newcomer = Actor(user_id=make.person(registry).id)

    with pytest.raises(InvalidInput) as refusal:
        organisations.find_by_code(registry, newcomer, "91500000MA5U000011")

    assert (refusal.value.code, refusal.value.field) == ("uscc_check", "uscc")


def test_a_credit_code_belongs_to_one_organisation(registry):
    newcomer = Actor(user_id=make.person(registry).id)
    first = organisations.create(registry, newcomer, identity(uscc=make.CREDIT_CODE))

    with pytest.raises(InvalidInput) as refusal:
        organisations.create(registry, newcomer, identity(name_zh="另一家", uscc=make.CREDIT_CODE))

    assert refusal.value.code == "uscc_taken"
    assert refusal.value.facts["organisation_id"] == first.id


def test_namesakes_are_found_without_the_form_of_incorporation(registry):
    newcomer = Actor(user_id=make.person(registry).id)
    organisation = organisations.create(registry, newcomer, identity())

    assert list(organisations.list_namesakes(registry, newcomer, "重慶兩江智駕有限責任公司")) == [organisation]
    assert list(organisations.list_namesakes(registry, newcomer, "  ")) == []


def test_an_organisation_needs_a_name_and_a_past(registry):
    newcomer = Actor(user_id=make.person(registry).id)

    with pytest.raises(InvalidInput, match="name_missing"):
        organisations.create(registry, newcomer, identity(name_zh=""))
    with pytest.raises(InvalidInput, match="founded_in_future"):
        organisations.create(registry, newcomer, identity(founded_on=today() + timedelta(days=1)))


def test_a_visitor_enters_nothing(registry):
    with pytest.raises(NotAllowed):
        organisations.create(registry, VISITOR, identity())

    assert registry.exec(select(Organisation)).all() == []


def edit_with(service, draft, session, actor, organisation):
    return service(session, actor, organisation, draft)


HIGH_TECH = credentials.CertificationDraft(scheme_code="high-tech")
Edit = Callable[..., object]
EDITS: dict[str, Edit] = {
    "identity": partial(edit_with, organisations.update_identity, identity(name_zh="新名字")),
    "activity": partial(edit_with, organisations.update_activity, ActivityDraft(summary_zh="做座舱")),
    "figures": partial(edit_with, organisations.update_figures, FiguresDraft(staff=3)),
    "contact": partial(edit_with, organisations.update_contact, ContactDraft(contact_name="王工")),
    "nodes": partial(edit_with, organisations.set_nodes, ["nev-bms"]),
    "certification": partial(edit_with, credentials.add_certification, HIGH_TECH),
    "patents": partial(edit_with, credentials.set_patents, credentials.PatentDraft(ipc_class="H01M", granted=2)),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_only_its_own_editors_and_officers_edit_an_organisation(registry, edit):
    sme, rival = make.organisation(registry), make.organisation(registry)
    strangers = [VISITOR, make.member(registry, rival), make.member(registry, sme, role=MembershipRole.VIEWER)]

    for stranger in strangers:
        with pytest.raises(NotAllowed):
            edit(registry, stranger, sme)
    edit(registry, make.member(registry, sme, role=MembershipRole.EDITOR), sme)


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_every_edit_leaves_one_account_and_moves_the_clock(registry, edit):
    sme = make.organisation(registry)
    owner = make.member(registry, sme)
    registry.commit()
    before = sme.changed_at

    edit(registry, owner, sme)
    registry.commit()

    entry = registry.exec(select(AuditEntry)).one()
    assert (entry.user_id, entry.organisation_id) == (owner.user_id, sme.id)
    registry.refresh(sme)
    assert sme.changed_at > before


def test_an_edit_that_changes_nothing_leaves_no_trace(registry):
    sme = make.organisation(registry, staff=12)
    owner = make.member(registry, sme)

    organisations.update_figures(registry, owner, sme, FiguresDraft(staff=12))

    assert actions(registry) == []


def test_an_edit_over_somebody_elses_change_names_what_differs(registry):
    sme = make.organisation(registry, staff=12)
    owner = make.member(registry, sme)
    opened = sme.version
    organisations.update_figures(registry, owner, sme, FiguresDraft(staff=20, capacity=3))

    with pytest.raises(Stale) as conflict:
        organisations.update_figures(registry, owner, sme, FiguresDraft(staff=15, capacity=3), expected_version=opened)

    assert conflict.value.differences == {"staff": (20, 15)}
    assert sme.staff == 20


def test_a_stale_edit_of_chain_nodes_is_caught_too(registry):
    sme = make.organisation(registry)
    owner = make.member(registry, sme)
    opened = sme.version
    organisations.update_activity(registry, owner, sme, ActivityDraft(node_codes=("nev-bms",)))

    with pytest.raises(Stale) as conflict:
        organisations.update_activity(
            registry, owner, sme, ActivityDraft(node_codes=("nev-cockpit",)), expected_version=opened
        )

    assert conflict.value.differences == {"node_codes": (("nev-bms",), ("nev-cockpit",))}
    assert organisations.list_node_codes(registry, sme) == ["nev-bms"]


def test_a_colleagues_new_offer_is_no_reason_to_refuse_an_edit_of_the_profile(registry):
    sme = make.organisation(registry)
    owner = make.member(registry, sme)
    opened = sme.version
    credentials.add_certification(registry, owner, sme, credentials.CertificationDraft(scheme_code="high-tech"))

    organisations.update_figures(registry, owner, sme, FiguresDraft(staff=15), expected_version=opened)

    assert sme.staff == 15


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (FiguresDraft(staff=-1), "staff"),
        (FiguresDraft(capacity=10**400), "capacity"),
        (FiguresDraft(rd_ratio=1.2), "rd_ratio"),
        (FiguresDraft(rd_staff_share=float("nan")), "rd_staff_share"),
    ],
)
def test_impossible_figures_are_refused_by_name(registry, draft, field):
    sme = make.organisation(registry)
    owner = make.member(registry, sme)

    with pytest.raises(InvalidInput) as refusal:
        organisations.update_figures(registry, owner, sme, draft)

    assert (refusal.value.code, refusal.value.field) == ("out_of_range", field)


def test_unknown_chain_nodes_are_refused_and_nothing_is_lost(registry):
    sme = make.organisation(registry)
    owner = make.member(registry, sme)
    organisations.set_nodes(registry, owner, sme, ["nev-bms"])

    with pytest.raises(InvalidInput) as refusal:
        organisations.set_nodes(registry, owner, sme, ["nev-bms", "nowhere"])

    assert refusal.value.facts["codes"] == ["nowhere"]
    assert organisations.list_node_codes(registry, sme) == ["nev-bms"]


def test_a_certification_is_held_once_and_must_end_after_it_starts(registry):
    sme = make.organisation(registry)
    owner = make.member(registry, sme)
    draft = credentials.CertificationDraft(scheme_code="high-tech", issued_on=today(), valid_until=today())
    credentials.add_certification(registry, owner, sme, draft)

    with pytest.raises(InvalidInput, match="certification_held"):
        credentials.add_certification(registry, owner, sme, draft)
    with pytest.raises(InvalidInput, match="unknown_scheme"):
        credentials.add_certification(registry, owner, sme, credentials.CertificationDraft(scheme_code="mine"))
    ended = credentials.CertificationDraft(
        scheme_code="high-tech", issued_on=today(), valid_until=today() - timedelta(days=1)
    )
    with pytest.raises(InvalidInput, match="ends_before_it_starts"):
        credentials.add_certification(registry, owner, sme, ended)


def test_a_certification_is_removed_only_from_its_own_organisation(registry):
    sme, rival = make.organisation(registry), make.organisation(registry)
    owner, stranger = make.member(registry, sme), make.member(registry, rival)
    held = credentials.add_certification(registry, owner, sme, credentials.CertificationDraft(scheme_code="high-tech"))

    with pytest.raises(NotFound):
        credentials.remove_certification(registry, stranger, rival, held.id)
    credentials.remove_certification(registry, owner, sme, held.id)

    assert credentials.list_certifications(registry, sme.id) == []


def test_patents_of_one_class_are_corrected_not_doubled(registry):
    sme = make.organisation(registry)
    owner = make.member(registry, sme)

    credentials.set_patents(registry, owner, sme, credentials.PatentDraft(ipc_class="h01m", granted=2))
    count = credentials.set_patents(registry, owner, sme, credentials.PatentDraft(ipc_class="H01M", granted=5))

    assert [held.granted for held in credentials.list_patents(registry, sme.id)] == [5]
    with pytest.raises(InvalidInput, match="ipc_class"):
        credentials.set_patents(registry, owner, sme, credentials.PatentDraft(ipc_class="电池"))
    credentials.remove_patents(registry, owner, sme, count.id)
    assert credentials.list_patents(registry, sme.id) == []


def test_my_organisations_are_those_of_my_memberships(registry):
    mine, other = make.organisation(registry), make.organisation(registry)

    assert list(organisations.my_organisations(registry, make.member(registry, mine))) == [mine]
    assert list(organisations.my_organisations(registry, VISITOR)) == []
    assert organisations.get_organisation(registry, other.id) is other
    with pytest.raises(NotFound):
        organisations.get_organisation(registry, uuid4())
