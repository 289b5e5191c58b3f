"""Timing two ways of doing the same thing side by side, so that a busy moment hits both."""

import time
from collections.abc import Callable

import numpy as np


def seconds(work: Callable[[], object]) -> float:
    """Wall-clock seconds that one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def interleaved(ours: Callable[[], object], reference: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Median seconds of both, run in turn `rounds` times after one warm-up each; the first of a round alternates."""
    ours()
    reference()
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            times[which].append(seconds((ours, reference)[which]))
    return float(np.median(times[0])), float(np.median(times[1]))
