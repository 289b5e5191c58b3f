"""What of a statement is embedded, and which words stand for it: its own, and as much of its profile as a reader sees.

An offer such as "two courses of treatment a year, with documentation" says what only beside the profile's own
about-text and keywords; and who offers it is often said by the name of the department alone.
"""

from collections.abc import Sequence

from matching.engine.rows import LANGUAGES
from matching.engine.stores import TermQuery
from matching.engine.translation import Translator
from matching.lexicon.loading import read_lexicon

# Fewer words are what people type into a search box; more, or a sentence with its full stop, are a statement.
STATEMENT_WORDS = 8
SENTENCE_WORDS = 4
TRANSLATED_WEIGHT = 0.6
SYNONYM_WEIGHT = 0.4
THING_WEIGHT = 3.0

# What a profile of each kind is called by those who look for one, in both languages.
KIND_WORDS = {
    "firm": "firma virksomhed company firm",
    "researcher": "forskergruppe forskningsgruppe research group",
    "clinician": "hospitalsafdeling afdeling klinik hospital department ward clinic",
    "municipality": "kommune kommunal municipality municipal unit",
    "knowledge_institution": "vidensinstitution knowledge institution",
    "investor": "investor kapital investor capital",
    "adviser": "rådgiver konsulent adviser consultant",
    "student": "studerende students",
}

_translator: Translator | None = None


def passage_text(text: str, *, about: str, keywords: Sequence[str]) -> str:
    """The text to embed for a statement; `about` is empty for the about-text itself."""
    return " ".join(part for part in (text, about, ", ".join(keywords)) if part)


def context_words(
    *, about: str, keywords: Sequence[str], names: Sequence[str], kind: str, labels: Sequence[str]
) -> str:
    """The words in which a statement is read: about-text, keywords, names, and the labels of its profile's terms."""
    return " ".join(part for part in (about, ", ".join(keywords), *names, KIND_WORDS.get(kind, ""), *labels) if part)


def reads_as_statement(text: str) -> bool:
    """Whether somebody wrote a whole statement, and not a few words for a search box."""
    words = len(text.split())
    return words >= STATEMENT_WORDS or (words >= SENTENCE_WORDS and text.rstrip(" \"'»”)").endswith((".", "!")))


def term_queries(text: str, language: str) -> tuple[TermQuery, ...]:
    """The words to look for: the text's own, what else they are called, and what in the other language.

    In a few words each thing counts once, however many names it has; in a whole statement there are enough things.
    """
    other = next(each for each in LANGUAGES if each != language) if language in LANGUAGES else LANGUAGES[0]
    found = [TermQuery(text, language)]
    if not reads_as_statement(text):
        return (*found, *_things(text, language, other))
    written = set(text.casefold().split())
    synonyms = [word for word in lexicon().synonyms(text, language).split() if word not in written]
    if synonyms:
        found.append(TermQuery(" ".join(synonyms), language, SYNONYM_WEIGHT))
    if translated := lexicon().expand(text, language):
        found.append(TermQuery(translated, other, TRANSLATED_WEIGHT))
    return tuple(found)


def _things(text: str, language: str, other: str) -> list[TermQuery]:
    """One query for each thing that the text mentions, in all the ways that the lexicon knows."""
    found = []
    for own, translated in lexicon().concepts(text, language):
        ways = [TermQuery(words, language) for words in own] + [TermQuery(words, other) for words in translated]
        found.append(TermQuery(ways[0].text, language, THING_WEIGHT, tuple(ways[1:])))
    return found


def lexicon() -> Translator:
    """The one translator of this process, made on first use."""
    global _translator
    if _translator is None:
        _translator = Translator(read_lexicon())
    return _translator
