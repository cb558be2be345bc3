"""The fast track: who takes a technology from the lab to production, hop by hop, with months, money and gaps."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from matchmaker.services import organisations, postings, reference
from matchmaker.services.actors import Permission
from matchmaker.services.challenges import seeing
from matchmaker.services.relay import asking, ways
from matchmaker.services.relay.asking import MOST_WORDS, Question
from matchmaker.services.relay.stations import Station, StationKind
from matchmaker.services.relay.ways import Nearest, Relay, Way
from models.taxonomy import ChainNode
from web.access import current_actor, permitted
from web.database import session
from web.forms import Form
from web.i18n import current_language, localised, number, percent, yuan
from web.rendering import page_url

bp = Blueprint("relay", __name__, url_prefix="/fast-track")
SCENE = "challenges.show_challenge"  # of another area, which may not be installed
SUBJECTS = ("need", "offer", "challenge")
MOST_OTHERS = 8


class RelayForm(Form):
    """What goes from where to where; it is a question, so it travels in the address."""

    class Meta(Form.Meta):
        csrf = False

    about = StringField(_l("The technology, in your words"), validators=[Length(max=MOST_WORDS)])
    node = SelectField(_l("Or a chain node"), default="")
    trl_from = SelectField(_l("Readiness today"), coerce=int, default=asking.USUAL_START)
    trl_to = SelectField(_l("Readiness wanted"), coerce=int, default=asking.HIGHEST)
    asker = SelectField(_l("Asked for"), default="")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        levels = reference.list_levels(session())
        choices = [SelectChoice(one.level, f"TRL {one.level}  {localised(one, 'name').striptags()}") for one in levels]
        self.trl_from.choices, self.trl_to.choices = choices[:-1], choices[1:]
        self.node.choices = [SelectChoice("", _("Please choose")), *_nodes()]
        self.asker.choices = [SelectChoice("", _("Nobody in particular")), *_own_organisations()]


def _nodes() -> list[SelectChoice]:
    return [
        SelectChoice(node.code, localised(node, "name").striptags())
        for group in reference.list_node_groups(session())
        for node in group.nodes
    ]


def _own_organisations() -> list[SelectChoice]:
    mine = organisations.my_organisations(session(), current_actor())
    return [SelectChoice(str(one.id), localised(one, "name").striptags()) for one in mine]


@bp.get("/")
@permitted(Permission.RELAY_VIEW)
def show_relay() -> ResponseReturnValue:
    subject, question = _subject()
    asked = bool(question) or any(request.args.get(name) for name in ("about", "node"))
    form = RelayForm(request.args if "trl_from" in request.args else None, data=_start(question))
    if "trl_from" in request.args and not form.validate():
        return _render(form, subject), 422
    if asked:
        with form.refusing():
            found = ways.find_relay(session(), current_actor(), _question(form, question))
            return _render(form, subject, found)
    return _render(form, subject), 422 if form.errors or form.form_errors else 200


def _subject() -> tuple[Any, Question | None]:
    """The need, offer or challenge that the address names, and the question it comes to."""
    kind = next((name for name in SUBJECTS if request.args.get(name)), "")
    key = _uuid(request.args.get(kind, "")) if kind else None
    if key is None:
        return None, None
    actor = current_actor()
    if kind == "need":
        return postings.get_need(session(), actor, key), asking.of_need(session(), actor, key)
    if kind == "offer":
        return postings.get_offer(session(), actor, key), asking.of_offer(session(), actor, key)
    return seeing.get_view(session(), actor, key), asking.of_challenge(session(), actor, key)


def _start(question: Question | None) -> Mapping[str, object]:
    """What the form shows before anything was typed."""
    mine = organisations.my_organisations(session(), current_actor())
    asker = str(mine[0].id) if len(mine) == 1 else ""
    if question is None:
        return {"asker": asker}
    own = question.organisation_id
    return {
        "trl_from": question.trl_from,
        "trl_to": question.trl_to,
        "asker": str(own) if own in {one.id for one in mine} else asker,
    }


def _question(form: RelayForm, of_record: Question | None) -> Question:
    asker = _uuid(form.asker.data or "")
    typed = asking.ask(
        session(),
        current_actor(),
        words=form.about.data or "",
        node_code=form.node.data or "",
        trl_from=form.trl_from.data,
        trl_to=form.trl_to.data,
        organisation_id=asker,
    )
    if of_record is None or not typed.says_nothing:
        return typed
    own = typed.organisation_id or of_record.organisation_id
    return replace(of_record, trl_from=typed.trl_from, trl_to=typed.trl_to, organisation_id=own)


def _render(form: RelayForm, subject: Any, found: Relay | None = None) -> str:
    shown, tabs = _choice(found) if found else (None, [])
    return render_template(
        "consortia/relay.html",
        form=form,
        subject=subject,
        kept=[(name, request.args[name]) for name in SUBJECTS if request.args.get(name)],
        found=found,
        way=shown,
        tabs_shown=tabs,
        capabilities=asking.capabilities_of(session(), found.question) if found else (),
        nodes=_named_nodes(found),
        station_url=station_url,
        time_of=time_of,
        money_of=money_of,
        misses=misses,
        totals=totals,
        skipped_names=skipped_names,
        hops=found.hops if found else (),
    )


def _named_nodes(found: Relay | None) -> list[ChainNode]:
    if found is None:
        return []
    return [node for node in reference.list_nodes(session()) if node.code in found.question.node_codes]


def _choice(found: Relay) -> tuple[Way, list[tuple[str, str, bool]]]:
    """The way to show, and the tabs to the others."""
    by = request.args.get("by", "cheapest")
    named = {"cheapest": (_("Cheapest"), found.cheapest), "fastest": (_("Fastest"), found.fastest)}
    if found.cheapest == found.fastest:
        named = {"cheapest": (_("Cheapest and fastest"), found.cheapest)}
    for place, way in enumerate(found.others[:MOST_OTHERS], start=1):
        named[f"between-{place}"] = (_("Between %(number)s", number=place), way)
    chosen = by if by in named else "cheapest"
    tabs = [
        (name, page_url(by=key if key != "cheapest" else None), key == chosen) for key, (name, _way) in named.items()
    ]
    return named[chosen][1], tabs


def station_url(station: Station) -> str:
    if station.kind is StationKind.OFFER:
        return url_for("organisations.show_offer", offer_id=station.id)
    if station.kind is StationKind.SCENE and SCENE in current_app.view_functions:
        return url_for(SCENE, challenge_id=station.id)
    return url_for("organisations.show_organisation", organisation_id=station.organisation_id, _anchor="facilities")


def time_of(station: Station) -> list[str]:
    """Waiting, work and where the figures come from, as sentences."""
    told = []
    if station.waiting_months is not None:
        days = round(station.waiting_months * 30.4375)
        told.append(ngettext("%(num)s day until a slot is free", "%(num)s days until a slot is free", days))
    if station.stated_months is not None:
        told.append(_("%(months)s months, as the scene says", months=number(station.stated_months, 1)))
    elif station.assumed_months is not None:
        told.append(_("about %(months)s months of work (assumed)", months=number(station.assumed_months, 1)))
    else:
        told.append(_("how long the work takes is not stated"))
    return told


def money_of(station: Station) -> str:
    if station.money is None:
        return _("price not stated")
    if station.kind is StationKind.SCENE:
        return _("%(amount)s of own money", amount=yuan(station.money))
    if station.kind is StationKind.OFFER:
        return _("from %(amount)s, the lowest price of the offer", amount=yuan(station.money))
    if station.list_price is not None and station.money < station.list_price:
        saved = percent(1 - station.money / station.list_price) if station.list_price else ""
        return _(
            "at least %(amount)s: every line of the price list once, with %(saved)s SME discount",
            amount=yuan(station.money),
            saved=saved,
        )
    return _("at least %(amount)s: every line of the price list once", amount=yuan(station.money))


def misses(nearest: Nearest) -> str:
    """By what the nearest one misses the gap."""
    miss, told = nearest.miss, []
    if miss.starts_too_high_by:
        told.append(_("starts at TRL %(level)s only", level=nearest.station.trl_in))
    if miss.ends_too_low_by:
        told.append(_("ends at TRL %(level)s", level=nearest.station.trl_out))
    if miss.is_range_unknown:
        told.append(_("does not state its readiness levels"))
    if miss.lacks_closeness:
        told.append(_("does something else on the chain"))
    if miss.is_closed:
        told.append(_("is not open to you"))
    return ("、" if current_language() == "zh" else ", ").join(told)


def totals(way: Way) -> dict[str, str]:
    """The sums of a way; where something is unknown they are lower bounds and say so."""
    number_of_hops = len(way.steps)
    near = sum(step.is_near for step in way.steps)
    return {
        # Prices of facilities and offers are their lowest, so the sum is a lower bound in any case.
        "money": _("at least %(amount)s", amount=yuan(way.money)) if way.unpriced < number_of_hops else _("unknown"),
        "money_note": _unpriced(way.unpriced),
        "months": _time(way),
        "months_note": _assumed(way),
        "near_note": ngettext(
            "%(num)s of them to somebody near, not exact", "%(num)s of them to somebody near, not exact", near
        )
        if near
        else _("each to somebody who does this"),
        "gap_note": ngettext(
            "%(num)s readiness level without anybody", "%(num)s readiness levels without anybody", way.missing_levels
        )
        if way.gaps
        else _("somebody stands at every hop"),
    }


def _time(way: Way) -> str:
    if way.untimed == len(way.steps):
        return _("unknown")
    months = _("%(months)s months", months=number(way.months, 1))
    return _("at least %(amount)s", amount=months) if way.untimed else _("about %(time)s", time=months)


def _unpriced(hops: int) -> str:
    if not hops:
        return _("every hop has a price, most of them a lowest one")
    return ngettext("%(num)s hop without a price", "%(num)s hops without a price", hops)


def _assumed(way: Way) -> str:
    told = [_("%(months)s of them assumed", months=number(way.assumed_months, 1))] if way.assumed_months else []
    if way.untimed:
        told.append(ngettext("%(num)s hop without a length", "%(num)s hops without a length", way.untimed))
    return _("; ").join(told)


def skipped_names(way: Way) -> str:
    names = [localised(hop, "name").striptags() for hop in way.skipped]
    return ("、" if current_language() == "zh" else ", ").join(names)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
