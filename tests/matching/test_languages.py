"""Danish or English, from a few words."""

import pytest

from matching.languages import guess_language


@pytest.mark.parametrize(
    "text",
    [
        "Vi søger en afdeling",
        "afprøvning af sensor hos borgere",
        "hjemmemonitorering",
        "SØVN",
        "det er en robot",
        "en robot til Ørsted og de andre",
        "",
        "   ",
        "🦠",
        "12345",
        "<script>",
        "IoT",
    ],
)
def test_danish_and_what_tells_nothing(text: str) -> None:
    assert guess_language(text) == "da"


@pytest.mark.parametrize(
    "text",
    [
        "we need a hospital",
        "Looking for patients",
        "TEST OF THE ROBOT",
        "what is the need?",
        "wearables for patients with diabetes",
        "Søren measures in ångström for the patients of the ward",
        "pressure ulcer prevention",
    ],
)
def test_english(text: str) -> None:
    assert guess_language(text) == "en"


def test_the_language_with_more_small_words_wins() -> None:
    assert guess_language("we want to test en robot i kommune") == "en"
    assert guess_language("vi vil med test og robot") == "da"
