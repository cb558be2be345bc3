"""Forms of the profile: the registry entry in four steps, certifications, patents, claims."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import URL, Email, Length, Optional

from matchmaker.services.credentials import CertificationDraft, CertificationProof, PatentDraft
from matchmaker.services.organisations import ActivityDraft, ContactDraft, FiguresDraft, IdentityDraft
from matchmaker.services.visibility import allowed_grades
from models.enums import Grade, OrganisationKind, Ownership, RevenueBand
from models.organisations import Certification
from web import choices
from web.forms import EnumField, Filled, Form, InputNeeded, InRange
from web.forms.edit import NOT_SAID, EditForm, blank
from web.labels import LABELS

PEOPLE = InRange(min=0, max=10_000_000, message=_l("Enter a whole number, 0 or more"))
PERCENT = InRange(min=0, max=100, message=_l("Enter a percentage from 0 to 100"))
# What an organisation can open or close by itself on the last step; the other fields keep their defaults.
GRADED = (
    "contact_name",
    "contact_email",
    "contact_phone",
    "staff",
    "rd_staff_share",
    "revenue_band",
    "rd_ratio",
    "capacity",
    "patents",
    "projects",
    "rounds",
    "round_figures",
)


class CodeForm(Form):
    uscc = StringField(_l("Unified social credit code"), validators=[InputNeeded(), Length(max=60)])


class IdentityForm(EditForm):
    kind = EnumField(_l("Kind of organisation"), OrganisationKind, empty=NOT_SAID, validators=[InputNeeded()])
    name_zh = StringField(_l("Chinese name"), validators=[Filled("name_zh", "name_en"), Length(max=200)])
    name_en = StringField(_l("English name"), validators=[Length(max=200)])
    short_name = StringField(_l("Short name"), validators=[Length(max=60)])
    uscc = StringField(_l("Unified social credit code"), validators=[Length(max=60)])
    ownership = EnumField(_l("Ownership"), Ownership, empty=NOT_SAID)
    district_code = SelectField(_l("District"), choices=choices.districts, coerce=blank)
    address = StringField(_l("Address"), validators=[Length(max=300)])
    website = StringField(
        _l("Website"),
        validators=[
            Optional(),
            Length(max=300),
            URL(message=_l("Enter the whole address, such as https://example.cn")),
        ],
    )
    founded_on = DateField(_l("Founded on"), validators=[Optional()])
    industry_code = SelectField(_l("Industry (GB/T 4754)"), choices=choices.industries, coerce=blank)
    is_new = BooleanField(_l("None of these is ours: enter a new organisation"))

    def draft(self) -> IdentityDraft:
        return IdentityDraft(
            kind=self.kind.data,
            name_zh=self.name_zh.data,
            name_en=self.name_en.data,
            short_name=self.short_name.data,
            uscc=self.uscc.data or None,
            ownership=self.ownership.data,
            district_code=self.district_code.data,
            address=self.address.data,
            website=self.website.data,
            founded_on=self.founded_on.data,
            industry_code=self.industry_code.data,
        )


class ActivityForm(EditForm):
    summary_zh = TextAreaField(_l("What you do, in Chinese"), validators=[Length(max=1000)])
    summary_en = TextAreaField(_l("What you do, in English"), validators=[Length(max=1000)])
    node_codes = SelectMultipleField(_l("Places in the industrial chain"), choices=choices.nodes)

    def draft(self) -> ActivityDraft:
        return ActivityDraft(
            summary_zh=self.summary_zh.data,
            summary_en=self.summary_en.data,
            node_codes=tuple(self.node_codes.data or ()),
        )


class FiguresForm(EditForm):
    staff = IntegerField(_l("Staff"), validators=[Optional(), PEOPLE])
    rd_staff_share = FloatField(_l("Share of R&D staff"), validators=[Optional(), PERCENT])
    revenue_band = EnumField(_l("Revenue last year"), RevenueBand, empty=NOT_SAID)
    rd_ratio = FloatField(_l("R&D spending as a share of sales"), validators=[Optional(), PERCENT])
    capacity = IntegerField(_l("Co-operations you can carry at once"), validators=[Optional(), PEOPLE])
    engaged = IntegerField(_l("Co-operations running now"), validators=[Optional(), PEOPLE])

    def draft(self) -> FiguresDraft:
        return FiguresDraft(
            staff=self.staff.data,
            rd_staff_share=_share(self.rd_staff_share.data),
            revenue_band=self.revenue_band.data,
            rd_ratio=_share(self.rd_ratio.data),
            capacity=self.capacity.data,
            engaged=self.engaged.data,
        )


class ContactForm(EditForm):
    contact_name = StringField(_l("Contact person"), validators=[Length(max=120)])
    contact_email = StringField(
        _l("E-mail"),
        validators=[Optional(), Length(max=254), Email(message=_l("Enter an e-mail address like name@company.cn"))],
    )
    contact_phone = StringField(_l("Telephone"), validators=[Length(max=40)])

    def draft(self) -> ContactDraft:
        return ContactDraft(
            contact_name=self.contact_name.data,
            contact_email=self.contact_email.data or "",
            contact_phone=self.contact_phone.data,
        )

    def grades(self) -> dict[str, Grade]:
        return {field: Grade(self[f"grade_{field}"].data) for field in GRADED}


def _grade_choices(field: str) -> Any:
    return lambda: [SelectChoice(grade.value, str(LABELS[Grade][grade])) for grade in allowed_grades(field)]


for _field in GRADED:
    setattr(ContactForm, f"grade_{_field}", SelectField(choices=_grade_choices(_field)))


class CertificationForm(Form):
    scheme_code = SelectField(_l("Certification"), choices=choices.schemes, coerce=blank, validators=[InputNeeded()])
    issuer = StringField(_l("Issued by"), validators=[Length(max=200)])
    number = StringField(_l("Certificate number"), validators=[Length(max=80)])
    issued_on = DateField(_l("Issued on"), validators=[Optional()])
    valid_until = DateField(_l("Valid until"), validators=[Optional()])
    evidence = TextAreaField(_l("Evidence"), validators=[Length(max=500)])

    def draft(self) -> CertificationDraft:
        return CertificationDraft(
            scheme_code=self.scheme_code.data,
            issuer=self.issuer.data,
            number=self.number.data,
            issued_on=self.issued_on.data,
            valid_until=self.valid_until.data,
            evidence=self.evidence.data,
        )


class ProofForm(EditForm):
    """What is said of a certification that is entered already."""

    issuer = StringField(_l("Issued by"), validators=[Length(max=200)])
    number = StringField(_l("Certificate number"), validators=[Length(max=80)])
    issued_on = DateField(_l("Issued on"), validators=[Optional()])
    valid_until = DateField(_l("Valid until"), validators=[Optional()])
    evidence = TextAreaField(_l("Evidence"), validators=[Length(max=500)])

    @classmethod
    def showing(cls, certification: Certification) -> Self:
        names = ("issuer", "number", "issued_on", "valid_until", "evidence", "version")
        return cls(formdata=None, **{name: getattr(certification, name) for name in names})

    def draft(self) -> CertificationProof:
        return CertificationProof(
            issuer=self.issuer.data,
            number=self.number.data,
            issued_on=self.issued_on.data,
            valid_until=self.valid_until.data,
            evidence=self.evidence.data,
        )


class PatentForm(Form):
    ipc_class = StringField(_l("IPC class"), validators=[InputNeeded(), Length(max=8)])
    granted = IntegerField(_l("Granted"), default=0, validators=[Optional(), PEOPLE])
    applied = IntegerField(_l("Applied for"), default=0, validators=[Optional(), PEOPLE])

    def draft(self) -> PatentDraft:
        return PatentDraft(
            ipc_class=self.ipc_class.data, granted=self.granted.data or 0, applied=self.applied.data or 0
        )


class ClaimForm(Form):
    statement = TextAreaField(
        _l("Your position, and how we can check it"),
        validators=[InputNeeded(), Length(min=5, max=1000, message=_l("Write one sentence, up to 1,000 characters"))],
    )


def _share(percentage: float | None) -> float | None:
    return None if percentage is None else round(percentage / 100, 6)
