"""`bench learning`: does the ranker learn in simulated hubs, how safely, and what does learning cost.

Twenty hubs of 300 profiles over 24 months; chance, likeness, the expert's table, the learner, an oracle, and the
learner that began from a wrong table, all judged by the simulator's true probabilities of what they showed. Settings
(`--data`) and worlds (`--world`) of others can be tried.
"""

import importlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.learning_costs import training_costs
from benchmarks.own_database import own_database
from kernel.errors import InvalidInput, NotReady
from matching.engine.simulate import HubResult, Settings, WorldFactory, figures, run_hub

Figures = dict[str, float]
Say = Callable[[str], None]
HUBS = 20
DEFAULT_WORLD = "matching.engine.simulate:simulated_cluster"
_WORKERS = 2
_SCORED_PROFILES = 300
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run(say: Say, size: int = HUBS, data: Path | None = None, world: str | None = None) -> Figures:
    """Figures over `size` hubs (`matching.engine.simulate.figures` says what each means); with settings or a world of
    others only these, else also the costs of training and scoring.

    `train_100k_s` and `train_rss_mb`: training on 100,000 impressions in a process of its own, seconds and peak
    memory. `score_over_search`: median time to score 200 candidates, divided by that of encode and search.

    Raises:
        InvalidInput: the settings or the world cannot be used; the message says why.
    """
    settings = read_settings(data) if data else Settings()
    load_factory(world or DEFAULT_WORLD)
    found = _simulated(settings, world or DEFAULT_WORLD, size, say)
    return found if data or world else found | _costs(say)


def read_settings(path: Path) -> Settings:
    """The default settings with those of a JSON object in a file in their place.

    Raises:
        InvalidInput: there is no such file, it holds no JSON object, or a setting does not fit.
    """
    if not path.is_file():
        raise InvalidInput(f'There is no file {path}. Give a JSON object of settings, such as {{"answer_rate": 0.3}}.')
    try:
        changes = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise InvalidInput(f"{path} holds no JSON: {error}") from error
    if not isinstance(changes, dict):
        raise InvalidInput(f"{path} holds no JSON object of settings.")
    try:
        return Settings().with_changes(changes)
    except ValueError as error:
        raise InvalidInput(f"{path}: {error}") from error


def load_factory(name: str) -> WorldFactory:
    """What makes the worlds, by `package.module:factory`.

    Raises:
        InvalidInput: it cannot be imported, or cannot be called.
    """
    module, _colon, attribute = name.partition(":")
    try:
        factory: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InvalidInput(f"No world {name}: {error}. Give it as package.module:factory.") from error
    if not callable(factory):
        raise InvalidInput(f"{name} is no function that makes a world of settings and a number.")
    made: WorldFactory = factory
    return made


def measure_hub(settings: Settings, world: str, number: int) -> HubResult:
    """One hub, in whatever process."""
    return run_hub(settings, number, load_factory(world))


def _simulated(settings: Settings, world: str, hubs: int, say: Say) -> Figures:
    say(f"{hubs} hubs of {settings.profiles} profiles over {settings.months} months (minutes)")
    with _one_thread_each(), _processes(min(_WORKERS, hubs)) as pool:
        jobs = [pool.submit(partial(measure_hub, settings, world), number) for number in range(hubs)]
        try:
            for done, _job in enumerate(as_completed(jobs), start=1):
                say(f"{done} of {hubs} hubs")
            return figures([job.result() for job in jobs])
        except ValueError as error:
            raise InvalidInput(f"These settings cannot be simulated: {error}") from error


def _costs(say: Say) -> Figures:
    say("training on 100,000 impressions")
    with _one_thread_each(), _processes(1) as pool:
        found = dict(pool.submit(training_costs).result())
    say("scoring 200 candidates, and encode and search")
    try:
        with own_database(pages=False) as database:
            database.step("build", "--profiles", str(_SCORED_PROFILES))
            return found | database.step("scoring", "--profiles", str(_SCORED_PROFILES))
    except NotReady as error:
        say(f"score_over_search is left out: {error}")
        return found


def _processes(count: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes that start meanwhile use one thread for linear algebra: two of them share two cores."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
