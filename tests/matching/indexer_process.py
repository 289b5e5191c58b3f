"""A worker process for the kill test: `prepare`, or `manage.py run_indexer --once` with the small encoder.

It notes each text that it embeds in a file, and waits for ever before a text that holds STOP_WORD when told to.
"""

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from matching.engine.stores import Vectors
from tests.encoders import WordHashEncoder

STOP_WORD = "uendelig"


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


def prepare() -> None:
    """In an empty database an empty, built index and 150 statements that wait, one of them the stopping one."""
    from matching.domain.indexing import rebuild_index
    from tests.factories import HubFactory
    from tests.matching.cluster import add_profile

    hub = HubFactory()
    rebuild_index(hub.pk, encoder=NotingEncoder())
    for number in range(10):
        texts = [f"Tilbud {number} {each}" for each in range(15)]
        add_profile(hub, offers=[*texts[:-1], f"{texts[-1]} {STOP_WORD}"] if number == 9 else texts)


def main() -> None:
    """Run the task named on the command line."""
    import django

    django.setup()
    if sys.argv[1] == "prepare":
        prepare()
        return
    from django.core.management import execute_from_command_line

    from matching.serving import use_encoder

    use_encoder(NotingEncoder())
    execute_from_command_line(["manage.py", "run_indexer", "--once"])


if __name__ == "__main__":
    main()
