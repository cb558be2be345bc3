"""Views of the account area."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from matchmaker.errors import NotFound
from matchmaker.services import audit, sign_ins
from models.accounts import User
from models.sessions import writing
from web.access import current_actor, public, signed_in, signed_in_person
from web.account.forms import AccountForm, RegisterForm, SignInForm
from web.browsers import present_browser
from web.config import current_instance
from web.database import session
from web.demo import is_demo_request, read_demo_token
from web.i18n import current_language
from web.security import (
    add_account,
    begin_session,
    end_session,
    find_user_by_password,
    safe_next,
)
from web.transactions import commits

bp = Blueprint("account", __name__)


@bp.get("/account/sign-in")
@public
def show_sign_in() -> ResponseReturnValue:
    target = safe_next(request.args.get("next"))
    if current_actor().is_signed_in:
        return redirect(target)
    return render_template("account/sign_in.html", form=SignInForm(formdata=None, next=target))


@bp.post("/account/sign-in")
@public
@commits
def sign_in() -> ResponseReturnValue:
    form = SignInForm()
    user = None
    if form.validate():
        user = find_user_by_password(form.email.data, form.password.data)
        if user is None:
            form.add_error(None, _("The e-mail address or the password is not right."))
    if user is None:
        return render_template("account/sign_in.html", form=form), 422
    begin_session(user, sign_ins.begin(session(), user.id, present_browser()))
    return redirect(safe_next(form.next.data))


@bp.post("/account/sign-out")
@public
@commits
def sign_out() -> ResponseReturnValue:
    end_session()
    flash(_("You are signed out."), "success")
    return redirect(url_for("public.home"))


@bp.get("/account/register")
@public
def show_register() -> ResponseReturnValue:
    _require_open_registration()
    return render_template("account/register.html", form=RegisterForm(formdata=None))


@bp.post("/account/register")
@public
@commits
def register() -> ResponseReturnValue:
    _require_open_registration()
    form = RegisterForm()
    if not form.validate():
        return render_template("account/register.html", form=form), 422
    add_account(email=form.email.data, password=form.password.data, name=form.name.data)
    # The same words for a new and a known address, so that nobody learns who has an account.
    flash(
        _("You can sign in now. If this address already had an account, its earlier password still applies."),
        "success",
    )
    return redirect(url_for("account.show_sign_in"))


@bp.get("/account")
@signed_in
def show_account() -> ResponseReturnValue:
    person = signed_in_person()
    form = AccountForm(formdata=None, name=person.name, locale=person.locale or current_language())
    return render_template("account/account.html", form=form)


@bp.post("/account")
@signed_in
@commits
def change_account() -> ResponseReturnValue:
    form = AccountForm()
    if not form.validate():
        return render_template("account/account.html", form=form), 422
    person = signed_in_person()
    changes = audit.apply_changes(person, {"name": form.name.data, "locale": form.locale.data})
    session().add(person)
    if changes:
        audit.record(session(), current_actor(), "account.change", person, changes=dict.fromkeys(changes, ""))
    flash(_("Your settings are saved."), "success")
    response = make_response(redirect(url_for("account.show_account")))
    response.delete_cookie("lang")  # the account's language counts from now on
    return response


@bp.get("/demo/sign-in/<token>")
@public
def demo_sign_in(token: str) -> ResponseReturnValue:
    if not is_demo_request():
        abort(404)
    user_id = read_demo_token(token, current_instance())
    user = session().get(User, user_id)
    if user is None or not user.active:
        raise NotFound("person", user_id)
    # A link is followed by GET, and GET does not commit: the row is written beside the request, and only in a demo.
    with writing(current_instance().engine) as writer:
        sign_in = sign_ins.begin(writer, user.id, present_browser())
    begin_session(user, sign_in)
    return redirect(url_for("public.home"))


def _require_open_registration() -> None:
    if not current_instance().settings.registration:
        abort(404)
