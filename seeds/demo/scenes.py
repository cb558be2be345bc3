"""What people did in the region, by the services that people would use: consortia, dossiers, and a fund at its desk."""

from datetime import date

from sqlmodel import Session

from seeds.demo.consortia import form
from seeds.demo.desk import set_up_desk
from seeds.demo.dossiers import pass_money_round
from seeds.demo.duplicates import enter_twice
from seeds.demo.identity import identity
from seeds.demo.indicators import keep_past
from seeds.demo.outcomes import tell_outcomes
from seeds.demo.people import People
from seeds.demo.scenarios import prepare
from seeds.demo.schedules import keep_schedule

FUND_PERSON = identity("user/fund")


def play(session: Session, today: date) -> None:
    """All scenes; the demo's records and its people are there."""
    form(session, today)
    people = People(session)
    second = pass_money_round(session, people, today, FUND_PERSON)
    set_up_desk(session, people, second, today, FUND_PERSON)
    tell_outcomes(session, people, today)
    enter_twice(session, people)
    prepare(session)
    keep_past(session, today)
    keep_schedule(session, today)
