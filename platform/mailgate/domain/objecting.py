"""Saying no to mail, and taking that back; kept as keyed digests, so that the list of objections names nobody."""

from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from kernel.audit import record_change
from mailgate.enums import MailState
from mailgate.models import MailObjection, OutgoingMail

# Every SQLite takes so many parameters of one statement.
_DIGESTS_A_QUERY = 900


def object_to_mail(hub_id: int, *, address: str) -> None:
    """Send nothing more to the address from this hub; what waits for it is refused."""
    with transaction.atomic():
        objection, is_new = MailObjection.objects.get_or_create(hub_id=hub_id, digest=_digests(address)[0])
        waiting = OutgoingMail.objects.filter(hub_id=hub_id, address__iexact=address.strip(), state=MailState.WAITING)
        waiting.update(state=MailState.REFUSED)
        if is_new:
            _record(objection, "object_to_mail")


def allow_mail_again(hub_id: int, *, address: str) -> None:
    """Take the objection back; mails that were refused meanwhile stay refused."""
    with transaction.atomic():
        for objection in MailObjection.objects.filter(hub_id=hub_id, digest__in=_digests(address)):
            _record(objection, "allow_mail_again")
            objection.delete()


def has_objected(hub_id: int, address: str) -> bool:
    """Whether the address wants no mail from the hub."""
    return MailObjection.objects.filter(hub_id=hub_id, digest__in=_digests(address)).exists()


def objecting_among(hub_id: int, addresses: Iterable[str]) -> frozenset[str]:
    """Those of the addresses that want no mail from the hub: a query for some hundreds, whoever else has objected."""
    digests_of = {address: _digests(address) for address in addresses}
    digests = [digest for some in digests_of.values() for digest in some]
    objections = MailObjection.objects.filter(hub_id=hub_id)
    found: set[str] = set()
    for start in range(0, len(digests), _DIGESTS_A_QUERY):
        some = digests[start : start + _DIGESTS_A_QUERY]
        found.update(objections.filter(digest__in=some).values_list("digest", flat=True))
    return frozenset(address for address, some in digests_of.items() if not found.isdisjoint(some))


def _digests(address: str) -> list[str]:
    """The digest with today's key first, then those with the keys before it."""
    plain = address.strip().lower()
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [salted_hmac("mailgate.objections", plain, secret=key, algorithm="sha256").hexdigest() for key in keys]


def _record(objection: MailObjection, action: str) -> None:
    """The proof is the link in the mail: who clicked it is not known, and need not be."""
    record_change(
        objection.hub_id,
        actor_id=None,
        action=action,
        subject_type="mail_objection",
        subject_id=objection.public_id,
    )
