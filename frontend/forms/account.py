"""The two forms of signing in: an address, then a code."""

import unicodedata
from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class EmailForm(RequestLoginCodeForm):
    """An address, known or not; nothing in the answer tells which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["email"]
        field.label = gettext_lazy("E-mail address")
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs.update({"class": "form-control", "inputmode": "email"})
        field.widget.attrs["autofocus"] = not self.is_bound
        field.error_messages.update(
            required=gettext_lazy("Write your e-mail address."),
            invalid=gettext_lazy("Write a whole e-mail address, such as name@firm.dk."),
        )

    def clean_email(self) -> str:
        """Lower case; look-alike letters before the @ would mail a stranger the code of somebody else."""
        email = unicodedata.normalize("NFKC", self.cleaned_data["email"]).lower()
        if not email.rpartition("@")[0].isascii():
            raise ValidationError(_("Write the part before @ with the letters a to z."))
        self.cleaned_data["email"] = email
        return str(super().clean_email())


class CodeForm(ConfirmLoginCodeForm):
    """The mailed code, with or without its dash and spaces."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = gettext_lazy("Code")
        field.widget.attrs.pop("placeholder", None)
        # A wrong code brings the summary of errors, which takes the focus instead.
        field.widget.attrs.update({"class": "form-control", "inputmode": "numeric", "spellcheck": "false"})
        field.widget.attrs["autofocus"] = not self.is_bound
        field.error_messages.update(required=gettext_lazy("Type the code that we mailed to you."))
