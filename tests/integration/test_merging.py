"""Two records made one, and two again: whatever points at either, no row is lost and nothing dangles."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

import models  # noqa: F401 - registers every table
from matchmaker.errors import InvalidInput, NotAllowed, Stale
from matchmaker.services import accounts, data_requests, organisations, postings, visibility
from matchmaker.services.actors import PLATFORM, VISITOR, Actor
from matchmaker.services.audit import plain
from matchmaker.services.calendar import today
from matchmaker.services.consortia import rooms
from matchmaker.services.data_requests import RequestDraft
from matchmaker.services.duplicates import merging, moving, queue, unmerging
from matchmaker.services.duplicates.merging import Seen
from matchmaker.services.duplicates.weighing import Side
from matchmaker.services.imports.images import plain_type
from matchmaker.services.organisations import FiguresDraft
from matchmaker.services.postings import OfferDraft
from models.accounts import Membership
from models.audit import AuditEntry
from models.base import metadata, new_id
from models.consortia import Consortium
from models.enums import (
    ConsortiumState,
    CooperationType,
    DuplicateState,
    Grade,
    MembershipRole,
    OrganisationState,
    ParticipationRole,
    PlatformRole,
    SeatState,
)
from models.organisations import FieldGrade, Organisation, PatentCount
from models.registry import DuplicatePair, OrganisationMerge
from models.taxonomy import FieldGradeDefault
from models.track import Participation
from tests.factories import make_organisation
from tests.import_tables import plan_rows
from tests.integration.refused_rows import FILLED, NEEDED, SAMPLES

# What a merge is about, not what it moves; their own rows are looked at by name.
ABOUT_MERGES = {"organisation_merges", "duplicate_pairs", "audit_entries"}
POINTING = [(table, column) for table, columns in moving.pointing_tables().items() for column in columns]


class Region:
    """Rows of any table, valid and pointing at chosen organisations; what they refer to is made as it is needed."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.count = 0

    def add(self, name: str, **given: Any) -> dict[str, Any]:
        table = metadata.tables[name]
        values = {**NEEDED.get(name, {}), **given}
        filled = FILLED.get(name, frozenset())
        for column in table.columns:
            if column.name not in values and (not column.nullable or column.name in filled):
                values[column.name] = self._sample(column)
        self.connection.execute(sa.insert(table).values(values))
        return values

    def _sample(self, column: sa.Column[Any]) -> Any:
        self.count += 1
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column
            return self.add(target.table.name)[target.name]
        if isinstance(column.type, sa.Enum):
            return column.type.python_type(column.type.enums[0])
        kind = object if isinstance(column.type, sa.JSON) else plain_type(column)
        if column.primary_key or column.unique or column.name in ("kind", "ipc_class", "number", "edition"):
            return {UUID: new_id(), str: f"sample-{self.count}"}.get(kind, self.count)
        return SAMPLES[kind]


