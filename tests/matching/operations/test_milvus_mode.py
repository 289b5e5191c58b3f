"""Milvus instead of files: the same answers, changes seen by all, moving there and back, nothing left behind."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from demo.loading import read_profile_rows
from hubs.models import Hub
from kernel.errors import NotReady
from matching.domain.checking import check_index
from matching.domain.indexing import rebuild_index
from matching.domain.searching import search
from matching.engine.milvus_connection import MilvusConnection
from matching.engine.rows import NEED, OFFER
from matching.engine.stores import TermQuery
from matching.indexing import moving
from matching.indexing.backends import close_connections, milvus_connection, remove_other_indexes, snapshot_folder
from matching.indexing.hub_index import HubIndex
from matching.indexing.moving import move_to_milvus
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexState
from matching.results import SearchFilters
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory
from tests.matching.cluster import TODAY, add_profile, build, facilitator, publish_all
from tests.matching.domain.asking import ask, found
from tests.matching.operations.indexes import DIMENSION, TEXTS, everybody, five_profiles, fresh_index, statements

pytestmark = pytest.mark.django_db

# As tests/matching/engine/test_milvus_store.py measures: vectors alike, words nearly so.
SHARED_OF_TEN = 0.7


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker freshens its connections between rounds; here that would end the transaction of the test."""
    monkeypatch.setattr("matching.management.commands.run_indexer.close_old_connections", lambda: None)


@pytest.fixture
def uri(tmp_path: Path, encoder: WordHashEncoder) -> Iterator[str]:
    """The address of an empty Milvus that runs in this process."""
    yield str(tmp_path / "milvus.db")
    close_connections()


@pytest.fixture
def milvus(uri: str, settings: Settings) -> MilvusConnection:
    """The settings name that Milvus."""
    settings.VIDENBRO_MILVUS_URI = uri
    return milvus_connection(uri, "")


def collections(connection: MilvusConnection) -> list[str]:
    return sorted(connection.call("list_collections"))


