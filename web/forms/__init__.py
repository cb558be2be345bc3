"""Forms: input is cleaned before it is checked, and errors name their field."""

from web.forms.base import Form, VersionedForm
from web.forms.fields import EnumField, EnumsField, PercentField, YuanField
from web.forms.validators import TRL, Filled, InputNeeded, InRange

__all__ = [
    "TRL",
    "EnumField",
    "EnumsField",
    "Filled",
    "Form",
    "InRange",
    "InputNeeded",
    "PercentField",
    "VersionedForm",
    "YuanField",
]
