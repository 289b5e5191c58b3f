"""What of a statement is embedded: its words, and so much of its profile as a reader would have before their eyes.

An offer such as "two courses of treatment a year, with documentation" says what only beside the profile's own
about-text and keywords.
"""

from collections.abc import Sequence


def passage_text(text: str, *, about: str, keywords: Sequence[str]) -> str:
    """The text to embed for a statement that may be found; `about` is empty for the about-text itself."""
    return " ".join(part for part in (text, about, ", ".join(keywords)) if part)


def query_text(text: str, *, keywords: Sequence[str]) -> str:
    """The text to embed for a statement that asks."""
    return " ".join(part for part in (text, ", ".join(keywords)) if part)
