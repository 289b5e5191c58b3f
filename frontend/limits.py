"""How often one visitor may ask for what costs the machine something; counted in this process's cache."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _

from frontend.requests import PageRequest
from kernel.errors import DomainError

_WINDOW_SECONDS = 60


class TooManyQuestions(DomainError):
    """One visitor asked more often than a person does."""

    code = "too_many_questions"
    status = 429


def count_search(request: PageRequest) -> None:
    """Note one search by this person or address.

    Raises:
        TooManyQuestions: it is one too many within the minute.
    """
    limit = settings.VIDENBRO_SEARCHES_A_MINUTE
    who = request.viewer.user_id or get_adapter(request).get_client_ip(request)
    key = f"searches:{who}"
    cache.add(key, 0, _WINDOW_SECONDS)
    try:
        asked = cache.incr(key)
    except ValueError:  # It ran out between the two lines: a new minute.
        return
    if asked > limit:
        raise TooManyQuestions(_("You have searched very often within a minute. Wait a minute, then search again."))
