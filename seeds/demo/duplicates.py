"""A few firms that are in the registry twice: entered by hand years ago, and again under a name that is a little off."""

from dataclasses import dataclass

from sqlmodel import Session

from matchmaker.names import fold_name
from matchmaker.services.actors import PLATFORM
from matchmaker.services.duplicates import finding
from models.enums import CooperationType, OrganisationState, PostingState
from models.offers import Need
from models.organisations import Organisation
from seeds.demo.identity import HERO, identity
from seeds.demo.people import People

OLD_LIST = "list-2021"


@dataclass(frozen=True)
class Twice:
    """Of which organisation, and how the old list writes it."""

    key: str
    before: str
    after: str
    staff: int | None = None


# Never checked and never made active, so that no list, figure or map knows them.
ENTERED = (
    Twice(HERO, "科技有限公司", "科技股份有限公司", staff=60),
    Twice("leader-01", "有限公司", "有限责任公司"),
    Twice("leader-02", "重庆", "重庆市"),
)


def enter_twice(session: Session, people: People) -> None:
    """The old entries, and the search for duplicates as it runs each night."""
    for number, twice in enumerate(ENTERED, start=1):
        right = session.get_one(Organisation, people.organisation(twice.key))
        entry = _old_entry(right, twice, number)
        session.add(entry)
        session.flush()
        session.add(_old_need(entry, number))
    session.flush()
    finding.keep(session, finding.find_all(session, PLATFORM))


def _old_entry(right: Organisation, twice: Twice, number: int) -> Organisation:
    name = right.name_zh.replace(twice.before, twice.after, 1)
    return Organisation(
        id=identity(f"twice/{number}"),
        kind=right.kind,
        state=OrganisationState.DRAFT,
        name_zh=name,
        name_key=fold_name(name),
        district_code=right.district_code,
        staff=twice.staff,
        website=right.website,
        address="重庆市（名录2021年登记地址）",
        source=OLD_LIST,
        source_key=f"2021-{number:04}",
    )


def _old_need(entry: Organisation, number: int) -> Need:
    return Need(
        id=identity(f"twice/{number}/need"),
        organisation_id=entry.id,
        type=CooperationType.RESEARCH,
        title_zh="寻求联合研发单位",
        state=PostingState.DRAFT,
    )
