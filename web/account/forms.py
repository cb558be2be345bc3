"""Forms of the account area."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Email, EqualTo, Length

from web.forms import Form, InputNeeded
from web.i18n import LANGUAGES

# ASVS 6.2: length counts, composition rules do not; long phrases are welcome.
PASSWORD_LENGTH = Length(min=10, max=128, message=_l("A password has 10 to 128 characters"))
EMAIL = Email(message=_l("Enter an e-mail address like name@company.cn"))


class SignInForm(Form):
    email = StringField(_l("E-mail"), validators=[InputNeeded(), Length(max=254)])
    password = PasswordField(_l("Password"), validators=[InputNeeded(), Length(max=128)])
    next = HiddenField()


class RegisterForm(Form):
    name = StringField(_l("Your name"), validators=[InputNeeded(), Length(max=120)])
    email = StringField(_l("E-mail"), validators=[InputNeeded(), Length(max=254), EMAIL])
    password = PasswordField(_l("Password"), validators=[InputNeeded(), PASSWORD_LENGTH])
    repeated = PasswordField(
        _l("Password once more"),
        validators=[InputNeeded(), EqualTo("password", message=_l("The two passwords differ"))],
    )


class NewPasswordForm(Form):
    password = PasswordField(_l("New password"), validators=[InputNeeded(), PASSWORD_LENGTH])
    repeated = PasswordField(
        _l("New password once more"),
        validators=[InputNeeded(), EqualTo("password", message=_l("The two passwords differ"))],
    )


class ChangePasswordForm(NewPasswordForm):
    present = PasswordField(_l("Present password"), validators=[InputNeeded(), Length(max=128)])


class AccountForm(Form):
    name = StringField(_l("Your name"), validators=[InputNeeded(), Length(max=120)])
    locale = SelectField(_l("Language"), choices=lambda: [SelectChoice(code, name) for code, name in LANGUAGES.items()])
