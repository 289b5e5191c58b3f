"""Words of every ugly kind, in search and in recommending: a bounded answer or a clear word, and nothing broken."""

import unicodedata

import pytest

from hubs.models import Hub
from kernel.errors import InvalidInput
from matching.domain.recommending import recommend_for_text
from matching.domain.searching import search
from matching.results import SearchFilters
from tests.encoders import WordHashEncoder
from tests.matching.cluster import TODAY, add_profile, build, visitor

pytestmark = pytest.mark.django_db

HOSTILE = {
    "one letter": "s",
    "one digit": "7",
    "stop words": "og i på til med af",
    "stop words of both": "and og the den",
    "emoji": "🦠👩\u200d⚕️🏥",
    "mixed languages": "sensor for pressure ulcer hos ældre borgere with dementia",
    "SQL": "'; DROP TABLE profiles_profile; --",
    "SQL or": "sensor' OR '1'='1",
    "query syntax": "text:(a AND b)~2 [x TO y]",
    "fields": "statement:1 OR level:2 AND profile:*",
    "wildcards": "* ? ~ ^ \\ / sens* *sor",
    "unbalanced": '"sensor AND (((',
    "boosts": "sensor^1e308 +tryksår -madras",
    "range": "{a TO *} level:[0 TO 9]",
    "regular expression": "(a+)+$ ^(([a-z])+.)+[A-Z]([a-z])+$",
    "bomb of letters": "a" * 1999 + "!",
    "bomb of quantifiers": "(.*)*" * 300,
    "bomb of brackets": "(" * 900 + ")" * 900,
    "bomb of dots": "x." * 900,
    "bomb of hyphens": "-".join(["a"] * 900),
    "combining signs": "e\u0301" * 900,
    "right to left": "\u202eشفاء sensor",
    "null width": "sen\u200bsor",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7 * 7 }} {% debug %} ${jndi:ldap://x}",
    "long word": "tryksår" * 280,
    "many words": " ".join(f"ord{number}" for number in range(280)),
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_any_words_are_answered(hub: Hub, encoder: WordHashEncoder, words: str) -> None:
    profiles = {add_profile(hub, "clinician", offers=[f"sensor mod tryksår {number}"]) for number in range(4)}
    build(hub, encoder)

    found = search(visitor(hub), words, filters=SearchFilters(), today=TODAY)
    recommended = recommend_for_text(visitor(hub), words, purpose="opi_light", today=TODAY)

    assert found.query == unicodedata.normalize("NFC", words)
    assert {match.profile for match in found.matches} <= profiles
    assert found.total == len(found.matches)
    assert {match.profile for match in recommended.matches} == profiles
    plain = search(visitor(hub), "sensor mod tryksår 1", filters=SearchFilters(), today=TODAY)
    assert plain.total == 4


@pytest.mark.parametrize(
    "words", ["ord " * 10_000, "sensor OR " * 10_000, "a" * 1_000_000], ids=["words", "or", "letters"]
)
def test_ten_thousand_words_are_refused_clearly(hub: Hub, encoder: WordHashEncoder, words: str) -> None:
    build(hub, encoder)

    with pytest.raises(InvalidInput) as searched:
        search(visitor(hub), words, filters=SearchFilters(), today=TODAY)
    with pytest.raises(InvalidInput) as asked:
        recommend_for_text(visitor(hub), words, purpose="opi_light", today=TODAY)

    assert [caught.value.details["field"] for caught in (searched, asked)] == ["q", "text"]


@pytest.mark.parametrize(
    "text", [HOSTILE[name] for name in ("emoji", "SQL", "query syntax", "bomb of hyphens", "stop words", "one letter")]
)
def test_texts_of_profiles_may_be_as_ugly(hub: Hub, encoder: WordHashEncoder, text: str) -> None:
    ugly = add_profile(hub, "clinician", offers=[text], keywords=[text[:40]])
    plain = add_profile(hub, "clinician", offers=["sensor mod tryksår"])
    build(hub, encoder)

    assert [
        match.profile
        for match in search(visitor(hub), "sensor mod tryksår", filters=SearchFilters(), today=TODAY).matches
    ] == [plain]
    assert {
        match.profile for match in recommend_for_text(visitor(hub), text, purpose="opi_light", today=TODAY).matches
    } == {ugly, plain}
