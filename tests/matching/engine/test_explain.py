"""Which sentence carries a match, and where sentences stand in texts with awkward punctuation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.engine.explain import MOST_SENTENCES, carrying_sentence, sentence_spans, texts_without_each

AWKWARD = [
    "",
    "   \n ",
    "Uden punktum",
    "En. To. Tre.",
    "Vi søger bl.a. test, f.eks. hos kommuner m.v. Det haster!",
    "  Foranstillet mellemrum.   Og   flere   inde  i.  ",
    "Samme sætning. Samme sætning. Samme sætning.",
    "Hvad nu?! Ja … Måske?",
    "Vi har 1.000 senge. 3. juni begynder vi. Dr. Hansen leder.",
    "“Citat.” (Parentes.) Slut.",
    "Første afsnit\n\nAndet afsnit.\nSamme afsnit",
    "我们寻找合作伙伴。请联系！",
    "🦠. 👩\u200d⚕️! Ok.",
    "A\u0301ben. E\u0301n til.",
    "..... . . . ! ? \u3002",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_spans_are_in_order_and_cover_every_letter(text: str) -> None:
    spans = sentence_spans(text)

    last = 0
    for start, end in spans:
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert not text[last:start].strip()
        last = end
    assert not text[last:].strip()


@given(st.text(alphabet="aB .!?\n…”(3。æ", max_size=60))
def test_spans_of_any_text_cover_it_up_to_the_most(text: str) -> None:
    spans = sentence_spans(text)

    assert len(spans) <= MOST_SENTENCES
    assert spans == sorted(spans)
    if len(spans) < MOST_SENTENCES:
        assert "".join(text[start:end] for start, end in spans).split() == "".join(text.split()).split() or spans
        assert sum(len(text[start:end].split()) for start, end in spans) >= len(text.split())


def test_equal_sentences_have_places_of_their_own() -> None:
    assert sentence_spans("Ja tak. Ja tak.") == [(0, 7), (8, 15)]


@pytest.mark.parametrize("text", ["", "Kun en sætning.", "Vi søger bl.a. test"])
def test_text_of_one_sentence_is_told_without_none(text: str) -> None:
    assert texts_without_each(text) == []


def test_text_without_each_sentence_in_turn() -> None:
    assert texts_without_each("En her.  To der.\nTre hist.") == [
        "To der. Tre hist.",
        "En her. Tre hist.",
        "En her. To der.",
    ]


def test_long_text_is_told_by_its_first_sentences_but_keeps_the_rest() -> None:
    text = " ".join(f"Sætning nummer {number} står her." for number in range(11, 31))

    found = texts_without_each(text)

    assert len(found) == MOST_SENTENCES
    assert all("nummer 30" in each for each in found)
    assert "nummer 11" not in found[0]


def test_carrying_sentence_is_the_one_whose_loss_moves_the_texts_furthest_apart() -> None:
    other = np.array([1.0, 0.0], np.float32)
    whole = np.array([0.8, 0.6], np.float32)
    without = np.array([[0.7, 0.7], [0.1, 1.0], [0.9, 0.4]], np.float32)

    place, falls = carrying_sentence(other, whole, without)

    assert place == 1
    assert falls == pytest.approx([0.1, 0.7, -0.1], abs=1e-6)
    assert falls.dtype == np.float32


def test_first_of_equal_sentences_carries() -> None:
    vector = np.array([1.0], np.float32)

    assert carrying_sentence(vector, vector, np.array([[0.5], [0.5]], np.float32))[0] == 0
