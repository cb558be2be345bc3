"""Views of the public area."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import func, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Permission, can
from models.enums import OrganisationState, PostingState
from models.facilities import Facility
from models.offers import Need, Offer
from models.organisations import Organisation
from web.access import current_actor, public
from web.config import current_instance
from web.database import session
from web.demo import DemoPerson, is_demo_request, list_demo_persons
from web.public.samples import SampleForm, list_sample_terms

bp = Blueprint("public", __name__)


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    if current_actor().is_signed_in:
        return redirect(url_for("organisations.show_home"))
    return render_template("public/home.html", figures=_count_records(), persons=_list_persons())


@bp.get("/about")
@public
def show_about() -> ResponseReturnValue:
    return render_template("public/about.html")


@bp.get("/help")
@public
def show_help() -> ResponseReturnValue:
    return render_template("public/help.html")


@bp.get("/design")
@public
def show_design() -> ResponseReturnValue:
    """Every component on one page, for screenshots and accessibility checks."""
    if not current_instance().settings.demo and not can(current_actor(), Permission.PRESET_EDIT):
        raise NotFound("page", "design")
    faulty = SampleForm(formdata=None, prefix="faulty-")
    faulty.title.errors = [_("Please fill this in")]
    return render_template(
        "public/design.html", form=SampleForm(formdata=None), faulty=faulty, sample_terms=list_sample_terms()
    )


def _count_records() -> dict[str, int]:
    count = select(func.count())
    return {
        "organisations": session()
        .exec(count.select_from(Organisation).where(Organisation.state == OrganisationState.ACTIVE))
        .one(),
        "offers": session().exec(count.select_from(Offer).where(Offer.state == PostingState.PUBLISHED)).one(),
        "needs": session().exec(count.select_from(Need).where(Need.state == PostingState.PUBLISHED)).one(),
        "facilities": session().exec(count.select_from(Facility).where(Facility.state == PostingState.PUBLISHED)).one(),
    }


def _list_persons() -> list[DemoPerson]:
    return list_demo_persons(session(), current_instance()) if is_demo_request() else []
