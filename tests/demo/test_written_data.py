"""The demo cluster as it was written: enough of each kind, of readable length, two languages, fictional."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from demo.loading import DATA_DIR, PROFILE_FILES, read_profile_rows
from demo.people import DEMO_PEOPLE
from kernel.errors import InvalidInput
from profiles.enums import ProfileKind

ROWS = read_profile_rows()
LEAST = {"firm": 60, "clinician": 35, "researcher": 35, "municipality": 20}
OTHERS = {"knowledge_institution", "investor", "adviser", "student"}
E_MAIL = re.compile(r"[\w.+-]+@[\w.-]+")
WEB_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\"'<>)]+")
# Words that only a sentence in that language would hold.
SIGNS = {
    "da": frozenset({"og", "er", "et", "til", "med", "af", "på", "den", "det", "som", "vi", "der", "ikke", "hos"}),
    "en": frozenset({"the", "and", "of", "to", "is", "we", "our", "with", "that", "are", "not", "a", "from"}),
}


def texts(kind: str | None = None) -> list[dict[str, Any]]:
    return [each for row in ROWS for each in row["statements"] if kind in {None, each["kind"]}]


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def test_there_are_at_least_160_profiles_and_enough_of_each_kind() -> None:
    counts = Counter(row["kind"] for row in ROWS)

    assert len(ROWS) >= 160
    assert {kind: counts[kind] for kind in LEAST if counts[kind] < LEAST[kind]} == {}
    assert sum(counts[kind] for kind in OTHERS) >= 10
    assert set(counts) <= set(ProfileKind.values)


def test_every_profile_says_who_it_is_what_it_offers_and_what_it_needs() -> None:
    kinds = {row["key"]: Counter(each["kind"] for each in row["statements"]) for row in ROWS}

    assert [key for key, count in kinds.items() if count["about"] != 1] == []
    assert [key for key, count in kinds.items() if not count["offer"] or not count["need"]] == []


def test_every_profile_has_40_to_120_words() -> None:
    lengths = {row["key"]: sum(len(each["text"].split()) for each in row["statements"]) for row in ROWS}

    assert {key: length for key, length in lengths.items() if not 40 <= length <= 120} == {}


def test_about_two_thirds_are_danish() -> None:
    languages = Counter(each["language"] for each in texts("about"))

    assert set(languages) == {"da", "en"}
    assert languages["da"] / len(ROWS) == pytest.approx(2 / 3, abs=0.03)


def signs_of(code: str, text: str) -> int:
    """How many words only a text in that language would hold."""
    words = words_of(text)
    letters = "æøå" if code == "da" else ""
    return sum(word in SIGNS[code] or bool(set(letters) & set(word)) for word in words)


def test_every_text_is_in_the_language_that_it_names() -> None:
    """By its commonest words and letters; a text with more signs of the other language is named."""
    other = {"da": "en", "en": "da"}
    doubtful = [
        each["text"]
        for each in texts()
        if signs_of(other[each["language"]], each["text"]) >= max(1, signs_of(each["language"], each["text"]))
    ]

    assert doubtful == []


def test_no_text_stands_there_twice() -> None:
    counts = Counter(" ".join(words_of(each["text"])) for each in texts())

    assert [text for text, count in counts.items() if count > 1] == []


def test_no_text_is_a_template_with_other_names() -> None:
    """No two texts share more than half of their three-word runs."""
    runs = [
        {tuple(words[at : at + 3]) for at in range(len(words) - 2)}
        for words in (words_of(each["text"]) for each in texts())
    ]
    alike = [
        (texts()[one]["text"], texts()[two]["text"])
        for one in range(len(runs))
        for two in range(one)
        if runs[one] and runs[two] and len(runs[one] & runs[two]) > 0.5 * min(len(runs[one]), len(runs[two]))
    ]

    assert alike == []


@pytest.mark.parametrize("name", ["key", "name"])
def test_names_and_keys_stand_once(name: str) -> None:
    counts = Counter(row[name] for row in ROWS)

    assert [value for value, count in counts.items() if count > 1] == []


def test_every_address_is_made_up() -> None:
    """Mail and web addresses end on .example, in the fields and in every text."""
    content = "\n".join(path.read_text(encoding="utf-8") for path in DATA_DIR.glob("*.yaml"))
    mail = E_MAIL.findall(content) + [person.email for person in DEMO_PEOPLE]
    web = [address.split("//")[-1].split("/")[0] for address in WEB_ADDRESS.findall(content)]

    assert len(mail) >= 160
    assert len(web) >= 60
    assert [address for address in mail + web if not address.rstrip(".,").endswith(".example")] == []


def test_every_profile_can_be_written_to() -> None:
    assert [row["key"] for row in ROWS if not row.get("contact_email")] == []


def test_no_telephone_or_civil_registration_number_stands_anywhere() -> None:
    content = "\n".join(each["text"] for each in texts())

    assert re.findall(r"\b\d{6}-?\d{4}\b|\+45|\b\d{2} \d{2} \d{2} \d{2}\b", content) == []


def test_statements_are_varied_in_visibility_validity_and_stage() -> None:
    """So that pages and rules have something to show."""
    assert Counter(each.get("visibility", "public") for each in texts()).keys() == {
        "public",
        "members",
        "hub",
    }
    assert sum(each.get("expires") is not None for each in texts()) >= 20
    assert len({each["stage"] for each in texts("offer") if each.get("stage")}) == 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in PROFILE_FILES:
        (tmp_path / name).write_text("[]\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "content",
    [
        "",
        "just words",
        "- key: [",
        "- 12",
        "key: value",
        "- name: no key\n",
        "- {key: twice}\n- {key: twice}\n",
        "- {key: Ærø}\n",
        "- {key: 12}\n- {key: ''}\n",
        "- {key: " + "a" * 61 + "}\n",
    ],
)
def test_broken_file_is_named(folder: Path, content: str) -> None:
    (folder / "others.yaml").write_text(content, encoding="utf-8")

    with pytest.raises(InvalidInput, match=r"demo file others\.yaml cannot be read|keys missing, used twice"):
        read_profile_rows(folder)


def test_missing_file_is_named(folder: Path) -> None:
    (folder / "firms_b.yaml").unlink()

    with pytest.raises(InvalidInput, match=r"firms_b\.yaml"):
        read_profile_rows(folder)


def test_file_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "firms_b.yaml").write_bytes("- {key: æ}".encode("latin-1"))

    with pytest.raises(InvalidInput, match=r"firms_b\.yaml"):
        read_profile_rows(folder)
