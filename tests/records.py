"""Valid records of an organisation and all that hangs on it; a test names only what it is about."""

from collections.abc import Iterable
from datetime import date
from itertools import count

from sqlmodel import Session

from matchmaker.scoring.weighting import Weighting
from matchmaker.services import presets
from matchmaker.services.actors import Actor
from matchmaker.services.learning import versions
from models.accounts import Membership, Role, User
from models.enums import (
    ChainPosition,
    ClusterTier,
    CooperationType,
    Grade,
    MembershipRole,
    OrganisationKind,
    PlatformRole,
    TrainingVerdict,
)
from models.learning import TrainingRun
from models.offers import Need, NeedCapability, Offer, OfferCapability
from models.organisations import Organisation
from models.taxonomy import (
    Capability,
    CertificationScheme,
    Chain,
    ChainNode,
    Cluster,
    District,
    FieldGradeDefault,
    Industry,
    PresetWeight,
    ReadinessLevel,
    WeightPreset,
)

SOURCE = "test"
NUMBERS = count(1)
# Real codes would belong to somebody; these only carry a right check character.
CREDIT_CODE = "91500000MA5U000010"
OTHER_CREDIT_CODE = "91500107MA6000000P"
OPEN_FIELDS = """
    uscc ownership district_code country region address website founded_on industry_code summary_zh summary_en nodes
    tags staff revenue_band capacity engaged certifications patents projects rounds verified_at
"""
CAPABILITIES = """
    cockpit-controller; nev-cockpit; 智能座舱域控制器开发; Cockpit domain controller development; 座舱域控; CDC
    head-up-display; nev-cockpit; 抬头显示设计; Head-up display design; 抬头显示|HUD; HUD
    bms-software; nev-bms; BMS软件开发; BMS software development; 电池管理软件; battery management software
"""


def add_taxonomy(session: Session) -> None:
    """One chain with two nodes and three capabilities, two districts, one scheme, the nine levels, one preset."""
    session.add(Cluster(code="cars", name_zh="新能源汽车", name_en="NEV", tier=ClusterTier.TRILLION, source=SOURCE))
    session.flush()
    session.add(Chain(code="nev", name_zh="新能源汽车", name_en="NEV", cluster_code="cars", source=SOURCE))
    session.flush()
    for code, name_zh, name_en in [("nev-cockpit", "智能座舱", "Smart cockpit"), ("nev-bms", "电池管理系统", "BMS")]:
        session.add(
            ChainNode(
                code=code,
                name_zh=name_zh,
                name_en=name_en,
                chain_code="nev",
                position=ChainPosition.MIDSTREAM,
                source=SOURCE,
            )
        )
    session.flush()
    for line in CAPABILITIES.strip().splitlines():
        code, node, name_zh, name_en, synonyms_zh, synonyms_en = (value.strip() for value in line.split(";"))
        capability = Capability(code=code, node_code=node, name_zh=name_zh, name_en=name_en, source=SOURCE)
        capability.synonyms_zh, capability.synonyms_en = synonyms_zh, synonyms_en
        session.add(capability)
    session.add(District(code="500112", name_zh="渝北区", name_en="Yubei", source=SOURCE))
    session.add(District(code="500107", name_zh="九龙坡区", name_en="Jiulongpo", source=SOURCE))
    session.add(Industry(code="C3670", name_zh="汽车零部件", name_en="Car parts", source=SOURCE))
    session.add(
        CertificationScheme(
            code="high-tech",
            name_zh="高新技术企业",
            name_en="High-tech enterprise",
            ladder="firm",
            rank=3,
            source=SOURCE,
        )
    )
    session.add_all(_levels())
    session.add_all(_grades())
    add_preset(session, "partners", {"capability": 30, "text": 20, "readiness": 10, "district": 10, "ties": 30})
    add_preset(session, "partners_by_record", {"ties": 40, "track_record": 40, "walk": 20})
    session.flush()


