"""Keeping and forgetting a person's searches."""

import hashlib
import json
from dataclasses import asdict
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.models import User
from kernel.errors import InvalidInput, NotFound
from matching.models import SavedSearch
from matching.results import SearchFilters
from profiles.texts import clean_text

MAX_SAVED = 50
_MAX_QUERY = 2_000


@transaction.atomic
def save_search(user: User, *, hub_id: int, query: str, filters: SearchFilters) -> SavedSearch:
    """Keep the words and filters; the same ones twice are one row.

    Raises:
        InvalidInput: the words are none or too long, or the person keeps too many searches.
    """
    words = clean_text(query, field="q", max_length=_MAX_QUERY)
    if not words:
        raise InvalidInput(_("Write what you are looking for in a few words."), field="q")
    chosen = {name: sorted(set(codes)) for name, codes in asdict(filters).items() if codes}
    digest = hashlib.sha256(json.dumps([words, chosen], sort_keys=True).encode()).hexdigest()
    kept = SavedSearch.objects.filter(hub_id=hub_id, user=user)
    if not kept.filter(digest=digest).exists() and kept.count() >= MAX_SAVED:
        raise InvalidInput(
            _("You keep %(count)d searches, which is the most. Remove one first.") % {"count": MAX_SAVED}, field="q"
        )
    row, _created = SavedSearch.objects.get_or_create(
        hub_id=hub_id, user=user, digest=digest, defaults={"query": words, "chosen": chosen}
    )
    return row


@transaction.atomic
def remove_search(user: User, *, hub_id: int, public_id: UUID) -> None:
    """Forget a saved search.

    Raises:
        NotFound: it is not one of this person's.
    """
    removed, _by_model = SavedSearch.objects.filter(hub_id=hub_id, user=user, public_id=public_id).delete()
    if not removed:
        raise NotFound(_("That search is not saved any more."))
