"""The agreement of a room: goal, plan, articles, the IP matrix, the documents."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.exports.agreement import agreement_document
from matchmaker.exports.content import Document, Language
from matchmaker.exports.docx import render_docx
from matchmaker.exports.pdf import render_pdf
from matchmaker.services.consortia import agreements, rights, rooms, sections
from matchmaker.services.consortia.checking import blanks_in
from matchmaker.services.consortia.drafts import Article, GoalDraft, PlanDraft
from matchmaker.services.consortia.rooms import Room
from matchmaker.services.rule_sets import editions
from models.consortia import IpItem
from models.enums import IpSide
from models.rules import RuleSet
from web.access import current_actor, signed_in
from web.consortia import cards
from web.consortia.area import bp
from web.consortia.forms import ArticleForm, GoalForm, PlanForm, RightForm
from web.consortia.room import room_values
from web.database import session
from web.forms.edit import PartForm
from web.i18n import current_language, localised
from web.transactions import commits

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS: Mapping[str, tuple[Callable[[Document], bytes], str]] = {
    "docx": (render_docx, WORD),
    "pdf": (render_pdf, "application/pdf"),
}


@bp.get("/consortia/<uuid:consortium_id>/agreement")
@signed_in
def show_agreement(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_room(session(), current_actor(), consortium_id)
    blanks = list(blanks_in(room))
    return render_template(
        "consortia/agreement.html",
        **room_values(room, "agreement"),
        blanks=cards.blank_lines(room, blanks),
        blank_count=len(blanks),
        articles=list(Article),
        sides=list(IpSide),
        seen_right=rights.seen_right,
        names=_names(room),
        rule_set=session().get(RuleSet, room.consortium.rule_set_id) if room.consortium.rule_set_id else None,
        formats=list(FORMATS),
        languages=list(Language),
    )


@bp.get("/consortia/<uuid:consortium_id>/agreement/<kind>")
@signed_in
def download(consortium_id: UUID, kind: str) -> ResponseReturnValue:
    """The agreement in the language asked for, else in the reader's."""
    agreement = agreements.agreement_of(session(), current_actor(), consortium_id)
    if kind not in FORMATS:
        raise NotFound("format", kind)
    asked = request.args.get("language", current_language())
    language = Language(asked) if asked in set(Language) else Language.ZH
    render, mimetype = FORMATS[kind]
    response = Response(render(agreement_document(agreement, language)), mimetype=mimetype)
    name = f"agreement-{str(consortium_id)[:8]}-{agreement.version or 'draft'}-{language}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/consortia/<uuid:consortium_id>/goal")
