"""Read by gunicorn from the folder in which it is started."""

from typing import Any


def post_worker_init(worker: Any) -> None:
    """Once in each web process, before it takes requests."""
    from videnbro.warming import warm_up

    warm_up()
    worker.log.debug("Pages and the language model are loaded.")
