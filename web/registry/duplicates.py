"""Pairs of records that look like one organisation: the queue, side by side, merged, kept apart, and undone."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlmodel import col, select
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from matchmaker.services import jobs, visibility
from matchmaker.services.duplicates import merging, queue, unmerging
from matchmaker.services.duplicates.likeness import START
from matchmaker.services.duplicates.merging import Seen
from matchmaker.services.duplicates.queue import LONGEST_NOTE, Compared
from matchmaker.services.duplicates.weighing import FIELDS, Side, is_empty
from matchmaker.services.imports.tables import KINDS
from matchmaker.services.visibility import Hidden
from models.enums import DuplicateState, JobKind
from models.organisations import Organisation
from models.registry import OrganisationMerge
from models.taxonomy import District, Industry
from web.access import current_actor
from web.clause_sentences import code_names
from web.database import session
from web.forms import Form
from web.i18n import current_language, day, localised, number, percent
from web.labels import LABELS, label
from web.registry.area import curators_only
from web.registry.row_names import row_name
from web.transactions import commits

bp = Blueprint("duplicates", __name__, url_prefix="/officer/registry/duplicates")

GROUNDS: Mapping[str, object] = {
    "same_name": _l("the same name, but for the form of incorporation"),
    "same_sound": _l("names that sound the same"),
    "like_name": _l("much the same name"),
    "name_in_pinyin": _l("the English name spells the Chinese one"),
    "near_code": _l("credit codes that differ by a mistyped character"),
    "other_code": _l("different credit codes"),
    "same_website": _l("the same website"),
    "same_phone": _l("the same telephone number"),
    "same_mail_domain": _l("e-mail at the same domain"),
    "same_district": _l("the same district"),
    "other_district": _l("different districts"),
    "other_kind": _l("different kinds of organisation"),
}
STAYED: Mapping[str, object] = {
    "signed": _l("stands in a consortium that is signed or dissolved, in the name it was signed with"),
    "between_the_two": _l("is between the two records and says nothing once they are one"),
    "clash": _l("the kept record has one for the same thing, and that one counts"),
}
SHARES = frozenset({"rd_staff_share", "rd_ratio"})


class MergeForm(Form):
    """Which record is kept, which value stands for each field, and which versions were seen."""

    kept = HiddenField()
    pair_version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    kept_version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    merged_version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    note = TextAreaField(_l("Note"), validators=[Optional(), Length(max=LONGEST_NOTE)])

    def seen(self) -> Seen:
        return Seen(pair=self.pair_version.data, kept=self.kept_version.data, merged=self.merged_version.data)


class ApartForm(Form):
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    note = TextAreaField(_l("Why they are two"), validators=[Length(max=LONGEST_NOTE)])


@bp.get("")
@curators_only
def list_pairs() -> ResponseReturnValue:
    wanted = request.args.get("state", "")
    state = DuplicateState(wanted) if wanted in list(DuplicateState) else DuplicateState.OPEN
    page = queue.list_pairs(session(), current_actor(), state=state, page=request.args.get("page", 1, type=int))
    return render_template(
        "registry/duplicates.html", pairs=page, state=state, states=list(DuplicateState), grounds=_grounds
    )


@bp.post("/find")
@curators_only
@commits
def find() -> ResponseReturnValue:
    job = jobs.start(session(), current_actor(), JobKind.FIND_DUPLICATES)
    return redirect(url_for("jobs.show_job", job_id=job.id))


@bp.get("/<uuid:pair_id>")
@curators_only
def show_pair(pair_id: UUID) -> ResponseReturnValue:
    """Side by side; `?keep=` says which record is kept."""
    compared = queue.compare(session(), current_actor(), pair_id, keep=_id_in(request.args.get("keep", "")))
    return _render(compared, _merge_form(compared), ApartForm(formdata=None, version=compared.pair.version))


@bp.post("/<uuid:pair_id>/merge")
@curators_only
@commits
def merge(pair_id: UUID) -> ResponseReturnValue:
    form = MergeForm()
    kept = _id_in(form.kept.data or "")
    compared = queue.compare(session(), current_actor(), pair_id, keep=kept)
    if form.validate():
        with form.refusing():
            values = {
                name: Side(chosen) for name in FIELDS if (chosen := request.form.get(f"of_{name}", "")) in list(Side)
            }
            done = merging.merge(
                session(),
                current_actor(),
                pair_id,
                kept_id=kept or compared.kept.id,
                values={**compared.proposed, **values},
                note=form.note.data,
                seen=form.seen(),
            )
            flash(_("Merged. Everything that pointed at either record points at the kept one now."), "success")
            return redirect(url_for("duplicates.show_merge", merge_id=done.id))
    return _render(compared, form, ApartForm(formdata=None, version=compared.pair.version)), 422


@bp.post("/<uuid:pair_id>/apart")
@curators_only
@commits
def keep_apart(pair_id: UUID) -> ResponseReturnValue:
    form = ApartForm()
    if form.validate():
        with form.refusing():
            queue.keep_apart(session(), current_actor(), pair_id, form.note.data, expected_version=form.version.data)
            flash(_("Kept apart. The pair is not asked about again."), "success")
            return redirect(url_for("duplicates.list_pairs"))
    compared = queue.compare(session(), current_actor(), pair_id)
    return _render(compared, _merge_form(compared), form), 422


@bp.post("/<uuid:pair_id>/ask-again")
@curators_only
@commits
def ask_again(pair_id: UUID) -> ResponseReturnValue:
    queue.ask_again(session(), current_actor(), pair_id)
    return redirect(url_for("duplicates.show_pair", pair_id=pair_id))


@bp.get("/merges/<uuid:merge_id>")
@curators_only
def show_merge(merge_id: UUID) -> ResponseReturnValue:
    done = unmerging.get_merge(session(), current_actor(), merge_id)
    both = session().exec(select(Organisation).where(col(Organisation.id).in_((done.kept_id, done.merged_id)))).all()
    records = {one.id: one for one in both}
    return render_template(
        "registry/merge.html",
        done=done,
        kept=records[done.kept_id],
        merged=records[done.merged_id],
        rows=[(row_name(name), count) for name, count in _count_rows(done).items()],
        stayed=[(row_name(one["table"]), STAYED[one["rule"]]) for one in done.moved["stayed"]],
    )


@bp.post("/merges/<uuid:merge_id>/undo")
@curators_only
@commits
def undo(merge_id: UUID) -> ResponseReturnValue:
    report = unmerging.unmerge(session(), current_actor(), merge_id)
    stayed = sum(report.stayed.values())
    flash(ngettext("Undone: %(num)s row went back.", "Undone: %(num)s rows went back.", report.rows), "success")
    if stayed or report.fields:
        flash(
            _(
                "%(rows)s rows and %(fields)s fields stayed with the kept record: they were changed since.",
                rows=number(stayed),
                fields=number(len(report.fields)),
            ),
            "warning",
        )
    return redirect(url_for("duplicates.show_merge", merge_id=merge_id))


def _count_rows(done: OrganisationMerge) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in done.moved["rows"]:
        counts[one["table"]] = counts.get(one["table"], 0) + len(one["keys"])
    return counts


def _id_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _merge_form(compared: Compared) -> MergeForm:
    return MergeForm(
        formdata=None,
        kept=str(compared.kept.id),
        pair_version=compared.pair.version,
        kept_version=compared.kept.version,
        merged_version=compared.merged.version,
    )


def _render(compared: Compared, form: MergeForm, apart: ApartForm) -> str:
    moves = compared.moves
    return render_template(
        "registry/duplicate.html",
        pair=compared.pair,
        kept=compared.kept,
        merged=compared.merged,
        form=form,
        apart=apart,
        fields=_fields(compared),
        same=_same(compared),
        grounds=_grounds(compared.pair.grounds),
        start=START,
        moves=[(row_name(name), count) for name, count in moves.count_by_table().items()] if moves else [],
        stayed=[(row_name(one.table), STAYED[one.rule]) for one in moves.stayed] if moves else [],
        merge=compared.merge,
        people=queue.list_people(session(), current_actor(), compared.merged) if moves else [],
        Side=Side,
    )


def _grounds(grounds: Mapping[str, float]) -> list[tuple[str, float]]:
    """What speaks for it first, by weight."""
    return [(str(GROUNDS[code]), points) for code, points in sorted(grounds.items(), key=lambda item: -item[1])]


def _fields(compared: Compared) -> list[dict[str, Any]]:
    """The fields that differ, with both values and the side that stands unless the officer says otherwise."""
    kept, merged = _shown(compared.kept), _shown(compared.merged)
    return [
        {
            "name": name,
            "label": _label(name),
            "kept": kept(name),
            "merged": merged(name),
            "chosen": request.form.get(f"of_{name}", side),
        }
        for name, side in sorted(compared.proposed.items(), key=lambda item: _is_one_sided(compared, item[0]))
    ]


def _is_one_sided(compared: Compared, name: str) -> bool:
    """What only one of the two says needs no thought, so it stands below."""
    return is_empty(getattr(compared.kept, name)) or is_empty(getattr(compared.merged, name))


def _same(compared: Compared) -> list[tuple[str, Any]]:
    names = [name for name in FIELDS if name not in compared.proposed]
    kept = _shown(compared.kept)
    return [(_label(name), kept(name)) for name in names if not is_empty(getattr(compared.kept, name))]


def _label(name: str) -> str:
    """As tables of organisations call the field; tags are in none."""
    column = next((one for one in KINDS["organisations"].columns if one.name == name), None)
    if column is None:
        return _("Tags")
    return column.zh if current_language() == "zh" else column.en


def _shown(record: Organisation) -> Callable[[str], Any]:
    """The record's values as far as whoever looks may see them: an administrator curates, and sees what is open."""
    profile = visibility.profile_for(session(), current_actor(), record)
    return lambda name: _("not open") if isinstance(profile.fields.get(name), Hidden) else _value(record, name)


def _value(record: Organisation, name: str) -> Any:
    value = getattr(record, name)
    if is_empty(value):
        return "—"
    if name in SHARES:
        return percent(value, 1)
    if name in ("district_code", "industry_code"):
        row = session().get(District if name == "district_code" else Industry, value)
        return localised(row, "name") if row else value
    if type(value) in LABELS:
        return label(value)
    if name == "founded_on":
        return day(value)
    if name == "tags":
        names = code_names()
        value = [names.get(tag.removeprefix("node:"), tag) for tag in value]
    if isinstance(value, list):
        return (", " if current_language() == "en" else "、").join(map(str, value))
    return number(value) if isinstance(value, int) else value
