"""What the word index keeps of a statement: its fields, and how text becomes the terms in them.

Every text goes through both stemmers, whatever language it is said to be in: texts mix languages, and so do people.
"""

import unicodedata
from dataclasses import fields
from functools import lru_cache

import tantivy
from tantivy import Filter, TextAnalyzer, TextAnalyzerBuilder, Tokenizer

from matching.engine.rows import LANGUAGES, StatementRows
from matching.engine.shared_terms import _STOP_WORDS
from matching.engine.stores import TermDocument

# Raise it whenever a field, an analyser or the folding changes: older folders are then refused, and built anew.
SCHEMA_VERSION = 1
COLUMNS = tuple(column.name for column in fields(StatementRows))
STORED = ("text", "context", "language")
EXACT, LETTERS = "exact", "letters"
GRAM = 4

_STEMMERS = dict(zip(LANGUAGES, ("danish", "english"), strict=True))
_MAX_WORD_BYTES = 64
_NOT_SEARCHED = ("language",)
# The built-in lists lack these, and the list for marking words holds no word this short.
_SHORT_STOP_WORDS = ("we", "us", "my", "me", "he", "him", "his", "she", "her", "am", "do", "so", "s", "t")
_LETTERS_WITHOUT_KEY = str.maketrans({"å": "a", "ø": "o", "æ": "ae"})


def readable(text: str) -> str:
    """The text in composed form, without halves of characters, which no index can keep."""
    return unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))


def folded(text: str) -> str:
    """Lower case, with å, ø and æ as people write them without a Danish keyboard: aa or a, oe or o, ae."""
    return text.lower().translate(_LETTERS_WITHOUT_KEY).replace("aa", "a").replace("oe", "o")


def grams(word: str) -> list[str]:
    """Every run of four letters in a folded word, in order, each once; none for a shorter word."""
    return list(dict.fromkeys(word[start : start + GRAM] for start in range(len(word) - GRAM + 1)))


@lru_cache(maxsize=1 << 16)
def _spaced_grams(word: str) -> str:
    return " ".join(grams(word))


def _words() -> TextAnalyzerBuilder:
    return (
        TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_MAX_WORD_BYTES)).filter(Filter.lowercase())
    )


def _stemmed(language: str) -> TextAnalyzer:
    stopped = _words().filter(Filter.stopword(language))
    stopped = stopped.filter(Filter.custom_stopword([*sorted(_STOP_WORDS), *_SHORT_STOP_WORDS]))
    return stopped.filter(Filter.stemmer(language)).build()


def _exact() -> TextAnalyzer:
    stopped = _words()
    for language in _STEMMERS.values():
        stopped = stopped.filter(Filter.stopword(language))
    ours = sorted({folded(word) for word in (*_STOP_WORDS, *_SHORT_STOP_WORDS)})
    return stopped.filter(Filter.custom_stopword(ours)).filter(Filter.ascii_fold()).build()


# Analysers hold no state between calls; they are made once since the stop words take a while.
ANALYSERS: dict[str, TextAnalyzer] = {
    **{language: _stemmed(name) for language, name in _STEMMERS.items()},
    EXACT: _exact(),
    LETTERS: TextAnalyzerBuilder(Tokenizer.whitespace()).build(),
}
WORDS = _words().build()


def exact_terms(text: str) -> list[str]:
    """The folded content words of a readable text, in order."""
    return ANALYSERS[EXACT].analyze(folded(text))


def schema() -> tantivy.Schema:
    """Terms with frequencies but no positions (no phrase is ever asked for), columns, and the words as they came."""
    builder = tantivy.SchemaBuilder()
    for part in ("text", "context"):
        for analyser in (*LANGUAGES, EXACT):
            builder.add_text_field(f"{part}_{analyser}", tokenizer_name=analyser, index_option="freq")
    builder.add_text_field(LETTERS, tokenizer_name=LETTERS, index_option="freq")
    for name in STORED:
        builder.add_bytes_field(f"stored_{name}", stored=True)
    for name in COLUMNS:
        builder.add_integer_field(name, indexed=name not in _NOT_SEARCHED, fast=True)
    return builder.build()


def indexed_document(row: dict[str, int], words: TermDocument) -> tantivy.Document:
    """One statement as the index takes it."""
    document = tantivy.Document()
    for name, column in row.items():
        document.add_integer(name, column)
    found: dict[str, None] = {}
    for part, text in (("text", readable(words.text)), ("context", readable(words.context))):
        plain = folded(text)
        document.add_text(f"{part}_{EXACT}", plain)
        for language in LANGUAGES:
            document.add_text(f"{part}_{language}", text)
        found |= dict.fromkeys(ANALYSERS[EXACT].analyze(plain))
    document.add_text(LETTERS, " ".join(map(_spaced_grams, found)))
    for name in STORED:
        document.add_bytes(f"stored_{name}", getattr(words, name).encode("utf-8", "replace"))
    return document


def stored_words(document: tantivy.Document) -> TermDocument:
    """The words of a document found in the index."""
    return TermDocument(**{name: bytes(document.get_first(f"stored_{name}") or b"").decode("utf-8") for name in STORED})
