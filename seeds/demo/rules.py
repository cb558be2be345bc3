"""Rule sets in force in the demo, copied from templates as an officer would, and conflicts of interest on record."""

from collections.abc import Sequence

from matchmaker.services.rule_sets.figures import (
    KIND_OF,
    AtPositions,
    ConflictsApart,
    DifferentDistricts,
    LargestShare,
    LeadIs,
    MemberCount,
    Newcomers,
    OfKinds,
    RuleDraft,
    SmeShare,
    stored_figures,
)
from models.challenges import Challenge, ChallengeAnswer
from models.enums import ChainPosition, ChallengeKind, OrganisationKind, RuleSetState
from models.rules import CompositionRule, OrganisationConflict, RuleSet
from seeds.demo.identity import identity
from seeds.demo.world import World

K = OrganisationKind
NOTICE = "演示：创新联合体组建规则（2026年）"
CALL = "演示：揭榜挂帅项目组队规则（2026年）"
FORMER = "演示：创新联合体组建规则（2025年）"

MEMBERS: Sequence[RuleDraft] = (
    RuleDraft(figures=LeadIs(kinds=(K.CHAIN_LEADER, K.LAB)), source=f"{NOTICE}第二条"),
    RuleDraft(figures=MemberCount(least=3, most=8), source=f"{NOTICE}第三条"),
    RuleDraft(figures=OfKinds(kinds=(K.LAB, K.PILOT_BASE), least=1), source=f"{NOTICE}第四条"),
    RuleDraft(figures=SmeShare(least=0.25), source=f"{NOTICE}第五条"),
    RuleDraft(
        figures=AtPositions(positions=(ChainPosition.UPSTREAM, ChainPosition.MIDSTREAM), least=1),
        source=f"{NOTICE}第六条",
        is_hard=False,
    ),
    RuleDraft(figures=DifferentDistricts(least=2), source=f"{NOTICE}第七条", is_hard=False),
    RuleDraft(figures=ConflictsApart(), source=f"{NOTICE}第八条"),
)
ANSWERS: Sequence[RuleDraft] = (
    RuleDraft(figures=MemberCount(least=2, most=8), source=f"{CALL}第一条"),
    RuleDraft(figures=OfKinds(kinds=(K.LAB,), least=1), source=f"{CALL}第二条"),
    RuleDraft(figures=LargestShare(most=0.6), source=f"{CALL}第三条"),
    RuleDraft(figures=Newcomers(projects_at_most=1, least=1), source=f"{CALL}第四条", is_hard=False),
    RuleDraft(figures=ConflictsApart(), source=f"{CALL}第五条"),
)
EARLIER: Sequence[RuleDraft] = (
    RuleDraft(figures=LeadIs(kinds=(K.CHAIN_LEADER,)), source=f"{FORMER}第二条"),
    RuleDraft(figures=MemberCount(least=4, most=6), source=f"{FORMER}第三条"),
    RuleDraft(figures=OfKinds(kinds=(K.LAB,), least=1), source=f"{FORMER}第四条"),
)
REASONS = (
    ("同一实际控制人，待其中一方退出后解除", "演示：工商登记信息"),
    ("专利侵权诉讼未结", "演示：法院公告"),
    ("同一细分市场直接竞争，双方书面要求回避", "演示：单位来函"),
)


def regulate(world: World) -> None:
    """Two sets in force, one of them in its second edition; challenges are put under them."""
    earlier = _publish(world, "demo-members", 1, FORMER, "Demo: rules of innovation consortia (2025)", EARLIER)
    earlier.state = RuleSetState.REPLACED
    members = _publish(world, "demo-members", 2, NOTICE, "Demo: rules of innovation consortia (2026)", MEMBERS)
    answers = _publish(world, "demo-answers", 1, CALL, "Demo: rules of teams that answer a challenge (2026)", ANSWERS)
    # Who opens a scene leads its team, unless firms answer with teams of their own, which they lead themselves.
    answered = {one.challenge_id for one in world.all_of(ChallengeAnswer)}
    for posted in world.all_of(Challenge):
        is_led_by_poster = posted.kind is ChallengeKind.SCENE and posted.id not in answered
        posted.rule_set_id = members.id if is_led_by_poster else answers.id
    _keep_apart(world)


def _publish(
    world: World, family: str, edition: int, name_zh: str, name_en: str, drafts: Sequence[RuleDraft]
) -> RuleSet:
    rule_set = world.add(
        RuleSet,
        id=identity(f"{family}-{edition}"),
        family=family,
        edition=edition,
        name_zh=name_zh,
        name_en=name_en,
        source=f"{name_zh}，虚构",
        valid_from=world.day(60 if edition == 2 else 400),
        state=RuleSetState.PUBLISHED,
    )
    for position, draft in enumerate(drafts):
        world.add(
            CompositionRule,
            id=identity(f"{family}-{edition}-{position}"),
            rule_set_id=rule_set.id,
            kind=KIND_OF[type(draft.figures)],
            arguments=stored_figures(draft.figures),
            is_hard=draft.is_hard,
            source=draft.source,
            position=position,
        )
    return rule_set


def _keep_apart(world: World) -> None:
    """Pairs of firms at the same node of a chain; nobody of whom the answer key or a demo person speaks."""
    firms = [body for body in world.of_kind(K.SME) if body.nodes and not body.key.startswith("plot-")]
    world.dice("conflicts").shuffle(firms)
    taken: set[str] = set()
    for reason, source in REASONS:
        first = next(body for body in firms if body.key not in taken)
        second = next(
            body for body in firms if body.key not in {*taken, first.key} and set(body.nodes) & set(first.nodes)
        )
        taken |= {first.key, second.key}
        world.add(
            OrganisationConflict,
            id=identity(f"conflict-{first.key}"),
            first_id=first.record.id,
            second_id=second.record.id,
            reason=reason,
            source=source,
        )
