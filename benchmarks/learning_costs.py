"""What it costs to train the ranker on far more impressions than a hub has in years."""

import time
from pathlib import Path

import numpy as np
import psutil

from matching.engine.bayesian import Evidence
from matching.engine.contact_features import NAMES
from matching.engine.ladder import RUNGS, matured
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, PRIORS, STAGES
from matching.engine.ranker import train
from matching.engine.simulation.cluster import Cluster, make_cluster
from matching.engine.simulation.population import static_features
from matching.engine.simulation.settings import Settings

IMPRESSIONS = 100_000
_LIST = 50
_DAYS = 730.0


def training_costs(impressions: int = IMPRESSIONS) -> dict[str, float]:
    """Seconds to train, and peak memory of this process in MB, which should have done nothing else."""
    evidence = impressions_of_a_cluster(impressions)
    start = time.perf_counter()
    train(PRIORS, evidence, None, "cost")
    return {"train_100k_s": time.perf_counter() - start, "train_rss_mb": peak_memory_mb()}


def impressions_of_a_cluster(count: int, profiles: int = 300) -> dict[str, Evidence]:
    """Evidence of `count` cards of a simulated cluster, of all stages."""
    cluster = make_cluster(Settings(profiles=profiles), 0)
    generator = np.random.default_rng(7)
    lists = -(-count // _LIST)
    matrix = np.empty((lists * _LIST, len(NAMES)))
    truth = np.empty((len(STAGES), lists * _LIST))
    for number in range(lists):
        rows = slice(number * _LIST, (number + 1) * _LIST)
        matrix[rows], truth[:, rows] = _cards(cluster, generator)
    happens = generator.random((len(STAGES), count)) < truth[:, :count]
    matrix = matrix[:count]
    asked = happens[STAGES.index(ASKS)]
    decided = asked & happens[STAGES.index(ANSWERS)]
    accepted = decided & happens[STAGES.index(ACCEPTS)]
    found = {
        ASKS: Evidence(matrix, asked.astype(np.float64)),
        ANSWERS: Evidence(matrix[asked], decided[asked].astype(np.float64)),
        ACCEPTS: Evidence(matrix[decided], accepted[decided].astype(np.float64)),
    }
    age = _DAYS * generator.random(int(accepted.sum()))
    for rung in RUNGS:
        share = matured(rung, age)
        came = happens[STAGES.index(f"rung:{rung.code}"), accepted] & (generator.random(len(age)) < share)
        found[f"rung:{rung.code}"] = Evidence(matrix[accepted], came.astype(np.float64), matured=share)
    return found


def _cards(cluster: Cluster, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Features and true probabilities of one seeker with the parties that offer what is nearest to the need."""
    seeker = int(generator.integers(len(cluster.population)))
    matrix, similarity = static_features(cluster.population, seeker, 0.0, generator)
    nearest = np.argsort(-similarity, kind="stable")[:_LIST]
    return matrix[nearest], cluster.preferences.true(matrix[nearest], seeker, nearest)


def peak_memory_mb() -> float:
    """The most memory this process has held; where the system does not tell, what it holds now."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.is_file() else []
    peak = [float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    return peak[0] if peak else psutil.Process().memory_info().rss / 1024**2
