"""Versions of a room: what differs between two, and going back to one."""

import pytest

from matchmaker.errors import Stale
from matchmaker.services.consortia import (
    invitations,
    rights,
    seats,
    sections,
    versions,
)
from matchmaker.services.consortia.drafts import Article, RightDraft, SeatDraft
from models.enums import (
    DeclineReason,
    IpSide,
    SeatState,
)
from tests.consortium_rooms import RoomCase

S = SeatState


@pytest.fixture
def case(registry):
    return RoomCase(registry)


def test_two_versions_differ_in_named_fields(case):
    case.join(role="研发", tasks="算法")
    first = versions.keep(case.session, case.leader, case.id, "初稿")
    sections.update_article(case.session, case.leader, case.id, Article.SECRECY, "三年")
    seat = case.seat_of(case.firm)
    seats.update_seat(case.session, case.leader, case.id, seat.id, SeatDraft(role_zh="研发", tasks="算法与标定"))
    second = versions.keep(case.session, case.leader, case.id)

    found = versions.compare(first.snapshot, second.snapshot)

    assert [(one.part, one.subject, one.field, one.before, one.after) for one in found] == [
        ("", "", "secrecy", "", "三年"),
        ("seat", "研发", "tasks", "算法", "算法与标定"),
    ]


def test_nothing_new_is_kept_where_nothing_has_changed(case):
    first = versions.keep(case.session, case.leader, case.id)

    assert versions.keep(case.session, case.leader, case.id).id == first.id


def test_going_back_is_a_new_version_and_loses_nothing(case):
    seat = case.join(tasks="算法")
    right = rights.add_right(case.session, case.leader, case.id, RightDraft(side=IpSide.BACKGROUND, title="座舱软件"))
    versions.keep(case.session, case.leader, case.id)
    rights.remove_right(case.session, case.leader, case.id, right.id)
    seats.update_seat(case.session, case.leader, case.id, seat.id, SeatDraft(role_zh="测试", tasks="台架"))

    latest = versions.go_back(case.session, case.leader, case.id, 1, "同第1版")

    kept = versions.list_versions(case.session, case.leader, case.id)
    room = case.room()
    assert [version.number for version in kept] == [3, 2, 1]
    assert kept[1].snapshot["seats"][1]["tasks"] == "台架"
    assert (room.seats[1].tasks, room.seats[1].state) == ("算法", S.ACCEPTED)
    assert [one.title for one in room.rights] == ["座舱软件"]
    assert latest.note == "同第1版"


def test_nobody_s_consent_comes_back_with_an_earlier_version(case):
    seat = case.join()
    versions.keep(case.session, case.leader, case.id)
    invitations.leave(case.session, case.owner, seat.id, "业务调整")

    versions.go_back(case.session, case.leader, case.id, 1)

    assert [one.state for one in case.room().seats] == [S.ACCEPTED, S.OPEN]
    assert all(one.organisation_id != case.firm.id for one in case.room().seats)


def test_a_seat_that_comes_back_is_looked_for_by_the_same_kinds_and_capabilities(case):
    seat = case.add("检测", money=5e5)
    seat.kinds, seat.capability_codes = ["lab"], ["cockpit-controller"]
    versions.keep(case.session, case.leader, case.id)
    seats.remove_seat(case.session, case.leader, case.id, seat.id)

    versions.go_back(case.session, case.leader, case.id, 1)

    back = case.room().seats[1]
    assert back.id != seat.id
    assert (back.role_zh, back.money) == ("检测", 5e5)
    assert (back.kinds, back.capability_codes) == (["lab"], ["cockpit-controller"])


def test_a_seat_that_was_turned_down_since_does_not_come_back_twice(case):
    seat = case.invite(benefit_percent=40.0)
    versions.keep(case.session, case.leader, case.id)
    vacancy = invitations.decline(case.session, case.owner, seat.id, DeclineReason.TERMS)
    seats.update_seat(case.session, case.leader, case.id, vacancy.id, SeatDraft(role_zh="测试"))

    versions.go_back(case.session, case.leader, case.id, 1)

    assert [(one.role_zh, one.state, one.benefit_percent) for one in case.room().seats] == [
        ("牵头单位", S.ACCEPTED, None),
        ("研发", S.OPEN, 40.0),
    ]


def test_a_seat_that_comes_back_is_taken_for_no_other_when_a_no_is_taken_back(case):
    case.add("标准")
    seat, gone = case.invite(case.firm), case.add("检测")
    case_first = case.room().seats[1]
    versions.keep(case.session, case.leader, case.id)
    seats.remove_seat(case.session, case.leader, case.id, case_first.id)
    seats.remove_seat(case.session, case.leader, case.id, gone.id)
    versions.keep(case.session, case.leader, case.id)
    invitations.decline(case.session, case.owner, seat.id, DeclineReason.TERMS)

    versions.go_back(case.session, case.leader, case.id, 1)
    invitations.accept(case.session, case.owner, seat.id)

    assert sorted(one.role_zh for one in case.room().seats) == sorted(["牵头单位", "研发", "标准", "检测"])


def test_a_seat_for_which_somebody_was_proposed_meanwhile_is_not_taken_away(case):
    seat = case.add()
    seen = seats.seen_vacant(seat)
    seats.propose(case.session, case.leader, case.id, seat.id, case.firm.id)

    with pytest.raises(Stale):
        seats.remove_seat(case.session, case.leader, case.id, seat.id, seen=seen)

    assert [one.state for one in case.room().seats] == [S.ACCEPTED, S.PROPOSED]
