"""Web processes see a change after a look at one row; one that starts finds a good index or makes one."""

import logging
from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from hubs.models import Hub
from kernel.errors import NotReady
from matching.domain.indexing import rebuild_index
from matching.engine.centring import Centring
from matching.engine.features import Facts
from matching.engine.rows import DANISH, OFFER, StatementRows
from matching.engine.stores import TermQuery
from matching.indexing import loading
from matching.indexing import registry as registry_module
from matching.indexing.backends import snapshot_folder
from matching.indexing.hub_index import Entries, HubIndex, IndexVersion
from matching.indexing.registry import REFRESH_SECONDS, IndexRegistry
from matching.indexing.snapshots import write_snapshot
from matching.models import StatementVector
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import add_profile, build, only_statement, publish_all
from tests.matching.domain.watching import held_statements
from tests.matching.engine.index_rows import EVERYTHING

pytestmark = pytest.mark.django_db


class WebProcess:
    """A registry with a clock that stands still until it is told to go on."""

    def __init__(self, encoder: WordHashEncoder) -> None:
        self.now = 100.0
        self.encoders = {encoder.fingerprint: encoder.dimension}
        self.registry = IndexRegistry(clock=lambda: self.now)

    def index(self, hub: Hub) -> HubIndex:
        return self.registry.index_for(hub.pk, dimension_of=self._dimension_of)

    def _dimension_of(self, fingerprint: str) -> int:
        if fingerprint not in self.encoders:
            raise NotReady("no such model here")
        return self.encoders[fingerprint]

    def statements(self, hub: Hub) -> set[int]:
        """Ids of the living statements in this process's index."""
        return held_statements(self.index(hub))


def no_entries(encoder: WordHashEncoder) -> Entries:
    vectors = np.empty((0, encoder.dimension), np.float32)
    return Entries(StatementRows.empty(), Facts.none(), vectors, [])


def vector_texts(hub: Hub, encoder: WordHashEncoder) -> list[str]:
    """The words of all texts that have a vector of this encoder."""
    entries = loading.read_entries(hub.pk, encoder.fingerprint, encoder.dimension, Centring())
    assert len(entries.rows) == len(entries.facts.themes) == len(entries.vectors) == len(entries.words)
    return [words.text for words in entries.words]


def ids(*profiles: Profile) -> set[int]:
    return set(Statement.objects.filter(profile__in=profiles).values_list("pk", flat=True))


def test_processes_see_a_published_change_at_their_next_look(hub: Hub, encoder: WordHashEncoder) -> None:
    first = add_profile(hub, offers=["Sensor til tryksår"], needs=["Afprøvning"], about="Om os")
    build(hub, encoder)
    one, other = WebProcess(encoder), WebProcess(encoder)
    assert one.statements(hub) == other.statements(hub) == ids(first)

    second = add_profile(hub, offers=["Robot til løft"])
    publish_all(hub, encoder)

    assert one.statements(hub) == ids(first)
    one.now += REFRESH_SECONDS
    other.now += REFRESH_SECONDS
    assert one.statements(hub) == other.statements(hub) == ids(first, second)


def test_refresh_interval_leaves_room_within_two_seconds() -> None:
    assert 0 < REFRESH_SECONDS <= 1


