"""Adapt the encoder to pairs of texts that belong together, and keep the result only if the shadow rule is met.

Everything happens in a working folder of the cache. What is kept is moved out of it whole; a run that is killed
leaves a folder that no reader looks at and the next run removes.
"""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from kernel.errors import DomainError
from matching.encoder_build.batches import plan_batches
from matching.encoder_build.cache import CacheUnusableError, ensure_encoder
from matching.encoder_build.held_back import PairSplit, hold_back
from matching.encoder_build.json_lines import DataUnusableError
from matching.encoder_build.loading import load_encoder
from matching.encoder_build.mining import mine_rows
from matching.encoder_build.retrieval_sets import RetrievalSet, held_back_set
from matching.encoder_build.shadow import (
    Comparison,
    Measures,
    Verdict,
    compare,
    judge,
    measure_held_back,
    measure_public,
)
from matching.encoder_build.training import Batches, TrainingOptions, require_training_tools, train
from matching.encoder_build.training_pairs import PairSource, TrainingPair, gather_pairs, related_texts, teaching
from matching.engine.encoders import MODEL_FOLDER, Encoder, EncoderProfile

Say = Callable[[str], None]
ADAPTED_FOLDER = "adapted"
_WORKING = "working-"
_NEEDED_BYTES = 2_000_000_000
_SPLIT, _MINING, _BOOTSTRAP = range(3)


class AdaptationRunningError(DomainError):
    """Another adaptation works in the same cache."""

    code: ClassVar[str] = "adaptation_running"
    status: ClassVar[int] = 409


@dataclass(frozen=True)
class AdaptingOptions:
    """`held_back` is the share of texts kept for measuring; `keep` keeps a model that the rule refused."""

    training: TrainingOptions = field(default_factory=TrainingOptions)
    held_back: float = 0.3
    keep: bool = False


@dataclass(frozen=True)
class Adaptation:
    """What a run did. `folder` is the kept model, to be named in VIDENBRO_ENCODER; None when it was thrown away."""

    base_fingerprint: str
    fingerprint: str
    counts: dict[str, int]
    seconds: dict[str, float]
    held_back: dict[str, Comparison]
    public_set: str | None
    public: dict[str, Comparison] | None
    verdict: Verdict
    folder: Path | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        facts = asdict(self)
        return facts | {"folder": str(self.folder) if self.folder else None}


def count_pairs(sources: Iterable[PairSource], options: AdaptingOptions) -> dict[str, int]:
    """How many pairs there are on each side, without training.

    Raises:
        DataUnusableError: a source cannot be read, or the pairs are too few.
    """
    return _counts(*_split(sources, options))


def adapt_encoder(
    sources: Iterable[PairSource],
    *,
    base: str,
    cache_dir: Path,
    public: RetrievalSet | None,
    options: AdaptingOptions,
    say: Say,
) -> Adaptation:
    """Train the encoder named `base` on the pairs and compare both as they are served.

    A model that meets the shadow rule (see `shadow.judge`) is moved to `adapted/<fingerprint>` in the cache, its
    built encoder to `encoders/<fingerprint>`. Nothing that is served changes until the setting names that folder.

    Raises:
        DomainError: unusable pairs, an unusable cache, another run, a missing library, or a failed training.
    """
    pairs, split = _split(sources, options)
    require_training_tools()
    with _working_folder(cache_dir) as working:
        return _Run(base, cache_dir, public, options, say, working).run(pairs, split)


