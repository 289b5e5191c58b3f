"""Cleaning what people write: what cannot be stored or read is refused with a reason, the rest is kept.

HTML is not removed: it is text, and every page escapes it.
"""

import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.errors import InvalidInput

_ALLOWED_CONTROLS = frozenset("\n\t")
# Soft hyphen, zero-width space and joiner, byte order mark, and all that turns the direction of reading.
_UNSEEN = dict.fromkeys(
    (0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)
_MANY_BLANK_LINES = re.compile(r"\n{3,}")


def _refuse_unstorable(text: str, field: str) -> None:
    for position, character in enumerate(text):
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in _ALLOWED_CONTROLS):
            raise InvalidInput(
                _("The text has a character that cannot be stored (number %(position)d). Remove it and save again.")
                % {"position": position + 1},
                field=field,
            )


def clean_text(raw: str, *, field: str, max_length: int, min_letters: int = 0) -> str:
    """Unicode NFC text with plain line ends and no blank edges.

    Raises:
        InvalidInput: control characters or lone surrogates, longer than `max_length` characters,
            or fewer than `min_letters` letters (any script).
    """
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > 2 * max_length:
        raise _too_long(len(text), max_length, field)
    _refuse_unstorable(text, field)
    text = _MANY_BLANK_LINES.sub("\n\n", unicodedata.normalize("NFC", text)).strip()
    if len(text) > max_length:
        raise _too_long(len(text), max_length, field)
    if sum(character.isalpha() for character in text) < min_letters:
        raise InvalidInput(_("Write at least a few words, so that others can understand it."), field=field)
    return text


def clean_line(raw: str, *, field: str, max_length: int, min_letters: int = 0) -> str:
    """Like `clean_text`, on one line: every run of white space becomes one space.

    Characters that nobody sees are dropped: with them one name could pass for another, or turn the words after it.
    """
    raw = raw.translate(_UNSEEN) if len(raw) <= 2 * max_length else raw
    return " ".join(clean_text(raw, field=field, max_length=max_length, min_letters=min_letters).split())


def quotable(raw: str) -> str:
    """At most 60 characters of what was written, fit to stand in a message whatever was written."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in raw[:60])


def _too_long(length: int, max_length: int, field: str) -> InvalidInput:
    return InvalidInput(
        ngettext(
            "The text has %(length)d characters; at most %(limit)d character fits. Shorten it, or split it in two.",
            "The text has %(length)d characters; at most %(limit)d characters fit. Shorten it, or split it in two.",
            max_length,
        )
        % {"length": length, "limit": max_length},
        field=field,
        limit=max_length,
    )
