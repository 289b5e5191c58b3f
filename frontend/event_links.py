"""Signed links of a place at an event: they open to whoever has the mail, and end when the address changes."""

from datetime import timedelta

from django.utils.crypto import salted_hmac

from events.models import Event, Participant
from events.queries.people import linked_place
from events.queries.wall import linked_event
from mailgate.links import read, sign

# The link of a place, which also answers and cancels; the calendar's own link only reads.
PLACE, FEED = "agenda", "feed"
# The screen in the hall: organisations only, so the link names the event and nobody.
WALL = "wall"
# What links that name no number were made with.
FIRST_WALL_LINK = "1"
# Events are set up to a year ahead.
LINK_AGE = timedelta(days=400)
_MARK_CHARACTERS = 32


def place_token(person: Participant) -> str:
    """The token of the person's own pages."""
    return sign(PLACE, participant=str(person.public_id), address=address_mark(person))


def feed_token(person: Participant) -> str:
    """The token of the calendar, which opens nothing else."""
    return sign(FEED, participant=str(person.public_id), address=address_mark(person))


def wall_token(event: Event) -> str:
    """The token of the event's screen, which opens nothing else."""
    return sign(WALL, event=str(event.public_id), number=str(event.wall_link))


def read_wall(hub_id: int, token: str) -> Event | None:
    """The event whose screen the link opens; None where it is gone, another hub's, or its link was renewed.

    Raises:
        LinkInvalid, LinkExpired: as below.
    """
    claims = read(token, action=WALL, max_age=LINK_AGE)
    event = linked_event(hub_id, claims.get("event", ""))
    return event if event is not None and claims.get("number", FIRST_WALL_LINK) == str(event.wall_link) else None


def address_mark(person: Participant) -> str:
    """Names the address to which the link was sent, without telling it: keyed, so that nobody can try addresses."""
    return salted_hmac("event_links.address", person.email.lower(), algorithm="sha256").hexdigest()[:_MARK_CHARACTERS]


def read_place(hub_id: int, token: str, action: str) -> Participant | None:
    """The person whose link it is; None where the place is gone, or its mails go to another address by now.

    Raises:
        LinkInvalid, LinkExpired: the link was made up, is another page's, or is too old.
    """
    return claimed_place(hub_id, read(token, action=action, max_age=LINK_AGE))


def claimed_place(hub_id: int, claims: dict[str, str]) -> Participant | None:
    """The person that the claims of a token name; None as above."""
    person = linked_place(hub_id, claims.get("participant", ""))
    return person if person is not None and claims.get("address") == address_mark(person) else None
