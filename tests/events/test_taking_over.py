"""The host of a shared agenda cancels: colleagues go on with its recommendations, under all rules of lists."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from events.domain.locks import lock_event
from events.domain.people.registering import cancel_person
from events.domain.people.registering_many import cancel_people
from events.domain.wishes.showing import note_shown
from events.domain.wishes.suggesting import MOST_LISTS, appearances_of, suggest_people
from events.domain.wishes.wishing import prefer
from events.models import Event, MeetingRequest, Participant, Suggestion
from events.queries.suggestions import has_list, suggestions_for
from hubs.models import Hub
from kernel.models import AuditRecord
from matching.models import ContactRules
from tests.events.wish_people import (  # noqa: F401
    NEED,
    NOW,
    OFFER,
    encoder_fixture,
    event_fixture,
    make_event,
    organiser,
    person,
)
from tests.factories import MembershipFactory, ProfileFactory


def names(someone: Participant, **options: Any) -> list[str]:
    reader = Participant.objects.get(pk=someone.pk)
    return [each.person.name for each in suggestions_for(reader, **options)]


def shared(event: Event, *colleagues: str, **values: Any) -> tuple[Participant, ...]:
    """A host who seeks what three others offer, and those who share its agenda; the round is computed."""
    host = person(event, "Asta", need=NEED)
    mates = [person(event, name, profile=host.participation.profile, host=host, **values) for name in colleagues]
    for number, name in enumerate(("Bo", "Cai", "Dea")):
        person(event, name, offer=f"{OFFER} Nummer {number}.", kind="clinician")
    suggest_people(event, now=NOW)
    return host, *mates


def get(event: Event, name: str) -> Participant:
    return event.people.get(name=name)


def leaves(someone: Participant, *, now: datetime = NOW) -> None:
    cancel_person(Participant.objects.get(pk=someone.pk), now=now)


def test_colleague_goes_on_with_the_list_of_the_host(event: Event) -> None:
    host, eva = shared(event, "Eva")
    before = names(eva)
    kept = ("rank", "other_id", "worth", "direction", "seeker_text", "receiver_text", "features")
    rows = list(Suggestion.objects.filter(person=host).values(*kept))

    leaves(host)

    assert (sorted(before), names(eva)) == (["Bo", "Cai", "Dea"], before)
    assert list(Suggestion.objects.filter(person=eva).values(*kept)) == rows
    assert not Suggestion.objects.filter(person=host).exists()
    assert has_list(Participant.objects.get(pk=eva.pk)) is True


def test_list_taken_over_is_logged_for_the_profile_that_reads_it(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    host, eva = shared(event, "Eva")
    logged: list[tuple[Any, ...]] = []

    class Index:
        version = 1

    def keep(hub_id: int, shown: Any, matches: Any, origin: Any, *, now: Any) -> None:
        placings = [(each.propensity, each.explored) for each in shown.placings]
        logged.append((placings, shown.profiles.tolist(), shown.values.tolist(), origin.seeker))

    monkeypatch.setattr("events.domain.wishes.showing.hub_index", lambda hub_id: Index())
    monkeypatch.setattr("events.domain.wishes.showing.record_list", keep)
    for reader in (host, eva):
        found = suggestions_for(Participant.objects.get(pk=reader.pk))
        note_shown(Participant.objects.get(pk=reader.pk), found, now=NOW)
        if reader is host:
            leaves(host)

    assert len(logged[0][0]) == 3
    assert logged[0] == logged[1]


def test_import_that_signs_the_host_off_hands_the_list_on_as_well(event: Event) -> None:
    host, eva = shared(event, "Eva")
    before = names(eva)

    cancel_people(lock_event(event), [Participant.objects.get(pk=host.pk)], now=NOW, actor=organiser(event))

    assert names(eva) == before


def test_colleague_who_is_signed_off_with_the_host_takes_nothing_over(event: Event) -> None:
    both = shared(event, "Eva")

    people = list(Participant.objects.filter(pk__in=[each.pk for each in both]).order_by("pk"))
    cancel_people(lock_event(event), people, now=NOW, actor=organiser(event))

    assert not Suggestion.objects.filter(person__in=both[1:]).exists()


@pytest.mark.parametrize("values", [{"meets": False}, {"state": "waiting"}])
def test_who_takes_no_meetings_or_has_no_place_takes_nothing_over(event: Event, values: dict[str, Any]) -> None:
    host, eva = shared(event, "Eva", **values)

    leaves(host)

    assert not Suggestion.objects.filter(person=eva).exists()


def test_colleague_of_another_profile_is_told_that_its_own_are_on_their_way(event: Event) -> None:
    """The texts of the list are those of the host's profile; nobody speaks with another's words."""
    host, *_rest = shared(event)
    profile = ProfileFactory(hub=event.hub, organisation=host.participation.profile.organisation)
    eva = person(event, "Eva", profile=profile, host=host)
    AuditRecord.objects.all().delete()
    later = Participant.objects.get(pk=eva.pk).created_at + timedelta(seconds=1)
    event.suggestion_round.computed_at = later
    event.suggestion_round.save()

    leaves(host)
    AuditRecord.objects.update(created_at=later + timedelta(seconds=1))

    assert (names(eva), has_list(Participant.objects.get(pk=eva.pk))) == ([], False)


def refuses(one: Participant, other: Participant) -> None:
    prefer(one, other=other, wanting="no_thanks", now=NOW)


@pytest.mark.parametrize("who", ["host", "heir", "other"])
def test_no_thanks_of_anybody_stays_absolute_when_the_list_goes_on(event: Event, who: str) -> None:
    host, eva = shared(event, "Eva")
    bo = get(event, "Bo")
    if who == "heir":
        Participant.objects.filter(pk=eva.pk).update(host=None)
        refuses(get(event, "Eva"), bo)
        Participant.objects.filter(pk=eva.pk).update(host=host)
    else:
        refuses(*((host, bo) if who == "host" else (bo, host)))

    leaves(host)

    assert sorted(names(eva, with_refused=True)) == ["Cai", "Dea"]


@pytest.mark.parametrize(("state", "is_named"), [("declined", False), ("accepted", True), ("asked", True)])
def test_who_said_no_to_the_agenda_is_not_named_again(event: Event, state: str, is_named: bool) -> None:
    host, eva = shared(event, "Eva")
    MeetingRequest.objects.create(
        hub=event.hub, event=event, sender=host, receiver=get(event, "Bo"), state=state, asked_at=NOW,
        expires_at=event.starts_at,
    )  # fmt: skip

    leaves(host)

    assert ("Bo" in names(eva)) is is_named


@pytest.mark.parametrize("gone", [{"state": "cancelled"}, {"meets": False}])
def test_who_does_not_meet_any_more_is_not_handed_on(event: Event, gone: dict[str, Any]) -> None:
    host, eva = shared(event, "Eva")
    Participant.objects.filter(name="Bo").update(**gone)

    leaves(host)

    assert sorted(Suggestion.objects.filter(person=eva).values_list("other__name", flat=True)) == ["Cai", "Dea"]


def test_who_has_no_month_left_is_not_handed_on(event: Event) -> None:
    host, eva = shared(event, "Eva")
    bo = get(event, "Bo").participation.profile
    ContactRules.objects.create(hub=event.hub, profile=bo, monthly_cap=0)

    leaves(host)

    assert sorted(names(eva)) == ["Cai", "Dea"]


def test_nobody_stands_in_more_lists_than_it_would_be_given(event: Event) -> None:
    """Bo meets once, and may stand in two lists; many colleagues go on with one list."""
    host, *team = shared(event, *(f"E{number}" for number in range(MOST_LISTS + 3)))
    [most] = appearances_of(event, [get(event, "Cai")], now=NOW)
    Participant.objects.filter(name="Bo").update(most_meetings=1)

    leaves(host)

    listed = Counter(Suggestion.objects.values_list("other__name", flat=True))
    assert listed == {"Asta": 3, "Bo": 2, "Cai": int(most), "Dea": int(most)}
    ranks = Suggestion.objects.filter(person=team[2]).order_by("rank").values_list("rank", flat=True)
    assert list(ranks) == [1, 2]


def test_list_that_the_colleague_had_of_its_own_stays(event: Event) -> None:
    host, *_rest = shared(event)
    eva = person(event, "Eva", profile=host.participation.profile)
    suggest_people(event, now=NOW)
    before = list(Suggestion.objects.filter(person=eva).values_list("pk", flat=True))
    Participant.objects.filter(pk=eva.pk).update(host=host)

    leaves(host)

    assert before
    assert list(Suggestion.objects.filter(person=eva).values_list("pk", flat=True)) == before


def test_students_are_not_handed_students(event: Event) -> None:
    event.kind = "meet_the_experts"
    event.save()
    host, eva = shared(event, "Eva")
    Participant.objects.filter(name__in=("Bo", "Eva")).update(kind="student")

    leaves(host)

    assert sorted(names(eva)) == ["Cai", "Dea"]


def test_page_of_the_colleague_shows_the_list_at_once(client: Client, hub: Hub, encoder: object) -> None:
    starts = timezone.now() + timedelta(days=30)
    event = make_event(hub, starts_at=starts, ends_at=starts + timedelta(hours=8))
    host, eva = shared(event, "Eva")
    user = MembershipFactory(hub=hub).user
    Participant.objects.filter(pk=eva.pk).update(user=user)
    client.force_login(user)

    leaves(host, now=timezone.now())

    page = client.get("/en/events/bazar/people/").content.decode()
    recommended = page[page.index("recommended-title") : page.index("all-title")]
    assert ("No recommendations for now" in page, "Bo ApS" in recommended) == (False, True)
