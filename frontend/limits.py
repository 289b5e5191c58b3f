"""How often one visitor may ask for what costs the machine something; counted in this process's cache.

Results come while a visitor types, so that one question is asked many times, each time a letter longer: such a
step counts a quarter. A steady typist stays far below the limit, and four times the limit is still little work.
"""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from frontend.questions import Question
from frontend.requests import PageRequest
from kernel.errors import DomainError

_WINDOW_SECONDS = 60
_WHOLE, _STEP = 4, 1
# Several people may type behind one address.
_TEXTS_KEPT = 8
_CHARACTERS_KEPT = 200


class TooManyQuestions(DomainError):
    """One visitor asked more often than a person does."""

    code = "too_many_questions"
    status = 429


def count_search(request: PageRequest, question: Question) -> None:
    """Note one search by this person or address.

    Raises:
        TooManyQuestions: it is one too many within the minute.
    """
    who = request.viewer.user_id or get_adapter(request).get_client_ip(request)
    cost = _STEP if _is_step(f"typed:{who}", question) else _WHOLE
    key = f"searches:{who}"
    cache.add(key, 0, _WINDOW_SECONDS)
    try:
        asked = cache.incr(key, cost)
    except ValueError:  # It ran out between the two lines: a new minute.
        return
    if asked > settings.VIDENBRO_SEARCHES_A_MINUTE * _WHOLE:
        raise TooManyQuestions(_("You have searched very often within a minute. Wait a minute, then search again."))


def _is_step(key: str, question: Question) -> bool:
    """Whether the words go on from, or back towards, what was asked just before; notes them for the next one."""
    words = question.words[:_CHARACTERS_KEPT]
    before: list[str] = cache.get(key, [])
    cache.set(key, [words, *(each for each in before if each != words)][:_TEXTS_KEPT], _WINDOW_SECONDS)
    # The same words once more are a question of their own: a filter, a page more, a reload.
    if not words or before[:1] == [words]:
        return False
    return any(each and (each.startswith(words) or words.startswith(each)) for each in before)
