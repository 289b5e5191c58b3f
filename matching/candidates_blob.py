"""The candidates of a shown list as bytes, so that a later ranker can be judged on the very same choice."""

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_HEAD = struct.Struct("<4sHH")
_MAGIC = b"VBC1"


@dataclass(frozen=True)
class Candidates:
    """Who could have been shown, since they had room: profile ids (n,) and features (n, f)."""

    profiles: NDArray[np.int64]
    matrix: NDArray[np.float64]

    def packed(self) -> bytes:
        """Compressed; features lose what a half-precision number cannot hold (three digits)."""
        count, columns = self.matrix.shape
        body = self.profiles.astype("<i8").tobytes() + self.matrix.astype("<f2").tobytes()
        return _HEAD.pack(_MAGIC, count, columns) + zlib.compress(body, 6)

    @classmethod
    def unpacked(cls, blob: bytes) -> "Candidates":
        """What `packed` wrote.

        Raises:
            ValueError: these bytes are no such table.
        """
        try:
            magic, count, columns = _HEAD.unpack_from(blob)
            body = zlib.decompress(blob[_HEAD.size :])
        except (struct.error, zlib.error) as error:
            raise ValueError("These bytes hold no list of candidates.") from error
        if magic != _MAGIC or len(body) != count * (8 + 2 * columns):
            raise ValueError("These bytes hold no list of candidates.")
        ids = np.frombuffer(body, "<i8", count)
        matrix = np.frombuffer(body, "<f2", count * columns, 8 * count).reshape(count, columns)
        return cls(ids.astype(np.int64), matrix.astype(np.float64))
