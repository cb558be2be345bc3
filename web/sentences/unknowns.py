"""Why a component cannot tell, and why a rule hides."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

# What the asking side leaves open, so that nobody can be judged by it.
SILENT: dict[str, object] = {
    "capability": _l("the need names no capability"),
    "text": _l("the need has no description"),
    "readiness": _l("the need states no readiness level (TRL)"),
    "chain": _l("neither the need nor the asker's profile names a place in the chain"),
    "track_record": _l("the asker gives no subject to compare projects with"),
    "ties": _l("the asker is not in the index yet"),
    "district": _l("the asker's district is not stated"),
    "size": _l("the asker's staff is not stated"),
    "terms": _l("the need states no terms"),
    "reciprocity": _l("the asker has published no offer"),
    "amount": _l("no amount is asked for"),
    "place": _l("the asker's place is not stated"),
    "walk_follow_up": _l("the asker gives neither a subject nor past projects to start from"),
    "walk_circle": _l("the asker is not in the index yet"),
    "ties_in_field": _l("the asker gives no subject to compare projects with"),
    "partners_in_field": _l("the asker gives no subject to compare projects with"),
    "common_partners": _l("the asker is not in the index yet"),
    "joined_asker": _l("the asker is not in the index yet"),
    "similar_consortia": _l("the asker gives no subject to compare projects with"),
    "like_partners": _l("the asker is not in the index yet"),
    "area_pair": _l("the asker's area is not stated"),
    "area_in_field": _l("the asker gives no subject to compare projects with"),
    "kind_mix": _l("the asker gives no subject to compare projects with"),
    "length": _l("it is not stated how long the work is to last"),
    "round_habit": _l("neither the round's stage nor its amount nor the asker is known"),
    "stage": _l("neither the round's stage nor its amount nor the asker is known"),
    "startup_age": _l("the day on which the asker was founded is not stated"),
    "turn": _l("the asker is not in the index yet"),
    "deal_walk": _l("there is neither a subject nor an earlier backer to start from"),
    "backers": _l("no earlier backer of the asker is on record"),
    "followers": _l("no earlier backer of the asker is on record"),
    "deal_region": _l("the asker's region is not stated"),
    "deal_state": _l("the asker's province or state is not stated"),
    "deal_country": _l("the asker's country is not stated"),
    "taste": _l("the asker gives no subject to compare projects with"),
    "syndicate_size": _l("the asker gives no subject to compare projects with"),
    "field_activity": _l("the asker gives no subject to compare projects with"),
}
# Where nobody has posted a need, what only a need could say.
WITHOUT_NEED: Mapping[str, object] = SILENT | dict.fromkeys(
    ("capability", "text", "readiness", "terms"), _l("no need is held against it here")
)
BETWEEN_TWO = ("ties", "walk_circle", "ties_in_field", "partners_in_field", "common_partners", "joined_asker")
FROM_DEALS = (
    *("round_habit", "round_activity", "deal_volume", "stage", "turn", "deal_walk", "backers", "followers"),
    *("deal_region", "deal_state", "deal_country", "field_activity", "taste", "syndicate_size", "rise"),
)
# What the candidate leaves open.
UNSTATED: Mapping[str, object] = {
    "capability": _l("the offer names no capability"),
    "text": _l("the offer has no description"),
    "readiness": _l("the offer states no readiness level (TRL)"),
    "chain": _l("its place in the chain is not stated"),
    "track_record": _l("no past project of it is on record"),
    **dict.fromkeys(BETWEEN_TWO, _l("one of the two has no past project on record")),
    "walk": _l("no past project of it is on record"),
    "district": _l("its district is not stated"),
    "capacity": _l("its free capacity is not stated"),
    "size": _l("its staff is not stated"),
    "terms": _l("no terms that both sides state"),
    "reciprocity": _l("it has posted no need that the asker's offers could be held against"),
    "amount": _l("no past amount of it is known"),
    "place": _l("no past project of it is on record"),
    "recency": _l("no past project of it is on record"),
    "walk_follow_up": _l("no past project of it is on record, or there is none here to start from"),
    "similar_consortia": _l("no past project of it is on record"),
    "like_partners": _l("it has no past project on record, or the asker no partner yet"),
    "area_pair": _l("its area is not stated, or no project led from the asker's area is on record"),
    "area_in_field": _l("its area is not stated, or no joint project on record resembles this"),
    "kind_mix": _l("its kind is not stated, or no joint project on record resembles this"),
    "length": _l("of none of its past projects is it known how long it was to last"),
    **dict.fromkeys(FROM_DEALS, _l("no past investment of it is on record")),
    "startup_age": _l("nobody knows how old the startups were that it invested in"),
}
# What a round, and what a mandate, leaves open where the two are held against each other.
OF_ROUND: Mapping[str, object] = {
    "ticket": _l("the round states no amount"),
    "stage_asked": _l("the round states no stage"),
    "invested_field": _l("the firm's place in the chain is not known"),
    "mandate_place": _l("the firm's district is not known"),
    "patience": _l("it is not known when a fund could leave"),
    "money_left": _l("the round states no amount"),
    "fund_deals": _l("nothing is known of the firm that a deal could resemble"),
    "fund_places": _l("the firm's area is not known"),
    "scarcity": _l("the firm offers no capability"),
    "milestones": _l("the round names no milestone"),
    "amount": _l("the round states no amount"),
}
OF_MANDATE: Mapping[str, object] = {
    "ticket": _l("the mandate states no ticket"),
    "stage_asked": _l("the mandate names no stage"),
    "invested_field": _l("the mandate names no field"),
    "mandate_place": _l("the mandate names no district"),
    "patience": _l("the mandate does not state its life"),
    "money_left": _l("the mandate does not state what is left"),
    "fund_deals": _l("no past deal of the fund is on record"),
    "fund_places": _l("no past deal of the fund is on record"),
}
BY_OFFER = frozenset({"capability", "text", "readiness", "terms"})
NO_OFFER = _l("it has published no offer; it is judged by its record alone")

# By the engine's reason codes. "Own" is not among them: nobody expects to be recommended to themselves.
HIDDEN: Mapping[str, object] = {
    "excluded": _l("you excluded them"),
    "expired": _l("their offer has expired"),
    "kind_not_wanted": _l("the need asks for another kind of organisation"),
    "place_not_wanted": _l("the need asks for other districts"),
    "type_not_accepted": _l("the need does not accept their kind of co-operation"),
    "other_kind_wanted": _l("their offer is meant for another kind of organisation than the asker"),
    "other_place_wanted": _l("their offer is meant for other districts than the asker's"),
    "no_free_capacity": _l("they have no free capacity"),
    "must_missing": _l("a capability that the need marks as a must is missing or below the level"),
    "own": _l("it is the asker's own organisation"),
}
# Rules that a change of the need would lift.
BY_THE_NEED = frozenset({"kind_not_wanted", "place_not_wanted", "type_not_accepted", "must_missing", "excluded"})


def why_unknown(component: str, silent: Mapping[str, object], *, has_offer: bool) -> str:
    """Which side leaves open what this component looks at; `silent` has what the asking side leaves open."""
    if component in silent:
        return str(silent[component])
    if not has_offer and component in BY_OFFER:
        return str(NO_OFFER)
    return str(UNSTATED.get(component, _l("not known")))


def why_unknown_to_round(component: str, silent: frozenset[str]) -> str:
    """Why a fund is not told of, in a list for a round; `silent` has what the round leaves open."""
    if component in silent:
        return str(OF_ROUND.get(component) or SILENT.get(component) or _l("not known"))
    return str(OF_MANDATE.get(component) or UNSTATED.get(component) or _l("not known"))


def why_unknown_to_mandate(component: str, silent: frozenset[str]) -> str:
    """The same of a firm, in a list for a mandate."""
    if component in silent:
        return str(OF_MANDATE.get(component) or _l("not known"))
    return str(OF_ROUND.get(component) or UNSTATED.get(component) or _l("not known"))


def silent_for_need(silent: frozenset[str]) -> Mapping[str, object]:
    return {component: SILENT[component] for component in silent}


def silent_for_record(silent: frozenset[str]) -> Mapping[str, object]:
    return {component: WITHOUT_NEED[component] for component in silent}


def why_hidden(reason: str) -> str:
    return str(HIDDEN.get(reason, reason))