def words(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("move_index", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()


def found_profiles(hub: Hub, text: str) -> list[Profile]:
    return [match.profile for match in search(facilitator(hub), text, filters=SearchFilters(), today=TODAY).matches]


def test_build_search_recommend_change_delete_in_milvus(
    hub: Hub, milvus: MilvusConnection, encoder: WordHashEncoder
) -> None:
    firm = add_profile(hub, offers=["Sensor til tryksår"], needs=["Klinisk afprøvning på en afdeling"])
    clinic = add_profile(hub, "clinician", needs=["Sensor til tryksår"], offers=["Klinisk afprøvning på en afdeling"])
    build(hub, encoder)

    assert not snapshot_folder(hub.pk).exists()
    assert collections(milvus) == [f"hub_{hub.pk}_1_vectors", f"hub_{hub.pk}_1_words"]
    assert set(found_profiles(hub, "Sensor til tryksår")) == {firm, clinic}
    assert found(ask(firm)) == [clinic]

    statement = firm.statements.get(kind="offer")
    statement.text = "Drone til blodprøver"
    statement.save()
    added = add_profile(hub, offers=["Robot til løft"])
    call_command("run_indexer", "--once")
    assert found_profiles(hub, "Drone til blodprøver")[0] == firm
    assert found_profiles(hub, "Robot til løft")[0] == added

    gone = added.statements.get().pk
    added.delete()
    publish_all(hub, encoder)
    index = fresh_index(hub)
    assert gone not in statements(index)
    assert statements(index) == list(Statement.objects.order_by("pk").values_list("pk", flat=True))
    assert check_index(hub.pk, dimension=DIMENSION).in_order


def test_old_generations_go_but_for_the_one_before(
    hub: Hub, milvus: MilvusConnection, encoder: WordHashEncoder
) -> None:
    five_profiles(hub)
    for _generation in range(3):
        build(hub, encoder)

    assert {name.split("_")[2] for name in collections(milvus)} == {"2", "3"}


def test_deleted_hub_leaves_nothing_behind(hub: Hub, milvus: MilvusConnection, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    milvus.call("create_collection", "somebody_elses", dimension=2)
    for each in (hub, other):
        add_profile(each, offers=["Sensor"])
        build(each, encoder)
    gone, folder = other.pk, snapshot_folder(other.pk)
    folder.mkdir(parents=True)
    other.delete()

    call_command("run_indexer", "--once")

    assert collections(milvus) == [f"hub_{hub.pk}_1_vectors", f"hub_{hub.pk}_1_words", "somebody_elses"]
    assert not folder.exists()
    assert gone != hub.pk
    assert len(statements(fresh_index(hub))) == 1


def test_deleted_hub_leaves_no_folder_behind(hub: Hub, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    for each in (hub, other):
        build(each, encoder)
    gone = other.pk
    other.delete()

    assert remove_other_indexes([]) == []
    assert snapshot_folder(gone).exists()
    assert remove_other_indexes([hub.pk]) == [gone]

    assert not snapshot_folder(gone).exists()
    assert read_snapshot(snapshot_folder(hub.pk)).version.generation == 1


@pytest.mark.usefixtures("english")
def test_web_process_does_not_build_in_milvus_but_the_worker_does(
    hub: Hub, uri: str, encoder: WordHashEncoder, settings: Settings
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    settings.VIDENBRO_MILVUS_URI = uri

    with pytest.raises(NotReady, match="Milvus does not hold"):
        fresh_index(hub)
    assert collections(milvus_connection(uri, "")) == []
    assert check_index(hub.pk, dimension=DIMENSION).fault == "Milvus does not hold generation 1"
    call_command("run_indexer", "--once")

    assert statements(fresh_index(hub)) == ids


@pytest.mark.usefixtures("english", "encoder")
def test_milvus_that_is_away_is_one_line(hub: Hub, settings: Settings) -> None:
    settings.VIDENBRO_MILVUS_URI = "no/such/folder/milvus.db"

    with pytest.raises(CommandError, match="No Milvus answers") as caught:
        call_command("build_index")

    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("damaged", ["vectors", "terms"])
def test_drift_in_milvus_is_found_and_repaired(
    hub: Hub, milvus: MilvusConnection, encoder: WordHashEncoder, damaged: str
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    store = getattr(fresh_index(hub).stores, damaged)
    store.delete(np.array(ids[:1]))
    rows = store.rows()
    contents = (store.vectors if damaged == "vectors" else store.documents)(rows.statement)
    rows.level[0], rows.statement[-1] = 2, 900_000
    store.upsert(rows, contents)

    report = check_index(hub.pk, dimension=DIMENSION)
    drift = report.vectors if damaged == "vectors" else report.words
    assert (drift.missing, drift.columns, drift.surplus) == ((ids[0],), (ids[1],), (900_000,))
    call_command("check_index", "--repair", stdout=io.StringIO(), stderr=io.StringIO())

    assert check_index(hub.pk, dimension=DIMENSION).in_order
    assert statements(fresh_index(hub)) == ids
    assert IndexState.objects.get(pk=hub.pk).generation == 1


def test_words_of_the_older_indexer_do_not_stay(
    hub: Hub, milvus: MilvusConnection, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    five_profiles(hub)
    build(hub, encoder)
    profile = add_profile(hub, offers=["Gamle ord"])
    from matching.domain import indexing

    real, turns = indexing.embed_missing, []

    def overtaken(*arguments: object, **options: object) -> int:
        count = real(*arguments, **options)  # type: ignore[arg-type]
        if not turns:
            turns.append("other indexer")
            statement = profile.statements.get()
            statement.text = "Nye ord"
            statement.save()
            publish_all(hub, encoder)
        return count

    monkeypatch.setattr(indexing, "embed_missing", overtaken)
    publish_all(hub, encoder)

    assert turns == ["other indexer"]
    (kept,) = fresh_index(hub).stores.terms.documents(np.array([profile.statements.get().pk]))
    assert kept.text == "Nye ord"
    assert check_index(hub.pk, dimension=DIMENSION).in_order


def demo_profiles(hub: Hub) -> None:
    """Profiles with the demo's own texts."""
    for row in read_profile_rows()[:60]:
        texts = {
            kind: [each["text"] for each in row["statements"] if each["kind"] == kind] for kind in ("offer", "need")
        }
        add_profile(hub, offers=texts["offer"], needs=texts["need"])


def answers(index: HubIndex, encoder: WordHashEncoder, text: str, kind: int) -> tuple[list[int], list[int]]:
    """The ten best by meaning and by words."""
    where = everybody(statement_kinds=frozenset({kind}))
    asked = index.centring.apply(encoder.encode_queries([text]), ["da"])
    by_meaning = index.stores.vectors.search(asked, 10, where).statements[0].tolist()
    return by_meaning, index.stores.terms.search([TermQuery(text, "da")], 10, where).statements[0].tolist()


def test_same_ten_best_as_the_local_index_within_the_tolerance(
    hub: Hub, uri: str, encoder: WordHashEncoder, settings: Settings
) -> None:
    demo_profiles(hub)
    build(hub, encoder)
    local = fresh_index(hub)
    settings.VIDENBRO_MILVUS_URI = uri
    rebuild_index(hub.pk, encoder=encoder)
    shared = fresh_index(hub)

    same: list[float] = []
    for text in Statement.objects.order_by("pk").values_list("text", flat=True)[:20]:
        for kind in (OFFER, NEED):
            ours, theirs = answers(local, encoder, text, kind), answers(shared, encoder, text, kind)
            assert ours[0] == theirs[0]
            same.append(len({*ours[1]} & {*theirs[1]}) / max(1, len(ours[1])))

    assert len(same) == 40
    assert np.mean(same) >= SHARED_OF_TEN


def test_move_there_and_back_without_embedding(
    hub: Hub, uri: str, encoder: WordHashEncoder, settings: Settings
) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    encoder.encoded.clear()
    add_profile(hub, offers=["Ny drone"])
    publish_all(hub, encoder)
    everything = [*ids, Statement.objects.get(text="Ny drone").pk]

    there = words("--to-milvus", uri)

    assert there[0].startswith("midtbro: vectors: 6 written, 0 there already, 0 removed; words: 6 written")
    assert f"set VIDENBRO_MILVUS_URI={uri}" in there[-1]
    settings.VIDENBRO_MILVUS_URI = uri
    index = fresh_index(hub)
    assert (statements(index), index.stores.shared) == (everything, True)
    assert check_index(hub.pk, dimension=DIMENSION).in_order

    Statement.objects.get(pk=ids[0]).delete()
    publish_all(hub, encoder)
    back = words("--from-milvus", uri, "--hub", "midtbro")

    assert "unset VIDENBRO_MILVUS_URI" in back[-1]
    settings.VIDENBRO_MILVUS_URI = ""
    assert read_snapshot(snapshot_folder(hub.pk)).rows.statement.tolist() == everything[1:]
    assert statements(fresh_index(hub)) == everything[1:]
    assert check_index(hub.pk, dimension=DIMENSION).in_order
    assert encoder.encoded == ["Ny drone"]


def test_move_back_to_an_empty_machine(hub: Hub, milvus: MilvusConnection, encoder: WordHashEncoder) -> None:
    ids = five_profiles(hub)
    build(hub, encoder)
    assert not snapshot_folder(hub.pk).exists()

    words("--from-milvus", milvus.uri)

    index = read_snapshot(snapshot_folder(hub.pk))
    assert (statements(index), index.version.generation) == (ids, 1)
    assert [each.text for each in index.stores.terms.documents(index.rows.statement)] == list(TEXTS)


def test_move_that_was_broken_off_goes_on_where_it_stopped(
    hub: Hub, uri: str, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    five_profiles(hub)
    build(hub, encoder)
    connection = milvus_connection(uri, "")
    monkeypatch.setattr(moving, "_BATCH", 2)

    class Killed(BaseException):
        pass

    def die(part: str, done: int, total: int) -> None:
        if (part, done) == ("vectors", 4):
            raise Killed

    with pytest.raises(Killed):
        move_to_milvus(hub.pk, connection, dimension=DIMENSION, progress=die)
    moved = move_to_milvus(hub.pk, connection, dimension=DIMENSION, progress=lambda *_: None)
    again = move_to_milvus(hub.pk, connection, dimension=DIMENSION, progress=lambda *_: None)

    assert (moved.vectors.copied, moved.vectors.unchanged, moved.words.copied) == (1, 4, 5)
    assert (again.vectors.copied, again.words.copied) == (0, 0)


@pytest.mark.usefixtures("english")
def test_move_of_what_is_not_there_is_one_line(hub: Hub, uri: str, encoder: WordHashEncoder) -> None:
    with pytest.raises(CommandError, match="never built"):
        words("--to-milvus", uri)
    build(hub, encoder)
    with pytest.raises(CommandError, match="Milvus does not hold generation 1"):
        words("--from-milvus", uri)
    with pytest.raises(CommandError, match="no hub “nosuch”"):
        words("--to-milvus", uri, "--hub", "nosuch")
    with pytest.raises(CommandError, match="No Milvus answers"):
        words("--to-milvus", "no/such/folder/milvus.db")
