"""What a fund holds, beside what it promised: money by field, re-investment, life left, firms to hand over."""

from collections.abc import Iterable
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.exports.charts import Picture, bars
from matchmaker.services import organisations
from matchmaker.services.calendar import today
from matchmaker.services.desk import rights
from matchmaker.services.desk.portfolio import MandatePortfolio, read_portfolio
from models.funds import Mandate
from models.organisations import Organisation
from web.access import current_actor, signed_in
from web.database import session
from web.funds.area import bp
from web.i18n import current_language, percent, yuan

TEN_THOUSAND = 10_000


@bp.get("/funds/portfolio")
@signed_in
def show_portfolio() -> ResponseReturnValue:
    funds = [
        (fund, [_shown(one) for one in read_portfolio(session(), current_actor(), fund.id, today=today())])
        for fund in rights.list_funds(session(), current_actor())
    ]
    return render_template("funds/portfolio.html", funds=funds)


def _shown(held: MandatePortfolio) -> dict[str, object]:
    ids = {one.firm_id for one in held.holdings if one.firm_id} | {
        fund_id for over in held.hand_overs for fund_id, _mandate in over.takers
    }
    mandates = {key: session().get_one(Mandate, key) for over in held.hand_overs for _fund, key in over.takers}
    return {
        "held": held,
        "names": _names(ids),
        "mandates": mandates,
        "chart": _allocation(held) if held.paid else None,
    }


def _names(ids: Iterable[UUID]) -> dict[UUID, Organisation]:
    return {key: organisations.get_organisation(session(), key) for key in ids}


def _allocation(held: MandatePortfolio) -> Picture:
    """Money by field, with the share that was promised to main fields as a mark."""
    parts = {True: 0.0, False: 0.0, None: 0.0}
    for one in held.holdings:
        parts[one.is_main] += one.paid
    labels = {True: _("Main fields"), False: _("Other fields"), None: _("Field not known")}
    told = {str(labels[key]): amount / _unit() for key, amount in parts.items() if amount}
    asked, paid = held.mandate.main_field_share, held.paid or 0.0
    mark = (str(_("Promised to main fields")), asked * paid / _unit()) if asked else None
    alt = _(
        "Paid so far: %(parts)s", parts=", ".join(f"{name} {yuan(amount * _unit())}" for name, amount in told.items())
    )
    if asked:
        alt += _("; promised to main fields: %(share)s", share=percent(asked))
    title = _("CNY 10,000") if current_language() == "zh" else "CNY M"
    return bars(told, title=str(title), alt_text=str(alt), mark=mark, unit_format=",.1~f")


def _unit() -> float:
    return float(TEN_THOUSAND) if current_language() == "zh" else 1e6