def test_change_that_is_not_published_yet_changes_nothing(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    process = WebProcess(encoder)
    seen = process.statements(hub)

    StatementFactory(profile=profile, text="Robot")
    process.now += 60

    assert process.statements(hub) == seen


def test_new_words_replace_the_old_vector(hub: Hub, encoder: WordHashEncoder) -> None:
    statement = only_statement(add_profile(hub, offers=["Sensor til tryksår"]))
    build(hub, encoder)
    process = WebProcess(encoder)
    asked = encoder.encode_queries(["robot løft"])
    before = process.index(hub).stores.vectors.search(asked, 5, EVERYTHING).scores

    statement.text = "robot løft"
    statement.save()
    publish_all(hub, encoder)
    process.now += 1

    stores = process.index(hub).stores
    assert before[0, 0] < 0.5
    assert stores.vectors.search(asked, 5, EVERYTHING).scores.tolist() == [[pytest.approx(1.0, abs=1e-5)]]
    for text, found in (("robot", [statement.pk]), ("tryksår", [])):
        assert stores.terms.search([TermQuery(text, "da")], 5, EVERYTHING).statements.ravel().tolist() == found


@pytest.mark.parametrize("change", ["pause", "delete profile", "delete statement", "delete organisation"])
def test_what_left_is_gone_after_publishing(hub: Hub, encoder: WordHashEncoder, change: str) -> None:
    stays, leaves = add_profile(hub, offers=["Sensor"]), add_profile(hub, offers=["Robot"])
    build(hub, encoder)
    process = WebProcess(encoder)
    assert process.statements(hub) == ids(stays, leaves)

    if change == "pause":
        leaves.is_paused = True
        leaves.save()
    elif change == "delete statement":
        only_statement(leaves).delete()
    else:
        (leaves if change == "delete profile" else leaves.organisation).delete()
    publish_all(hub, encoder)
    process.now += 1

    assert process.statements(hub) == ids(stays)


def test_profile_that_ends_its_pause_is_back_without_embedding(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, offers=["Sensor"], is_paused=True)
    other = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    process = WebProcess(encoder)
    assert process.statements(hub) == ids(other)
    encoder.encoded.clear()

    profile.is_paused = False
    profile.save()
    publish_all(hub, encoder)
    process.now += 1

    assert process.statements(hub) == ids(profile, other)
    assert encoder.encoded == []


def test_columns_follow_visibility_expiry_and_place(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, "clinician", offers=["Sensor"])
    build(hub, encoder)
    process = WebProcess(encoder)
    process.index(hub)

    statement = only_statement(profile)
    statement.visibility, statement.expires_on = "members", date(2026, 4, 1)
    statement.save()
    profile.region_id = "region:1081"
    profile.save()
    publish_all(hub, encoder)
    process.now += 1

    index = process.index(hub)
    for rows in (index.rows, index.stores.vectors.rows(), index.stores.terms.rows()):
        assert [int(getattr(rows, column.name)[0]) for column in fields(rows)] == [
            statement.pk, profile.pk, profile.organisation_id, OFFER, DANISH, 2, 1081, 0, 1,
            date(2026, 4, 1).toordinal(),
        ]  # fmt: skip


def test_nothing_published_is_not_ready(hub: Hub, encoder: WordHashEncoder, english: None) -> None:
    add_profile(hub, offers=["Sensor"])

    with pytest.raises(NotReady, match="index is being built"):
        WebProcess(encoder).index(hub)


def test_hub_without_profiles_has_an_empty_index(hub: Hub, encoder: WordHashEncoder) -> None:
    build(hub, encoder)

    assert len(WebProcess(encoder).index(hub)) == 0


def test_new_generation_is_loaded_anew(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    process = WebProcess(encoder)
    before = process.index(hub)

    build(hub, encoder)
    process.now += 1

    after = process.index(hub)
    assert after is not before
    assert (before.version.generation, after.version.generation) == (1, 2)


def test_change_is_taken_into_the_same_copy(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    process = WebProcess(encoder)
    before = process.index(hub)

    add_profile(hub, offers=["Robot"])
    publish_all(hub, encoder)
    process.now += 1

    assert process.index(hub) is before
    assert len(before) == 2


def damage_vectors(hub: Hub) -> None:
    path = max(snapshot_folder(hub.pk).glob("0*/vectors/*"), key=lambda each: each.stat().st_size)
    path.write_bytes(path.read_bytes()[:-5])


def remove_pointer(hub: Hub) -> None:
    (snapshot_folder(hub.pk) / "CURRENT").unlink()


@pytest.mark.parametrize("damage", [damage_vectors, remove_pointer])
def test_broken_snapshot_is_said_and_rebuilt_from_the_database(
    hub: Hub, encoder: WordHashEncoder, damage: object, caplog: pytest.LogCaptureFixture
) -> None:
    profile = add_profile(hub, offers=["Sensor til tryksår"], needs=["Afprøvning"])
    build(hub, encoder)
    encoder.encoded.clear()
    damage(hub)

    with caplog.at_level(logging.WARNING, logger="matching"):
        found = WebProcess(encoder).statements(hub)

    assert found == ids(profile)
    assert encoder.encoded == []
    (record,) = caplog.records
    assert record.getMessage().endswith("Building the index from the database.")
    assert f"Hub {hub.pk}: " in record.getMessage()


def test_good_snapshot_is_loaded_without_reading_vectors(
    hub: Hub, encoder: WordHashEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    profile = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    StatementVector.objects.all().delete()

    with caplog.at_level(logging.INFO, logger="matching"):
        found = WebProcess(encoder).statements(hub)

    assert found == ids(profile)
    assert caplog.records == []


def test_snapshot_of_another_generation_is_not_used(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    profile = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    monkeypatch.setattr("matching.domain.indexing.write_snapshot", lambda *_arguments, **_options: None)
    build(hub, encoder)

    with caplog.at_level(logging.INFO, logger="matching"):
        process = WebProcess(encoder)
        found = process.statements(hub)

    assert (found, process.index(hub).version.generation) == (ids(profile), 2)
    assert "of another generation" in caplog.text


def test_old_snapshot_is_caught_up_with_what_was_published_since(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    second = add_profile(hub, offers=["Robot"])
    publish_all(hub, encoder)
    monkeypatch.setattr(registry_module, "build_from_database", lambda *_: pytest.fail("built anew"))

    assert WebProcess(encoder).statements(hub) == ids(first, second)


def test_old_snapshot_does_not_bring_back_what_left_since(hub: Hub, encoder: WordHashEncoder) -> None:
    stays, leaves = add_profile(hub, offers=["Sensor"]), add_profile(hub, offers=["Robot"])
    build(hub, encoder)
    leaves.delete()
    publish_all(hub, encoder)

    assert WebProcess(encoder).statements(hub) == ids(stays)


def test_database_restored_from_before_the_snapshot_wins(hub: Hub, encoder: WordHashEncoder) -> None:
    stays, leaves = add_profile(hub, offers=["Sensor"]), add_profile(hub, offers=["Robot"])
    index = rebuild_index(hub.pk, encoder=encoder)
    later = index.version.published + 5
    index.replace_profiles([], no_entries(encoder), IndexVersion(encoder.fingerprint, 1, later))
    write_snapshot(index, snapshot_folder(hub.pk), built_at="2026-03-02")
    leaves.delete()

    assert WebProcess(encoder).statements(hub) == ids(stays)


def test_each_hub_has_an_index_of_its_own(hub: Hub, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    ours, theirs = add_profile(hub, offers=["Sensor"]), add_profile(other, offers=["Sensor"])
    for each in (hub, other):
        build(each, encoder)
    process = WebProcess(encoder)

    assert (process.statements(hub), process.statements(other)) == (ids(ours), ids(theirs))


def test_forget_loads_anew(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, encoder)
    process = WebProcess(encoder)
    before = process.index(hub)

    process.registry.forget()

    assert process.index(hub) is not before


def test_text_without_a_vector_is_left_out_until_it_has_one(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"], needs=["Robot"])
    build(hub, encoder)
    add_profile(hub, offers=["Ny tekst"], needs=["Sensor"])

    assert "Ny tekst" not in vector_texts(hub, encoder)
    assert sorted(vector_texts(hub, encoder)) == ["Robot", "Sensor", "Sensor"]


def test_vectors_of_another_encoder_are_not_mixed_in(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])
    build(hub, WordHashEncoder("word-hash-0"))

    assert vector_texts(hub, encoder) == []
