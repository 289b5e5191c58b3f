"""The exported log: the form of UBI 1.3.0, public ids only, and whole files."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from hubs.models import Hub
from matching.domain.learning.ubi import ubi_events, ubi_queries
from matching.engine.contact_features import NAMES
from matching.enums import IntroductionState
from matching.models import Impression
from profiles.models import Profile
from tests.factories import HubFactory, ProfileFactory
from tests.matching.learning.logs import NOW, ago, ask, show

pytestmark = pytest.mark.django_db
# What UBI 1.3.0 says of the texts that we write.
QUERY_TEXTS = {"application": 100, "client_id": 100, "query_id": 100, "timestamp": 40, "object_id_field": 100}
EVENT_TEXTS = {"application": 100, "action_name": 100, "query_id": 100, "client_id": 100, "message_type": 100}


def logged(hub: Hub) -> tuple[Profile, Profile, list[Impression]]:
    firm = ProfileFactory(hub=hub, name="Firmaet", contact_email="anna@firma.test")
    ward = ProfileFactory(hub=hub, name="Afdelingen")
    shown = show(firm, [ProfileFactory(hub=hub), ward], at=ago(10))
    Impression.objects.filter(pk=shown[1].pk).update(opened_at=ago(9.9))
    ask(firm, ward, at=ago(9), impression=shown[1], state=IntroductionState.ACCEPTED)
    return firm, ward, shown


LONG_AGO = ago(100)


def both(hub: Hub, since: datetime = LONG_AGO, until: datetime = NOW) -> tuple[list[Any], list[Any]]:
    queries = list(ubi_queries(hub.pk, since=since, until=until))
    return queries, list(ubi_events(hub.pk, since=since, until=until))


def test_query_names_what_was_shown_in_its_order_and_no_words(hub: Hub) -> None:
    firm, ward, shown = logged(hub)

    (query,), _events = both(hub)

    assert query["query_response_hit_ids"] == [str(shown[0].profile.public_id), str(ward.public_id)]
    assert (query["user_query"], query["client_id"]) == ("", str(firm.public_id))
    assert query["query_id"] == str(shown[0].shown_list.public_id)
    assert query["query_attributes"]["ranker"] == "expert"
    assert datetime.fromisoformat(query["timestamp"]) == ago(10)
    assert all(isinstance(query[name], str) and len(query[name]) <= most for name, most in QUERY_TEXTS.items())


def test_events_follow_a_place_from_being_shown_to_a_yes(hub: Hub) -> None:
    _firm, ward, _shown = logged(hub)

    _queries, events = both(hub)

    told = [(each["action_name"], each["event_attributes"]["position"]["ordinal"]) for each in events]
    assert told == [("impression", 1), ("impression", 2), ("click_through", 2), ("request", 2), ("accept", 2)]
    assert {each["event_attributes"]["object"]["object_id"] for each in events[1:]} == {str(ward.public_id)}
    attributes = events[0]["event_attributes"]
    assert list(attributes["features"]) == list(NAMES)
    assert (attributes["propensity"], attributes["explored"]) == (1.0, False)
    assert all(
        isinstance(each[name], str) and len(each[name]) <= most for each in events for name, most in EVENT_TEXTS.items()
    )
    assert all(datetime.fromisoformat(each["timestamp"]) for each in events)


def test_export_holds_no_names_and_no_addresses(hub: Hub) -> None:
    logged(hub)

    text = json.dumps(both(hub))

    assert not any(word in text for word in ("Firmaet", "Afdelingen", "anna@firma.test"))


def test_export_is_of_one_hub_and_of_the_days_asked_for(hub: Hub) -> None:
    other = HubFactory(slug="other", name="Other")
    logged(other)
    firm, ward, _shown = logged(hub)
    show(firm, [ward], at=ago(30))

    assert [len(rows) for rows in both(hub)] == [2, 6]
    assert [len(rows) for rows in both(hub, since=ago(11))] == [1, 5]
    assert [len(rows) for rows in both(hub, until=ago(10))] == [1, 1]


def test_search_without_a_seeker_is_anonymous_and_forged_features_are_left_out(hub: Hub) -> None:
    show(None, [ProfileFactory(hub=hub)], at=ago(1), purpose="", rows=[[1.0]])

    (query,), (event,) = both(hub)

    assert (query["client_id"], event["event_attributes"]["features"]) == ("anonymous", {})


def test_command_writes_both_files_whole(hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logged(hub)
    folder = tmp_path / "out" / "log"

    day = (ago(10) - timedelta(days=1)).date().isoformat()
    call_command("export_impressions", "--hub", hub.slug, "--folder", str(folder), "--since", day)

    assert sorted(path.name for path in folder.iterdir()) == ["ubi_events.jsonl", "ubi_queries.jsonl"]
    lines = (folder / "ubi_events.jsonl").read_text().splitlines()
    assert [json.loads(line)["action_name"] for line in lines][-1] == "accept"
    assert capsys.readouterr().out == "1 lists, 5 events\n"


@pytest.mark.parametrize(
    "options", [["--hub", "nowhere", "--folder", "x"], ["--hub", "midtbro", "--folder", "x", "--since", "yesterday"]]
)
def test_command_refuses_what_it_does_not_know(hub: Hub, options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("export_impressions", *options)


def test_command_says_that_the_folder_cannot_be_written(hub: Hub, tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")

    with pytest.raises(CommandError, match="Cannot write"):
        call_command("export_impressions", "--hub", hub.slug, "--folder", str(occupied))