class _Run:
    """One adaptation: its folders and the seconds that each part took."""

    def __init__(
        self, base: str, cache_dir: Path, public: RetrievalSet | None, options: AdaptingOptions, say: Say, working: Path
    ) -> None:
        self.cache_dir, self.public, self.options, self.say = cache_dir, public, options, say
        self.base_folder = ensure_encoder(base, cache_dir, say)
        self.model = working / "model"
        self.trial_cache = working / "cache"
        self.seconds: dict[str, float] = {}

    def run(self, pairs: list[TrainingPair], split: PairSplit) -> Adaptation:
        base = self._load(self.base_folder)
        batches = self._batches(split, base)
        profile = EncoderProfile.read(self.base_folder)
        before = self._measure(base, split, "before")
        with self._timed("training"):
            options = self.options.training
            train(self.base_folder / MODEL_FOLDER, profile, batches, options=options, target=self.model, say=self.say)
        with self._timed("building"):
            trial = ensure_encoder(str(self.model), self.trial_cache, self.say)
        after = self._measure(self._load(trial), split, "after")
        held_back, public = self._compared(before, after)
        verdict = judge(held_back, public)
        return Adaptation(
            base_fingerprint=profile.fingerprint,
            fingerprint=trial.name,
            counts=_counts(pairs, split) | {"steps": len(batches), "batch": len(batches[0])},
            seconds=self.seconds,
            held_back=held_back,
            public_set=self.public.name if self.public else None,
            public=public,
            verdict=verdict,
            folder=self._kept(trial) if verdict.promoted or self.options.keep else None,
        )

    def _load(self, folder: Path) -> Encoder:
        return load_encoder(folder, threads=self.options.training.threads)

    def _batches(self, split: PairSplit, base: Encoder) -> Batches:
        options = self.options.training
        generator = _generator(self.options, _MINING)
        with self._timed("mining"):
            self.say("mining hard negatives")
            rows = mine_rows(split.training, base, generator=generator)
        related = related_texts(split.training)
        batches = plan_batches(rows, related, steps=options.steps, size=options.batch, generator=generator)
        if not batches:
            raise DataUnusableError(
                "No two training pairs are free of each other's answers. Give more different pairs."
            )
        self.say(f"{len(rows)} pairs in {len(batches)} batches of {len(batches[0])}")
        return batches

    def _measure(self, encoder: Encoder, split: PairSplit, when: str) -> tuple[Measures, Measures | None]:
        with self._timed(f"measuring {when}"):
            self.say(f"measuring {when} the training")
            held_back = measure_held_back(encoder, held_back_set(split.held_back))
            return held_back, measure_public(encoder, self.public) if self.public else None

    def _compared(
        self, before: tuple[Measures, Measures | None], after: tuple[Measures, Measures | None]
    ) -> tuple[dict[str, Comparison], dict[str, Comparison] | None]:
        generator = _generator(self.options, _BOOTSTRAP)
        held_back = compare(before[0], after[0], generator=generator)
        if before[1] is None or after[1] is None:
            return held_back, None
        return held_back, compare(before[1], after[1], generator=generator)

    def _kept(self, trial: Path) -> Path:
        """Move the built encoder, then the model, to their places; whole or not at all."""
        target = self.cache_dir / ADAPTED_FOLDER / trial.name
        _move(trial, self.cache_dir / "encoders" / trial.name)
        _move(self.model, target)
        return target

    @contextmanager
    def _timed(self, part: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[part] = round(time.monotonic() - started, 1)


def _split(sources: Iterable[PairSource], options: AdaptingOptions) -> tuple[list[TrainingPair], PairSplit]:
    pairs = gather_pairs(sources)
    if not teaching(pairs):
        raise DataUnusableError("There is no pair of two different texts to train on.")
    return pairs, hold_back(pairs, share=options.held_back, generator=_generator(options, _SPLIT))


def _counts(pairs: list[TrainingPair], split: PairSplit) -> dict[str, int]:
    training, held_back = teaching(split.training), teaching(split.held_back)
    return {
        "pairs": len(teaching(pairs)),
        "training_pairs": len(training),
        "training_queries": len({pair.query for pair in training}),
        "held_back_pairs": len(held_back),
        "held_back_queries": len({pair.query for pair in held_back}),
        "left_out_pairs": split.left_out,
    }


def _generator(options: AdaptingOptions, purpose: int) -> np.random.Generator:
    """One a purpose, so that more steps never change who is held back."""
    return np.random.default_rng([options.training.seed, purpose])


def _move(source: Path, target: Path) -> None:
    if not target.exists():  # the fingerprint names the content: what is there is the same
        source.rename(target)


@contextmanager
def _working_folder(cache_dir: Path) -> Iterator[Path]:
    """A folder of this run's own, gone afterwards; one adaptation at a time in a cache.

    Raises:
        CacheUnusableError: the cache cannot be written, or has less than 2 GB left.
        AdaptationRunningError: another process holds the lock.
    """
    home = cache_dir / ADAPTED_FOLDER
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = (home / "lock").open("w")
    except OSError as error:
        raise CacheUnusableError(
            f"{home} cannot be written ({error.strerror}). Set VIDENBRO_CACHE_DIR to a folder that you may write."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AdaptationRunningError("Another adaptation is running here. Wait for it, or stop it.") from error
        for leftover in home.glob(f"{_WORKING}*"):
            shutil.rmtree(leftover)
        _check_free_space(home)
        working = Path(tempfile.mkdtemp(prefix=_WORKING, dir=home))
        try:
            yield working
        finally:
            shutil.rmtree(working, ignore_errors=True)


def _check_free_space(home: Path) -> None:
    free = shutil.disk_usage(home).free
    if free < _NEEDED_BYTES:
        raise CacheUnusableError(
            f"Adapting needs {_NEEDED_BYTES / 1e9:.0f} GB in {home}, and {free / 1e9:.1f} GB are free. Free some "
            "space there, or set VIDENBRO_CACHE_DIR to a folder on another disk.",
            free_bytes=free,
        )
