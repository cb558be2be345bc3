"""The lists of a fund, and one list as a table or a board."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.errors import InvalidInput, Stale
from matchmaker.services import organisations
from matchmaker.services.actors import Permission, can, require
from matchmaker.services.desk import deals, lists, moving, reading, rights
from matchmaker.services.desk.moving import Moved
from matchmaker.services.desk.reading import Desk, Filters
from matchmaker.services.mandates import listing
from models.enums import StageRule
from models.funds import Mandate
from models.organisations import Organisation
from web.access import current_actor, signed_in
from web.choices import name_of
from web.database import session
from web.funds.area import bp
from web.funds.deal_words import own_value
from web.funds.desk_forms import FirmForm, ListForm
from web.i18n import joined
from web.labels import label
from web.refusals import refusal_text
from web.rendering import page_url
from web.transactions import commits


@bp.get("/funds/desk")
@signed_in
def list_lists() -> ResponseReturnValue:
    actor = current_actor()
    desks = [
        {
            "fund": fund,
            "lists": lists.list_lists(session(), actor, fund.id),
            "counts": lists.count_deals(session(), actor, fund.id),
            "mandates": {one.id: one for one in mandates_of(fund)},
            "may_edit": can(actor, Permission.DEAL_EDIT, fund.id),
        }
        for fund in rights.list_funds(session(), actor)
    ]
    return render_template("funds/desk_lists.html", desks=desks, none=lists.ListCounts())


@bp.get("/funds/<uuid:organisation_id>/desk/new")
@signed_in
def show_new_list(organisation_id: UUID) -> ResponseReturnValue:
    fund = _editable_fund(organisation_id)
    return _render_new(fund, ListForm(formdata=None))


@bp.post("/funds/<uuid:organisation_id>/desk/new")
@signed_in
@commits
def create_list(organisation_id: UUID) -> ResponseReturnValue:
    fund, form = _editable_fund(organisation_id), ListForm()
    form.offer(mandates_of(fund))
    if form.validate():
        with form.refusing():
            made = lists.create_list(session(), current_actor(), fund.id, form.draft())
            flash(_("The list is there, with the usual stages. Change them in its settings."), "success")
            return redirect(url_for("funds.show_list", list_id=made.id))
    return _render_new(fund, form), 422


@bp.get("/funds/desk/<uuid:list_id>")
@signed_in
def show_list(list_id: UUID) -> ResponseReturnValue:
    """Filters, order and view live in the address: `view=board`, `stage`, `owner`, `tag`, `overdue`, `q`, `sort`."""
    return _render_list(list_id, FirmForm(formdata=None))


@bp.post("/funds/desk/<uuid:list_id>")
@signed_in
@commits
def add_deal(list_id: UUID) -> ResponseReturnValue:
    """A firm by its id, from the page that shows it, or by its name as somebody types it."""
    form = FirmForm()
    if form.validate():
        with form.refusing():
            deal = deals.add_deal(
                session(), current_actor(), list_id, _named_firm(form), round_id=request.form.get("round", type=UUID)
            )
            flash(_("On the list. It begins at the first stage."), "success")
            return redirect(url_for("funds.show_deal", deal_id=deal.id))
    return _render_list(list_id, form), 422


@bp.post("/funds/desk/add")
@signed_in
@commits
def add_to_list() -> ResponseReturnValue:
    """From a page that shows a firm: the list is chosen on it."""
    list_id, firm = request.form.get("list", type=UUID), request.form.get("firm", type=UUID)
    if list_id is None or firm is None:
        raise InvalidInput("choose_a_list")
    round_id = request.form.get("round", type=UUID)
    deal = deals.add_deal(session(), current_actor(), list_id, firm, round_id=round_id)
    flash(_("On the list. It begins at the first stage."), "success")
    return redirect(own_page(request.form.get("next")) or url_for("funds.show_deal", deal_id=deal.id))


@bp.post("/funds/desk/<uuid:list_id>/together")
@signed_in
@commits
def change_together(list_id: UUID) -> ResponseReturnValue:
    """Compare, move or tag what is ticked; each deal on its own, and what stays behind is named."""
    desk = reading.read_desk(session(), current_actor(), list_id)
    held = {one.deal.id: one for one in desk.cards}
    chosen = [key for key in request.form.getlist("deal", type=UUID) if key in held]
    if not chosen:
        raise InvalidInput("nothing_chosen")
    if request.form.get("action") == "compare":
        return redirect(_compare_url(desk, [held[key].deal.candidate_id for key in chosen]))
    require(current_actor(), Permission.DEAL_EDIT, desk.fund.id)
    if request.form.get("action") == "tag":
        _tag(chosen)
    else:
        _move(desk, chosen)
    return redirect(own_page(request.form.get("next")) or url_for("funds.show_list", list_id=list_id))


def _compare_url(desk: Desk, firms: Sequence[UUID]) -> str:
    values: dict[str, Any] = {"fund": desk.fund.id, "mandate": desk.deal_list.mandate_id, "with": list(map(str, firms))}
    return url_for("funds.compare_firms", **values)


def _tag(chosen: Sequence[UUID]) -> None:
    tag = (request.form.get("tag") or "").strip()
    if not tag:
        raise InvalidInput("tag_missing", field="tag")
    count = sum(deals.tag_deal(session(), current_actor(), key, tag) for key in chosen)
    flash(ngettext("One deal has the tag now.", "%(num)s deals have the tag now.", count), "success")


def _move(desk: Desk, chosen: Sequence[UUID]) -> None:
    stage_id = request.form.get("stage", type=UUID)
    if stage_id is None:
        raise InvalidInput("choose_a_stage", field="stage")
    seen = {key: stage for key in chosen if (stage := request.form.get(f"from-{key}", type=UUID))}
    outcomes = moving.move_deals(session(), current_actor(), chosen, stage_id, seen=seen)
    count = sum(one.refusal is None for one in outcomes)
    flash(ngettext("One deal moved.", "%(num)s deals moved.", count), "success" if count else "info")
    names = {one.deal.id: name_of(one.firm) for one in desk.cards}
    for one in outcomes:
        if one.refusal is not None:
            flash(_("%(firm)s stays: %(why)s", firm=names[one.deal.id], why=_why(one)), "warning")


def _why(outcome: Moved) -> str:
    if isinstance(outcome.refusal, Stale):
        return _("somebody else moved it in the meantime")
    assert outcome.refusal is not None
    rules: Sequence[StageRule] = outcome.refusal.facts.get("rules", ())  # type: ignore[assignment]
    return str(joined(label(rule) for rule in rules)) if rules else refusal_text(outcome.refusal)


def mandates_of(fund: Organisation) -> list[Mandate]:
    """The mandates of a fund, without the working copies of them."""
    return [one.mandate for one in listing.list_of(session(), current_actor(), fund)]


def own_page(address: str | None) -> str:
    """A page of this site to go back to; empty for anything else."""
    parts = urlsplit(address or "")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/funds/")
    return address or "" if is_ours and "\\" not in (address or "") else ""


def _editable_fund(organisation_id: UUID) -> Organisation:
    fund = rights.get_fund(session(), current_actor(), organisation_id)
    require(current_actor(), Permission.DEAL_EDIT, fund.id)
    return fund


def _render_new(fund: Organisation, form: ListForm) -> str:
    form.offer(mandates_of(fund))
    return render_template("funds/desk_new.html", fund=fund, form=form)


def _named_firm(form: FirmForm) -> UUID:
    known = request.form.get("firm", type=UUID)
    return known or organisations.get_named(session(), current_actor(), form.name.data or "", field="name").id


def _render_list(list_id: UUID, form: FirmForm) -> str:
    desk = reading.read_desk(session(), current_actor(), list_id)
    filters = _filters(desk)
    passing = [one for one in desk.cards if filters.pass_(one)]
    sort, is_backwards = request.args.get("sort", "stage"), request.args.get("dir") == "down"
    shown = reading.sort_cards(passing, sort, backwards=is_backwards)
    is_board = request.args.get("view") == "board"
    return render_template(
        "funds/desk_board.html" if is_board else "funds/desk_table.html",
        desk=desk,
        shown=shown,
        lanes=desk.lanes(shown) if is_board else [],
        filters=filters,
        chips=_chips(desk, filters),
        nobody=reading.NOBODY,
        sort=sort,
        is_backwards=is_backwards,
        form=form,
        own_value=own_value,
    )


def _filters(desk: Desk) -> Filters:
    stage = request.args.get("stage", type=UUID)
    owner = request.args.get("owner", "")
    people = {str(one.id) for one in desk.people} | {reading.NOBODY}
    return Filters(
        stage=stage if stage in {one.id for one in desk.stages} else None,
        owner=owner if owner in people else "",
        tag=request.args.get("tag", "")[: deals.LONGEST_TAG],
        is_overdue=request.args.get("overdue") == "y",
        words=request.args.get("q", "").strip()[:100],
    )


def _chips(desk: Desk, filters: Filters) -> list[tuple[str, str]]:
    """The filters in force, each with the address without it."""
    stages = {one.id: name_of(one) for one in desk.stages}
    people = {str(one.id): one.name for one in desk.people} | {reading.NOBODY: _("Nobody yet")}
    chosen: list[tuple[str, Any]] = [
        (stages.get(filters.stage, "") if filters.stage else "", "stage"),
        (people.get(filters.owner, ""), "owner"),
        (filters.tag, "tag"),
        (_("Overdue") if filters.is_overdue else "", "overdue"),
        (filters.words, "q"),
    ]
    return [(text, page_url(**{name: None})) for text, name in chosen if text]
