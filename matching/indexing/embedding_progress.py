"""How far a long embedding is, in one line: texts a second, and how long it still takes."""

import time
from collections import deque
from collections.abc import Callable

_LATEST = 20


class EmbeddingProgress:
    """Called with texts done and of all; says a line after each batch, and whether it is the last.

    The pace is that of the latest batches, since a neighbour may come and go.
    """

    def __init__(self, say: Callable[[str, bool], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque([(clock(), 0)], maxlen=_LATEST)

    def __call__(self, done: int, total: int) -> None:
        """Note a batch and say the line."""
        self._seen.append((self._clock(), done))
        (begun, before), (now, _) = self._seen[0], self._seen[-1]
        pace = (done - before) / (now - begun) if now > begun else 0.0
        line = f"embedding {done} of {total} texts"
        if pace > 0:
            line += f", {pace:.0f} texts/s" + (f", {duration((total - done) / pace)} left" if done < total else "")
        self._say(line.ljust(72) if done < total else line, done == total)


def duration(seconds: float) -> str:
    """Hours, minutes and seconds, the leading ones left out: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
