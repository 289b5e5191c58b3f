"""Words that two texts share, also across inflections, compounds and two languages, and where they stand.

Only content words count. Two words match when their stems are equal, when a long one holds the other
(tryksår - tryksårssensor), or when they begin alike (rehabilitering - rehabilitation).
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

# Accents and vowel signs that have no letter of their own stay with the letter before them.
_SIGNS = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M"))
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_SIGNS}])*(?:-[^\W_](?:[^\W_]|[{_SIGNS}])*)*")
_MIN_LETTERS = 4
_MIN_CONTAINED = 6
_MIN_COMMON_START = 6
_COMMON_START_SHARE = 0.6

_STOP_WORDS = frozenset(
    """
    aldrig alle allerede alligevel altid andet andre anden at bare begge blev blive bliver brug bruge bruger
    bruges burde både bør da de dels dem den denne der deres derfor derimod derved det dette dig din disse dog
    du efter egen eget egne eller ellers en end endnu enkelt enkelte et ene eneste fik fire flere fleste for
    fordi foran forskellige fra frem få får fået før først første gang gange gennem gerne give giver gjort god
    gode godt gøre gør ham han hans har havde have hele hel helt hende hendes her hos hun hvad hvem hver hvert
    hvilke hvilken hvis hvor hvordan hvorfor hvornår i igen ikke imellem imod ind inden indtil ingen intet ja
    jeg jer jeres jo kan kom komme kommer kun kunne kunnet langs lave lidt ligger lige lille man mange med
    mellem men mere mens mest mig min mindre mindst mod må måske måtte nemlig ned nej nok nogen noget nogle nu
    ny nye nyt når nær næste næsten og også om omkring op os over overfor par per plads på samme samt se selv
    senere ser siden sidste sig sin sine sit skal skulle slet som stadig stor store så sådan tage tager tid
    til tilbage to tre tur ud uden under var ved vi via vil ville vore vores være været år søger søge tilbyder
    tilbyde hjælp hjælpe hjælper behov arbejde arbejder løsning løsninger mulighed muligheder about above
    after again all also although always among and another any are around because been before being below
    between both but can cannot could does doing done down during each either else enough even ever every few
    first from further get gets given gives goes good had has having here how however into its itself just
    keep kept last least less like made make makes many may might more most much must need needs neither never
    new next nor not now off often once one only onto other others ought our ours out own put quite rather
    same see seek seeking several shall should since some still such take taken takes than that the their them
    then there these they this those three through today together too toward two until upon use used users
    uses using very want was way ways well were what when where whether which while who whole whom whose why
    will with within without would year years yet you your offer offers offering looking help helps work works
    working solution solutions fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten tyve tredive
    fyrre halvtreds tres halvfjerds firs halvfems hundrede tusind halv halve four five six seven eight nine
    eleven twelve thirteen fourteen fifteen sixteen twenty thirty forty fifty sixty seventy eighty ninety
    hundred thousand half dozen måned måneder uge uger dage timer time minutter month months week weeks days
    hours hour minutes ønsker ønskes brugere
    """.split()
)


@dataclass(frozen=True)
class SharedTerm:
    """One shared word: as written on each side, and where, as (start, end) character offsets."""

    ours: str
    theirs: str
    our_spans: tuple[tuple[int, int], ...]
    their_spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class _Word:
    written: str
    folded: str
    stem: str
    span: tuple[int, int]


@lru_cache(maxsize=4096)
def _content_words(text: str, language: str) -> tuple[_Word, ...]:
    # A stemmer keeps state while it stems, so threads must not share one.
    stemmer = snowballstemmer.stemmer("danish" if language == "da" else "english")
    words = []
    for match in _WORD.finditer(text):
        folded = unicodedata.normalize("NFC", match.group()).casefold()
        if len(folded) >= _MIN_LETTERS and folded not in _STOP_WORDS and not folded.isdigit():
            words.append(_Word(match.group(), folded, stemmer.stemWord(folded), match.span()))
    return tuple(words)


@lru_cache(maxsize=65536)
def _alike(one: str, one_stem: str, other: str, other_stem: str, same_language: bool) -> bool:
    if one == other or (same_language and one_stem == other_stem):
        return True
    if _is_part(one, one_stem, other, other_stem) or _is_part(other, other_stem, one, one_stem):
        return True
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return common >= _MIN_COMMON_START and common >= _COMMON_START_SHARE * max(len(one), len(other))


def _is_part(short: str, short_stem: str, long: str, long_stem: str) -> bool:
    """Whether a compound holds the word: whole anywhere, or by its stem at the end, where inflections stand.

    A stem at the beginning says nothing: kommun(er) is no part of kommun(ikation).
    """
    if len(short_stem) < _MIN_CONTAINED:
        return False
    return short in long or (len(long_stem) > len(short_stem) and long_stem.endswith(short_stem))


def shared_terms(ours: str, our_language: str, theirs: str, their_language: str) -> list[SharedTerm]:
    """Shared content words, longest first, ties in the order of our text; each word of ours once."""
    same_language = our_language == their_language
    found: dict[str, SharedTerm] = {}
    their_words = _content_words(theirs, their_language)
    for word in _content_words(ours, our_language):
        partners = [
            other for other in their_words if _alike(word.folded, word.stem, other.folded, other.stem, same_language)
        ]
        if not partners:
            continue
        before = found.get(word.stem)
        our_spans = (*before.our_spans, word.span) if before else (word.span,)
        their_spans = tuple(sorted({other.span for other in partners} | set(before.their_spans if before else ())))
        written = before.ours if before else word.written
        found[word.stem] = SharedTerm(written, partners[0].written, our_spans, their_spans)
    return sorted(found.values(), key=lambda term: -len(term.ours))


def marks(spans: list[tuple[int, int]], text: str) -> tuple[tuple[int, int], ...]:
    """Spans in order without overlap; two that only white space parts become one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if merged and (start <= merged[-1][1] or not text[merged[-1][1] : start].strip()):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
