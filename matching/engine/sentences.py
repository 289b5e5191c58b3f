"""Cut Danish and English text into sentences, and long text into parts that a model can take whole."""

import re
from collections.abc import Callable

CountTokens = Callable[[str], int]

# After these a sentence goes on, whatever follows.
_ABBREVIATIONS = """
adr afd afs alm ang bl bl.a ca cand cand.med cand.scient d d.d d.s.s d.v.s dr dvs e.g e.kr eks ekskl evt
f.eks f.kr f.m f.o.m fig fr frk fx gl hhv hr i.e inkl jf kap kl m.a m.a.o m.h.p m.h.t maks mht mr mrs ms
mdl n.b nr opr
p.a p.g.a p.t pga pkt prof resp s.u sdr sml st str t.eks t.o.m tel tlf vedr vha vs
"""
# After these it goes on unless a capital letter follows.
_MAY_CLOSE = """
apr aug dec etc feb inc jan jr kr ltd m.fl m.m m.v mio mv nov o.a o.l o.lign okt oct osv pct ph.d sept
sr stk årg
"""
_NEVER_CLOSING = frozenset(_ABBREVIATIONS.split())
_SOMETIMES_CLOSING = frozenset(_MAY_CLOSE.split())
_SENTENCE_END = re.compile(
    r"""
    [.!?…]+ ["'”’“»«)\]]* \s+        # closing marks, closing quotes, white space
    | [。！？]+ ["'”’」』）]* \s*     # the same without white space
    | \n\s*\n\s*                  # an empty line
    """,
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"\S+\Z")
_ORDINAL_DIGITS = 2
_OPENING = "\"'“”‘’«»([{-–—•*"


def split_sentences(text: str) -> list[str]:
    """The sentences of `text` in order, stripped, none empty.

    A full stop after an abbreviation, an initial or a small number, or before a small letter, ends no
    sentence. An empty line does.
    """
    sentences: list[str] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ends_sentence(text, start, match):
            sentences.append(text[start : match.end()])
            start = match.end()
    sentences.append(text[start:])
    return [stripped for sentence in sentences if (stripped := sentence.strip())]


def split_to_fit(text: str, count_tokens: CountTokens, max_tokens: int) -> list[str]:
    """Parts of `text` in order, each at most `max_tokens` long; only white space between parts is left out.

    Sentences stay whole while they fit; a longer one is cut between words, a longer word between characters.
    A single character is never cut, even if it alone counts more than `max_tokens`.

    Args:
        text: Any text.
        count_tokens: The length of a text for the model, with everything that is put around it.
        max_tokens: The most the model takes, at least 1.
    """
    if count_tokens(text) <= max_tokens:
        return [text]
    for units in (split_sentences(text), text.split()):
        if len(units) > 1:
            return _pack(units, " ", count_tokens, max_tokens)
    return _pack(list(text.strip()), "", count_tokens, max_tokens)


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark.isspace():
        return True
    following = text[match.end() : match.end() + 2].lstrip(_OPENING)[:1]
    if following.islower():
        return False
    return mark.rstrip() != "." or not _is_abbreviation(text[start : match.start()], following)


def _is_abbreviation(before: str, following: str) -> bool:
    """Whether the full stop after `before` belongs to its last word rather than to a sentence."""
    last = _LAST_WORD.search(before)
    word = last.group().lstrip(_OPENING) if last else ""
    if len(word) == 1 and word.isupper():
        return True
    if word.isdigit() and len(word) <= _ORDINAL_DIGITS:
        return True
    lowered = word.lower()
    return lowered in _NEVER_CLOSING or (lowered in _SOMETIMES_CLOSING and not following.isupper())


def _pack(units: list[str], joiner: str, count_tokens: CountTokens, max_tokens: int) -> list[str]:
    """Join neighbouring units while they fit; cut the ones that do not fit alone."""
    parts: list[str] = []
    position = 0
    while position < len(units):
        taken = _most_that_fit(units[position:], joiner, count_tokens, max_tokens)
        if taken:
            parts.append(joiner.join(units[position : position + taken]))
        elif len(units[position]) > 1:
            parts.extend(split_to_fit(units[position], count_tokens, max_tokens))
        else:
            parts.append(units[position])
        position += max(1, taken)
    return parts


def _most_that_fit(units: list[str], joiner: str, count_tokens: CountTokens, max_tokens: int) -> int:
    """How many of the first units fit together."""
    return _largest(lambda amount: count_tokens(joiner.join(units[:amount])) <= max_tokens, len(units))


def _largest(fits: Callable[[int], bool], limit: int) -> int:
    """The largest amount up to `limit` that fits, 0 if not even 1 does; doubled first, then halved."""
    low, high = 0, 1
    while high <= limit and fits(high):
        low, high = high, high * 2
    high = min(high, limit + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if fits(middle):
            low = middle
        else:
            high = middle
    return low
