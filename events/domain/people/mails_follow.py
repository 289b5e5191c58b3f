"""Mails that wait follow their reader to another address: the one that they were queued for gets none of them any more.

One that is being sent stays; if it comes back, it is dropped at the former address (`frontend.mails.event_readers`).
"""

from collections.abc import Iterable
from itertools import islice

from django.db.models import Q
from django.utils import timezone

from events.domain.people.waiting import BATCH
from events.models import Event, Participant
from mailgate.enums import MailState
from mailgate.models import OutgoingMail


def let_mails_follow(event: Event, people: Iterable[Participant]) -> None:
    """Send what waits for these people of the event to the addresses that they have now.

    Call it in the transaction in which the addresses change; a few queries for some hundred people.
    """
    addresses = {str(person.public_id): person.email for person in people}
    keys = iter(addresses)
    while some := list(islice(keys, BATCH)):
        named = Q(context__participant__in=some) | Q(context__reader__in=some)
        waiting = OutgoingMail.objects.filter(hub_id=event.hub_id, state=MailState.WAITING)
        mails = [mail for mail in waiting.filter(named) if _reader(mail) in addresses]
        for mail in mails:
            mail.address, mail.updated_at = addresses[_reader(mail)], timezone.now()
        # Still only those that wait: the worker may have claimed one since they were read.
        waiting.bulk_update(mails, ("address", "updated_at"), batch_size=BATCH)


def _reader(mail: OutgoingMail) -> str:
    """Whom the mail is for; a mail about two people names its reader beside them."""
    return str(mail.context.get("reader") or mail.context.get("participant"))
