"""Workers that send at the same moment, in one process with the embedded settings and their SQLite file.

Run as a program with `VIDENBRO_DATA_DIR` set to a folder with an empty, migrated database: it lets threads start
together, and prints how often each mail left and how often one cause was queued, as JSON.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread

import django

django.setup()

from django.conf import settings  # noqa: E402  (Django must be set up before our models)
from django.db import connection, transaction  # noqa: E402

from mailgate.domain.outbox import queue_mail  # noqa: E402
from mailgate.domain.sending import send_due_mails  # noqa: E402
from mailgate.models import OutgoingMail  # noqa: E402
from mailgate.renderers import Addresses, RenderedMail, register  # noqa: E402
from tests.factories import HubFactory  # noqa: E402

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WORKERS, MAILS = 4, 25


def note(mail: OutgoingMail, addresses: Addresses) -> RenderedMail:
    """A mail that says which row it is."""
    return RenderedMail(str(mail.public_id), "text", "<p>text</p>")


def together(acts: list[Callable[[], object]]) -> list[str]:
    """Start all behind one barrier; the errors there were."""
    barrier, errors = Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except Exception as error:  # whatever it is, the test shall see its name
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def queue(hub_id: int, once: str) -> None:
    """One row, as a cause writes it."""
    with transaction.atomic():
        queue_mail(hub_id, kind="note", address="a@b.example", language="da", context={}, once=once, not_before=NOW)


def subjects() -> Counter[str]:
    """How often each mail was written to the folder of the embedded settings."""
    lines = [
        line
        for path in settings.EMAIL_FILE_PATH.glob("*.log")
        for line in path.read_text().splitlines()
        if line.startswith("Subject: ")
    ]
    return Counter(line.removeprefix("Subject: ") for line in lines)


def main() -> None:
    """Four workers for one outbox, and four causes that are the same one."""
    register("note", note)
    hub = HubFactory()
    for number in range(MAILS):
        queue(hub.pk, f"mail-{number}")
    errors = together([lambda: send_due_mails(now=NOW)] * WORKERS)
    states = Counter(OutgoingMail.objects.values_list("state", flat=True))
    errors += together([lambda: queue(hub.pk, "the-same")] * WORKERS)
    answer = {
        "errors": errors,
        "states": states,
        "times": Counter(subjects().values()),
        "rows_of_one_cause": OutgoingMail.objects.filter(once="the-same").count(),
    }
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
