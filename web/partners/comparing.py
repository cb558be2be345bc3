"""Up to four candidates side by side for one need."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import evidence, feedback, recommendations, reference, visibility
from matchmaker.services.calendar import today
from matchmaker.services.recommendations import Verdict
from matchmaker.services.visibility import Hidden, ProfileView
from models.enums import OrganisationState
from models.organisations import Certification, Organisation
from web.access import current_actor, signed_in
from web.database import reader, session
from web.i18n import number, percent
from web.labels import component_label, label
from web.partners.area import bp, chosen_ids
from web.partners.cards import Card, make_card
from web.sentences import unknowns
from web.sentences.bars import Bar
from web.sentences.unknowns import silent_for_need
from web.sentences.wording import levels, listed, name_of, title_of

# An offer spans readiness levels, a facility takes something from one level to another.
TRL = (("trl_low", "trl_in"), ("trl_high", "trl_out"))


@dataclass(frozen=True)
class Column:
    """One candidate: a card, or the rule that hides it."""

    organisation: Organisation
    profile: ProfileView
    card: Card | None
    hidden_by: str


@dataclass(frozen=True)
class Row:
    label: str
    cells: Sequence[str]
    best: frozenset[int] = frozenset()
    group: str = ""

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1


@bp.get("/partners/needs/<uuid:need_id>/compare")
@signed_in
def compare(need_id: UUID) -> ResponseReturnValue:
    """The candidates come in the address (`with`), and so does "differences only" (`only=differences`)."""
    actor = current_actor()
    need = feedback.get_need(session(), actor, need_id)
    verdicts = recommendations.compare(session(), actor, reader(), need_id, chosen_ids(), today=today())
    columns = _columns(verdicts)
    rows = list_rows(columns)
    only_differences = request.args.get("only") == "differences"
    shown = [row for row in rows if row.differs] if only_differences and len(columns) > 1 else rows
    return render_template(
        "partners/compare.html",
        need=need,
        columns=columns,
        rows=shown,
        left_out=len(rows) - len(shown),
        only_differences=only_differences,
        most=recommendations.MOST_COMPARED,
    )


def _columns(verdicts: Sequence[Verdict]) -> list[Column]:
    named = evidence.read_named(
        session(),
        [one.recommended for one in verdicts if one.recommended],
        also=[one.organisation_id for one in verdicts],
    )
    columns = []
    for one in verdicts:
        organisation = named.organisations.get(one.organisation_id)
        if organisation is None or organisation.state is not OrganisationState.ACTIVE:
            raise NotFound("organisation", one.organisation_id)
        card = make_card(one.recommended, named, silent=silent_for_need(one.silent)) if one.recommended else None
        profile = visibility.profile_for(session(), current_actor(), organisation)
        columns.append(Column(organisation, profile, card, unknowns.why_hidden(one.hidden_by or "")))
    return columns


def list_rows(columns: Sequence[Column]) -> list[Row]:
    """Every row of the table; the best figure of a row is marked where it is not everybody's."""
    if not columns:
        return []
    return [
        _figure_row(_("Fit, of 100"), columns, lambda card: card.points, lambda card: f"{card.points:.1f}"),
        _figure_row(_("Known"), columns, lambda card: card.coverage, lambda card: percent(card.coverage)),
        Row(_("Hidden by a rule"), [column.hidden_by or _("no") for column in columns]),
        *_component_rows(columns),
        Row(_("The offer"), [_subject(column) for column in columns], group=_("What they offer")),
        Row(_("Readiness"), [_readiness(column) for column in columns]),
        Row(_("Kind"), [label(column.organisation.kind) for column in columns], group=_("Who they are")),
        Row(_("District"), [_district(column) for column in columns]),
        Row(_("Staff"), [_field(column, "staff", number) for column in columns]),
        Row(_("Free capacity"), [_capacity(column) for column in columns]),
        Row(_("Certifications"), [_certifications(column) for column in columns]),
    ]


def _component_rows(columns: Sequence[Column]) -> list[Row]:
    names = dict.fromkeys(bar.component for column in columns if column.card for bar in column.card.bars)
    rows = [
        _figure_row(
            component_label(name), columns, partial(_share_of, component=name), partial(_points_of, component=name)
        )
        for name in names
    ]
    return [replace(row, group=_("Points") if place == 0 else "") for place, row in enumerate(rows)]


def _bar_of(card: Card, component: str) -> Bar | None:
    return next((bar for bar in card.bars if bar.component == component and bar.share is not None), None)


def _share_of(card: Card, component: str) -> float | None:
    """Who meets a component best is a matter of its score: points also grow where other things are unknown."""
    bar = _bar_of(card, component)
    return bar.share if bar else None


def _points_of(card: Card, component: str) -> str:
    bar = _bar_of(card, component)
    return f"{bar.points:.1f}" if bar else _("unknown")


def _figure_row(
    title: str, columns: Sequence[Column], figure: Callable[[Card], float | None], write: Callable[[Card], str]
) -> Row:
    figures = [figure(column.card) if column.card else None for column in columns]
    known = [value for value in figures if value is not None]
    is_tie = len(set(known)) < 2
    best = frozenset() if is_tie else frozenset(place for place, value in enumerate(figures) if value == max(known))
    return Row(title, [write(column.card) if column.card else "—" for column in columns], best)


def _subject(column: Column) -> str:
    return title_of(column.card.subject) if column.card and column.card.subject else "—"


def _readiness(column: Column) -> str:
    subject = column.card.subject if column.card else None
    if subject is None:
        return "—"
    low, high = (getattr(subject, names[0], None) or getattr(subject, names[1], None) for names in TRL)
    return levels((low, high)) if low and high else "—"


def _district(column: Column) -> str:
    if column.card and column.card.place:
        return column.card.place
    code = column.profile.value("district_code")
    rows = {row.code: row for row in reference.list_districts(session())} if code else {}
    return _field(column, "district_code", lambda value: name_of(rows[value]))


def _field(column: Column, field: str, write: Callable[[Any], str]) -> str:
    """What may be shown, a dash for what nobody has said, and plain words for what is not open."""
    view = column.profile[field]
    if isinstance(view, Hidden):
        return _("not open")
    value = column.profile.value(field)
    return "—" if value is None else write(value)


def _capacity(column: Column) -> str:
    engaged = column.profile.value("engaged")
    if engaged is None:
        return _field(column, "capacity", lambda _value: "—")
    return _field(column, "capacity", lambda value: _("%(free)s of %(all)s", free=max(value - engaged, 0), all=value))


def _certifications(column: Column) -> str:
    schemes = {row.code: row for row in reference.list_schemes(session())}

    def write(held: Sequence[Certification]) -> str:
        valid = [one for one in held if one.valid_until is None or one.valid_until >= today()]
        return listed(name_of(schemes[one.scheme_code]) for one in valid) or "—"

    return _field(column, "certifications", write)
