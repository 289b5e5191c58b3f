"""Carries words from Danish to English and back by a lexicon, for search and for marking what means the same.

Phrases match by the stems of their words, longest first; single words by spelling, then by inflection; a long
Danish word also mentions the concepts at its beginning and its end (tryksårssensor: tryksår, sensor).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Protocol

import snowballstemmer

Span = tuple[int, int]

MAX_CONCEPTS = 64
# No mention is looked for beyond this many words: a bound on time, far above the length of any statement.
MAX_WORDS = 4000
_CACHED_WORDS = 65536
_MIN_PART = 5
_MIN_COMPOUND = 8
_MIN_REST = 3
_MIN_INFLECTED = 4
_MIN_COMMON = 3
_MIN_DOUBLING = 4
_LONGEST_INFLECTION = 5

_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*(?:['’]s\b)?")
# Before a concept's word these are prefixes, not the first part of a compound: til-stand holds no stand.
_PREFIXES = frozenset(
    """
    bort efter for foran frem gen hen igennem imod ind inter med mel mellem mis mod ned nær over per pro sam sub
    sym syn til tilbage trans tvær und under uni vel ved
    """.split()
)
# After a concept's word these make another word of it, not a compound: plast-icitet holds no plast.
_ENDINGS = re.compile(
    r"(?:er|el|ial|at|ol)?"
    r"(?:isk|ist|isme|itet|icitet|ering|eret|ere|else|ning|hed|ig|lig|ligvis|vis|skab|bar|ator|ation|tion|ant|ent|abel)?"
    r"(?:e|en|et|t|er|r|ne|ene|erne|s|es|ens|ets|ers|ernes)?"
)
# Words that many a longer word begins or ends with by accident: eksem-pel, jour-nal-ister, flot-teste, pat-etisk.
_NEVER_PARTS = frozenset(
    """
    aktiv amning andel ansøge bringe dement eksem etisk forske færdighed færdigheder gener hoved hovedet komposit kunst
    lister lokale lærer læring læse mental mentale mestre organ ringe sekret slange slanger stand standen starte
    stent stents stifter stille strække svind tekst teste tilse trække tænger værdig værdighed institut journal
    skabe liste lager leger sende vende gående stående liggende løbende synet stole kaffe stress piller biler ydelse
    alder bruge egnet lagen pille sommer spille synlig synlighed varig årlig
    """.split()
)
# They look like forms of syn, lov, let, ryg, ren and mor, yet are words of their own.
_OTHER_WORDS = frozenset("synes synets love lover lovet lette letter ryge ryger rene more sikke".split())
# What the forms of one word may add to what they begin with in common.
_INFLECTIONS = {
    "danish": frozenset(
        """
        d de e ede en ende ene enes ens er eren erne ernes ers es et ets n nde ne nes r rne rnes s st ste t te
        """.split()
    ),
    "english": frozenset(["d", "e", "ed", "es", "ied", "ies", "ing", "s", "'s", "y"]),
}
_VOWELS = frozenset("aeiouyæøå")


class Words(Protocol):
    """What a lexicon's entry must have."""

    @property
    def danish(self) -> tuple[str, ...]:
        """Words and phrases, the most usual first."""

    @property
    def english(self) -> tuple[str, ...]:
        """Words and phrases, the most usual first."""


@dataclass(frozen=True)
class _Mention:
    concept: int
    span: Span


@dataclass(frozen=True)
class _Word:
    """A spelling, its stem and the concepts that it mentions where it stands alone."""

    stem: str
    concepts: tuple[int, ...]


