"""The page of a deal: where it stands, what the next stage asks for, notes, and its way so far."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.actors import Permission, can
from matchmaker.services.desk import columns, deals, history, moving, reading, rights, stages
from models.desk import Deal, DealList, DealStage
from models.enums import StageKind
from models.organisations import Organisation
from web import picking
from web.access import current_actor, signed_in
from web.choices import name_of
from web.database import session
from web.funds.area import bp
from web.funds.deal_words import own_value, step_lines
from web.funds.desk_forms import DealForm, DealNoteForm, MoveForm, deal_form
from web.transactions import commits


@bp.get("/funds/desk/deals/<uuid:deal_id>")
@signed_in
def show_deal(deal_id: UUID) -> ResponseReturnValue:
    deal = rights.get_deal(session(), current_actor(), deal_id)
    return _render(deal)


@bp.post("/funds/desk/deals/<uuid:deal_id>")
@signed_in
@commits
def change_deal(deal_id: UUID) -> ResponseReturnValue:
    deal = rights.get_editable_deal(session(), current_actor(), deal_id)
    form = _form(deal, sent=True)
    if form.validate():
        with form.over(deal):
            deals.update_deal(session(), current_actor(), deal_id, form.draft(), expected_version=form.version.data)
            flash(_("Saved."), "success")
            return redirect(url_for("funds.show_deal", deal_id=deal_id))
    return _render(deal, form=form), form.status


@bp.post("/funds/desk/deals/<uuid:deal_id>/notes")
@signed_in
@commits
def add_note(deal_id: UUID) -> ResponseReturnValue:
    deal, form = rights.get_editable_deal(session(), current_actor(), deal_id), DealNoteForm()
    if form.validate():
        with form.refusing():
            deals.add_note(session(), current_actor(), deal_id, form.text.data)
            flash(_("Noted. Only people of your fund read it."), "success")
            return redirect(f"{url_for('funds.show_deal', deal_id=deal_id)}#notes")
    return _render(deal, note_form=form), 422


@bp.get("/funds/desk/deals/<uuid:deal_id>/move")
@signed_in
def show_move(deal_id: UUID) -> ResponseReturnValue:
    """What the stage in the address (`stage`) asks for, before the deal is moved."""
    deal = rights.get_editable_deal(session(), current_actor(), deal_id)
    asked = request.args.get("stage", type=UUID)
    form = MoveForm(formdata=None, stage_id=asked, seen=str(deal.stage_id))
    return _render_move(deal, form)


@bp.post("/funds/desk/deals/<uuid:deal_id>/move")
@signed_in
@commits
def move_deal(deal_id: UUID) -> ResponseReturnValue:
    deal, form = rights.get_editable_deal(session(), current_actor(), deal_id), MoveForm()
    form.offer(_stages(deal))
    if form.validate():
        with form.over(lambda: str(deal.stage_id)):
            moving.move_deal(session(), current_actor(), deal_id, form.move())
            stage = session().get_one(DealStage, deal.stage_id)
            flash(_("%(firm)s stands at: %(stage)s", firm=name_of(_firm(deal)), stage=name_of(stage)), "success")
            return redirect(_after(deal, form))
    return _render_move(deal, form), form.status


def _after(deal: Deal, form: MoveForm) -> str:
    view = form.back.data
    if view in ("board", "table"):
        page = url_for("funds.show_list", list_id=deal.list_id, view="board" if view == "board" else None)
        return f"{page}#card-{deal.id}"
    return url_for("funds.show_deal", deal_id=deal.id)


def _render_move(deal: Deal, form: MoveForm) -> str:
    listed = _stages(deal)
    form.offer(listed)
    chosen = next((one for one in listed if one.id == form.stage_id.data), None)
    asks = moving.what_it_asks(session(), current_actor(), deal, chosen, note=form.note.data or "") if chosen else []
    return render_template(
        "funds/deal_move.html",
        deal=deal,
        firm=_firm(deal),
        deal_list=_list(deal),
        stage=session().get_one(DealStage, deal.stage_id),
        chosen=chosen,
        asks=asks,
        lacks=[one for one in asks if not one.is_kept],
        is_drop=chosen is not None and chosen.kind is StageKind.DROPPED,
        form=form,
        differences=[(_("Move to"), name_of(theirs), name_of(yours)) for theirs, yours in form.differences.values()],
    )


def _render(deal: Deal, *, form: DealForm | None = None, note_form: DealNoteForm | None = None) -> str:
    actor, deal_list = current_actor(), _list(deal)
    listed = _stages(deal)
    after = moving.next_stage(session(), actor, deal)
    stage = next(one for one in listed if one.id == deal.stage_id)
    shown = form or _form(deal, sent=False)
    return render_template(
        "funds/deal.html",
        deal=deal,
        firm=_firm(deal),
        deal_list=deal_list,
        stage=stage,
        stages=listed,
        after=after,
        asks=moving.what_it_asks(session(), actor, deal, after) if after else [],
        notes=deals.list_notes(session(), actor, deal.id),
        steps=[(one, step_lines(one, deal_list)) for one in history.list_history(session(), actor, deal.id)],
        people={one.id: one.name for one in rights.list_people(session(), deal.organisation_id)},
        columns=columns.columns_of(deal_list),
        is_overdue=reading.is_overdue(deal, stage),
        may_edit=can(actor, Permission.DEAL_EDIT, deal.organisation_id),
        form=shown,
        note_form=note_form or DealNoteForm(formdata=None),
        differences=picking.differences(shown),
        own_value=own_value,
        more_links=_more_links(deal),
    )


def _more_links(deal: Deal) -> list[tuple[str, str]]:
    """What else there is about the firm: the clearance, where the list has a mandate, and the memo."""
    deal_list = _list(deal)
    pair = {"mandate_id": deal_list.mandate_id, "organisation_id": deal.candidate_id}
    clearance = [(_("Clause by clause"), url_for("funds.show_firm", **pair))] if deal_list.mandate_id else []  # type: ignore[arg-type]
    return [*clearance, (_("Memo for the investment committee"), url_for("funds.show_memo", deal_id=deal.id))]


def _form(deal: Deal, *, sent: bool) -> DealForm:
    shown = columns.columns_of(_list(deal))
    form = deal_form(shown)() if sent else deal_form(shown)(formdata=None, **_stored(deal, shown))
    form.offer(rights.list_people(session(), deal.organisation_id))
    return form


def _stored(deal: Deal, shown: list[columns.Column]) -> dict[str, Any]:
    own = {f"value_{one.key}": columns.typed_value(one, deal.values.get(one.key)) for one in shown}
    return {
        "owner_id": deal.owner_id,
        "due_on": deal.due_on,
        "tags": "、".join(deal.tags),
        "amount": deal.amount,
        "paid_on": deal.paid_on,
        "version": deal.version,
        **own,
    }


def _list(deal: Deal) -> DealList:
    return rights.get_list(session(), current_actor(), deal.list_id)


def _firm(deal: Deal) -> Organisation:
    return session().get_one(Organisation, deal.candidate_id)


def _stages(deal: Deal) -> list[DealStage]:
    return list(stages.list_stages(session(), _list(deal)))
