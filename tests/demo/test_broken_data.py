"""One broken row, and nothing at all is loaded; a small excerpt of the demo's files is spoiled here."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.loading import DATA_DIR, PROFILE_FILES, load_demo
from demo.people import DEMO_PEOPLE
from events.models import Participation
from kernel.errors import InvalidInput
from profiles.models import Profile
from tests.demo.counts import rows_of_ours
from tests.factories import HubFactory, ProfileFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

PEOPLES_PROFILES = {person.profile_key for person in DEMO_PEOPLE}
LAST = "force-proevningslaboratorium"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first profile of each file and those of the people; its last profile is `LAST`."""
    folder = tmp_path_factory.mktemp("sound")
    kept = set()
    for name in PROFILE_FILES:
        rows = read(DATA_DIR / name)
        chosen = [row for row in rows if row["key"] in PEOPLES_PROFILES or row is rows[0]]
        write(folder / name, chosen)
        kept |= {row["key"] for row in chosen}
    events = read(DATA_DIR / "events.yaml")
    for event in events:
        event["participants"] = [key for key in event["participants"] if key in kept]
    write(folder / "events.yaml", events)
    return folder


@pytest.fixture
def excerpt(sound: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return shutil.copytree(sound, tmp_path / "excerpt")


def spoil_last(folder: Path, **changes: Any) -> None:
    """Change the last profile that is loaded; `statement_…` changes its first statement."""
    rows = read(folder / "others.yaml")
    assert [row["key"] for row in rows] == [LAST]
    for name, value in changes.items():
        if name.startswith("statement_"):
            rows[0]["statements"][0][name.removeprefix("statement_")] = value
        else:
            rows[0][name] = value
    write(folder / "others.yaml", rows)


def test_excerpt_can_be_loaded(excerpt: Path) -> None:
    """What the next tests spoil is sound before."""
    assert load_demo(excerpt).created == Profile.objects.count() > len(PROFILE_FILES)
    assert Participation.objects.count() > 0


def test_other_hubs_are_left_alone(excerpt: Path) -> None:
    other = ProfileFactory(organisation__hub=HubFactory(slug="nordbro"), slug=LAST)

    done = load_demo(excerpt)

    assert done.profiles[LAST] != other
    assert (done.profiles[LAST].slug, done.profiles[LAST].hub.slug) == (LAST, "midtbro")
    assert Profile.objects.filter(hub__slug="nordbro").count() == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "castle"}, "“castle” is not a choice here"),
        ({"kind": None}, "NoneType"),
        ({"name": 12}, "int"),
        ({"name": ""}, "at least a few words"),
        ({"name": "a\x01b"}, "cannot be stored"),
        ({"organisation": 12}, "int"),
        ({"municipality": "9999"}, "“9999” is not a known value of Municipality"),
        ({"region": "1081"}, "lies in another region"),
        ({"languages": 12}, "not iterable"),
        ({"languages": ["tlh"]}, "“tlh” is not a choice here"),
        ({"themes": ["moon"]}, "“moon” is not a known value of Theme"),
        ({"keywords": [12]}, "int"),
        ({"contact_email": "proevning"}, "valid email|valid e-mail"),
        ({"website": "javascript:alert(1)"}, "valid URL"),
        ({"statements": 12}, "not iterable"),
        ({"statements": [12]}, "not subscriptable"),
        ({"statement_language": "tlh"}, "“tlh” is not a choice here"),
        ({"statement_kind": "offering"}, "“offering” is not a choice here"),
        ({"statement_text": "ord " * 2000}, "at most 5000 characters fit"),
        ({"statement_purpose": "opi_light"}, "“opi_light” is not a known value"),
        ({"statement_expires": "soon"}, "“soon” value has an invalid date format"),
    ],
)
def test_one_broken_profile_is_named_and_nothing_stays(excerpt: Path, changes: dict[str, Any], reason: str) -> None:
    spoil_last(excerpt, **changes)

    with pytest.raises(InvalidInput, match=f"Demo profile {LAST}: ") as refusal:
        load_demo(excerpt)

    assert refusal.value.details == {"field": LAST}
    assert re.search(reason, str(refusal.value)), str(refusal.value)
    assert set(rows_of_ours().values()) == {0}


@pytest.mark.parametrize("missing", ["kind", "name", "organisation", "statements"])
def test_profile_without_a_needed_entry_is_named_and_nothing_stays(excerpt: Path, missing: str) -> None:
    rows = read(excerpt / "others.yaml")
    del rows[0][missing]
    write(excerpt / "others.yaml", rows)

    with pytest.raises(InvalidInput, match=f"Demo profile {LAST}: '{missing}'"):
        load_demo(excerpt)

    assert set(rows_of_ours().values()) == {0}


def test_second_about_text_is_named_and_nothing_stays(excerpt: Path) -> None:
    spoil_last(excerpt, statements=[{"kind": "about", "text": "Hvem vi er.", "language": "da"}] * 2)

    with pytest.raises(InvalidInput, match="has an about-text already"):
        load_demo(excerpt)

    assert set(rows_of_ours().values()) == {0}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"participants": [LAST, "pulsvik"]}, "unknown profiles: pulsvik"),
        ({"ends_at": "2027-03-18T08:30"}, "must end after it starts"),
    ],
)
def test_broken_event_undoes_the_whole_load(excerpt: Path, changes: dict[str, Any], reason: str) -> None:
    event = read(excerpt / "events.yaml")[0]
    write(excerpt / "events.yaml", [{**event, **changes}])

    with pytest.raises(InvalidInput, match=reason):
        load_demo(excerpt)

    assert set(rows_of_ours().values()) == {0}


def test_broken_profile_leaves_an_earlier_load_as_it_was(excerpt: Path) -> None:
    load_demo(excerpt)
    before = rows_of_ours()
    spoil_last(excerpt, key="nyt-laboratorium", kind="castle")

    with pytest.raises(InvalidInput, match="nyt-laboratorium"):
        load_demo(excerpt)

    assert rows_of_ours() == before
    assert before["Profile"] > 0
