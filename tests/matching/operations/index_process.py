"""Processes for the tests of several indexers at once and of killed builds, on one database file.

`python -m tests.matching.operations.index_process TASK`; each knows two small models, word-hash-1 (the one of the
settings) and word-hash-2. What is embedded is noted in a file; before STOP_WORD it waits for ever when told to.
"""

import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from matching.engine.stores import Vectors
from tests.encoders import WordHashEncoder

STOP_WORD = "uendelig"
PROFILES = 30


class NotingEncoder(WordHashEncoder):
    """Appends what it embeds to the file of the environment."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        if "STOP" in os.environ and any(STOP_WORD in text for text in texts):
            self._note("waiting")
            time.sleep(3600)
        for text in texts:
            self._note(text)
        return super().encode_passages(texts)

    @staticmethod
    def _note(line: str) -> None:
        with Path(os.environ["NOTES"]).open("a", encoding="utf-8") as notes:
            notes.write(f"{line}\n")


ENCODERS = {name: NotingEncoder(name) for name in ("word-hash-1", "word-hash-2")}


def prepare() -> None:
    """In a migrated, empty database a built index of 150 statements."""
    from matching.domain.indexing import rebuild_index
    from tests.factories import HubFactory
    from tests.matching.cluster import add_profile

    hub = HubFactory()
    for number in range(PROFILES):
        last = f" {STOP_WORD}" if number == PROFILES - 1 else ""
        add_profile(hub, offers=[f"Tilbud {number} {each}{last if each == 4 else ''}" for each in range(5)])
    rebuild_index(hub.pk, encoder=ENCODERS["word-hash-1"])


def edit() -> None:
    """People at work: texts and visibility change, statements come and go."""
    from profiles.models import Profile, Statement
    from tests.factories import StatementFactory

    generator = random.Random(7)
    for number in range(40):
        statement = generator.choice(list(Statement.objects.order_by("pk")))
        if number % 6 == 0:
            statement.delete()
        elif number % 6 == 1:
            StatementFactory(profile=generator.choice(list(Profile.objects.order_by("pk"))), text=f"Ny {number}")
        else:
            statement.text = f"Andre ord {number}"
            statement.visibility = generator.choice(["public", "members", "hub"])
            statement.save()
        time.sleep(0.02)


def rebuild() -> None:
    """Build with the encoder of the environment, as often as it says."""
    from hubs.models import Hub
    from matching.domain.indexing import rebuild_index

    for _round in range(int(os.environ.get("ROUNDS", "1"))):
        rebuild_index(Hub.objects.get().pk, encoder=ENCODERS[os.environ["ENCODER"]])


def command(*words: str) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *words])


def main() -> None:
    """Run the task named on the command line."""
    import django

    django.setup()
    from matching import serving

    serving.use_encoder(ENCODERS["word-hash-1"])
    serving._by_fingerprint.update({name: serving.QueryEncoder(each) for name, each in ENCODERS.items()})
    tasks = {"prepare": prepare, "edit": edit, "rebuild": rebuild}
    if sys.argv[1] in tasks:
        tasks[sys.argv[1]]()
    else:
        command(*sys.argv[1:])


if __name__ == "__main__":
    main()
