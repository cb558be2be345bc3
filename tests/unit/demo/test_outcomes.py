"""What came of matches in the demo, and what is left for whoever tries it to say."""

from matchmaker.services.actors import Actor
from matchmaker.services.outcomes import stating
from matchmaker.services.outcomes.drafts import OutcomeDraft
from matchmaker.services.outcomes.matches import list_matches
from models.enums import InterestState, MatchOutcomeKind, MatchOutcomeState, MembershipRole
from models.interest import Interest
from seeds.demo.identity import HERO, identity


def test_the_sme_has_agreed_with_a_partner_on_a_need_that_is_not_planted_and_may_say_what_came_of_it(demo, played):
    hero = identity(HERO)
    sme = Actor(user_id=identity("user/sme"), memberships={hero: MembershipRole.OWNER})

    match = next(one for one in list_matches(played, sme, hero) if not one.outcomes)
    draft = OutcomeDraft(kind=MatchOutcomeKind.CONTRACT, happened_on=match.since, amount=100_000.0)
    with played.begin_nested() as trial:
        said = stating.state_outcome(played, sme, hero, match.kind, match.id, draft)
        trial.rollback()

    assert said.state is MatchOutcomeState.STATED
    agreed = played.get_one(Interest, match.id)
    assert agreed.state is InterestState.AGREED
    assert str(agreed.need_id) not in {entry.need_id for entry in demo.key}
