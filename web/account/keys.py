"""Who holds a key to one's account: the browsers signed in, the password, and the link by which a new one is set."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from matchmaker.services import sign_ins
from models.accounts import User
from web.access import current_actor, public, signed_in, signed_in_person
from web.account.forms import ChangePasswordForm, NewPasswordForm
from web.database import session
from web.passwords import change_password as set_own_password
from web.passwords import find_person_by_link, set_password_by_link
from web.security import end_session, is_password_of, present_sign_in
from web.transactions import commits

bp = Blueprint("keys", __name__, url_prefix="/account")


@bp.get("/sign-ins")
@signed_in
def list_sign_ins() -> ResponseReturnValue:
    return render_template(
        "account/sign_ins.html",
        sign_ins=sign_ins.list_own(session(), current_actor()),
        counts=sign_ins.counts,
        present=present_sign_in(),
        longest=sign_ins.LONGEST,
    )


@bp.post("/sign-ins/end-others")
@signed_in
@commits
def end_others() -> ResponseReturnValue:
    ended = sign_ins.sign_out_elsewhere(session(), current_actor(), signed_in_person(), keep=present_sign_in())
    flash(
        ngettext("Signed out in %(num)s other browser.", "Signed out in %(num)s other browsers.", ended)
        if ended
        else _("You are signed in nowhere else."),
        "success",
    )
    return redirect(url_for("keys.list_sign_ins"))


@bp.post("/sign-ins/<uuid:sign_in_id>/end")
@signed_in
@commits
def end_one(sign_in_id: UUID) -> ResponseReturnValue:
    sign_ins.end_own(session(), current_actor(), sign_in_id)
    flash(_("Signed out in that browser."), "success")
    return redirect(url_for("keys.list_sign_ins"))


@bp.get("/password")
@signed_in
def show_password() -> ResponseReturnValue:
    return render_template("account/password.html", form=ChangePasswordForm(formdata=None))


@bp.post("/password")
@signed_in
@commits
def change_password() -> ResponseReturnValue:
    form, person = ChangePasswordForm(), signed_in_person()
    if form.validate():
        if is_password_of(person, form.present.data):
            set_own_password(person, form.password.data)
            flash(_("The new password counts from now on; all other browsers are signed out."), "success")
            return redirect(url_for("account.show_account"))
        form.add_error("present", _("This is not your present password."))
    return render_template("account/password.html", form=form), 422


@bp.get("/new-password/<token>")
@public
def show_new_password(token: str) -> ResponseReturnValue:
    return _ask(find_person_by_link(token), NewPasswordForm(formdata=None), 200)


@bp.post("/new-password/<token>")
@public
@commits
def set_new_password(token: str) -> ResponseReturnValue:
    person, form = find_person_by_link(token), NewPasswordForm()
    if person is None or not form.validate():
        return _ask(person, form, 422)
    end_session()  # whoever was signed in in this browser
    set_password_by_link(person, form.password.data)
    flash(_("Your new password is set. Sign in with it."), "success")
    return redirect(url_for("account.show_sign_in"))


def _ask(person: User | None, form: NewPasswordForm, status: int) -> ResponseReturnValue:
    if person is None:
        return render_template("account/link_over.html"), 404
    return render_template("account/new_password.html", form=form, account=person), status
