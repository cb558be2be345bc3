"""The list of challenges with its filters, and the page of one challenge."""

from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.services import organisations, reference
from matchmaker.services.actors import Permission, can
from matchmaker.services.calendar import today
from matchmaker.services.challenges import (
    access,
    answers,
    editing,
    eligibility,
    fairness,
    listing,
    matching,
    recusal,
    seeing,
    stages,
)
from matchmaker.services.challenges.listing import Filters, Listed
from matchmaker.services.composing import asking as composing
from models.challenges import Challenge
from models.enums import ChallengeKind, ChallengeStage, Grade
from models.organisations import Organisation
from web import challenge_wording as wording
from web.access import current_actor, signed_in
from web.challenges.answer_forms import ExtendForm, InviteForm, NoteForm, PurposeForm
from web.challenges.area import bp
from web.challenges.cards import about, answering_organisations, code_names, organisations_by_id, recused
from web.choices import name_of, names_of
from web.database import reader, session
from web.labels import LABELS, label
from web.refusals import refusal_text
from web.rendering import page_url

AnyEnum = TypeVar("AnyEnum", bound=StrEnum)


@bp.get("/challenges")
@signed_in
def list_challenges() -> ResponseReturnValue:
    mine = answering_organisations()
    filters = _filters(mine)
    found = listing.list_challenges(session(), current_actor(), filters, page=request.args.get("page", 1, type=int))
    return render_template(
        "challenges/list.html",
        filters=filters,
        found=found,
        facets=_facets(filters, found),
        chips=_chips(filters, mine),
        mine=mine,
        posters=_posters(),
        owners=organisations_by_id(one.organisation_id for one in found.page.items),
        nodes=names_of(reference.list_nodes(session())),
        wording=wording,
    )


@bp.get("/challenges/<uuid:challenge_id>")
@signed_in
def show_challenge(challenge_id: UUID) -> ResponseReturnValue:
    view = seeing.get_view(session(), current_actor(), challenge_id)
    challenge = seeing.get_seen(session(), current_actor(), challenge_id)
    around = about(view)
    return render_template(
        "challenges/challenge.html",
        challenge=view,
        desks=[_desk(view, one) for one in answering_organisations() if one.id != view.organisation_id],
        asked=access.list_access(session(), current_actor(), challenge) if around["may_edit"] else [],
        askers=_askers(challenge) if around["may_edit"] else {},
        answer_count=_answer_count(challenge) if view.is_inside else None,
        is_editable=editing.is_editable(challenge),
        moves=_moves(challenge),
        is_officer=can(current_actor(), Permission.CHALLENGE_STAGE),
        **recused(challenge),
        composes=bool(composing.list_leads(session(), current_actor(), challenge)),
        note_form=NoteForm(formdata=None),
        extend_form=ExtendForm(formdata=None),
        purpose_form=PurposeForm(formdata=None),
        invite_form=InviteForm(formdata=None),
        wording=wording,
        grade=Grade,
        **around,
    )


def _moves(challenge: Challenge) -> list[tuple[stages.Move, str]]:
    """The steps that can be taken here, each with what it still lacks; officers screen on a page of its own."""
    steps = [
        one for one in stages.moves_for(current_actor(), challenge) if one.permission is not Permission.CHALLENGE_STAGE
    ]
    lacking = [stages.hindrance(session(), challenge, step) for step in steps]
    return [(step, refusal_text(lack) if lack else "") for step, lack in zip(steps, lacking, strict=True)]


def _answer_count(challenge: Challenge) -> int | None:
    """None for who has a stake: how many rivals there are is kept back with their answers."""
    if recusal.is_partial(session(), current_actor(), challenge):
        return None
    return len(answers.list_for(session(), current_actor(), challenge))


def _askers(challenge: Challenge) -> Any:
    asked = access.list_access(session(), current_actor(), challenge)
    return organisations_by_id(one.organisation_id for one in asked)


