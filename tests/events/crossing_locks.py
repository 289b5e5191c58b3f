"""Two who change one event at the same moment in opposite ways, each resting a while on every lock that it takes.

Run as a program with `VIDENBRO_TEST_DATABASE_URL` set to a PostgreSQL database that has our tables: it lets each pair
cross in threads, and prints what became of them, as JSON. Where two lock in different orders, the database ends one.
"""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.db import connection  # noqa: E402  (Django must be set up before our models)

from events.domain.day.checking_in import Scan, check_in  # noqa: E402
from events.domain.day.rating import RatingFields, rate_meeting  # noqa: E402
from events.domain.groups.questions import QuestionFields, hand_in_question  # noqa: E402
from events.domain.people.registering import cancel_person  # noqa: E402
from events.domain.wishes.asking import ask_meeting  # noqa: E402
from events.domain.wishes.wishing import prefer  # noqa: E402
from events.models import Event, MeetingSide, Participant  # noqa: E402
from hubs.models import Hub  # noqa: E402
from matching.domain.introductions.leaving import erase_profile  # noqa: E402
from tests.events.bazar import END, make_bazar  # noqa: E402
from tests.events.wish_people import NOW, make_event, organiser, person, speaks_as  # noqa: E402
from tests.factories import HubFactory  # noqa: E402
from tests.together import save_together  # noqa: E402

REST_SECONDS = 0.2
Act = Callable[[Event, Participant, Participant], object]


def resting(act: Callable[..., object], *people: Any) -> Callable[[], object]:
    """The act, which lets the other one come on after each of its locks."""

    def rest(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if " FOR UPDATE" in sql:
            time.sleep(REST_SECONDS)
        return found

    def run() -> object:
        with connection.execute_wrapper(rest):
            return act(*people)

    return run


def ask(_event: Event, one: Participant, other: Participant) -> object:
    return ask_meeting(one, receiver=other, reason="Vi vil gerne vise sensoren.", now=NOW)


def mark(_event: Event, one: Participant, other: Participant) -> object:
    return prefer(one, other=other, wanting="want", now=NOW)


def come(event: Event, one: Participant, _other: Participant) -> object:
    return check_in(event, viewer=organiser(event), scans=[Scan(uuid4(), one.code, NOW)], now=NOW)


def question(_event: Event, one: Participant, _other: Participant) -> object:
    fields = QuestionFields("Hvordan måler vi tryk under en forbinding?")
    return hand_in_question(one, viewer=speaks_as(one), fields=fields, now=NOW)


def rating_and_erasing(hub: Hub) -> list[str]:
    """The second yes after a meeting, at the moment at which the other one's profile is erased."""
    held = make_bazar(hub, slug="holdt")
    yes, later = RatingFields(True, 4, goes_on=True, shares_contact=True), END + timedelta(days=90)
    MeetingSide.objects.filter(participant=held.bo).update(other_came=True, goes_on=True, shares_contact=True)
    profile, viewer, side = held.bo.participation.profile, speaks_as(held.bo), held.side(held.anna)
    return save_together(
        resting(lambda: rate_meeting(side, fields=yes, actor=None, now=later)),
        resting(lambda: erase_profile(profile, viewer=viewer, now=later)),
    )


def main() -> None:
    """Each act against somebody who cancels; then what follows a meeting that was held."""
    hub = HubFactory(slug="krydsbro")
    outcomes = {}
    for number, act in enumerate((ask, mark, come, question)):
        kind = "aimday" if act is question else "medico_bazar"
        event = make_event(hub, slug=f"dag-{number}", kind=kind, starts_at=NOW, ends_at=NOW + timedelta(days=30))
        Event.objects.filter(pk=event.pk).update(starts_at=NOW + timedelta(days=20))
        event.refresh_from_db()
        one, other = person(event, f"Asta{number}"), person(event, f"Bo{number}")
        outcomes[act.__name__] = save_together(
            resting(act, event, one, other), resting(lambda leaver: cancel_person(leaver, now=NOW), one)
        )
    outcomes["rate"] = rating_and_erasing(hub)
    print(json.dumps(outcomes, sort_keys=True))


if __name__ == "__main__":
    main()
