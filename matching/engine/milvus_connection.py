"""One address of Milvus: opened, shared, closed, and its failures in our words.

`pymilvus` is imported when a connection is made and never before: a process without Milvus does not pay for it.
"""

import importlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Self

from kernel.errors import DomainError
from matching.engine.stores import BrokenIndexError

_LOCAL = ".db"
_CONNECTION_FAILED = 2


class MilvusUnreachable(DomainError):
    """Nobody answers at the address of Milvus, or what answers is no Milvus."""

    code: ClassVar[str] = "search_engine_unreachable"
    status: ClassVar[int] = 503


class MilvusConnection:
    """A client of one address, shared by all collections there.

    Args:
        uri: `https://host:19530`, or a file ending in `.db` that milvus-lite serves from within this process: one
            process at a time.
        token: `user:password` or a key, where the server asks for one.
        timeout_s: Seconds any one call may take.

    Raises:
        MilvusUnreachable: nobody answers there in time.
    """

    def __init__(self, uri: str, *, token: str = "", timeout_s: float = 30.0) -> None:
        self.uri = uri
        self.timeout_s = timeout_s
        self.library = importlib.import_module("pymilvus")
        if uri.endswith(_LOCAL):
            # milvus-lite has no clock to read pages at one moment, and says so at every reading.
            logging.getLogger("pymilvus.client.iterator").setLevel(logging.ERROR)
        try:
            self._client: Any = self.library.MilvusClient(uri=uri, token=token, timeout=timeout_s)
        except self.library.MilvusException as reason:
            raise self._unreachable(reason) from reason
        if uri.endswith(_LOCAL):
            _count_local(uri, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the address go; the last one to close a local file stops its server. Closing twice does nothing."""
        if self._client is None:
            return
        self._client.close()
        self._client = None
        if self.uri.endswith(_LOCAL) and _count_local(self.uri, -1) == 0:
            importlib.import_module("milvus_lite.server_manager").server_manager_instance.release_server(self.uri)

    def call(self, verb: str, *args: Any, **options: Any) -> Any:
        """What the client's method `verb` returns.

        Raises:
            MilvusUnreachable: nobody answers.
            BrokenIndexError: Milvus refuses.
        """
        with self.answering(verb):
            return getattr(self._client, verb)(*args, timeout=self.timeout_s, **options)

    @contextmanager
    def answering(self, verb: str) -> Iterator[None]:
        """Turns the library's failures while doing `verb` into ours."""
        if self._client is None:
            raise MilvusUnreachable(f"The connection to Milvus at {self.uri} is closed. Open a new one.")
        try:
            yield
        except self.library.MilvusException as reason:
            if reason.code == _CONNECTION_FAILED:
                raise self._unreachable(reason) from reason
            raise BrokenIndexError(f"Milvus refused to {verb.replace('_', ' ')}: {reason.message}") from reason

    def _unreachable(self, reason: Any) -> MilvusUnreachable:
        return MilvusUnreachable(
            f"No Milvus answers at {self.uri} ({reason.message}). Start it, or set its address, then try again.",
            address=self.uri,
        )


_local_users: dict[str, int] = {}
_local_lock = threading.Lock()


def _count_local(uri: str, change: int) -> int:
    """How many connections of this process hold the local file after `change`."""
    with _local_lock:
        _local_users[uri] = _local_users.get(uri, 0) + change
        return _local_users[uri]
