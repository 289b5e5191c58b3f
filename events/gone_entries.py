"""Calendar entries that outlive what they stood for: a mail that is written later still calls them off.

They travel in the context of a mail, which holds ids and codes alone: when, which entry, and no words.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

_MOMENT = "%Y%m%dT%H%M%SZ"
_NAME = "gone_"


@dataclass(frozen=True)
class GoneEntry:
    """An entry of a person's calendar that the person has no more.

    `sequence` leaves out what the person's own changes count: added, it is above whatever that calendar has of it.
    """

    public_id: UUID
    starts_at: datetime
    ends_at: datetime
    sequence: int


def packed(entries: Iterable[GoneEntry]) -> dict[str, str]:
    """The entries as part of a mail's context, in order of time."""
    ordered = sorted(entries, key=lambda each: (each.starts_at, str(each.public_id)))
    return {f"{_NAME}{number}": _line(each) for number, each in enumerate(ordered, start=1)}


def unpacked(context: Mapping[str, object]) -> tuple[GoneEntry, ...]:
    """What `packed` has put there; what cannot be read is left out."""
    lines = (str(value) for name, value in context.items() if name.startswith(_NAME))
    found = (_entry(line) for line in lines)
    return tuple(sorted((each for each in found if each is not None), key=lambda each: each.starts_at))


def _line(entry: GoneEntry) -> str:
    moments = (moment.astimezone(UTC).strftime(_MOMENT) for moment in (entry.starts_at, entry.ends_at))
    return "_".join((str(entry.public_id), *moments, str(entry.sequence)))


def _entry(line: str) -> GoneEntry | None:
    try:
        public_id, starts_at, ends_at, sequence = line.split("_")
        return GoneEntry(UUID(public_id), _moment(starts_at), _moment(ends_at), int(sequence))
    except ValueError:
        return None


def _moment(written: str) -> datetime:
    return datetime.strptime(written, _MOMENT).replace(tzinfo=UTC)
