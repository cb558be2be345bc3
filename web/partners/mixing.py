"""What a card says of a newcomer, and of who stands on the list because of a floor."""

from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.services.recommendations import Recommended, Standing


def has_badge(item: Recommended) -> bool:
    """A newcomer among the known; where most are newcomers the badge says nothing, but for who has moved up."""
    standing = item.standing
    return standing is not None and standing.is_newcomer and (standing.stands_out or standing.is_moved)


def why_here(item: Recommended) -> str:
    """Empty for who stands where the order alone would place them."""
    standing = item.standing
    if standing is None or not standing.is_moved:
        return ""
    return _(
        "%(who)s; shown here because its own offer is close to the need, and a share of the first places is kept for "
        "newcomers and small firms. By the order alone: no. %(position)s.",
        who=_who(standing),
        position=standing.position_by_fit,
    )


def _who(standing: Standing) -> str:
    if standing.is_newcomer and standing.projects == 0:
        return _("No joint project on record")
    if standing.is_newcomer:
        return ngettext(
            "Only %(num)s joint project on record, or founded lately",
            "Founded lately, with %(num)s joint projects on record",
            standing.projects,
        )
    return _("A small firm")
