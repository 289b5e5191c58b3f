"""The worker and the build command: what they publish, what they say, and one clear line when something is missing."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from hubs.models import Hub
from matching.domain.indexing import rebuild_index
from matching.indexing.backends import snapshot_folder
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexChange, IndexState
from matching.serving import use_encoder
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory
from tests.matching.cluster import add_profile, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_encoder(settings: Settings, index_dir: Path, tmp_path: Path) -> None:
    """A machine on which no model was built yet."""
    settings.VIDENBRO_CACHE_DIR = tmp_path / "empty cache"
    use_encoder(None)


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker freshens its connections between rounds; here that would end the transaction of the test."""
    monkeypatch.setattr("matching.management.commands.run_indexer.close_old_connections", lambda: None)


def test_run_indexer_once_publishes_all_that_waits_and_writes_a_snapshot(hub: Hub, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    build(hub, encoder)
    profiles = [add_profile(each, offers=["Sensor"]) for each in (hub, hub, other)]

    call_command("run_indexer", "--once")

    assert IndexChange.objects.filter(published=None).count() == 0
    assert read_snapshot(snapshot_folder(hub.pk)).rows.profile.tolist() == [row.pk for row in profiles[:2]]
    assert read_snapshot(snapshot_folder(other.pk)).rows.profile.tolist() == [profiles[2].pk]


def test_run_indexer_once_with_nothing_to_do_stops(hub: Hub, encoder: WordHashEncoder) -> None:
    build(hub, encoder)

    call_command("run_indexer", "--once")

    assert encoder.encoded == []


def test_build_index_builds_every_hub_and_says_so(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"], needs=["Robot"])
    HubFactory(slug="other", name="Other")
    out, err = io.StringIO(), io.StringIO()

    call_command("build_index", stdout=out, stderr=err)

    assert out.getvalue().splitlines() == [
        "midtbro: 2 texts in the index, generation 1.",
        "other: 0 texts in the index, generation 1.",
    ]
    assert "embedding 2 of 2 texts" in err.getvalue()


def test_build_index_of_one_hub_leaves_the_others(hub: Hub, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")

    call_command("build_index", "--hub", "other", stdout=io.StringIO())

    assert list(IndexState.objects.values_list("pk", flat=True)) == [other.pk]


def test_build_index_of_an_unknown_hub_is_said(hub: Hub, encoder: WordHashEncoder) -> None:
    with pytest.raises(CommandError, match="no hub “nosuch”"):
        call_command("build_index", "--hub", "nosuch")


@pytest.mark.usefixtures("english", "no_encoder")
@pytest.mark.parametrize("command", [["build_index"], ["run_indexer", "--once"]])
def test_missing_model_is_one_line_that_says_what_to_run(hub: Hub, command: list[str]) -> None:
    rebuild_index(hub.pk, encoder=WordHashEncoder())
    add_profile(hub, offers=["Sensor"])

    with pytest.raises(CommandError, match="build_encoder") as caught:
        call_command(*command)

    assert len(str(caught.value).splitlines()) == 1
