"""Views of the public area."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlmodel import func, select

from matchmaker.errors import NotFound
from matchmaker.services.actors import Permission, can
from models.accounts import User
from models.enums import OrganisationState, PostingState
from models.facilities import Facility
from models.offers import Need, Offer
from models.organisations import Organisation
from web.access import current_actor, public
from web.config import current_instance
from web.database import session
from web.public.samples import SampleForm, list_sample_terms
from web.security import demo_token, is_demo_request

bp = Blueprint("public", __name__)

DEMO_DOMAIN = "@demo.example"
WHAT_THEY_DO = {
    "sme": (_l("SME"), _l("Finds partners for its needs and sees why each of them fits")),
    "chain-leader": (_l("Chain leader"), _l("Looks for suppliers and technology for its chain")),
    "lab": (_l("Laboratory"), _l("Offers research results and finds firms that need them")),
    "pilot-base": (_l("Pilot base"), _l("Offers pilot lines and sees who could use them")),
    "fund-manager": (_l("Fund manager"), _l("Looks for startups that fit the fund's mandate")),
    "officer": (_l("Programme officer"), _l("Decides claims and keeps the registry in order")),
    "administrator": (_l("Administrator"), _l("Sets the weights of the score and reads the audit log")),
}


@bp.get("/")
@public
def home() -> ResponseReturnValue:
    if current_actor().is_signed_in:
        return render_template("public/workbench.html")
    return render_template("public/home.html", figures=_count_records(), persons=_list_demo_persons())


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
    faulty.title.errors = [str(_l("Please fill this in"))]
    return render_template("public/design.html", form=SampleForm(formdata=None), faulty=faulty, sample_terms=list_sample_terms())


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


def _list_demo_persons() -> list[dict[str, object]]:
    if not is_demo_request():
        return []
    secret = current_instance().derive_secret("demo-sign-in")
    users = session().exec(select(User).where(User.email.in_([key + DEMO_DOMAIN for key in WHAT_THEY_DO]))).all()  # type: ignore[attr-defined]
    by_key = {user.email.removesuffix(DEMO_DOMAIN): user for user in users}
    return [
        {"role": role, "does": does, "name": by_key[key].name, "token": demo_token(by_key[key].id, secret)}
        for key, (role, does) in WHAT_THEY_DO.items()
        if key in by_key
    ]
