"""Seven people to look at the demo with. They have no password: one signs in by the link that `serve` prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, select

from models.accounts import Membership, Role, User
from models.enums import MembershipRole, PlatformRole
from models.organisations import Organisation
from seeds.demo.identity import HERO, SOURCE, identity


@dataclass(frozen=True)
class Persona:
    """One demo person; descriptions say who it is, in both languages."""

    code: str
    email: str
    name: str
    description_zh: str
    description_en: str
    organisation_key: str | None = None
    role: PlatformRole | None = None
    also: Sequence[str] = ()  # organisations for which the person acts besides

    @property
    def user_id(self) -> UUID:
        return identity(f"user/{self.code}")


PERSONAS: Sequence[Persona] = (
    Persona("sme", "sme@example.org", "陈屿", "中小企业：智能座舱企业的负责人，找合作伙伴", "SME: runs a smart-cockpit firm and looks for partners", HERO),
    Persona("leader", "leader@example.org", "何岳峰", "链主企业：整车企业的生态合作经理", "Chain leader: partner manager of a carmaker", "leader-01"),
    Persona("lab", "lab@example.org", "林若溪", "实验室：开放仪器与成果的课题组长", "Lab: group leader who opens instruments and results", "lab-02"),
    Persona("base", "base@example.org", "周启航", "中试基地：负责接单和排期", "Pilot base: takes orders and plans the line", "base-01"),
    Persona("fund", "fund@example.org", "吴静文", "基金：投资经理，筛选科技企业", "Fund: investment manager who shortlists startups", "fund-01", also=("fund-39",)),
    Persona("officer", "officer@example.org", "赵明远", "项目官员：组织对接、出对接报告", "Programme officer: brings people together and reports", role=PlatformRole.OFFICER),
    Persona("administrator", "administrator@example.org", "管理员", "系统管理员：账号、权重与导入", "Administrator: accounts, weights, imports", role=PlatformRole.ADMINISTRATOR),
)  # fmt: skip
ROLE_DESCRIPTIONS = {
    PlatformRole.OFFICER: "Programme officer of the region",
    PlatformRole.ADMINISTRATOR: "Administrator of the installation",
    PlatformRole.AUDITOR: "Reads the audit",
}


def load_roles(session: Session) -> dict[PlatformRole, Role]:
    """The platform's roles as rows; every installation needs them."""
    present = {role.name: role for role in session.exec(select(Role))}
    for role in PlatformRole:
        if role.value not in present:
            present[role.value] = Role(
                id=identity(f"role/{role}"), name=role.value, description=ROLE_DESCRIPTIONS[role]
            )
            session.add(present[role.value])
    session.flush()
    return {role: present[role.value] for role in PlatformRole}


def load_personas(session: Session) -> None:
    """Add the demo people who are not there yet; flushes, the caller commits."""
    roles = load_roles(session)
    known = set(session.exec(select(User.email)))
    for persona in PERSONAS:
        if persona.email not in known:
            _add(session, persona, roles)
    session.flush()


def personas(session: Session) -> list[tuple[Persona, User]]:
    """The demo people of this installation, in the order in which they are shown."""
    users = {user.email: user for user in session.exec(select(User))}
    return [(persona, users[persona.email]) for persona in PERSONAS if persona.email in users]


def _add(session: Session, persona: Persona, roles: dict[PlatformRole, Role]) -> None:
    user = User(id=persona.user_id, email=persona.email, name=persona.name, password=None, active=True)
    if persona.role is not None:
        user.roles.append(roles[persona.role])
    session.add(user)
    session.flush()
    for key in filter(None, (persona.organisation_key, *persona.also)):
        _join(session, persona, key)


def _join(session: Session, persona: Persona, key: str) -> None:
    organisation = session.exec(
        select(Organisation).where(Organisation.source == SOURCE, Organisation.source_key == key)
    ).one()
    is_first = key == persona.organisation_key
    session.add(
        Membership(
            id=identity(f"membership/{persona.code}" + ("" if is_first else f"/{key}")),
            user_id=persona.user_id,
            organisation_id=organisation.id,
            role=MembershipRole.OWNER,
        )
    )
