"""The three steps behind `bench recommend`, each run in a process and a data folder of its own."""

import time
from functools import partial
from pathlib import Path

import numpy as np
import psutil
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.cluster import generate_cluster
from benchmarks.timing import seconds
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from matching.domain.indexing import embed_missing, rebuild_index
from matching.domain.market import market_for_profile
from matching.domain.presenting import Found, Presenter
from matching.domain.recommending import recommend_for_profile
from matching.engine.contact_features import HIGH, LOW
from matching.engine.ranker import prior_ranker
from matching.engine.rows import RowFilter
from matching.indexing.registry import registry
from matching.serving import hub_index, query_encoder
from profiles.models import Profile

Figures = dict[str, float]
_LISTS = 60
_MB = 1024 * 1024
_DEPTH = 200


def build(profiles: int) -> Figures:
    """Generate the cluster, embed it and build its index."""
    hub = generate_cluster(profiles)
    encoder = query_encoder().encoder
    embedding = seconds(lambda: embed_missing(hub.pk, encoder=encoder))
    indexing = seconds(lambda: rebuild_index(hub.pk, encoder=encoder))
    loading = seconds(lambda: hub_index(hub.pk))
    return {
        "embed_s": embedding,
        "build_s": indexing,
        "load_s": loading,
        "statements": len(hub_index(hub.pk)),
        "snapshot_mb": sum(path.stat().st_size for path in Path(settings.VIDENBRO_INDEX_DIR).rglob("*.*")) / _MB,
    }


def lists(profiles: int) -> Figures:
    """Time a whole list against its encode and raw FAISS search alone, in turn, nothing remembered in between."""
    hub = Hub.objects.get()
    viewer = Viewer(hub_id=hub.pk, role=Role.FACILITATOR)
    seekers = _seekers(hub, _LISTS)
    _list(viewer, seekers[0])
    whole, search, queries = [], [], []
    for profile in seekers:
        query_encoder().forget()
        search.append(seconds(partial(_encode_and_search, hub.pk, profile)))
        query_encoder().forget()
        with CaptureQueriesContext(connection) as captured:
            whole.append(seconds(partial(_list, viewer, profile)))
        queries.append(len(captured))
    warm = [seconds(partial(_list, viewer, profile)) for profile in seekers]
    parts = np.array([_explaining(viewer, profile) for profile in seekers])
    return {
        "list_ms_p50": 1000 * float(np.median(whole)),
        "list_ms_p95": 1000 * float(np.percentile(whole, 95)),
        "search_ms_p50": 1000 * float(np.median(search)),
        "search_ms_p95": 1000 * float(np.percentile(search, 95)),
        "list_over_search_p50": float(np.median(whole) / np.median(search)),
        "list_ms_p50_seen_before": 1000 * float(np.median(warm)),
        "rank_ms_p50": 1000 * float(np.median(parts[:, 0])),
        "explain_ms_p50": 1000 * float(np.median(parts[:, 1])),
        "explain_over_rank_p50": float(np.median(parts[:, 1]) / np.median(parts[:, 0])),
        "sql_queries": max(queries),
    }


def scoring(profiles: int) -> Figures:
    """Time the learning ranker on 200 candidates against the encode and search before it, in turn."""
    hub = Hub.objects.get()
    ranker = prior_ranker()
    generator = np.random.default_rng(1)
    tables = [generator.uniform(LOW, HIGH, (_DEPTH, len(LOW))) for _ in range(_LISTS)]
    seekers = _seekers(hub, _LISTS)
    ranker.expected_value(tables[0])
    _encode_and_search(hub.pk, seekers[0])
    scoring_times, search_times = [], []
    for profile, table in zip(seekers, tables, strict=False):
        query_encoder().forget()
        search_times.append(seconds(partial(_encode_and_search, hub.pk, profile)))
        scoring_times.append(seconds(partial(ranker.expected_value, table)))
    return {
        "score_200_ms_p50": 1000 * float(np.median(scoring_times)),
        "score_over_search": float(np.median(scoring_times) / np.median(search_times)),
    }


def worker(profiles: int) -> Figures:
    """Resident memory of a process that serves pages and recommendations from the snapshot."""
    hub = Hub.objects.get()
    registry.forget()
    start = time.perf_counter()
    client = Client(headers={"host": "localhost"})
    answer = client.get("/search/", {"q": "klinisk afprøvning af tryksårssensor"})
    first = time.perf_counter() - start
    for profile in _seekers(hub, 20):
        _list(Viewer(hub_id=hub.pk, role=Role.FACILITATOR), profile)
        client.get("/search/", {"q": profile.name})
    return {
        "worker_rss_mb": psutil.Process().memory_info().rss / _MB,
        "first_search_s": first,
        "first_search_status": answer.status_code,
    }


def _seekers(hub: Hub, count: int) -> list[Profile]:
    firms = Profile.objects.filter(hub=hub, kind="firm").order_by("pk").prefetch_related("theme_links")
    return list(firms[:count])


def _list(viewer: Viewer, profile: Profile) -> object:
    return recommend_for_profile(viewer, profile, purpose="opi_light", today=timezone.localdate(), limit=10)


def _encode_and_search(hub_id: int, profile: Profile) -> object:
    """The least that an answer costs: vectors of the profile's texts, and the exact search for each of them."""
    index = hub_index(hub_id)
    texts = [row.text for row in profile.statements.all()]
    vectors = query_encoder().encoder.encode_passages(texts)
    everything = RowFilter(levels=frozenset({0, 1, 2}), today=1)
    return index.stores.vectors.search(vectors, _DEPTH, everything)


def _explaining(viewer: Viewer, profile: Profile) -> tuple[float, float]:
    """Seconds for ranking everybody, and for turning the ten best into explained matches."""
    today = timezone.localdate()
    market = market_for_profile(viewer, profile, purpose="opi_light", today=today, among=None)
    found: list[Found] = []
    ranking = seconds(lambda: found.extend(market.chosen(market.ranking, 10)))
    presenter = Presenter(viewer, market.index, market.question, today, profile)
    profiles = presenter.read(found)
    return ranking, seconds(lambda: presenter.present(found, profiles=profiles))
