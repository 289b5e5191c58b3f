"""Fields that take a value as it is or refuse it: nothing is guessed from another type."""

import re
from typing import Any

from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kernel.errors import InvalidInput
from profiles.enums import Taxonomy
from profiles.models import MAX_STATEMENT_CHARACTERS
from profiles.terms import code_of, key_of, label_of
from profiles.texts import clean_text

_IDENTIFIER = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Text(serializers.CharField):
    """A string; a number is none. NUL and lone surrogates are refused by the framework's own validators."""

    def to_internal_value(self, data: Any) -> str:
        """The string itself."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Words(Text):
    """A reader's own words for a search: cleaned, and refused where the domain would refuse them."""

    def to_internal_value(self, data: Any) -> str:
        """The cleaned words.

        Raises:
            serializers.ValidationError: only white space, too long, or characters that cannot be stored.
        """
        try:
            limit = self.max_length or MAX_STATEMENT_CHARACTERS
            return clean_text(super().to_internal_value(data), field=self.field_name or "", max_length=limit)
        except InvalidInput as error:
            raise serializers.ValidationError(str(error)) from error


class WholeNumber(serializers.IntegerField):
    """A JSON number without fraction; neither "1" nor true is one."""

    def to_internal_value(self, data: Any) -> int:
        """The number itself."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class Truth(serializers.BooleanField):
    """true or false, nothing that only looks like them."""

    def to_internal_value(self, data: Any) -> bool:
        """The value itself."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    """One of a closed set of strings."""

    def to_internal_value(self, data: Any) -> str:
        """The string itself."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=str(data)[:60])
        return str(super().to_internal_value(data))


class Identifier(serializers.UUIDField):
    """A public identifier as text, in its one usual form: 36 characters with hyphens."""

    default_error_messages = {"invalid": _("Give an identifier like 3f2c8a34-6b0e-4b61-9d0b-0f1a2b3c4d5e.")}

    def to_internal_value(self, data: Any) -> Any:
        """The identifier."""
        if not (isinstance(data, str) and _IDENTIFIER.fullmatch(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class Code(Text):
    """A code of one taxonomy."""

    def __init__(self, taxonomy: Taxonomy, **options: Any) -> None:
        self.taxonomy = taxonomy
        options.setdefault("max_length", 50)
        options.setdefault("help_text", format_lazy(_("A code of the taxonomy {taxonomy}."), taxonomy=taxonomy.value))
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        """The code.

        Raises:
            serializers.ValidationError: it does not stand in the taxonomy.
        """
        # Judged here as well as in the domain, which knows the taxonomy but not the field's name in a body.
        code = super().to_internal_value(data)
        try:
            key_of(self.taxonomy, code)
        except InvalidInput as error:
            raise serializers.ValidationError(str(error)) from error
        return code


class OptionalCode(Code):
    """A code of one taxonomy, or null (or an empty string) for none."""

    def __init__(self, taxonomy: Taxonomy, **options: Any) -> None:
        super().__init__(taxonomy, required=False, allow_blank=True, allow_null=True, **options)


class Shape(serializers.Serializer[Any]):
    """What comes in: a name that is not known is refused, so that no typing error is silently ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """The values by name.

        Raises:
            serializers.ValidationError: names each field that is wrong or unknown.
        """
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            message = gettext("There is no such field. Known are: %(known)s.") % {"known": ", ".join(self.fields)}
            raise serializers.ValidationError({name[:60]: [message] for name in unknown[:10]})
        return super().to_internal_value(data)


class Change(Shape):
    """Only what changes, and the version that was seen; stands beside the shape whose values may change."""

    version = WholeNumber(
        min_value=1,
        max_value=2_000_000_000,
        help_text=_("The version that you read; refused when somebody saved since."),
    )

    def get_fields(self) -> dict[str, Any]:
        """The fields, all but the version optional."""
        fields = super().get_fields()
        for name, field in fields.items():
            field.required = name == "version"
        return fields


class QueryNumber(serializers.IntegerField):
    """A whole number in an address: plain digits; "1_000" and digits of other scripts are refused."""

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if not (isinstance(data, str) and data.isascii() and data.isdecimal() and len(data) <= 10):
            self.fail("invalid")
        return int(data)


class Coded(serializers.Serializer[Any]):
    """A code and what it is called in the reader's language."""

    code = serializers.CharField()
    label = serializers.CharField()


@extend_schema_field(Coded)
class CodedTerm(serializers.Field[Any, Any, Any, Any]):
    """Gives a taxonomy term's key as code and label; null when there is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **options)

    def to_representation(self, value: str) -> dict[str, str]:
        """Code and label."""
        return {"code": code_of(value), "label": label_of(value)}


@extend_schema_field(Coded)
class CodedChoice(serializers.Field[Any, Any, Any, Any]):
    """Gives a value of one of our closed sets as code and label."""

    def __init__(self, choices: type[TextChoices], **options: Any) -> None:
        self.choices = choices
        super().__init__(read_only=True, **options)

    def to_representation(self, value: str) -> dict[str, str]:
        """Code and label."""
        choice = self.choices(value)
        return {"code": choice.value, "label": str(choice.label)}
