"""Starting several writes at one moment, each in a thread with a connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection

from kernel.errors import DomainError


def outcome_of(save: Callable[[], object]) -> str:
    """What became of one save: `saved`, the code of our error, or the name of any other."""
    try:
        save()
    except DomainError as error:
        return error.code
    except Exception as error:  # whatever it is, the test shall see its name
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return "saved"


def save_together(*saves: Callable[[], object]) -> list[str]:
    """Start all saves behind one barrier; their outcomes, sorted."""
    barrier, outcomes = Barrier(len(saves)), []

    def run(save: Callable[[], object]) -> None:
        barrier.wait()
        outcomes.append(outcome_of(save))

    threads = [Thread(target=run, args=(save,)) for save in saves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)
