"""Two sides act at the same moment, in one process, on the database that the settings name.

Run as a program on an empty database, migrated or not: it lets threads start together for each case, and prints
what became of them as JSON.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

import django

django.setup()

from django.core.management import call_command  # noqa: E402  (Django must be set up before our models)
from django.db import connection  # noqa: E402

from hubs.models import Hub  # noqa: E402
from mailgate.models import OutgoingMail  # noqa: E402
from matching.domain.introductions.answering import accept_introduction, decline_introduction  # noqa: E402
from matching.domain.introductions.changing import ask_again, withdraw_introduction  # noqa: E402
from matching.domain.introductions.clock import run_clock  # noqa: E402
from matching.domain.introductions.sending import submit_introduction  # noqa: E402
from matching.models import FollowUp, HubRules, Introduction, LoadPlace  # noqa: E402
from tests.factories import HubFactory  # noqa: E402
from tests.matching.introductions.parties import (  # noqa: E402
    LATER,
    NOW,
    Person,
    broker,
    capped,
    drafted,
    introduced,
    party,
    sent,
)
from tests.together import save_together  # noqa: E402

Answer = dict[str, object]


def new_hub() -> Hub:
    hub: Hub = HubFactory(slug=f"hub-{Hub.objects.count()}", name="Bro")
    return hub


def accepting(request: Introduction, side: str, person: Person) -> Callable[[], object]:
    return lambda: accept_introduction(request, side=side, actor=person.user, now=LATER)


def submitting(draft: Introduction, person: Person, now: datetime = NOW) -> Callable[[], object]:
    return lambda: submit_introduction(draft, viewer=person.viewer, now=now)


def proposal(hub: Hub, one: Person, other: Person) -> Introduction:
    return introduced(broker(hub)[1], one, other)


def both_say_yes() -> Answer:
    """A facilitator's proposal, both answer in the same second."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    request = proposal(hub, one, other)
    outcomes = save_together(accepting(request, "seeker", one), accepting(request, "receiver", other))
    request.refresh_from_db()
    return {
        "outcomes": outcomes,
        "state": request.state,
        "mails": OutgoingMail.objects.filter(hub=hub, kind="introduction_accepted").count(),
        "follow_ups": FollowUp.objects.filter(introduction=request).count(),
        "yes": request.timeline.filter(kind="accepted").count(),
    }


def one_says_yes_the_other_no() -> Answer:
    """Whoever is first: a no is the end, and no contact opens."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    request = proposal(hub, one, other)
    outcomes = save_together(
        accepting(request, "seeker", one),
        lambda: decline_introduction(request, side="receiver", actor=other.user, now=LATER, reason="too_early"),
    )
    request.refresh_from_db()
    return {
        "no_stands": outcomes in (["saved", "saved"], ["already_answered", "saved"]),
        "state": request.state,
        "both": request.both_consented,
    }


def yes_twice() -> Answer:
    """The same link on two screens."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    request = sent(one, other)
    outcomes = save_together(*[accepting(request, "receiver", other)] * 2)
    return {
        "outcomes": outcomes,
        "mails": OutgoingMail.objects.filter(hub=hub, kind="introduction_accepted").count(),
        "follow_ups": FollowUp.objects.filter(introduction=request).count(),
    }


def yes_while_it_is_withdrawn() -> Answer:
    """One of the two wins, the other is told."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    request = sent(one, other)
    outcomes = save_together(
        accepting(request, "receiver", other),
        lambda: withdraw_introduction(request, viewer=one.viewer, now=LATER),
    )
    request.refresh_from_db()
    return {"outcomes": outcomes, "opened": request.both_consented is (request.state == "accepted")}


def six_ask_for_two_places() -> Answer:
    """The cap is absolute."""
    hub = new_hub()
    asked, askers = party(hub), [party(hub) for _number in range(6)]
    capped(asked, 2)
    outcomes = save_together(*(submitting(drafted(asker, asked), asker) for asker in askers))
    numbers = LoadPlace.objects.filter(profile=asked.profile).order_by("number").values_list("number", flat=True)
    return {
        "outcomes": outcomes,
        "places": list(numbers),
        "sent": Introduction.objects.filter(hub=hub, state="sent").count(),
    }


def two_ask_each_other() -> Answer:
    """One request between the two is enough."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    drafts = drafted(one, other), drafted(other, one)
    return {"outcomes": save_together(submitting(drafts[0], one), submitting(drafts[1], other))}


def one_draft_handed_in_twice() -> Answer:
    """A double click."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    outcomes = save_together(*[submitting(drafted(one, other), one)] * 2)
    return {"outcomes": outcomes, "mails": OutgoingMail.objects.filter(hub=hub).count()}


def two_colleagues_take_the_last_open_request() -> Answer:
    """The sender's cap counts over the organisation."""
    hub = new_hub()
    HubRules.objects.create(hub=hub, open_requests=1)
    one = party(hub)
    colleague = party(hub, organisation=one.profile.organisation)
    drafts = drafted(one, party(hub)), drafted(colleague, party(hub))
    return {"outcomes": save_together(submitting(drafts[0], one), submitting(drafts[1], colleague))}


def two_clocks() -> Answer:
    """Two workers: one reminder, one end."""
    hub = new_hub()
    request = sent(party(hub), party(hub))
    for days in (10, 20):
        save_together(*[lambda days=days: run_clock(NOW + timedelta(days=days))] * 2)
    kinds = list(request.timeline.order_by("pk").values_list("kind", flat=True))
    mails = OutgoingMail.objects.filter(hub=hub, kind__in=("introduction_reminder", "introduction_expired"))
    return {"kinds": kinds, "mails": mails.count()}


def yes_while_the_clock_ends_it() -> Answer:
    """In time by its own watch; the row says one thing or the other, never both."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    request = sent(one, other)
    save_together(accepting(request, "receiver", other), lambda: run_clock(NOW + timedelta(days=20)))
    request.refresh_from_db()
    ends = request.timeline.filter(kind__in=("accepted", "expired")).count()
    return {"ends": ends, "opened": request.both_consented is (request.state == "accepted")}


def asked_again_twice() -> Answer:
    """A double click on "ask again"."""
    hub = new_hub()
    one, other = party(hub), party(hub)
    request = decline_introduction(
        sent(one, other), side="receiver", actor=other.user, now=NOW, reason="description_unclear"
    )
    outcomes = save_together(*[lambda: ask_again(request, viewer=one.viewer, now=LATER)] * 2)
    return {"outcomes": outcomes, "drafts": Introduction.objects.filter(hub=hub, state="draft").count()}


CASES = (
    both_say_yes,
    one_says_yes_the_other_no,
    yes_twice,
    yes_while_it_is_withdrawn,
    six_ask_for_two_places,
    two_ask_each_other,
    one_draft_handed_in_twice,
    two_colleagues_take_the_last_open_request,
    two_clocks,
    yes_while_the_clock_ends_it,
    asked_again_twice,
)


def main() -> None:
    """Every case three times over."""
    if not connection.introspection.table_names():
        call_command("migrate", verbosity=0, run_syncdb=True)
        call_command("load_taxonomies", stdout=sys.stderr)
    answer = {case.__name__: [case() for _round in range(3)] for case in CASES}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