def dump(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, but for clocks and versions of organisations, which only ever move on."""
    found = {}
    for name, table in metadata.tables.items():
        columns = [c for c in table.c if not (name == "organisations" and c.name in ("changed_at", "version"))]
        found[name] = sorted((tuple(map(str, row)) for row in session.execute(sa.select(*columns))), key=str)
    return found


def without_merges(by_table: dict[str, Any]) -> dict[str, Any]:
    return {name: rows for name, rows in by_table.items() if name not in ABOUT_MERGES}


def count_rows(session: Session) -> dict[str, int]:
    counts = {name: sa.select(sa.func.count()).select_from(table) for name, table in metadata.tables.items()}
    return {name: session.scalars(count).one() for name, count in counts.items()}


def dangling(session: Session) -> list[Any]:
    return list(session.execute(sa.text("PRAGMA foreign_key_check")))


def make_pair(session: Session) -> tuple[Organisation, Organisation, DuplicatePair]:
    kept = make_organisation(name_zh="重庆云岭智能座舱有限公司", uscc=None, staff=120)
    merged = make_organisation(name_zh="重庆云岭智能座舱", uscc="91500000MA5U4T9X1U", website="https://yunling.example")
    session.add_all([kept, merged])
    session.flush()
    first, second = sorted((kept.id, merged.id))
    pair = DuplicatePair(first_id=first, second_id=second, likeness=0.9, grounds={"same_name": 6.0})
    session.add(pair)
    session.flush()
    return kept, merged, pair


def test_whatever_points_at_the_merged_record_points_at_the_kept_one_and_back_again(session):
    kept, merged, pair = make_pair(session)
    region = Region(session.connection())
    for table, column in POINTING:
        region.add(table, **{column: merged.id})
    before = dump(session)

    done = merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    moved = {(one["table"], one["column"]): len(one["keys"]) for one in done.moved["rows"]}
    assert moved == dict.fromkeys(POINTING, 1)
    assert done.moved["stayed"] == []
    assert dangling(session) == []

    unmerging.unmerge(session, PLATFORM, done.id)

    assert without_merges(dump(session)) == without_merges(before)
    assert session.get_one(DuplicatePair, pair.id).state is DuplicateState.OPEN


def test_what_both_have_is_settled_by_rule_and_nobody_loses_a_right(session):
    kept, merged, pair = make_pair(session)
    region = Region(session.connection())
    user, project = region.add("users")["id"], region.add("projects")["id"]
    field = region.add("field_grade_defaults")["field"]
    for owner, role, grade, granted, part in (
        (kept.id, "viewer", "open", 3, "participant"),
        (merged.id, "owner", "closed", 5, "coordinator"),
    ):
        region.add("memberships", user_id=user, organisation_id=owner, role=MembershipRole(role))
        region.add("field_grades", field=field, organisation_id=owner, grade=Grade(grade))
        region.add("patent_counts", ipc_class="B60K", organisation_id=owner, granted=granted, applied=9 - granted)
        region.add("participations", project_id=project, organisation_id=owner, role=ParticipationRole(part))
    before = dump(session)

    done = merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    assert session.exec(select(Membership.role).where(Membership.organisation_id == kept.id)).one() == "owner"
    assert session.exec(select(FieldGrade.grade).where(FieldGrade.organisation_id == kept.id)).one() == "closed"
    patents = session.exec(select(PatentCount).where(PatentCount.organisation_id == kept.id)).one()
    assert (patents.granted, patents.applied) == (5, 6)
    led = session.exec(select(Participation.role).where(Participation.organisation_id == kept.id)).one()
    assert led == ParticipationRole.COORDINATOR
    assert [one["rule"] for one in done.moved["stayed"]] == ["clash"] * 4

    unmerging.unmerge(session, PLATFORM, done.id)

    assert without_merges(dump(session)) == without_merges(before)


def grade_field(session: Session, name: str, usual: Grade, **own: UUID) -> None:
    session.add(FieldGradeDefault(field=name, grade=usual, source="test"))
    session.flush()
    session.add_all(FieldGrade(organisation_id=key, field=name, grade=Grade(grade)) for grade, key in own.items())
    session.flush()


def test_what_one_of_the_two_kept_back_by_default_is_seen_of_neither(session):
    kept, merged, pair = make_pair(session)
    grade_field(session, "staff", Grade.CONDITIONAL, open=merged.id)
    grade_field(session, "revenue_band", Grade.CLOSED, open=kept.id)
    grade_field(session, "rd_ratio", Grade.OPEN, closed=merged.id)
    before = dump(session)

    done = merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    grades = visibility.grades_of(session, kept.id)
    assert (grades["staff"], grades["revenue_band"], grades["rd_ratio"]) == ("conditional", "closed", "closed")

    unmerging.unmerge(session, PLATFORM, done.id)

    assert without_merges(dump(session)) == without_merges(before)


def test_a_grant_of_the_merged_record_does_not_open_what_the_kept_one_has_closed(session):
    kept, merged, pair = make_pair(session)
    asker = make_organisation(name_zh="询问方", uscc=None)
    session.add(asker)
    session.flush()
    grade_field(session, "staff", Grade.CONDITIONAL, closed=kept.id)
    until = today() + timedelta(days=9)
    reader = Actor(memberships={asker.id: MembershipRole.OWNER})
    officer = Actor(roles=frozenset({PlatformRole.OFFICER}))
    draft = RequestDraft(fields=("staff",), purpose="为了评估联合申报的人员条件", wanted_until=until)
    request = data_requests.ask(session, replace(reader, roles=officer.roles), asker.id, merged.id, draft)
    data_requests.grant(session, officer, request.id, expires_on=until)
    assert visibility.granted_fields(session, reader, merged.id) == {"staff"}

    merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    assert visibility.granted_fields(session, reader, kept.id) == frozenset()
    assert data_requests.get_listed(session, reader, request.id).has_ended


def test_who_has_left_the_kept_record_does_not_act_through_the_merged_one(session):
    kept, merged, pair = make_pair(session)
    region = Region(session.connection())
    user = region.add("users", active=True)["id"]
    for owner in (kept.id, merged.id):
        region.add("memberships", user_id=user, organisation_id=owner, role=MembershipRole.EDITOR)
    merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    session.execute(sa.delete(Membership).where(Membership.organisation_id == kept.id))
    session.expire_all()

    assert accounts.actor_of(session, user).memberships == {}


def test_what_is_sent_from_a_form_opened_before_the_merge_is_not_lost(session):
    kept, merged, pair = make_pair(session)
    own = Actor(memberships={merged.id: MembershipRole.OWNER, kept.id: MembershipRole.OWNER})
    merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    offer = postings.create_offer(session, own, merged, OfferDraft(type=CooperationType.TECHNICAL, title_zh="座舱"))

    assert offer.organisation_id == kept.id
    with pytest.raises(InvalidInput, match="merged_already"):
        organisations.update_figures(session, own, merged, FiguresDraft(staff=7))


def test_the_account_of_a_merge_tells_which_fields_changed_but_not_what_they_said(session):
    kept, merged, pair = make_pair(session)
    merged.contact_phone = "023-97319731"

    done = merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    entries = session.exec(select(AuditEntry).where(AuditEntry.subject_id == str(done.id))).all()
    assert ["contact_phone" in one.changes["fields"] for one in entries] == [True, True]
    assert "97319731" not in str([one.changes for one in entries])


def test_what_is_signed_keeps_the_name_it_was_signed_with_and_its_people_still_see_it(session):
    kept, merged, pair = make_pair(session)
    region = Region(session.connection())
    room = region.add("consortia", lead_id=merged.id, state=ConsortiumState.FORMING)["id"]
    region.add("seats", consortium_id=room, organisation_id=merged.id, state=SeatState.ACCEPTED, kinds=[])
    session.execute(sa.update(Consortium).where(Consortium.id == room).values(state=ConsortiumState.SIGNED))
    user = region.add("users", active=True)["id"]
    region.add("memberships", user_id=user, organisation_id=merged.id, role=MembershipRole.OWNER)

    done = merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    assert session.get_one(Consortium, room).lead_id == merged.id
    assert {one["rule"] for one in done.moved["stayed"]} == {"signed"}
    actor = accounts.actor_of(session, user)
    assert actor.memberships == {kept.id: MembershipRole.OWNER, merged.id: MembershipRole.OWNER}
    assert rooms.get_room(session, actor, room).lead.id == merged.id
    assert [one.id for one in organisations.my_organisations(session, actor)] == [kept.id]


def test_the_officer_decides_field_by_field_and_a_credit_code_stands_once(session):
    kept, merged, pair = make_pair(session)
    before = dump(session)
    values = {"uscc": Side.MERGED, "website": Side.MERGED, "name_zh": Side.KEPT}

    done = merging.merge(session, PLATFORM, pair.id, kept_id=kept.id, values=values, note="同一家公司")

    assert (kept.uscc, merged.uscc) == ("91500000MA5U4T9X1U", None)
    assert kept.website == "https://yunling.example"
    assert kept.name_zh == "重庆云岭智能座舱有限公司"
    assert merged.state is OrganisationState.MERGED
    assert merged.merged_into_id == kept.id

    unmerging.unmerge(session, PLATFORM, done.id)

    assert without_merges(dump(session)) == without_merges(before)


def test_a_merge_on_an_old_view_of_either_record_is_refused(session):
    kept, merged, pair = make_pair(session)
    seen = Seen(pair=pair.version, kept=kept.version, merged=merged.version)
    merged.staff = 130
    session.flush()

    with pytest.raises(Stale):
        merging.merge(session, PLATFORM, pair.id, kept_id=kept.id, seen=seen)


def test_two_officers_merge_once(session):
    kept, merged, pair = make_pair(session)
    merging.merge(session, PLATFORM, pair.id, kept_id=kept.id)

    with pytest.raises(InvalidInput, match="pair_decided"):
        merging.merge(session, PLATFORM, pair.id, kept_id=merged.id)

    assert len(session.exec(select(OrganisationMerge)).all()) == 1


def test_undo_leaves_what_people_have_changed_since(session):
    kept, merged, pair = make_pair(session)
    done = merging.merge(session, PLATFORM, pair.id, kept_id=kept.id, values={"website": Side.MERGED})
    kept.website = "https://new.example"
    session.flush()

    report = unmerging.unmerge(session, PLATFORM, done.id)

    assert report.fields == ("website",)
    assert kept.website == "https://new.example"
    assert merged.state is OrganisationState.ACTIVE


def test_a_stranger_may_neither_see_nor_decide_pairs(session):
    kept, _merged, pair = make_pair(session)

    with pytest.raises(NotAllowed):
        queue.compare(session, VISITOR, pair.id)
    with pytest.raises(NotAllowed):
        merging.merge(session, VISITOR, pair.id, kept_id=kept.id)


def test_a_table_that_names_the_merged_record_finds_the_kept_one(session):
    kept, merged, pair = make_pair(session)
    code, name = merged.uscc, merged.name_zh
    assert code is not None
    merging.merge(session, PLATFORM, pair.id, kept_id=kept.id, values={})

    plan = plan_rows(session, "organisations", "统一社会信用代码|中文名称|员工人数", [code, name, "140"])

    assert plan.problems == ()
    assert plan.rows[0].records[0].record_id == kept.id
    assert dict(plan.rows[0].records[0].values) == {"staff": 140}


regions = st.lists(
    st.tuples(st.sampled_from(POINTING), st.lists(st.integers(0, 2), min_size=1, max_size=3)), min_size=1, max_size=8
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=regions, keeps_first=st.booleans())
def test_in_any_small_region_no_row_is_lost_and_undo_puts_all_back(engine, rows, keeps_first):
    with engine.connect() as connection, connection.begin() as begun, Session(connection) as session:
        kept, merged, pair = make_pair(session)
        third = make_organisation()
        session.add(third)
        session.flush()
        fill(session, rows, (merged.id, kept.id, third.id))
        before, counted = dump(session), count_rows(session)
        keep = kept if keeps_first else merged
        other = merged if keeps_first else kept

        done = merging.merge(session, PLATFORM, pair.id, kept_id=keep.id)

        assert without_merges(count_rows(session)) == without_merges(counted)
        assert dangling(session) == []
        left = {(one["table"], str(sorted(one["key"].items()))) for one in done.moved["stayed"]}
        assert set(still_pointing(session, other.id)) == left

        unmerging.unmerge(session, PLATFORM, done.id)

        assert without_merges(dump(session)) == without_merges(before)
        assert dangling(session) == []
        begun.rollback()


def fill(session: Session, rows: Any, ids: tuple[UUID, ...]) -> None:
    """Rows as they come; those that a constraint refuses from the start are no region."""
    region = Region(session.connection())
    for (table, column), who in rows:
        shared: dict[str, Any] = {}
        for place in who:
            point = session.begin_nested()
            try:
                made = region.add(table, **{**shared, column: ids[place]})
            except sa.exc.IntegrityError:
                point.rollback()
                continue
            point.commit()
            # The next row of these is about the same thing, so that two of them may clash.
            others = {c.name for c in metadata.tables[table].c if c.foreign_keys and c.name != column}
            shared = {name: made[name] for name in others if name in made and made[name] not in ids}


def still_pointing(session: Session, organisation_id: UUID) -> Iterator[tuple[str, str]]:
    for name, columns in moving.pointing_tables().items():
        table = metadata.tables[name]
        points = sa.or_(*(table.c[column] == organisation_id for column in columns))
        for row in session.execute(sa.select(table).where(points)).mappings():
            key = plain({column.name: row[column.name] for column in table.primary_key.columns})
            yield name, str(sorted(key.items()))
