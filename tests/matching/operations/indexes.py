"""A hub's index as tests of its life look at it, and ways to damage it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hubs.models import Hub
from matching.domain.indexing import save_snapshot
from matching.engine.rows import RowFilter
from matching.indexing.backends import snapshot_folder
from matching.indexing.hub_index import HubIndex
from matching.indexing.registry import IndexRegistry
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexState
from profiles.models import Statement
from tests.encoders import WordHashEncoder
from tests.matching.cluster import add_profile

DIMENSION = WordHashEncoder.dimension
TEXTS = ("Sensor til tryksår", "Robot til løft", "App til genoptræning", "Data om fald", "Wound care at home")


def five_profiles(hub: Hub) -> list[int]:
    """Ids of the statements of five profiles with one offer each."""
    profiles = [add_profile(hub, offers=[text]) for text in TEXTS]
    return list(Statement.objects.filter(profile__in=profiles).order_by("pk").values_list("pk", flat=True))


def fresh_index(hub: Hub) -> HubIndex:
    """What a process that starts now serves."""
    return IndexRegistry(start=lambda work: work()).index_for(hub.pk, dimension_of=lambda _fingerprint: DIMENSION)


def statements(index: HubIndex) -> list[int]:
    """Ids in the vectors, which those in the words and the columns must equal."""
    found = index.stores.vectors.rows().statement.tolist()
    assert index.stores.terms.rows().statement.tolist() == found
    assert index.rows.statement.tolist() == found
    return [int(each) for each in found]


def everybody(**limits: Any) -> RowFilter:
    return RowFilter(levels=frozenset({0, 1, 2}), today=0, **limits)


def rewritten(hub: Hub, index: HubIndex) -> None:
    """Make this the snapshot that processes load."""
    save_snapshot(hub.pk, index)
    assert read_snapshot(snapshot_folder(hub.pk)).version == index.version


def drop(hub: Hub, statement: int, *, of: str) -> None:
    """Lose a statement from the vectors (and columns) or from the words; a snapshot must hold as many of each."""
    index = read_snapshot(snapshot_folder(hub.pk))
    rows, facts = index.rows, index.facts
    keep = rows.statement != statement
    spare = replace(rows.take(~keep), statement=np.array([900_000]), profile=np.array([900_000]))
    if of == "vectors":
        vector = index.stores.vectors.vectors(np.array([statement]))
        index.stores.vectors.delete(np.array([statement]))
        index.stores.vectors.upsert(spare, vector)
        index.fill(index.stores.vectors.rows(), facts)
    else:
        index.stores.terms.upsert(spare, index.stores.terms.documents(np.array([statement])))
        index.stores.terms.delete(np.array([statement]))
    rewritten(hub, index)


def change_columns(hub: Hub, statement: int, **columns: int) -> None:
    """Other columns for a statement, in vectors and words alike."""
    index = read_snapshot(snapshot_folder(hub.pk))
    ids = np.array([statement])
    rows = index.rows.take(index.rows.statement == statement)
    rows = replace(rows, **{name: np.full_like(getattr(rows, name), value) for name, value in columns.items()})
    index.stores.vectors.upsert(rows, index.stores.vectors.vectors(ids))
    index.stores.terms.upsert(rows, index.stores.terms.documents(ids))
    index.fill(index.stores.vectors.rows(), index.facts)
    rewritten(hub, index)


def change_contents(hub: Hub, statement: int, *, of: str) -> None:
    """Another vector or other words for a statement."""
    index = read_snapshot(snapshot_folder(hub.pk))
    ids = np.array([statement])
    rows = index.rows.take(index.rows.statement == statement)
    if of == "vectors":
        index.stores.vectors.upsert(rows, -index.stores.vectors.vectors(ids))
    else:
        (words,) = index.stores.terms.documents(ids)
        index.stores.terms.upsert(rows, [replace(words, text="Noget helt andet")])
    rewritten(hub, index)


def change_fact(hub: Hub, position: int) -> None:
    index = read_snapshot(snapshot_folder(hub.pk))
    index.facts.themes[position] ^= 4
    rewritten(hub, index)


def damage_snapshot(hub: Hub) -> None:
    (path,) = snapshot_folder(hub.pk).glob("*/vectors/vectors.faiss")
    path.write_bytes(path.read_bytes()[:-7])


def remove_snapshot(hub: Hub) -> None:
    (snapshot_folder(hub.pk) / "CURRENT").unlink()


def snapshot_of_an_older_generation(hub: Hub) -> None:
    IndexState.objects.filter(pk=hub.pk).update(generation=9)


def private_folders(hub: Hub) -> list[Path]:
    return sorted(path for path in (snapshot_folder(hub.pk) / "processes").glob("process-*") if path.is_dir())
