"""Forms of the officer's desk."""

from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import FloatField, HiddenField, IntegerField, TextAreaField
from wtforms.validators import Length

from matchmaker.services.decline_effects import FEWEST_ASKERS, MOST_ASKERS, MOST_DAYS, EffectDraft
from matchmaker.services.exposure_policies import HIGHEST_DEPTH, HIGHEST_SHARE, LOWEST_DEPTH, PolicyDraft, draft_of
from models.exposure import ExposurePolicy
from models.interest import DeclineEffect
from web.forms import Form, InputNeeded, InRange, VersionedForm

PERCENT = 100.0


def between(low: float, high: float) -> list[object]:
    message = _l("Enter a number from %(low)s to %(high)s.", low=f"{low:g}", high=f"{high:g}")
    return [InputNeeded(), InRange(min=low, max=high, message=message)]


class PlainFloatField(FloatField):
    """A number as people write it: 15, not 15.0."""

    def _value(self) -> str:
        is_typed = bool(self.raw_data) or not isinstance(self.data, float)
        return str(super()._value()) if is_typed else f"{self.data:g}"


class DecisionForm(Form):
    decision_note = TextAreaField(_l("Note to the person"), validators=[Length(max=1000)])


class ExposureForm(VersionedForm):
    """Shares are typed as percent, a loss of fit as points of 100."""

    newcomer_share = PlainFloatField(_l("Newcomers, at least"), validators=between(0, HIGHEST_SHARE * PERCENT))
    small_share = PlainFloatField(_l("Small firms, at least"), validators=between(0, HIGHEST_SHARE * PERCENT))
    depth = IntegerField(_l("Among the first"), validators=between(LOWEST_DEPTH, HIGHEST_DEPTH))
    largest_loss = PlainFloatField(_l("Most that it may cost"), validators=between(0, PERCENT))
    nearness = PlainFloatField(_l("How near one must be"), validators=between(0, PERCENT))
    projects_at_most = IntegerField(_l("A newcomer has at most"), validators=between(0, 1000))
    founded_within_days = IntegerField(_l("Or was founded within"), validators=between(0, 36500))

    @classmethod
    def showing(cls, policy: ExposurePolicy) -> Self:
        """The form as it is first shown, with what is set now."""
        draft = draft_of(policy)
        form = cls(
            formdata=None,
            newcomer_share=_percent(draft.newcomer_share),
            small_share=_percent(draft.small_share),
            depth=draft.depth,
            largest_loss=_percent(draft.largest_loss),
            nearness=_percent(draft.nearness),
            projects_at_most=draft.projects_at_most,
            founded_within_days=draft.founded_within_days,
        )
        form.version.data = policy.version
        return form

    def draft(self) -> PolicyDraft:
        return PolicyDraft(
            newcomer_share=self.newcomer_share.data / PERCENT,
            small_share=self.small_share.data / PERCENT,
            depth=self.depth.data,
            largest_loss=self.largest_loss.data / PERCENT,
            nearness=self.nearness.data / PERCENT,
            projects_at_most=self.projects_at_most.data,
            founded_within_days=self.founded_within_days.data,
        )


def _percent(share: float) -> float:
    return round(share * PERCENT, 6)


class DeclineEffectForm(Form):
    """A rule, and hidden beside it what the page showed when it was opened."""

    least_askers = IntegerField(_l("From how many organisations on"), validators=between(FEWEST_ASKERS, MOST_ASKERS))
    window_days = IntegerField(_l("Within days"), validators=between(1, MOST_DAYS))
    half_life_days = PlainFloatField(_l("Counts half after days"), validators=between(1, MOST_DAYS))
    shown_askers = HiddenField()
    shown_window = HiddenField()
    shown_half_life = HiddenField()

    @classmethod
    def showing(cls, effect: DeclineEffect) -> Self:
        return cls(
            formdata=None,
            least_askers=effect.least_askers,
            window_days=effect.window_days,
            half_life_days=effect.half_life_days,
            shown_askers=str(effect.least_askers),
            shown_window=str(effect.window_days),
            shown_half_life=repr(effect.half_life_days),
        )

    def draft(self) -> EffectDraft:
        return EffectDraft(
            least_askers=self.least_askers.data,
            window_days=self.window_days.data,
            half_life_days=self.half_life_days.data,
        )

    def shown(self) -> EffectDraft:
        """A hidden value that was tampered with equals nothing, so the change is refused as out of date."""
        shown = (self.shown_askers, self.shown_window, self.shown_half_life)
        askers, window, half_life = (_number(field.data) for field in shown)
        return EffectDraft(least_askers=int(askers), window_days=int(window), half_life_days=half_life)


def _number(text: str | None) -> float:
    try:
        number = float(text or "-1")
        return number if 0 <= number <= 1e9 else -1.0
    except ValueError:
        return -1.0
