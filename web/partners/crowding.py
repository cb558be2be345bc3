"""What a card says of a busy candidate: why, by how much it stands lower, and who is as good and is not over-asked."""

from dataclasses import dataclass

from flask_babel import gettext as _

from matchmaker.services.crowding import Demand
from matchmaker.services.evidence import Named
from matchmaker.services.recommendations import Recommended
from models.organisations import Organisation


@dataclass(frozen=True)
class Busy:
    """`points` is what crowding takes from the place in the list, of 100; the fit knows nothing of it."""

    is_over_asked: bool
    why: str
    points: float
    equal: Organisation | None


def busy_of(item: Recommended, named: Named) -> Busy | None:
    if item.demand is None:
        return None
    equal = named.organisations.get(item.equal_id) if item.equal_id else None
    return Busy(item.demand.is_over_asked, why_busy(item.demand), item.explanation.lowered, equal)


def why_busy(demand: Demand) -> str:
    """How many organisations' needs lead there, as a band: who they are is nobody's business."""
    if demand.most is None:
        who = _("published needs of %(least)s organisations or more lead here", least=demand.least)
    else:
        who = _(
            "published needs of %(least)s to %(most)s organisations lead here", least=demand.least, most=demand.most
        )
    return _("%(who)s, %(room)s.", who=who, room=_room(demand))


def _room(demand: Demand) -> str:
    if not demand.is_over_asked:
        return _("and requests that others have no room for would come to it too")
    if demand.is_capacity_known:
        return _("more than it says it has room for")
    return _("and how much it has room for is not known")
