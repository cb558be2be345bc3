"""A firm as a fund reads it: readiness, certifications, partners, unknowns, verdicts, conflicts, who else could pay."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlmodel import col, select

from matchmaker.errors import NotFound
from matchmaker.services import clearing, reference
from matchmaker.services.actors import Permission, can
from matchmaker.services.desk import coinvestors, rights, startups
from matchmaker.services.desk.startups import Startup
from matchmaker.services.desk.verdicts import Held
from models.enums import QuestionState
from models.organisations import Organisation
from models.taxonomy import Capability
from web import clause_sentences as clauses
from web import profile_words
from web.access import current_actor, signed_in
from web.choices import names_of
from web.database import session
from web.funds.area import bp
from web.funds.radar import editable_lists
from web.shown import note_opened


@bp.get("/funds/firms/<uuid:organisation_id>")
@signed_in
def show_startup(organisation_id: UUID) -> ResponseReturnValue:
    """For the fund in the address (`fund`), or the reader's first."""
    fund = chosen_fund()
    startup = startups.read_startup(session(), current_actor(), fund.id, organisation_id)
    note_opened(organisation_id)
    held = _chosen(startup.held)
    return render_template(
        "funds/firm.html",
        startup=startup,
        fund=fund,
        firm=startup.organisation,
        profile=startup.profile,
        levels={row.level: row for row in reference.list_levels(session())},
        figures={one.round_id: one for one in startup.profile.value("round_figures") or ()},
        held=held,
        lines=[line for line in held.pair.lines if line.is_askable] if held else [],
        asked=_asked(held, organisation_id),
        asking=QuestionState,
        suggestion=_suggestion(held, organisation_id),
        names=_names(startup),
        deal_lists=editable_lists(fund.id),
        may_act=can(current_actor(), Permission.DEAL_EDIT, fund.id),
        clauses=clauses,
        cards=profile_words,
        why_with=why_with,
        spoken=_spoken,
        **profile_words.profile_names(startup.profile),
    )


def chosen_fund() -> Organisation:
    """The fund of the reader's that the address names, or the first; NotFound for who belongs to none."""
    funds = rights.list_funds(session(), current_actor())
    asked = request.args.get("fund", type=UUID)
    chosen = next((one for one in funds if one.id == asked), None) or next(iter(funds), None)
    if chosen is None:
        raise NotFound("fund", asked)
    return chosen


def _chosen(held: Sequence[Held]) -> Held | None:
    """The mandate of the address, or the first by which the firm is judged."""
    asked = request.args.get("mandate", type=UUID)
    return next((one for one in held if one.mandate.id == asked), None) or next(iter(held), None)


def _asked(held: Held | None, organisation_id: UUID) -> Any:
    if held is None:
        return {}
    return clearing.questions_of(session(), current_actor(), held.mandate.id, organisation_id)


def _suggestion(held: Held | None, organisation_id: UUID) -> coinvestors.Suggestion:
    if held is None:
        return coinvestors.Suggestion(None)
    return coinvestors.suggest(session(), current_actor(), held.mandate.id, organisation_id)


def _names(startup: Startup) -> dict[str, str]:
    """Of the chain nodes and capabilities that the page speaks of."""
    rivals = startup.conflicts.rivals
    codes = {code for one in rivals for code in one.capability_codes}
    capabilities = session().exec(select(Capability).where(col(Capability.code).in_(codes))).all()
    return names_of([*reference.list_nodes(session()), *capabilities])


def _spoken(codes: Sequence[str], names: dict[str, str]) -> str:
    return clauses.listed(sorted(names.get(code, code) for code in codes))


def why_with(one: coinvestors.CoInvestor, rest: float) -> str:
    """Why a fund is named as one that could pay, too."""
    reasons = [
        _("closes the rest alone") if one.closes(rest) else _("pays part of the rest"),
        ngettext("one deal together with you", "%(num)s deals together with you", one.together) if one.together else "",
        ngettext("one deal in this field", "%(num)s deals in this field", one.in_the_field) if one.in_the_field else "",
    ]
    return clauses.listed(reason for reason in reasons if reason)
