"""The check finds each kind of drift and nothing else; the repair ends with an index in order."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hubs.models import Hub
from matching.domain.checking import check_index, repair_index
from matching.domain.indexing import rebuild_index
from matching.models import IndexChange, IndexState, StatementVector
from matching.queries.index import content_hash
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory
from tests.matching.cluster import add_profile, build, publish_all
from tests.matching.operations import indexes
from tests.matching.operations.indexes import DIMENSION, TEXTS, five_profiles, fresh_index, statements

pytestmark = pytest.mark.django_db


def check(hub: Hub) -> Any:
    return check_index(hub.pk, dimension=DIMENSION)


def run(*arguments: str) -> tuple[list[str], str]:
    """Lines on standard output, and what the command ended with."""
    out, ending = io.StringIO(), ""
    try:
        call_command("check_index", *arguments, stdout=out, stderr=io.StringIO())
    except CommandError as error:
        ending = str(error)
    return out.getvalue().splitlines(), ending


@pytest.fixture
def ids(hub: Hub, encoder: WordHashEncoder) -> list[int]:
    """A built hub of five statements."""
    found = five_profiles(hub)
    build(hub, encoder)
    return found


def test_fresh_index_is_in_order(hub: Hub, ids: list[int]) -> None:
    found = check(hub)

    assert found.in_order
    assert (found.statements, found.generation, found.waiting, found.profiles) == (5, 1, 0, ())
    assert run() == (["midtbro: in order: 5 statements, generation 1, up to change 10."], "")


def test_snapshot_that_must_be_caught_up_is_in_order(hub: Hub, ids: list[int], encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Ny drone"])
    Profile.objects.filter(statements__pk=ids[0]).first().delete()
    publish_all(hub, encoder)

    found = check(hub)

    assert (found.in_order, found.statements) == (True, 5)


def test_hub_that_was_never_built_is_not_in_order(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Sensor"])

    assert run()[0][0] == "midtbro: the index was never built."
    assert run("--repair") == (["midtbro: the index was never built.", "midtbro: repaired."], "")
    assert statements(fresh_index(hub)) == list(Statement.objects.values_list("pk", flat=True))


DRIFTS: dict[str, tuple[Callable[[Hub, list[int]], None], str]] = {
    "missing vector": (lambda hub, ids: indexes.drop(hub, ids[1], of="vectors"), "missing from the vectors"),
    "missing words": (lambda hub, ids: indexes.drop(hub, ids[1], of="words"), "missing from the words"),
    "level": (lambda hub, ids: indexes.change_columns(hub, ids[1], level=2), "in the vectors with other columns"),
    "expiry": (lambda hub, ids: indexes.change_columns(hub, ids[1], expires=7), "in the words with other columns"),
    "kind": (lambda hub, ids: indexes.change_columns(hub, ids[1], kind=3), "in the vectors with other columns"),
    "region": (lambda hub, ids: indexes.change_columns(hub, ids[1], region=1081), "in the words with other columns"),
    "another vector": (lambda hub, ids: indexes.change_contents(hub, ids[1], of="vectors"), "another vector"),
    "other words": (lambda hub, ids: indexes.change_contents(hub, ids[1], of="words"), "with other words"),
    "themes": (lambda hub, ids: indexes.change_fact(hub, 1), "other purpose, form or themes"),
}


@pytest.mark.parametrize("name", DRIFTS)
def test_each_drift_is_named_with_its_statement_and_repaired(
    hub: Hub, ids: list[int], encoder: WordHashEncoder, name: str
) -> None:
    damage, words = DRIFTS[name]
    damage(hub, ids)

    lines, ending = run()
    assert [line for line in lines if words in line and f": {ids[1]}" in line] != []
    assert ending == "The index of midtbro is not in order. Run check_index --repair."
    lines, ending = run("--repair")

    assert (lines[-1], ending) == ("midtbro: repaired.", "")
    assert check(hub).in_order
    assert statements(fresh_index(hub)) == ids
    assert encoder.encoded == list(TEXTS)


def test_surplus_is_named_by_store(hub: Hub, ids: list[int]) -> None:
    indexes.drop(hub, ids[0], of="words")

    found = check(hub)

    assert (found.words.surplus, found.words.missing, bool(found.vectors)) == ((900_000,), (ids[0],), False)


@pytest.mark.parametrize("name", ["level", "another vector"])
def test_few_statements_are_repaired_without_a_new_generation(hub: Hub, ids: list[int], name: str) -> None:
    DRIFTS[name][0](hub, ids)

    run("--repair")

    assert IndexState.objects.get(pk=hub.pk).generation == 1


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (indexes.damage_snapshot, "does not fit its checksum"),
        (indexes.remove_snapshot, "no readable CURRENT"),
        (indexes.snapshot_of_an_older_generation, "the snapshot is of generation 1, not 9"),
    ],
)
def test_unusable_snapshot_is_said_and_repaired(
    hub: Hub, ids: list[int], damage: Callable[[Hub], None], words: str
) -> None:
    damage(hub)

    (line,), ending = run()
    assert words in line
    assert "not in order" in ending

    assert run("--repair")[1] == ""
    assert run() == ([f"midtbro: in order: 5 statements, generation {generation(hub)}, up to change 10."], "")


def generation(hub: Hub) -> int:
    return IndexState.objects.get(pk=hub.pk).generation


def test_change_that_waits_is_said_and_is_no_drift(hub: Hub, ids: list[int]) -> None:
    statement = Statement.objects.get(pk=ids[2])
    statement.text, statement.visibility = "Helt andre ord", "hub"
    statement.save()
    IndexChange.objects.filter(published=None).update(created_at=timezone.now() - timedelta(minutes=5))

    lines, ending = run()

    assert ending == ""
    assert lines[0] == "midtbro: 1 changes wait, the oldest for 300 s. Is run_indexer running?"


def test_bulk_write_without_a_change_row_is_drift(hub: Hub, ids: list[int]) -> None:
    Statement.objects.filter(pk=ids[3]).update(visibility="hub")

    found = check(hub)

    assert found.vectors.columns == found.words.columns == (ids[3],)
    assert found.profiles == (Statement.objects.get(pk=ids[3]).profile_id,)


def test_lost_stored_vector_is_drift_and_embedded_again(hub: Hub, ids: list[int], encoder: WordHashEncoder) -> None:
    StatementVector.objects.filter(content_hash=content_hash(TEXTS[4])).delete()
    encoder.encoded.clear()

    assert check(hub).unembedded == (ids[4],)
    assert run("--repair")[1] == ""

    assert encoder.encoded == [TEXTS[4]]


def spoil(text: str, vector: np.ndarray) -> None:
    rows = StatementVector.objects.filter(content_hash=content_hash(text))
    assert rows.update(vector=vector.astype("<f4").tobytes()) == 1


@pytest.mark.parametrize("vector", [np.full(DIMENSION, np.nan), np.ones(3), np.full(DIMENSION, np.inf)])
def test_damaged_stored_vector_stops_no_other_and_is_embedded_again(
    hub: Hub, ids: list[int], encoder: WordHashEncoder, vector: np.ndarray
) -> None:
    spoil(TEXTS[0], vector)
    encoder.encoded.clear()

    rebuild_index(hub.pk, encoder=encoder)
    assert statements(fresh_index(hub)) == ids[1:]
    assert check(hub).damaged == (content_hash(TEXTS[0]),)
    lines, ending = run("--repair")

    assert (lines[-1], ending) == ("midtbro: repaired.", "")
    assert statements(fresh_index(hub)) == ids
    assert encoder.encoded == [TEXTS[0]]


def test_encoder_that_gives_no_number_loses_nothing_else(hub: Hub, encoder: WordHashEncoder) -> None:
    class Failing(WordHashEncoder):
        def _encode(self, texts: Any) -> Any:
            table = super()._encode(texts)
            table[[place for place, text in enumerate(texts) if "Robot" in text]] = np.nan
            return table

    ids = five_profiles(hub)

    rebuild_index(hub.pk, encoder=Failing())

    assert statements(fresh_index(hub)) == [ids[0], *ids[2:]]
    assert check(hub).unembedded == (ids[1],)
    rebuild_index(hub.pk, encoder=encoder)
    assert statements(fresh_index(hub)) == ids
    assert check(hub).in_order


def test_repair_that_cannot_help_ends_with_one(
    hub: Hub, ids: list[int], encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    StatementVector.objects.filter(content_hash=content_hash(TEXTS[4])).delete()
    monkeypatch.setattr(
        WordHashEncoder, "_encode", lambda self, texts: np.full((len(texts), DIMENSION), np.nan, dtype=np.float32)
    )

    lines, ending = run("--repair")

    assert lines[-1] == "midtbro: not repaired."
    assert ending == "The index of midtbro is not in order. Rebuild with build_index."


def test_check_of_one_hub_leaves_the_others(hub: Hub, ids: list[int], encoder: WordHashEncoder) -> None:
    HubFactory(slug="other", name="Other")

    assert run("--hub", "midtbro")[1] == ""
    assert run("--hub", "other")[1] == "The index of other is not in order. Run check_index --repair."
    with pytest.raises(CommandError, match="no hub “nosuch”"):
        call_command("check_index", "--hub", "nosuch")


def test_json_tells_ids(hub: Hub, ids: list[int]) -> None:
    indexes.change_columns(hub, ids[1], level=2)

    (line,), ending = run("--json")

    (report,) = json.loads(line)
    assert (report["hub"], report["in_order"], report["repaired"]) == ("midtbro", False, False)
    assert report["vectors"] == {"missing": [], "surplus": [], "columns": [ids[1]], "contents": []}
    assert "not in order" in ending
    (report,) = json.loads(run("--json", "--repair")[0][0])
    assert (report["in_order"], report["repaired"]) == (True, True)


def test_check_in_parts_finds_the_same(hub: Hub, ids: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.domain.checking._PROFILES_AT_ONCE", 2)
    indexes.drop(hub, ids[4], of="vectors")
    told: list[tuple[int, int]] = []

    found = check_index(hub.pk, dimension=DIMENSION, progress=lambda done, total: told.append((done, total)))

    assert (found.vectors.missing, found.vectors.surplus) == ((ids[4],), (900_000,))
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_hub_without_profiles_is_in_order(hub: Hub, encoder: WordHashEncoder) -> None:
    build(hub, encoder)

    found = check(hub)

    assert (found.in_order, found.statements) == (True, 0)
    assert repair_index(hub.pk, found, encoder=encoder).in_order
