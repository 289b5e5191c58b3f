"""Reads: when and where an event is told to be, and who must hear that it is on another day or at another place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from events.clock import zone_named
from events.enums import EventState, ParticipantState
from events.models import Event, Participant
from kernel.errors import InvalidInput
from mailgate.domain.objecting import objecting_among

COMING_OR_HOPING = (ParticipantState.REGISTERED, ParticipantState.WAITING, ParticipantState.STANDBY)
_TOLD_OF = frozenset({EventState.OPEN, EventState.WISHES_CLOSED, EventState.PUBLISHED})
_MARK_CHARACTERS = 32


@dataclass(frozen=True)
class Setting:
    """When and where an event is.

    `place_mark` stands for place and address: a mail that waits names ids and codes, no words, and still has to tell
    whether the place is another one.
    """

    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place_mark: str

    @classmethod
    def of(cls, event: Event) -> "Setting":
        """As the row says it."""
        where = f"{event.place}\n{event.address}"
        mark = sha256(where.encode()).hexdigest()[:_MARK_CHARACTERS]
        return cls(event.starts_at, event.ends_at, event.time_zone, mark)

    @classmethod
    def unpacked(cls, context: Mapping[str, object]) -> "Setting | None":
        """What `packed` has put there; none if it cannot be read."""
        try:
            starts_at, ends_at = (datetime.fromisoformat(str(context.get(name, ""))) for name in ("starts", "ends"))
            zone = zone_named(str(context.get("zone", "")).replace(":", "/"))
        except (ValueError, InvalidInput):
            return None
        return cls(starts_at, ends_at, zone.key, str(context.get("place", "")))

    def packed(self) -> dict[str, str]:
        """As part of a mail's context, which takes codes alone: the slash of a zone's name is none."""
        moments = {"starts": self.starts_at, "ends": self.ends_at}
        return {
            **{name: moment.astimezone(UTC).isoformat() for name, moment in moments.items()},
            "zone": self.time_zone.replace("/", ":"),
            "place": self.place_mark,
        }

    def has_other_time(self, other: "Setting") -> bool:
        """Whether it begins or ends at another moment; another name of the same clock is none."""
        return (self.starts_at, self.ends_at) != (other.starts_at, other.ends_at)

    def differs(self, other: "Setting") -> bool:
        """Whether those who come must be told."""
        return self.has_other_time(other) or self.place_mark != other.place_mark


def told_when_moved(event: Event, *, now: datetime) -> list[Participant]:
    """Everybody who comes or waits, in order of their keys; nobody of a draft, a demonstration or what has ended."""
    if event.state not in _TOLD_OF or event.is_simulated or event.ends_at <= now:
        return []
    rows = Participant.objects.filter(hub_id=event.hub_id, event=event, state__in=COMING_OR_HOPING)
    return list(rows.order_by("pk"))


def number_told_when_moved(event: Event, *, now: datetime) -> int:
    """How many mails a move is worth: as above, without those who want no mail."""
    addresses = [person.email for person in told_when_moved(event, now=now)]
    return len(addresses) - len(objecting_among(event.hub_id, addresses))
