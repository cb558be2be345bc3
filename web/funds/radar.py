"""The radar: firms with open rounds ranked for a mandate, and the screens that a fund watches."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import exposure, reference
from matchmaker.services.actors import Permission, can
from matchmaker.services.capital import naming
from matchmaker.services.capital.ranking import CapitalList
from matchmaker.services.desk import lists, radar, rights, screens, startups, verdicts
from matchmaker.services.desk.radar import Look, RadarFilters
from matchmaker.services.desk.startups import OnList
from matchmaker.services.paging import PAGE_SIZE
from models.desk import DealList, Screen
from models.enums import ClearanceVerdict, FinancingStage
from models.funds import Mandate
from models.organisations import Organisation
from web import capital_cards, choices, picking
from web import clause_sentences as clauses
from web.access import current_actor, signed_in
from web.choices import name_of, names_of
from web.database import reader, session
from web.funds.area import bp
from web.funds.desk import own_page
from web.funds.radar_forms import ScreenForm
from web.i18n import yuan
from web.labels import LABELS, label
from web.rendering import page_url
from web.shown import exposure_log
from web.transactions import commits

LAST_PAGE = 1_000_000


@bp.get("/funds/radar")
@signed_in
def show_radar() -> ResponseReturnValue:
    """The fund, the mandate or a screen, the filters and the page live in the address."""
    funds = rights.list_funds(session(), current_actor())
    screen = _screen()
    fund = _chosen_fund(funds, screen)
    if fund is None:
        return render_template("funds/radar_none.html", fund=None, may_edit=False)
    mandates = verdicts.live_mandates(session(), fund.id)
    mandate = _chosen_mandate(mandates, screen)
    if mandate is None:
        may_edit = can(current_actor(), Permission.MANDATE_EDIT, fund.id)
        return render_template("funds/radar_none.html", fund=fund, may_edit=may_edit)
    return _render(funds, fund, mandates, mandate, screen)


@bp.post("/funds/<uuid:organisation_id>/screens")
@signed_in
@commits
def save_screen(organisation_id: UUID) -> ResponseReturnValue:
    """Keep what the radar shows now under a name; the filters come with the form as the address has them."""
    form = ScreenForm()
    fund = rights.get_fund(session(), current_actor(), organisation_id)
    if form.validate():
        with form.refusing():
            draft = form.draft(request.form.get("mandate", type=UUID), RadarFilters.read(request.form).plain())
            kept = screens.save_screen(session(), current_actor(), fund.id, draft)
            flash(_("The screen is kept. What comes from now on is new in it."), "success")
            return redirect(url_for("funds.show_radar", screen=kept.id))
    return _render_screen_form(fund, None, form, _sent_filters()), 422


@bp.get("/funds/screens")
@signed_in
def list_screens() -> ResponseReturnValue:
    """Everything that is watched, with how much is new in each."""
    actor = current_actor()
    funds = rights.list_funds(session(), actor)
    watched = [(fund, radar.watch(session(), actor, reader(), fund.id)) for fund in funds]
    mandates = {one.id: one for fund in funds for one in verdicts.live_mandates(session(), fund.id)}
    muted = {key for _fund, listed in watched for one in listed for key in one.muted}
    return render_template(
        "funds/screens.html",
        watched=watched,
        mandates=mandates,
        muted=_organisations(muted),
        words={one.screen.id: _words(RadarFilters.read(one.screen.filters)) for _f, all_ in watched for one in all_},
        me=actor.user_id,
    )


@bp.get("/funds/screens/<uuid:screen_id>")
@signed_in
def show_screen(screen_id: UUID) -> ResponseReturnValue:
    screen = screens.get_screen(session(), current_actor(), screen_id)
    form = ScreenForm(
        formdata=None,
        name=screen.name,
        is_shared=screen.is_shared,
        alerts=screen.alerts,
        version=screen.version,
    )
    return _render_screen(screen, form)


@bp.post("/funds/screens/<uuid:screen_id>")
@signed_in
@commits
def change_screen(screen_id: UUID) -> ResponseReturnValue:
    """Its name, who sees it, whether it gives alerts; the filters stay."""
    screen, form = screens.get_screen(session(), current_actor(), screen_id), ScreenForm()
    if form.validate():
        with form.over(screen):
            draft = form.draft(screen.mandate_id, screen.filters)
            screens.change_screen(session(), current_actor(), screen_id, draft, expected_version=form.version.data)
            flash(_("Saved."), "success")
            return redirect(url_for("funds.list_screens"))
    return _render_screen(screen, form), form.status


@bp.get("/funds/screens/<uuid:screen_id>/delete")
@signed_in
def show_delete_screen(screen_id: UUID) -> ResponseReturnValue:
    screen = screens.get_screen(session(), current_actor(), screen_id)
    return render_template("funds/screen_delete.html", screen=screen)


@bp.post("/funds/screens/<uuid:screen_id>/delete")
@signed_in
@commits
def delete_screen(screen_id: UUID) -> ResponseReturnValue:
    screens.delete_screen(session(), current_actor(), screen_id)
    flash(_("The screen is deleted."), "success")
    return redirect(url_for("funds.list_screens"))


@bp.post("/funds/screens/<uuid:screen_id>/seen")
@signed_in
@commits
def mark_seen(screen_id: UUID) -> ResponseReturnValue:
    screens.mark_seen(session(), current_actor(), screen_id)
    flash(_("Marked as looked through."), "success")
    return redirect(own_page(request.form.get("next")) or url_for("funds.show_radar", screen=screen_id))


@bp.post("/funds/screens/<uuid:screen_id>/mute/<uuid:firm_id>")
@signed_in
@commits
def mute(screen_id: UUID, firm_id: UUID) -> ResponseReturnValue:
    screens.mute(session(), current_actor(), screen_id, firm_id)
    flash(_("You hear no more of this firm in this screen."), "success")
    return redirect(own_page(request.form.get("next")) or url_for("funds.show_radar", screen=screen_id))


@bp.post("/funds/screens/<uuid:screen_id>/unmute/<uuid:firm_id>")
@signed_in
@commits
def unmute(screen_id: UUID, firm_id: UUID) -> ResponseReturnValue:
    screens.unmute(session(), current_actor(), screen_id, firm_id)
    flash(_("You hear of this firm again."), "success")
    return redirect(own_page(request.form.get("next")) or url_for("funds.list_screens"))


def editable_lists(fund_id: UUID) -> Sequence[DealList]:
    """The lists on which the person may put a firm."""
    if not can(current_actor(), Permission.DEAL_EDIT, fund_id):
        return []
    return lists.list_lists(session(), current_actor(), fund_id)


def _screen() -> Screen | None:
    asked = request.args.get("screen", type=UUID)
    return screens.get_screen(session(), current_actor(), asked) if asked else None


def _chosen_fund(funds: Sequence[Organisation], screen: Screen | None) -> Organisation | None:
    asked = screen.organisation_id if screen else request.args.get("fund", type=UUID)
    with_mandate = request.args.get("mandate", type=UUID)
    holder = session().get(Mandate, with_mandate) if with_mandate else None
    wanted = asked or (holder.organisation_id if holder else None)
    return next((one for one in funds if one.id == wanted), funds[0] if funds else None)


def _chosen_mandate(mandates: Sequence[Mandate], screen: Screen | None) -> Mandate | None:
    asked = request.args.get("mandate", type=UUID) or (screen.mandate_id if screen else None)
    return next((one for one in mandates if one.id == asked), mandates[0] if mandates else None)


def _filters(screen: Screen | None) -> RadarFilters:
    """Those of the address; a screen's own where the address says none."""
    said = RadarFilters.read(request.args)
    return RadarFilters.read(screen.filters) if screen and not said.plain() else said


