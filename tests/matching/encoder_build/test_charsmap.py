"""The normalisation map as `tokenizers` reads it, over every code point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import normalizers

from matching.encoder_build.charsmap import precompiled_charsmap

_KEYS = st.characters(min_codepoint=1, exclude_categories=["Cs"])


def test_only_mapped_characters_change() -> None:
    mapping = {"\ufb01": "fi", "\u0133": "ij", "\t": " ", "\x01": "", "\U0001d400": "A", "½": "1⁄2"}
    normaliser = normalizers.Precompiled(precompiled_charsmap(mapping))
    changed = {
        chr(code): normaliser.normalize_str(chr(code))
        for code in range(1, 0x20000)
        if not 0xD800 <= code < 0xE000 and normaliser.normalize_str(chr(code)) != chr(code)
    }
    assert changed == mapping


@given(st.dictionaries(_KEYS, st.text(_KEYS, max_size=3), min_size=1, max_size=60))
def test_any_map_is_applied_as_it_stands(mapping: dict[str, str]) -> None:
    normaliser = normalizers.Precompiled(precompiled_charsmap(mapping))
    assert {key: normaliser.normalize_str(key) for key in mapping} == mapping


@pytest.mark.parametrize("mapping", [{"\0": " "}, {"a": "b\0"}])
def test_nul_cannot_be_mapped(mapping: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="cannot be mapped"):
        precompiled_charsmap(mapping)