@signed_in
def show_goal(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    values = {name: getattr(room.consortium, name) for name in GoalDraft.__dataclass_fields__}
    return _render_part(room, "goal", GoalForm(formdata=None, seen=sections.seen_goal(room.consortium), **values))


@bp.post("/consortia/<uuid:consortium_id>/goal")
@signed_in
@commits
def save_goal(consortium_id: UUID) -> ResponseReturnValue:
    room, form = rooms.get_editable(session(), current_actor(), consortium_id), GoalForm()
    if form.validate():
        with form.over(lambda: sections.seen_goal(room.consortium)):
            sections.update_goal(session(), current_actor(), consortium_id, form.draft(), seen=form.seen.data)
            return _saved(consortium_id)
    return _render_part(room, "goal", form), form.status


@bp.get("/consortia/<uuid:consortium_id>/plan")
@signed_in
def show_plan(consortium_id: UUID) -> ResponseReturnValue:
    room = _led_room(consortium_id)
    values = {name: getattr(room.consortium, name) for name in PlanDraft.__dataclass_fields__}
    form = PlanForm(formdata=None, seen=sections.seen_plan(room.consortium), **values)
    form.offer(_rule_sets(room))
    return _render_part(room, "plan", form)


@bp.post("/consortia/<uuid:consortium_id>/plan")
@signed_in
@commits
def save_plan(consortium_id: UUID) -> ResponseReturnValue:
    room, form = _led_room(consortium_id), PlanForm()
    form.offer(_rule_sets(room))
    if form.validate():
        with form.over(lambda: sections.seen_plan(room.consortium)):
            sections.update_plan(session(), current_actor(), consortium_id, form.draft(), seen=form.seen.data)
            return _saved(consortium_id)
    return _render_part(room, "plan", form), form.status


@bp.get("/consortia/<uuid:consortium_id>/articles/<field>")
@signed_in
def show_article(consortium_id: UUID, field: str) -> ResponseReturnValue:
    room, article = rooms.get_editable(session(), current_actor(), consortium_id), _article(field)
    form = ArticleForm(
        formdata=None, seen=sections.seen_article(room.consortium, article), text=getattr(room.consortium, field)
    )
    return _render_part(room, "article", form, article)


@bp.post("/consortia/<uuid:consortium_id>/articles/<field>")
@signed_in
@commits
def save_article(consortium_id: UUID, field: str) -> ResponseReturnValue:
    room, article = rooms.get_editable(session(), current_actor(), consortium_id), _article(field)
    form = ArticleForm()
    if form.validate():
        with form.over(lambda: sections.seen_article(room.consortium, article)):
            text, seen = form.text.data, form.seen.data
            sections.update_article(session(), current_actor(), consortium_id, article, text, seen=seen)
            return _saved(consortium_id)
    return _render_part(room, "article", form, article), form.status


@bp.get("/consortia/<uuid:consortium_id>/rights/new")
@signed_in
def show_new_right(consortium_id: UUID) -> ResponseReturnValue:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    side = request.args.get("side", "")
    form = RightForm(formdata=None, side=IpSide(side) if side in set(IpSide) else IpSide.BACKGROUND)
    form.offer(_names(room).items())
    return _render_right(room, form)


@bp.post("/consortia/<uuid:consortium_id>/rights/new")
@signed_in
@commits
def add_right(consortium_id: UUID) -> ResponseReturnValue:
    room, form = rooms.get_editable(session(), current_actor(), consortium_id), RightForm()
    form.offer(_names(room).items())
    if form.validate():
        with form.refusing():
            rights.add_right(session(), current_actor(), consortium_id, form.draft())
            return _saved(consortium_id)
    return _render_right(room, form), 422


@bp.get("/consortia/<uuid:consortium_id>/rights/<uuid:right_id>")
@signed_in
def show_edit_right(consortium_id: UUID, right_id: UUID) -> ResponseReturnValue:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    right = rooms.right_in(room, right_id)
    form = RightForm(formdata=None, seen=rights.seen_right(right), **rights.values_of(right))
    form.offer(_names(room).items())
    return _render_right(room, form, right)


@bp.post("/consortia/<uuid:consortium_id>/rights/<uuid:right_id>")
@signed_in
@commits
def edit_right(consortium_id: UUID, right_id: UUID) -> ResponseReturnValue:
    room, form = rooms.get_editable(session(), current_actor(), consortium_id), RightForm()
    right = rooms.right_in(room, right_id)
    form.offer(_names(room).items())
    if form.validate():
        with form.over(lambda: rights.seen_right(right)):
            draft, seen = form.draft(), form.seen.data
            rights.update_right(session(), current_actor(), consortium_id, right_id, draft, seen=seen)
            return _saved(consortium_id)
    return _render_right(room, form, right), form.status


@bp.post("/consortia/<uuid:consortium_id>/rights/<uuid:right_id>/remove")
@signed_in
@commits
def remove_right(consortium_id: UUID, right_id: UUID) -> ResponseReturnValue:
    rights.remove_right(session(), current_actor(), consortium_id, right_id, seen=request.form.get("seen"))
    flash(_("The line is gone."), "success")
    return redirect(url_for("consortia.show_agreement", consortium_id=consortium_id))


def _led_room(consortium_id: UUID) -> Room:
    room = rooms.get_editable(session(), current_actor(), consortium_id)
    rooms.require_lead(current_actor(), room)
    return room


def _article(field: str) -> Article:
    if field not in set(Article):
        raise NotFound("article", field)
    return Article(field)


def _rule_sets(room: Room) -> list[RuleSet]:
    """Those that may be chosen, and the one that it has, which may have been replaced since."""
    usable = list(editions.list_usable(session(), current_actor()))
    own = session().get(RuleSet, room.consortium.rule_set_id) if room.consortium.rule_set_id else None
    return usable if own is None or own in usable else [*usable, own]


def _names(room: Room) -> dict[str, str]:
    """The organisations on seats by id."""
    return {
        str(one.id): str(localised(one, "name"))
        for seat in room.seats
        if (one := room.organisation_of(seat)) is not None
    }


def _saved(consortium_id: UUID) -> ResponseReturnValue:
    flash(_("Saved."), "success")
    return redirect(url_for("consortia.show_agreement", consortium_id=consortium_id))


def _render_part(room: Room, part: str, form: PartForm, article: Article | None = None) -> str:
    differences = dict(form.differences)
    return render_template(
        f"consortia/{part}.html",
        **room_values(room, "agreement"),
        form=form,
        article=article,
        differences=cards.conflict_rows(differences, {}),
    )


def _render_right(room: Room, form: RightForm, right: IpItem | None = None) -> str:
    return render_template(
        "consortia/right.html",
        **room_values(room, "agreement"),
        form=form,
        right=right,
        differences=cards.conflict_rows(form.differences, _names(room)),
    )
