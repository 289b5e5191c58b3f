"""The terms that Milvus weighs, made on our side by the analysers of the local word index, so that both hold the same.

milvus-lite neither stems nor folds, and a server's stemmers are of another make. Plain words parted by spaces come
through the standard tokenizer of every edition as they are.
"""

from collections.abc import Iterable, Iterator

from matching.engine.rows import LANGUAGES
from matching.engine.stores import TermDocument
from matching.engine.term_fields import ANALYSERS, exact_terms, grams, readable

TEXT, CONTEXT, EXACT, LETTERS = "text", "context", "exact", "letters"
FIELDS = (TEXT, CONTEXT, EXACT, LETTERS)
_ENOUGH_SHARE = 0.5
_ENOUGH_GROUPS = 3
_MAX_CHARACTERS = 20_000


def document_terms(document: TermDocument) -> dict[str, list[str]]:
    """The terms of each field: stems of the text, stems of the context, folded words of both, letters of those."""
    text, context = readable(document.text), readable(document.context)
    words = exact_terms(text) + exact_terms(context)
    return {
        TEXT: [stem for language in LANGUAGES for stem in _stems(text, language)],
        CONTEXT: [stem for language in LANGUAGES for stem in _stems(context, language)],
        EXACT: words,
        LETTERS: [group for word in dict.fromkeys(words) for group in grams(word)],
    }


def query_terms(text: str, language: str) -> dict[str, list[str]]:
    """The terms to look for in each field, each once."""
    asked = readable(text[:_MAX_CHARACTERS])
    stems = list(dict.fromkeys(_stems(asked, language))) if language in LANGUAGES else []
    words = list(dict.fromkeys(exact_terms(asked)))
    letters = list(dict.fromkeys(group for word in words for group in grams(word)))
    return {TEXT: stems, CONTEXT: stems, EXACT: words, LETTERS: letters}


def letters_enough(words: Iterable[str], groups: frozenset[str]) -> bool:
    """Whether a text with these groups holds one of the words whole, or a word much like it."""
    return any(_enough(grams(word), groups) for word in words)


def spaced(words: Iterable[str], limit_bytes: int) -> str:
    """The words parted by spaces, as many as fit into `limit_bytes` of UTF-8."""
    return " ".join(_fitting(words, limit_bytes))


def _enough(wanted: list[str], groups: frozenset[str]) -> bool:
    shared = sum(group in groups for group in wanted)
    whole = bool(wanted) and shared == len(wanted)
    return whole or (shared >= _ENOUGH_GROUPS and shared >= _ENOUGH_SHARE * len(wanted))


def _stems(text: str, language: str) -> list[str]:
    """Stems marked with the first letter of their language: one stem means one thing in one language."""
    return [language[0] + stem for stem in ANALYSERS[language].analyze(text)]


def _fitting(words: Iterable[str], limit_bytes: int) -> Iterator[str]:
    used = 0
    for word in words:
        used += len(word.encode()) + 1
        if used > limit_bytes:
            return
        yield word