def _desk(view: seeing.ChallengeView, organisation: Organisation) -> dict[str, Any]:
    """Where one of the reader's organisations stands towards the challenge."""
    actor = current_actor()
    answer = answers.find_of(session(), actor, view.id, organisation.id)
    return {
        "organisation": organisation,
        "verdict": eligibility.judge(eligibility.answerer(session(), organisation), view),
        "answer": answer,
        "told": fairness.told(session(), actor, answer) if answer else None,
        "access": access.find(session(), view.id, organisation.id),
        "cover": matching.cover(session(), actor, reader(), view, organisation.id, today=today()),
    }


def _filters(mine: list[Organisation]) -> Filters:
    answerer = request.args.get("for", type=_uuid)
    return Filters(
        kind=_member(ChallengeKind, "kind"),
        stage=_member(ChallengeStage, "stage"),
        chain=request.args.get("chain", "")[:80],
        district=request.args.get("district", "")[:80],
        words=request.args.get("q", "").strip()[:100],
        is_open=request.args.get("open") == "y",
        answerer=answerer if answerer in {one.id for one in mine} else None,
        poster=request.args.get("poster", type=_uuid),
    )


def _uuid(text: str) -> UUID:
    return UUID(text)


def _member(values: type[AnyEnum], name: str) -> AnyEnum | None:
    code = request.args.get(name, "")
    return values(code) if code in {value.value for value in values} else None


def _facets(filters: Filters, found: Listed) -> list[tuple[str, list[tuple[str, int, str, bool]]]]:
    """Each filter with its choices, how many there are of each, and the address that takes or drops it."""
    chains = {group.chain.code: name_of(group.chain) for group in reference.list_node_groups(session())}
    districts = names_of(reference.list_districts(session()))
    words = {
        "stage": {one.value: str(text) for one, text in LABELS[ChallengeStage].items()},
        "kind": {one.value: str(text) for one, text in LABELS[ChallengeKind].items()},
        "chain": chains,
        "district": districts,
    }
    titles = {
        "stage": _("Stage"),
        "kind": _("What it is"),
        "chain": _("Industrial chain"),
        "district": _("District of the poster"),
    }
    return [
        (
            titles[name],
            [
                _option(name, code, text, found, filters)
                for code, text in choice.items()
                if _counts(found, filters, name, code)
            ],
        )
        for name, choice in words.items()
    ]


def _counts(found: Listed, filters: Filters, name: str, code: str) -> bool:
    return bool(found.counts[name].get(code)) or getattr(filters, name) == code


def _option(name: str, code: str, text: str, found: Listed, filters: Filters) -> tuple[str, int, str, bool]:
    is_chosen = getattr(filters, name) == code
    url = page_url(**{name: None if is_chosen else code, "page": None})
    return text, found.counts[name].get(code, 0), url, is_chosen


def _chips(filters: Filters, mine: list[Organisation]) -> list[tuple[str, str]]:
    """The filters in force, each with the address without it."""
    chosen: list[tuple[str, str]] = []
    if filters.words:
        chosen.append((filters.words, "q"))
    chosen += [(label(value), name) for name in ("kind", "stage") if (value := getattr(filters, name))]
    if filters.chain:
        chosen.append(
            (
                next(
                    (name_of(g.chain) for g in reference.list_node_groups(session()) if g.chain.code == filters.chain),
                    filters.chain,
                ),
                "chain",
            )
        )
    if filters.district:
        chosen.append((code_names().get(filters.district, filters.district), "district"))
    if filters.is_open:
        chosen.append((_("takes answers"), "open"))
    if filters.poster:
        poster = organisations_by_id([filters.poster]).get(filters.poster)
        chosen.append((_("posted by %(name)s", name=name_of(poster) if poster else "—"), "poster"))
    if filters.answerer:
        who = next(one for one in mine if one.id == filters.answerer)
        chosen.append((_("open to %(name)s", name=name_of(who)), "for"))
    return [(text, page_url(**{name: None, "page": None})) for text, name in chosen]


def _posters() -> list[Organisation]:
    """The person's organisations that may post challenges: chain leaders first of all, but not only they."""
    mine = organisations.my_organisations(session(), current_actor())
    return [one for one in mine if can(current_actor(), Permission.CHALLENGE_EDIT, one.id)]
