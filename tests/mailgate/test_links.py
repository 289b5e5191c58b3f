"""Signed links: only what was signed here, for this act, not too long ago."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.signing import TimestampSigner
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from mailgate.links import LinkExpired, LinkInvalid, read, sign

ID = str(uuid4())
DAY = timedelta(days=1)


def test_claims_come_back_as_they_were_signed() -> None:
    token = sign("answer", introduction=ID, side="seeker")

    assert read(token, action="answer", max_age=DAY) == {"introduction": ID, "side": "seeker"}


def test_token_fits_into_an_address_as_it_is() -> None:
    token = sign("answer", introduction=ID, side="seeker")

    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


def test_token_of_another_act_is_invalid() -> None:
    token = sign("stop", mail=ID)

    with pytest.raises(LinkInvalid) as caught:
        read(token, action="answer", max_age=DAY)
    assert (caught.value.code, caught.value.status) == ("link_invalid", 404)


def test_token_is_too_old_once_its_days_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign("answer", introduction=ID)
    monkeypatch.setattr("django.core.signing.time.time", lambda: 4_000_000_000.0)

    with pytest.raises(LinkExpired) as caught:
        read(token, action="answer", max_age=DAY)
    assert (caught.value.code, caught.value.status) == ("link_expired", 410)


@pytest.mark.parametrize("position", range(0, 120, 7))
def test_token_with_one_other_character_is_invalid(position: int) -> None:
    token = sign("answer", introduction=ID, side="seeker")
    position %= len(token)
    other = "A" if token[position] != "A" else "B"

    with pytest.raises(LinkInvalid):
        read(token[:position] + other + token[position + 1 :], action="answer", max_age=DAY)


@pytest.mark.parametrize("forged", ["", ".", "..", "a.b.c", "æ.ø.å", "\x00", "e30.1wABCD.x", "x" * 100_000])
def test_forged_token_is_invalid(forged: str) -> None:
    with pytest.raises(LinkInvalid):
        read(forged, action="answer", max_age=DAY)


@given(st.text(max_size=300))
def test_whatever_stands_in_an_address_is_invalid(text: str) -> None:
    with pytest.raises(LinkInvalid):
        read(text, action="answer", max_age=DAY)


def test_token_signed_with_another_key_is_invalid() -> None:
    forged = TimestampSigner(key="another", sep=".", salt="mailgate.links.answer").sign_object({"introduction": ID})

    with pytest.raises(LinkInvalid):
        read(forged, action="answer", max_age=DAY)


def test_token_of_the_key_before_still_opens(settings: Settings) -> None:
    token = sign("answer", introduction=ID)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a-new-key", [settings.SECRET_KEY]

    assert read(token, action="answer", max_age=DAY) == {"introduction": ID}


@pytest.mark.parametrize("personal", ["anna@firma.example", "Anna Berg", "", "x" * 65, "æ"])
def test_claim_that_could_be_personal_is_refused(personal: str) -> None:
    with pytest.raises(ValueError, match="claim introduction"):
        sign("answer", introduction=personal)
