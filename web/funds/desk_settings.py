"""The settings of a list: its name and mandate, its own columns, its stages."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services.desk import columns, lists, rights, stages
from models.desk import DealList, DealStage
from models.enums import ColumnType, StageKind
from models.organisations import Organisation
from web import picking
from web.access import current_actor, signed_in
from web.database import session
from web.forms.edit import ConflictForm
from web.funds.area import bp
from web.funds.desk import mandates_of
from web.funds.desk_forms import ColumnForm, ListForm, RenameForm, StageForm
from web.transactions import commits


@bp.get("/funds/desk/<uuid:list_id>/settings")
@signed_in
def show_settings(list_id: UUID) -> ResponseReturnValue:
    deal_list = _editable(list_id)
    return _render(deal_list)


@bp.post("/funds/desk/<uuid:list_id>/settings")
@signed_in
@commits
def change_list(list_id: UUID) -> ResponseReturnValue:
    deal_list, form = _editable(list_id), ListForm()
    form.offer(mandates_of(_fund(deal_list)))
    if form.validate():
        with form.over(deal_list):
            lists.change_list(session(), current_actor(), list_id, form.draft(), expected_version=form.version.data)
            flash(_("Saved."), "success")
            return redirect(url_for("funds.show_settings", list_id=list_id))
    return _render(deal_list, form=form), form.status


@bp.get("/funds/desk/<uuid:list_id>/delete")
@signed_in
def show_delete_list(list_id: UUID) -> ResponseReturnValue:
    return render_template("funds/desk_delete.html", deal_list=_editable(list_id))


@bp.post("/funds/desk/<uuid:list_id>/delete")
@signed_in
@commits
def delete_list(list_id: UUID) -> ResponseReturnValue:
    lists.delete_list(session(), current_actor(), list_id)
    flash(_("The list is deleted."), "success")
    return redirect(url_for("funds.list_lists"))


@bp.post("/funds/desk/<uuid:list_id>/columns")
@signed_in
@commits
def add_column(list_id: UUID) -> ResponseReturnValue:
    deal_list, form = _editable(list_id), ColumnForm()
    if form.validate():
        with form.refusing():
            typed = (form.choices.data or "").split("\n")
            columns.add_column(session(), current_actor(), list_id, form.label.data, form.type.data, choices=typed)
            flash(_("The column is there."), "success")
            return redirect(f"{url_for('funds.show_settings', list_id=list_id)}#columns")
    return _render(deal_list, column_form=form), 422


@bp.post("/funds/desk/<uuid:list_id>/columns/<column_code>/rename")
@signed_in
@commits
def rename_column(list_id: UUID, column_code: str) -> ResponseReturnValue:
    form = RenameForm()
    column = columns.get_column(_editable(list_id), column_code)
    if form.validate():
        with form.over(lambda: columns.get_column(_editable(list_id), column_code).label):
            columns.rename_column(
                session(), current_actor(), list_id, column.key, form.label.data, shown_label=form.seen.data or None
            )
            flash(_("Saved."), "success")
            return redirect(f"{url_for('funds.show_settings', list_id=list_id)}#columns")
    return _render_rename(list_id, column, form), form.status


@bp.get("/funds/desk/<uuid:list_id>/columns/<column_code>/rename")
@signed_in
def show_rename_column(list_id: UUID, column_code: str) -> ResponseReturnValue:
    column = columns.get_column(_editable(list_id), column_code)
    form = RenameForm(formdata=None, label=column.label, seen=column.label)
    return _render_rename(list_id, column, form)


@bp.get("/funds/desk/<uuid:list_id>/columns/<column_code>/away")
@signed_in
def show_put_away(list_id: UUID, column_code: str) -> ResponseReturnValue:
    deal_list = _editable(list_id)
    column = columns.get_column(deal_list, column_code)
    count = columns.count_values(session(), current_actor(), list_id, column.key)
    return render_template("funds/desk_column_away.html", deal_list=deal_list, column=column, count=count)


@bp.post("/funds/desk/<uuid:list_id>/columns/<column_code>/away")
@signed_in
@commits
def put_away(list_id: UUID, column_code: str) -> ResponseReturnValue:
    columns.put_away(session(), current_actor(), list_id, column_code)
    flash(_("The column is out of sight. Its values are kept."), "success")
    return redirect(f"{url_for('funds.show_settings', list_id=list_id)}#columns")


@bp.post("/funds/desk/<uuid:list_id>/columns/<column_code>/back")
@signed_in
@commits
def bring_back(list_id: UUID, column_code: str) -> ResponseReturnValue:
    columns.bring_back(session(), current_actor(), list_id, column_code)
    flash(_("The column is there again, with its values."), "success")
    return redirect(f"{url_for('funds.show_settings', list_id=list_id)}#columns")


@bp.get("/funds/desk/<uuid:list_id>/stages/new")
@signed_in
def show_new_stage(list_id: UUID) -> ResponseReturnValue:
    return _render_stage(_editable(list_id), StageForm(formdata=None, kind=StageKind.DILIGENCE))


@bp.post("/funds/desk/<uuid:list_id>/stages/new")
@signed_in
@commits
def add_stage(list_id: UUID) -> ResponseReturnValue:
    deal_list, form = _editable(list_id), StageForm()
    if form.validate():
        with form.refusing():
            stages.add_stage(session(), current_actor(), list_id, form.draft())
            flash(_("The stage is there. Move it to its place."), "success")
            return _to_stages(list_id)
    return _render_stage(deal_list, form), 422


@bp.get("/funds/desk/<uuid:list_id>/stages/<uuid:stage_id>")
@signed_in
def show_stage(list_id: UUID, stage_id: UUID) -> ResponseReturnValue:
    deal_list = _editable(list_id)
    stage = stages.get_stage(session(), deal_list, stage_id)
    form = StageForm(
        formdata=None,
        name_zh=stage.name_zh,
        name_en=stage.name_en,
        kind=stage.kind,
        rules=stages.rules_of(stage),
        version=stage.version,
    )
    return _render_stage(deal_list, form, stage)


@bp.post("/funds/desk/<uuid:list_id>/stages/<uuid:stage_id>")
@signed_in
@commits
def change_stage(list_id: UUID, stage_id: UUID) -> ResponseReturnValue:
    deal_list, form = _editable(list_id), StageForm()
    stage = stages.get_stage(session(), deal_list, stage_id)
    if form.validate():
        with form.over(stage):
            stages.change_stage(
                session(), current_actor(), list_id, stage_id, form.draft(), expected_version=form.version.data
            )
            flash(_("Saved."), "success")
            return _to_stages(list_id)
    return _render_stage(deal_list, form, stage), form.status


@bp.post("/funds/desk/<uuid:list_id>/stages/<uuid:stage_id>/place")
@signed_in
@commits
def move_stage(list_id: UUID, stage_id: UUID) -> ResponseReturnValue:
    places = -1 if request.form.get("way") == "up" else 1
    stages.move_stage(session(), current_actor(), list_id, stage_id, places=places)
    return _to_stages(list_id)


@bp.post("/funds/desk/<uuid:list_id>/stages/<uuid:stage_id>/remove")
@signed_in
@commits
def remove_stage(list_id: UUID, stage_id: UUID) -> ResponseReturnValue:
    stages.remove_stage(session(), current_actor(), list_id, stage_id)
    flash(_("The stage is gone."), "success")
    return _to_stages(list_id)


def _editable(list_id: UUID) -> DealList:
    return rights.get_editable_list(session(), current_actor(), list_id)


def _fund(deal_list: DealList) -> Organisation:
    return rights.get_fund(session(), current_actor(), deal_list.organisation_id)


def _to_stages(list_id: UUID) -> ResponseReturnValue:
    return redirect(f"{url_for('funds.show_settings', list_id=list_id)}#stages")


def _render(deal_list: DealList, *, form: ListForm | None = None, column_form: ColumnForm | None = None) -> str:
    listed = stages.list_stages(session(), deal_list)
    shown = form or ListForm(
        formdata=None, name=deal_list.name, mandate_id=deal_list.mandate_id, version=deal_list.version
    )
    shown.offer(mandates_of(_fund(deal_list)))
    return render_template(
        "funds/desk_settings.html",
        deal_list=deal_list,
        fund=_fund(deal_list),
        columns=columns.all_columns(deal_list),
        stages=[(one, stages.rules_of(one), stages.count_deals(session(), one)) for one in listed],
        form=shown,
        column_form=column_form or ColumnForm(formdata=None, type=ColumnType.TEXT),
        **_differences(shown),
    )


def _render_rename(list_id: UUID, column: columns.Column, form: RenameForm) -> str:
    deal_list = _editable(list_id)
    return render_template(
        "funds/desk_column.html", deal_list=deal_list, column=column, form=form, **_differences(form)
    )


def _render_stage(deal_list: DealList, form: StageForm, stage: DealStage | None = None) -> str:
    return render_template("funds/desk_stage.html", deal_list=deal_list, stage=stage, form=form, **_differences(form))


def _differences(form: ConflictForm) -> dict[str, list[tuple[str, str, str]]]:
    return {"differences": picking.differences(form)}