def add_preset(session: Session, purpose: str, weights: dict[str, float]) -> None:
    """The live preset of a purpose, with the purpose for its code."""
    session.add(
        WeightPreset(code=purpose, name_zh="权重", name_en="Weights", purpose=purpose, is_live=True, source=SOURCE)
    )
    session.flush()
    session.add_all(
        PresetWeight(preset_code=purpose, component=component, weight=weight) for component, weight in weights.items()
    )


def _levels() -> list[ReadinessLevel]:
    return [
        ReadinessLevel(
            level=n, name_zh=f"第{n}级", name_en=f"Level {n}", evidence_zh="证据", evidence_en="e", source=SOURCE
        )
        for n in range(1, 10)
    ]


def _grades() -> list[FieldGradeDefault]:
    grades = dict.fromkeys(OPEN_FIELDS.split(), Grade.OPEN)
    grades |= dict.fromkeys(("rd_ratio", "rd_staff_share", "round_figures"), Grade.CONDITIONAL)
    grades |= dict.fromkeys(("contact_name", "contact_email", "contact_phone"), Grade.CLOSED)
    return [FieldGradeDefault(field=field, grade=grade, source=SOURCE) for field, grade in grades.items()]


def organisation(session: Session, **fields) -> Organisation:
    number = next(NUMBERS)
    record = Organisation(
        **{
            "kind": OrganisationKind.SME,
            "name_zh": f"重庆第{number}科技有限公司",
            "name_key": f"重庆第{number}科技",
            **fields,
        }
    )
    session.add(record)
    session.flush()
    return record


def person(session: Session, *roles: PlatformRole, **fields) -> User:
    user = User(**{"email": f"person{next(NUMBERS)}@example.com", "name": "李工", **fields})
    for role in roles:
        user.roles.append(Role(name=role.value))
    session.add(user)
    session.flush()
    return user


def member(session: Session, *organisations: Organisation, role: MembershipRole = MembershipRole.OWNER) -> Actor:
    """The actor of a new person who belongs to these organisations."""
    user = person(session)
    for record in organisations:
        session.add(Membership(user_id=user.id, organisation_id=record.id, role=role))
    session.flush()
    return Actor(user_id=user.id, memberships={record.id: role for record in organisations})


def officer(session: Session) -> Actor:
    return Actor(user_id=person(session).id, roles=frozenset({PlatformRole.OFFICER}))


def offer(session: Session, owner: Organisation, *, capabilities: Iterable[str] = (), **fields) -> Offer:
    record = Offer(
        **{"organisation_id": owner.id, "type": CooperationType.SUPPLY, "title_zh": "座舱域控制器批量供货", **fields}
    )
    session.add(record)
    session.flush()
    session.add_all(OfferCapability(offer_id=record.id, capability_code=code, level=3) for code in capabilities)
    session.flush()
    return record


def need(session: Session, owner: Organisation, *, capabilities: Iterable[str] = (), **fields) -> Need:
    record = Need(
        **{"organisation_id": owner.id, "type": CooperationType.RESEARCH, "title_zh": "寻找抬头显示合作方", **fields}
    )
    session.add(record)
    session.flush()
    session.add_all(NeedCapability(need_id=record.id, capability_code=code, level=3) for code in capabilities)
    session.flush()
    return record


def training_run(live: Weighting) -> TrainingRun:
    """A run that passed, held against `live`, which is what it learned too."""
    stored = presets.to_stored(live)
    return TrainingRun(
        purpose="partners",
        data_as_of=date(2026, 11, 22),
        code_version="0.1.0",
        index_version="1",
        seed=1,
        data_sha256="",
        prior_code="partners",
        prior=stored,
        result=stored | {"weights": {"text": 1.0}},
        held_out={"against": "partners", "against_sha256": versions.hash_of_stored(stored), "before": stored},
        verdict=TrainingVerdict.OFFERED,
    )