def _sent_filters() -> dict[str, str]:
    mandate = request.form.get("mandate", type=UUID)
    return RadarFilters.read(request.form).plain() | ({"mandate": str(mandate)} if mandate else {})


def _render(
    funds: Sequence[Organisation],
    fund: Organisation,
    mandates: Sequence[Mandate],
    mandate: Mandate,
    screen: Screen | None,
) -> str:
    filters, page = _filters(screen), _page()
    how = _look(page)
    seen = radar.look(session(), current_actor(), reader(), mandate.id, filters, how, screen=screen)
    run = exposure.run_of_firms(current_actor(), mandate, seen.ranked)
    answer = render_template(
        "funds/radar.html",
        run=run,
        funds=funds,
        fund=fund,
        mandates=mandates,
        mandate=mandate,
        screen=screen,
        filters=filters,
        chips=_chips(filters, how),
        how=how,
        seen=seen,
        verdicts=_verdicts(seen.ranked.by_verdict, filters),
        page=page,
        size=PAGE_SIZE,
        options=_options(),
        plain=filters.plain() | {"mandate": str(mandate.id)},
        **_of_firms(fund, seen.ranked),
        **_of_desk(fund),
    )
    if seen.ranked.items:
        exposure_log().note(run)
    return answer


def _page() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)