class _Vocabulary:
    """One language's words and phrases: which concepts a text in that language mentions, and where."""

    def __init__(self, algorithm: str, entries: Iterable[tuple[str, ...]], *, compounds: bool) -> None:
        self._algorithm = algorithm
        self._compounds = compounds
        self._exact: dict[str, tuple[int, ...]] = {}
        self._by_stem: dict[str, list[tuple[str, tuple[int, ...]]]] = defaultdict(list)
        self._phrases: dict[tuple[str, ...], tuple[int, ...]] = {}
        self._longest: dict[str, int] = {}
        self._parts: dict[str, str] = {}
        # One cache an instance: two lexicons must not answer for each other.
        self._look_up: Callable[[str], _Word] = lru_cache(maxsize=_CACHED_WORDS)(self._read_word)
        self._add(entries)

    def mentions(self, text: str) -> Iterator[_Mention]:
        """In the order of the text; of overlapping phrases the longest, the words inside it not again."""
        matches = list(islice(_WORD.finditer(text), MAX_WORDS))
        words = [self._look_up(match.group()) for match in matches]
        position = 0
        while position < len(words):
            length, concepts = self._phrase_at(words, position)
            span = (matches[position].start(), matches[position + length - 1].end())
            for concept in concepts:
                yield _Mention(concept, span)
            position += length

    def _phrase_at(self, words: list[_Word], position: int) -> tuple[int, tuple[int, ...]]:
        """How many words from `position` on mention something together, and what; one word that may mention none."""
        longest = min(self._longest.get(words[position].stem, 1), len(words) - position)
        for length in range(longest, 1, -1):
            concepts = self._phrases.get(tuple(word.stem for word in words[position : position + length]))
            if concepts:
                return length, concepts
        return 1, words[position].concepts

    def _add(self, entries: Iterable[tuple[str, ...]]) -> None:
        singles: dict[str, list[int]] = defaultdict(list)
        phrases: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for concept, written in enumerate(entries):
            for folded in map(_folded_words, written):
                if len(folded) == 1:
                    singles[folded[0]].append(concept)
                elif folded:
                    phrases[tuple(self._stems(folded))].append(concept)
        self._exact = {word: _distinct(concepts) for word, concepts in singles.items()}
        self._phrases = {stems: _distinct(concepts) for stems, concepts in phrases.items()}
        for stems in self._phrases:
            self._longest[stems[0]] = max(len(stems), self._longest.get(stems[0], 1))
        for word, stem in zip(self._exact, self._stems(list(self._exact)), strict=True):
            self._by_stem[stem].append((word, self._exact[word]))
            self._add_part(word, stem)

    def _add_part(self, word: str, stem: str) -> None:
        """A word that may stand in compounds, also without the e that its compounds drop (arbejd-s-miljø)."""
        if self._compounds and len(word) >= _MIN_PART and word not in _NEVER_PARTS:
            self._parts[word] = word
            if len(stem) >= _MIN_PART:
                self._parts.setdefault(stem, word)

    def _stems(self, words: list[str]) -> list[str]:
        # A stemmer keeps state while it stems, so threads must not share one.
        return [str(stem) for stem in snowballstemmer.stemmer(self._algorithm).stemWords(words)]

    def _read_word(self, written: str) -> _Word:
        folded = _fold(written)
        stem = self._stems([folded])[0]
        return _Word(stem, self._alone(folded, stem) or self._in_compound(folded, stem))

    def _alone(self, word: str, stem: str) -> tuple[int, ...]:
        if word in self._exact:
            return self._exact[word]
        if len(word) < _MIN_INFLECTED or word in _OTHER_WORDS:
            return ()
        known = [
            concepts for other, concepts in self._by_stem.get(stem, ()) if _is_inflection(word, other, self._algorithm)
        ]
        return _distinct(concept for concepts in known for concept in concepts)

    def _in_compound(self, word: str, stem: str) -> tuple[int, ...]:
        if not self._compounds or len(word) < _MIN_COMPOUND:
            return ()
        first, first_length = self._beginning(word)
        last, last_start = self._end(word, stem)
        if first and last and last_start < first_length:
            first, last = (first, "") if first_length >= len(word) - last_start else ("", last)
        return _distinct(concept for part in (first, last) if part for concept in self._exact[part])

    def _beginning(self, word: str) -> tuple[str, int]:
        """The longest concept word that the compound begins with, and its length; ("", 0) if none."""
        for length in range(len(word) - _MIN_REST, _MIN_PART - 1, -1):
            part = self._parts.get(word[:length])
            rest = word[length:]
            if part is None or _ENDINGS.fullmatch(rest):
                continue
            # A stem alone needs its linking letter: kommun-e-, not kommun-ikation.
            if part == word[:length] or (rest[0] in "se" and len(rest) > _MIN_REST):
                return part, length
        return "", 0

    def _end(self, word: str, stem: str) -> tuple[str, int]:
        """The longest concept word that the compound ends with, inflected or not, and where it starts."""
        for start in range(_MIN_REST, len(word) - _MIN_PART + 1):
            if word[:start] in _PREFIXES:
                continue
            part = self._inflected(word[start:], stem[start:])
            if part:
                return part, start
        return "", len(word)

    def _inflected(self, ending: str, stem: str) -> str:
        if self._parts.get(ending) == ending:
            return ending
        shortest = max(_MIN_PART + 1, len(ending) - _LONGEST_INFLECTION)
        for candidate in [*(ending[:length] for length in range(len(ending) - 1, shortest - 1, -1)), stem]:
            part = self._parts.get(candidate)
            if part and _is_inflection(ending, part, self._algorithm):
                return part
        return ""


