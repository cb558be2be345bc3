"""Forms of offers and needs, with a capability picker that works without script."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from matchmaker.services.postings import NeedDraft, OfferDraft
from models.enums import CooperationType, DevelopmentStage, IpStatus, OrganisationKind, SizeClass
from web import choices
from web.forms import EnumField, EnumsField, Filled, InputNeeded, YuanField
from web.forms.edit import NOT_SAID, EditForm
from web.forms.tags import TagsField, level_or_none

AMOUNT = NumberRange(min=0, max=1e13, message=_l("Enter an amount in CNY 10,000, 0 or more"))


class PostingForm(EditForm):
    type = EnumField(_l("Kind of co-operation"), CooperationType, empty=NOT_SAID, validators=[InputNeeded()])
    title_zh = StringField(_l("Title in Chinese"), validators=[Filled("title_zh", "title_en"), Length(max=200)])
    title_en = StringField(_l("Title in English"), validators=[Length(max=200)])
    summary_zh = TextAreaField(_l("Summary in Chinese"), validators=[Length(max=500)])
    summary_en = TextAreaField(_l("Summary in English"), validators=[Length(max=500)])
    description_zh = TextAreaField(_l("Description in Chinese"), validators=[Length(max=4000)])
    description_en = TextAreaField(_l("Description in English"), validators=[Length(max=4000)])
    tags = TagsField(_l("Capabilities"))
    trl_low = SelectField(_l("Lowest readiness level"), choices=choices.levels, coerce=level_or_none)
    trl_high = SelectField(_l("Highest readiness level"), choices=choices.levels, coerce=level_or_none)
    budget_low = YuanField(_l("Amount from"), validators=[Optional(), AMOUNT])
    budget_high = YuanField(_l("Amount up to"), validators=[Optional(), AMOUNT])
    partner_role = TextAreaField(_l("What the partner is to do"), validators=[Length(max=500)])
    partner_kinds = EnumsField(_l("Kinds of partner"), OrganisationKind)
    partner_sizes = EnumsField(_l("Sizes of partner"), SizeClass)
    partner_districts = SelectMultipleField(_l("Districts of the partner"), choices=choices.any_districts)
    # Search words of the picker; never stored with the posting.
    find = StringField(_l("Find capabilities"), validators=[Length(max=200)])

    def shared(self) -> dict[str, Any]:
        texts = {
            f"{name}_{language}": self[f"{name}_{language}"].data
            for name in ("title", "summary", "description")
            for language in ("zh", "en")
        }
        return {
            **texts,
            "type": self.type.data,
            "trl_low": self.trl_low.data,
            "trl_high": self.trl_high.data,
            "budget_low": self.budget_low.data,
            "budget_high": self.budget_high.data,
            "partner_role": self.partner_role.data,
            "partner_kinds": tuple(kind.value for kind in self.partner_kinds.data or ()),
            "partner_sizes": tuple(size.value for size in self.partner_sizes.data or ()),
            "partner_districts": tuple(self.partner_districts.data or ()),
            "tags": tuple(self.tags.data),
        }

    def text(self) -> str:
        """Everything that is written, for finding capabilities in it."""
        names = ("title_zh", "title_en", "summary_zh", "summary_en", "description_zh", "description_en")
        return "\n".join(self[name].data or "" for name in names)


class OfferForm(PostingForm):
    advantages_zh = TextAreaField(_l("Advantages in Chinese"), validators=[Length(max=2000)])
    advantages_en = TextAreaField(_l("Advantages in English"), validators=[Length(max=2000)])
    stage = EnumField(_l("Stage of development"), DevelopmentStage, empty=NOT_SAID)
    ip_status = EnumField(_l("Rights to it"), IpStatus, empty=NOT_SAID)

    def draft(self) -> OfferDraft:
        return OfferDraft(
            **self.shared(),
            advantages_zh=self.advantages_zh.data,
            advantages_en=self.advantages_en.data,
            stage=self.stage.data,
            ip_status=self.ip_status.data,
        )


class NeedForm(PostingForm):
    accepted_types = EnumsField(_l("Other kinds of co-operation that would do"), CooperationType)

    def draft(self) -> NeedDraft:
        return NeedDraft(**self.shared(), accepted_types=tuple(kind.value for kind in self.accepted_types.data or ()))
