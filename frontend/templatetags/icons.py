"""Icons drawn into the page (Lucide): `{% icon "search" %}`. They decorate: a label stands beside them."""

import re
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@register.simple_tag
def icon(name: str) -> SafeString:
    """The icon as inline SVG that takes the colour of the text; nothing where the assets are not built."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
        ' stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        _drawing(Path(dict(settings.STATICFILES_DIRS)["vendor"]) / "icons" / f"{name}.svg"),
    )


@lru_cache(maxsize=256)
def _drawing(path: Path) -> SafeString:
    found = _DRAWING.search(path.read_text(encoding="utf-8")) if path.is_file() else None
    # Lucide's own files, copied by build_assets: no word of a user can get in here.
    return mark_safe(" ".join(found.group(1).split()) if found else "")  # noqa: S308
