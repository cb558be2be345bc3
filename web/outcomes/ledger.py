"""The ledger of exposure: who has the first places of lists, and what a floor would cost."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from matchmaker.exports.charts import Picture, bars, pairs
from matchmaker.services import exposure_ledger, exposure_policies, exposure_preview
from matchmaker.services.actors import Permission, can, require
from matchmaker.services.calendar import today
from matchmaker.services.capital.ranking import FUNDS, STARTUPS
from matchmaker.services.exposure_ledger import NOT_STATED, TOO_FEW
from matchmaker.services.exposure_policies import HIGHEST_SHARE
from matchmaker.services.exposure_preview import Curve
from matchmaker.services.recommendations import PURPOSE
from models.enums import Ownership, SizeClass
from models.exposure import ExposurePolicy
from web.access import current_actor, permitted
from web.database import reader, session
from web.i18n import current_language
from web.labels import label
from web.outcomes.asked import list_scopes, read_asked
from web.outcomes.funnel import bp

TITLES: Mapping[str, object] = {
    "district": _l("By district"),
    "size": _l("By size"),
    "ownership": _l("By ownership"),
    "newcomer": _l("By newcomers"),
}
NEWCOMER: Mapping[str, object] = {"newcomer": _l("Newcomers"), "known": _l("Known for several projects")}
# Whom lists of each kind could have shown; any other kind is made from offers, as lists of partners are.
COULD: Mapping[str, object] = {
    FUNDS: _l("Organisations that could be shown are active funds with a published mandate."),
    STARTUPS: _l(
        "Organisations that could be shown are active firms with a round open on the last day. What funds' radars "
        "showed is counted from three funds on, and never for a single organisation."
    ),
}
FROM_OFFERS = _l("Organisations that could be shown are active and have a live offer or a facility on the last day.")
FLOORS: Mapping[str, object] = {"newcomer_share": _l("Newcomers, at least"), "small_share": _l("Small firms, at least")}
# Values of a floor that are tried on the same lists, in percent; the one asked for joins them.
TRIED = (0, 10, 20, 30, 40)
CHARTED = 12
PERCENT = 100
LEAST_LOSS = 5e-5


@bp.get("/exposure-ledger")
@permitted(Permission.FUNNEL_VIEW)
def show_ledger() -> ResponseReturnValue:
    asked, actor = read_asked(), current_actor()
    purposes = exposure_ledger.list_purposes(session())
    purpose = _purpose(purposes)
    told = exposure_ledger.read_exposure(session(), actor, asked.scope, asked.period, purpose=purpose)
    may_set = can(actor, Permission.EXPOSURE_EDIT)
    floor, share = _floor()
    policy = session().get(ExposurePolicy, purpose) if may_set else None
    curve = _curve(policy, floor, share) if policy and "floor" in request.args else None
    return render_template(
        "outcomes/ledger.html",
        asked=asked,
        scopes=list_scopes(),
        purposes=purposes,
        purpose=purpose,
        told=told,
        could=COULD.get(purpose, FROM_OFFERS),
        busy=[SimpleNamespace(**row) for row in told["busy"]],
        groups=[(TITLES[name], _rows(name, rows), _chart(name, rows)) for name, rows in told["groups"].items()],
        policy=policy,
        floors=FLOORS,
        floor=floor,
        share=share,
        highest=int(HIGHEST_SHARE * PERCENT),
        curve=curve,
        curve_chart=_curve_chart(curve, floor) if curve else None,
        set_url=_set_url(purpose, floor, share),
    )


def _purpose(purposes: Sequence[str]) -> str:
    """The kind of list that is asked for; unasked, lists of partners, of which a floor can be priced."""
    usual = PURPOSE if PURPOSE in purposes else purposes[0]
    asked = request.args.get("purpose", usual)
    return asked if asked in purposes else usual


def _floor() -> tuple[str, int]:
    """Which floor the slider is about, and where it stands, in percent."""
    floor = request.args.get("floor", "")
    share = request.args.get("share", 15, type=int)
    return floor if floor in FLOORS else "newcomer_share", min(max(share, 0), int(HIGHEST_SHARE * PERCENT))


def _set_url(purpose: str, floor: str, share: int) -> str:
    proposed: dict[str, Any] = {floor: share}
    return url_for("exposure.show_policy", purpose=purpose, **proposed)


def _curve(policy: ExposurePolicy, floor: str, share: int) -> Curve:
    require(current_actor(), Permission.EXPOSURE_EDIT)
    values = sorted({*TRIED, share})
    draft = exposure_policies.draft_of(policy)
    shares = [value / PERCENT for value in values]
    return exposure_preview.price_curve(
        session(), current_actor(), reader(), policy, draft, floor, shares, today=today()
    )


def _rows(group: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "name": _name(group, row)} for row in rows]


def _name(group: str, row: Mapping[str, Any]) -> str:
    code = row["code"]
    if code == NOT_STATED:
        return _("Not stated")
    if code == TOO_FEW:
        return _("Groups of one or two organisations")
    if group == "district":
        return str(row[f"name_{current_language()}"] or code)
    return str(NEWCOMER[code]) if group == "newcomer" else str(label({"size": SizeClass}.get(group, Ownership)(code)))


def _chart(group: str, rows: list[dict[str, Any]]) -> Picture | None:
    drawn = {_name(group, row): (row["share"], row["share_of_organisations"]) for row in rows[:CHARTED]}
    if not any(row["places"] for row in rows):
        return None
    names = (_("Share of places"), _("Share of organisations"))
    told = "; ".join(f"{name} {ours:.0%} / {theirs:.0%}" for name, (ours, theirs) in drawn.items())
    return pairs(drawn, names=names, title="", alt_text=f"{TITLES[group]}: {names[0]} / {names[1]}: {told}")


def _curve_chart(curve: Curve, floor: str) -> Picture | None:
    """Nothing to draw where no value costs anything."""
    if all(abs(step.fit_lost) < LEAST_LOSS for step in curve.steps):
        return None
    lost = {f"{step.share:.0%}": PERCENT * step.fit_lost for step in curve.steps}
    told = "; ".join(f"{name}: {value:.2f}" for name, value in lost.items())
    title = _("Points of fit that the floor costs")
    return bars(lost, title=title, alt_text=f"{title} ({FLOORS[floor]}): {told}", unit_format=",.2f")
