"""What each web process loads before it answers: the first visitor after a start would wait for it, a second or two."""

from contextlib import suppress
from importlib import import_module

from django.conf import settings

from kernel.errors import NotReady
from matching.serving import query_encoder

# Any text will do: the model reserves its memory with the first one.
_FIRST_TEXT = "tryksår"


def warm_up() -> None:
    """The code of every page, and the language model where it is built; without one pages say so themselves."""
    import_module(settings.ROOT_URLCONF)
    with suppress(NotReady):
        query_encoder().encode_asking([_FIRST_TEXT])
