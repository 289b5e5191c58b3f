"""Numbers as people read them: shares in percent, weights with their sign; a dash where there is none."""

from django import template
from django.utils.formats import number_format

register = template.Library()
NOTHING = "–"
_MINUS = "\N{MINUS SIGN}"
_NARROW = "\N{NO-BREAK SPACE}"


@register.filter
def percent(share: float | None, places: int = 0) -> str:
    """0.374 as “37 %”."""
    return NOTHING if share is None else f"{decimal(100.0 * share, places)}{_NARROW}%"


@register.filter
def decimal(number: float | None, places: int = 2) -> str:
    """A number with so many places and a real minus sign; never “-0”."""
    if number is None:
        return NOTHING
    rounded = round(number, places) + 0.0
    written = number_format(abs(rounded), places, use_l10n=True)
    return f"{_MINUS}{written}" if rounded < 0 else written


@register.filter
def signed(number: float | None, places: int = 2) -> str:
    """The same with “+” before what is above 0."""
    written = decimal(number, places)
    return f"+{written}" if number is not None and round(number, places) > 0 else written


@register.filter
def points(share: float | None, places: int = 0) -> str:
    """A difference of two shares, 0.04 as “+4”: in points of percent."""
    return NOTHING if share is None else signed(100.0 * share, places)
