"""Published figures to read the funnel against: all of them, adding, changing and taking away one."""

from typing import Self

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from matchmaker.services.actors import Permission, can
from matchmaker.services.funnel import rates
from matchmaker.services.funnel.rates import LONGEST, LONGEST_NAME, RateDraft
from models.enums import FunnelStage, RateCount
from models.outcomes import BaseRate
from web import challenge_wording as wording
from web.access import current_actor, permitted
from web.database import session
from web.forms import EnumField, InRange, PercentField
from web.forms.base import VersionedForm
from web.forms.edit import EditForm
from web.outcomes.funnel import bp
from web.transactions import commits

TEXTS = ("name_zh", "name_en", "text_zh", "text_en", "source_zh", "source")
NAMED = [InputRequired(), Length(max=LONGEST_NAME)]
IN_PERCENT = [Optional(), InRange(min=0, max=1, message=_l("Enter a percentage from 0 to 100."))]


class RateForm(EditForm):
    name_zh = StringField(_l("Name in Chinese"), validators=NAMED)
    name_en = StringField(_l("Name in English"), validators=NAMED)
    value = PercentField(_l("Published value"), validators=IN_PERCENT)
    from_stage = EnumField(_l("Of those at this stage"), FunnelStage, empty=_l("No stage of ours"))
    to_stage = EnumField(_l("so many reached"), FunnelStage, empty=_l("No stage of ours"))
    counts = EnumField(_l("It is a share of"), RateCount, empty=_l("Neither needs nor pairs"))
    text_zh = TextAreaField(_l("What it says, in Chinese"), validators=[Length(max=LONGEST)])
    text_en = TextAreaField(_l("What it says, in English"), validators=[Length(max=LONGEST)])
    source_zh = TextAreaField(_l("Source, in Chinese"), validators=[Length(max=LONGEST)])
    source = TextAreaField(_l("Source, in English"), validators=[Length(max=LONGEST)])

    @classmethod
    def showing(cls, rate: BaseRate) -> Self:
        values = {name: getattr(rate, name) for name in RateDraft.__dataclass_fields__}
        return cls(formdata=None, version=rate.version, **values)

    def draft(self) -> RateDraft:
        return RateDraft(
            value=self.value.data,
            from_stage=self.from_stage.data,
            to_stage=self.to_stage.data,
            counts=self.counts.data,
            **{name: self[name].data or "" for name in TEXTS},
        )


@bp.get("/base-rates")
@permitted(Permission.INDICATOR_EDIT)
def list_rates() -> ResponseReturnValue:
    return render_template(
        "outcomes/rates.html",
        rates=rates.list_rates(session()),
        may_see_funnel=can(current_actor(), Permission.FUNNEL_VIEW),
    )


@bp.get("/base-rates/new")
@permitted(Permission.INDICATOR_EDIT)
def show_new_rate() -> ResponseReturnValue:
    return _render(None, RateForm(formdata=None))


@bp.post("/base-rates")
@permitted(Permission.INDICATOR_EDIT)
@commits
def add_rate() -> ResponseReturnValue:
    form = RateForm()
    if form.validate():
        with form.refusing():
            rates.add_rate(session(), current_actor(), form.draft())
            flash(_("The figure is saved. Funnels and reports made from now on stand beside it."), "success")
            return redirect(url_for("funnel.list_rates"))
    return _render(None, form), form.status


@bp.post("/base-rates/<rate_code>/delete")
@permitted(Permission.INDICATOR_EDIT)
@commits
def delete_rate(rate_code: str) -> ResponseReturnValue:
    rates.delete_rate(session(), current_actor(), rate_code, seen_version=VersionedForm().version.data)
    flash(_("The figure is taken away. Reports that exist keep it."), "success")
    return redirect(url_for("funnel.list_rates"))


@bp.get("/base-rates/<rate_code>")
@permitted(Permission.INDICATOR_EDIT)
def show_rate(rate_code: str) -> ResponseReturnValue:
    rate = rates.get_rate(session(), current_actor(), rate_code)
    return _render(rate, RateForm.showing(rate))


@bp.post("/base-rates/<rate_code>")
@permitted(Permission.INDICATOR_EDIT)
@commits
def change_rate(rate_code: str) -> ResponseReturnValue:
    rate, form = rates.get_rate(session(), current_actor(), rate_code), RateForm()
    if form.validate():
        with form.over(rate):
            rates.change_rate(session(), current_actor(), rate_code, form.draft(), expected_version=form.version.data)
            flash(_("The figure is saved. Funnels and reports made from now on stand beside it."), "success")
            return redirect(url_for("funnel.list_rates"))
    return _render(rate, form), form.status


def _render(rate: BaseRate | None, form: RateForm) -> str:
    return render_template(
        "outcomes/rate.html",
        rate=rate,
        form=form,
        differences=wording.differences(form),
        may_delete=rate is not None and rates.is_own(rate),
    )
