"""Who reads a mail of an event: whoever it was queued for, as long as it goes to the address that is theirs now.

A mail carries its reader's own link, which the address of before must not get. What waits follows its reader to a new
address; this stops what was being sent meanwhile.
"""

from events.models import Participant
from events.queries.people import linked_place
from frontend.mails.cases import public_id
from mailgate.models import OutgoingMail


def reader_of(mail: OutgoingMail) -> Participant | None:
    """The person whom the mail names; none who is gone, or has another address by now."""
    person = linked_place(mail.hub_id, str(public_id(mail, "participant")))
    return person if person is not None and goes_to(mail, person) else None


def goes_to(mail: OutgoingMail, person: Participant) -> bool:
    """Whether the mail goes to the person's present address; capitals do not matter."""
    return mail.address.lower() == person.email.lower()