class Translator:
    """Finds the concepts of a lexicon in texts; made once, then used by any number of threads."""

    def __init__(self, concepts: Iterable[Words]) -> None:
        entries = tuple(concepts)
        danish, english = [entry.danish for entry in entries], [entry.english for entry in entries]
        self._words = {"da": danish, "en": english}
        self._vocabularies = {
            "da": _Vocabulary("danish", danish, compounds=True),
            "en": _Vocabulary("english", english, compounds=False),
        }

    def expand(self, text: str, language: str) -> str:
        """The other language's words for what `text` mentions: each once, in order of mention, parted by spaces.

        At most MAX_CONCEPTS concepts; empty if the text mentions none, or its language is not `da` or `en`.
        """
        return self._said(text, language, "en" if language == "da" else "da")

    def synonyms(self, text: str, language: str) -> str:
        """The text's own language's words for what it mentions, as `expand` gives the other's.

        The parts of a compound come as words of their own: "tryksårssensor" gives tryksår, liggesår, sensor.
        """
        return self._said(text, language, language)

    def concepts(self, text: str, language: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """What `text` mentions, in order, as (words in its own language, words in the other); at most MAX_CONCEPTS."""
        vocabulary = self._vocabularies.get(language)
        if vocabulary is None:
            return []
        mentioned = dict.fromkeys(mention.concept for mention in vocabulary.mentions(text))
        own, other = self._words[language], self._words["en" if language == "da" else "da"]
        return [(own[concept], other[concept]) for concept in islice(mentioned, MAX_CONCEPTS)]

    def pairs(self, ours: str, our_language: str, theirs: str, their_language: str) -> list[tuple[Span, Span]]:
        """Where both texts mention the same concept, as (start, end) character offsets, in the order of our text.

        Each place on either side comes at least once; a compound is marked whole. The languages may be the same.
        """
        our_places, their_places = self._places(ours, our_language), self._places(theirs, their_language)
        found = {
            pair
            for concept, spans in our_places.items()
            if concept in their_places
            for pair in _pair_up(spans, their_places[concept])
        }
        return sorted(found)

    def _said(self, text: str, language: str, wanted: str) -> str:
        vocabulary = self._vocabularies.get(language)
        if vocabulary is None:
            return ""
        concepts = dict.fromkeys(mention.concept for mention in vocabulary.mentions(text))
        words = self._words[wanted]
        return " ".join(dict.fromkeys(word for concept in islice(concepts, MAX_CONCEPTS) for word in words[concept]))

    def _places(self, text: str, language: str) -> dict[int, list[Span]]:
        places: dict[int, list[Span]] = {}
        vocabulary = self._vocabularies.get(language)
        for mention in vocabulary.mentions(text) if vocabulary else ():
            places.setdefault(mention.concept, []).append(mention.span)
        return places


def _fold(word: str) -> str:
    return unicodedata.normalize("NFC", word).casefold().replace("’", "'")


def _folded_words(text: str) -> list[str]:
    return [_fold(word) for word in _WORD.findall(text)]


def _is_inflection(word: str, other: str, algorithm: str) -> bool:
    """Whether two words of one stem are forms of one word: nurses - nurse, but not nurses - nursing."""
    shorter = min(len(word), len(other))
    common = next((at for at in range(shorter) if word[at] != other[at]), shorter)
    if common < max(_MIN_COMMON, shorter - 1):
        return False
    short, long = sorted((word[common:], other[common:]), key=len)
    endings = _INFLECTIONS[algorithm]
    if short:
        return short in endings and long in endings and short[0] in _VOWELS and long[0] in _VOWELS
    doubled = common >= _MIN_DOUBLING and long[:1] == word[common - 1]
    return not long or long in endings or (doubled and long[1:] in endings)


def _distinct(numbers: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers))


def _pair_up(ours: list[Span], theirs: list[Span]) -> Iterator[tuple[Span, Span]]:
    """First with first, second with second; when one side has run out, its last with the other's rest."""
    for index in range(max(len(ours), len(theirs))):
        yield ours[min(index, len(ours) - 1)], theirs[min(index, len(theirs) - 1)]
