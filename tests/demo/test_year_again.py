"""Years from the same and from other seeds, years that do not come about, and what they stand on."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from demo.loading import read_profile_rows
from demo.people import DEMO_PEOPLE, YEAR_PEOPLE, demo_people
from demo.year import rules
from demo.year.bodies import BODY_FILES, has_year, load_year_bodies
from demo.year.year import Plan, simulate_year
from hubs.models import Hub
from kernel.errors import NotReady
from matching.enums import OPEN_STATES
from matching.models import Introduction, LoadPlace
from tests.demo.counts import rows_of_ours
from tests.demo.small_year import NOW, live

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("english")]

DAYS = 28


def story(hub: Hub) -> list[tuple[Any, ...]]:
    rows = Introduction.objects.filter(hub=hub).order_by("pk")
    return list(
        rows.values_list("seeker__slug", "receiver__slug", "state", "sent_at", "answered_at", "decline_reason", "asked")
    )


def test_same_seed_gives_the_same_year_and_caps_hold(
    loaded: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody in the public sector takes one request a month, so that months are full; another seed, another year."""
    capped = {row["key"]: (1, False) for row in read_profile_rows(folder, BODY_FILES)}
    monkeypatch.setattr(rules, "CONTACT_RULES", capped)
    stories: list[list[tuple[Any, ...]]] = []
    fullest: dict[str, int] = {}
    for seed in (3, 3, 4):
        with transaction.atomic():
            live(Plan(days=DAYS, lists_a_day=1.5, seed=seed, trains=False), folder)
            stories.append(story(loaded))
            taken = Counter(LoadPlace.objects.values_list("profile__slug", "month"))
            for (slug, _month), count in taken.items():
                fullest[slug] = max(fullest.get(slug, 0), count)
            transaction.set_rollback(True)

    assert stories[0] == stories[1]
    assert stories[0] != stories[2]
    counts = Counter(count for slug, count in fullest.items() if slug in capped)
    assert set(counts) == {1}
    assert counts[1] >= 10
    assert max(fullest.values()) > 1
    assert not Introduction.objects.filter(state__in=OPEN_STATES).exists()


def test_stopped_in_the_middle_it_leaves_nothing(loaded: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = rows_of_ours()
    monkeypatch.setattr("demo.year.year.ask_due", lambda *_args: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        live(Plan(days=20, lists_a_day=1.0, trains=False), folder)

    assert rows_of_ours() == before
    assert has_year(loaded) is False


def test_without_the_demo_it_says_what_to_do(db: None) -> None:
    Hub.objects.all().delete()

    with pytest.raises(NotReady, match="load_demo"):
        simulate_year(now=NOW)
    with pytest.raises(NotReady, match="load_demo"):
        load_year_bodies()


def test_bodies_loaded_twice_are_there_once(loaded: Hub, folder: Path) -> None:
    before = rows_of_ours()

    again = load_year_bodies(folder)

    assert (again.created, len(again.profiles)) == (0, 24)
    assert rows_of_ours() == before
    assert [person.email in {user.email for user in demo_people(loaded)} for person in YEAR_PEOPLE] == [True]
    assert not {person.email for person in DEMO_PEOPLE} & {person.email for person in YEAR_PEOPLE}
