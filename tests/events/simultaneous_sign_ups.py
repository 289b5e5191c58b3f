"""People who take the last place at the same moment, in one process with the embedded settings and their SQLite file.

Run as a program with `VIDENBRO_DATA_DIR` set to a folder with an empty, migrated database: it lets threads start
together, and prints who got what, as JSON.
"""

import json
from collections import Counter

import django

django.setup()

from events.domain.people.registering import cancel_person  # noqa: E402
from events.domain.people.waiting import promote_waiting  # noqa: E402
from events.models import Event, Participant  # noqa: E402
from tests.events.arrivals import DAY, NOW, comes, open_event  # noqa: E402
from tests.factories import HubFactory, ProfileFactory  # noqa: E402
from tests.together import save_together  # noqa: E402


def states(event: Event) -> dict[str, int]:
    """How many are in each state."""
    return dict(Counter(Participant.objects.filter(event=event).values_list("state", flat=True)))


def main() -> None:
    """One place for four; then it is given back while two clocks hand it on; then one person twice."""
    hub = HubFactory()
    event = open_event(hub, capacity=1)
    profiles = [ProfileFactory(hub=hub) for _ in range(4)]
    takes = [lambda n=n, p=p: comes(event, n, profile=p) for n, p in enumerate(profiles)]
    outcomes = save_together(*takes)
    first = states(event)
    lucky = Participant.objects.get(event=event, state="registered")
    save_together(
        lambda: cancel_person(lucky, now=NOW + DAY),
        lambda: promote_waiting(event, now=NOW + DAY),
        lambda: promote_waiting(event, now=NOW + DAY),
    )
    after = states(event)
    other = open_event(hub, slug="anden")
    save_together(*[lambda: comes(other, 9, profile=profiles[0])] * 3)
    print(json.dumps({
        "outcomes": outcomes, "states": first, "after_cancelling": after,
        "same_person_twice": Participant.objects.filter(event=other).count(),
    }, sort_keys=True))  # fmt: skip


if __name__ == "__main__":
    main()