def _look(page: int) -> Look:
    return Look(
        only_new=request.args.get("new") == "y",
        with_muted=request.args.get("muted") == "y",
        first=(page - 1) * PAGE_SIZE,
        count=PAGE_SIZE,
    )


def _of_firms(fund: Organisation, ranked: CapitalList) -> dict[str, Any]:
    """What the page says of the firms that it lists."""
    return {
        "cards": capital_cards.cards_for_mandate(ranked, naming.read_names(session(), ranked.items)),
        "places": _places(fund, ranked),
        "clauses": clauses,
    }


def _of_desk(fund: Organisation) -> dict[str, Any]:
    """Where a firm, or the search itself, can be kept."""
    return {
        "screens": screens.list_screens(session(), current_actor(), fund.id),
        "deal_lists": editable_lists(fund.id),
        "may_keep": can(current_actor(), Permission.DEAL_EDIT, fund.id),
        "screen_form": ScreenForm(formdata=None, alerts=True),
    }


def _places(fund: Organisation, ranked: CapitalList) -> dict[UUID, list[OnList]]:
    """Where the fund has the firms of the page already."""
    firms = [one.organisation_id for one in ranked.items]
    found: dict[UUID, list[OnList]] = {}
    for one in startups.list_places(session(), current_actor(), fund.id, firms):
        found.setdefault(one.deal.candidate_id, []).append(one)
    return found


def _verdicts(counts: Any, filters: RadarFilters) -> list[tuple[str, int, str, bool]]:
    """Each verdict that lets a firm stay, with how many there are and the address that takes or drops it."""
    return [
        (
            label(one),
            counts.get(one, 0),
            page_url(verdict=None if filters.verdict is one else one.value, page=None),
            filters.verdict is one,
        )
        for one in ClearanceVerdict
        if one is not ClearanceVerdict.STOPPED
    ]


def _options() -> dict[str, Any]:
    return {
        "stages": [(one.value, str(text)) for one, text in LABELS[FinancingStage].items()],
        "districts": [(row.code, name_of(row)) for row in reference.list_districts(session())],
        "schemes": [(row.code, name_of(row)) for row in reference.list_schemes(session())],
        "nodes": choices.nodes(),
    }


def _words(filters: RadarFilters) -> list[str]:
    """What a screen looks for, in words."""
    return [text for text, _name in _named(filters)]


def _named(filters: RadarFilters) -> list[tuple[str, str]]:
    rows = [*reference.list_districts(session()), *reference.list_schemes(session()), *reference.list_nodes(session())]
    names = names_of(rows)
    chosen = [
        (label(filters.stage) if filters.stage else "", "stage"),
        (names.get(filters.node, filters.node), "node"),
        (names.get(filters.district, filters.district), "district"),
        (label(filters.verdict) if filters.verdict else "", "verdict"),
        (_("from %(amount)s", amount=yuan(filters.amount_low)) if filters.amount_low else "", "amount_low"),
        (_("up to %(amount)s", amount=yuan(filters.amount_high)) if filters.amount_high else "", "amount_high"),
        (_("TRL %(level)s or higher", level=filters.trl_low) if filters.trl_low else "", "trl_low"),
        (names.get(filters.certification, filters.certification), "certification"),
    ]
    return [(text, name) for text, name in chosen if text]


def _chips(filters: RadarFilters, how: Look) -> list[tuple[str, str]]:
    chips = [(text, page_url(**{name: None, "page": None})) for text, name in _named(filters)]
    return chips + ([(_("only what is new"), page_url(new=None, page=None))] if how.only_new else [])


def _organisations(ids: set[UUID]) -> dict[UUID, Organisation]:
    found = [session().get(Organisation, key) for key in ids]
    return {one.id: one for one in found if one is not None}


def _render_screen(screen: Screen, form: ScreenForm) -> str:
    fund = rights.get_fund(session(), current_actor(), screen.organisation_id)
    return _render_screen_form(fund, screen, form, {})


def _render_screen_form(fund: Organisation, screen: Screen | None, form: ScreenForm, plain: dict[str, str]) -> str:
    return render_template(
        "funds/screen.html",
        fund=fund,
        screen=screen,
        form=form,
        plain=plain,
        differences=picking.differences(form),
    )
