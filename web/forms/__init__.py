"""Forms: input is cleaned before it is checked, and errors name their field."""

from web.forms.base import Form, VersionedForm
from web.forms.fields import EnumField, EnumsField, YuanField
from web.forms.validators import TRL, Filled, InputNeeded, InRange

__all__ = ["TRL", "EnumField", "EnumsField", "Filled", "Form", "InRange", "InputNeeded", "VersionedForm", "YuanField"]
