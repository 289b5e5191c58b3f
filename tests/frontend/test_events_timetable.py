"""The organiser's timetable page: computing, publishing, repairing, and a meeting moved by hand."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.domain.timetable.computing import compute
from events.domain.timetable.moving import move_meeting
from events.domain.timetable.publishing import place_meeting
from events.domain.timetable.running import ask_run
from events.enums import OfferState, RunKind, RunState
from events.models import Availability, Meeting, StandbyOffer, TimetableRun
from hubs.enums import Role
from hubs.models import Hub
from mailgate.models import OutgoingMail
from tests.events.timetable_days import NOW, Day, computed, organiser, published, put_off, small_day
from tests.factories import HubFactory
from tests.frontend.conftest import works_as
from tests.frontend.timetable_day import day_fixture  # noqa: F401

pytestmark = pytest.mark.django_db
PAGE = "/en/events/bazar/organise/timetable/"
HTMX = {"HX-Request": "true"}


def page_of(client: Client, address: str = PAGE) -> str:
    return client.get(address).content.decode()


def run_here(day: Day) -> TimetableRun:
    """Compute what waits, as the worker's child would."""
    TimetableRun.objects.filter(state=RunState.WAITING).update(state=RunState.RUNNING, started_at=timezone.now())
    run = TimetableRun.objects.select_related("event").order_by("-pk")[0]
    compute(run, stop_asked=lambda: False, write_every=0.0)
    return TimetableRun.objects.get(pk=run.pk)


def test_organiser_computes_watches_and_publishes(client: Client, day: Day, hub: Hub) -> None:
    put_off(day)
    works_as(client, hub, Role.ORGANISER)

    begun = client.post(f"{PAGE}run/", {"seconds": "5"}, follow=True).content.decode()
    run = TimetableRun.objects.get()
    part = client.get(f"{PAGE}run/{run.public_id}/", headers=HTMX)
    run_here(day)
    over = client.get(f"{PAGE}run/{run.public_id}/", headers=HTMX)
    found = page_of(client)
    posted = {"version": str(day.fresh().version)}
    told = client.post(f"{PAGE}run/{run.public_id}/publish/", posted, follow=True).content.decode()

    assert ("The timetable is being computed" in begun, 'hx-trigger="every 1s"' in begun) == (True, True)
    assert ("See how far it is now" in begun, "Stop and keep what is found" in begun) == (True, True)
    assert ("It begins in a moment" in part.content.decode(), "HX-Refresh" in part.headers) == (True, False)
    assert over.headers["HX-Refresh"] == "true"
    assert ("Proven: it cannot be better" in found, "2 new meetings" in found, "3 people are mailed" in found) == (
        True,
        True,
        True,
    )
    assert "Anna (Firma Anna) – Bo (Firma Bo)" in found
    assert ("The timetable is published. 2 meetings are new or changed." in told, "other guests" in told) == (
        True,
        False,
    )
    assert Meeting.objects.count() == 2
    assert OutgoingMail.objects.filter(kind="event_timetable").count() == 3


def test_running_figures_show_bound_and_gap(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    run = ask_run(day.event, viewer=organiser(hub), seconds=60, now=NOW)
    TimetableRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING,
        started_at=timezone.now() - timedelta(seconds=12),
        plan={"a": ["b", "c"]},
        reached=[{"objective": "value", "reached": 90.0, "bound": 100.0, "proven": False}, {"objective": "odd"}],
    )

    part = client.get(f"{PAGE}run/{run.public_id}/", headers=HTMX).content.decode()
    without = client.get(f"{PAGE}run/{run.public_id}/")
    client.post(f"{PAGE}run/{run.public_id}/stop/")

    assert ("12 of at most 60 seconds" in part, "at most 10.0 % from the best" in part) == (True, True)
    assert (without.status_code, without.headers["Location"]) == (302, PAGE)
    assert TimetableRun.objects.get(pk=run.pk).wants_stop


def test_blocked_event_says_what_to_do_and_offers_no_button(client: Client, hub: Hub) -> None:
    small_day(hub, slots=0)
    works_as(client, hub, Role.ORGANISER)

    page = page_of(client)

    assert ("Lay a time grid first" in page, f'action="{PAGE}run/"' in page) == (True, False)


@pytest.mark.parametrize("seconds", ["", "0", "-3", "many", "99999999999999999999"])
def test_wrong_seconds_are_told_and_start_nothing(client: Client, day: Day, hub: Hub, seconds: str) -> None:
    works_as(client, hub, Role.ORGANISER)

    page = client.post(f"{PAGE}run/", {"seconds": seconds}, follow=True).content.decode()

    assert ("Seconds at most:" in page, TimetableRun.objects.exists()) == (True, False)


def test_second_start_is_told(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    client.post(f"{PAGE}run/", {"seconds": "5"})

    page = client.post(f"{PAGE}run/", {"seconds": "5"}, follow=True).content.decode()

    assert ("is being computed already" in page, TimetableRun.objects.count()) == (True, 1)


def test_contradiction_is_told_with_names_and_what_to_change(client: Client, day: Day, hub: Hub) -> None:
    day.event.requests.update(fixed_slot=day.slots[0])
    computed(day.event, organiser(hub))
    works_as(client, hub, Role.ORGANISER)

    page = page_of(client)

    assert "These cannot all hold together" in page
    assert "This meeting must be held: Anna (Firma Anna) – Cai (Firma Cai) (set by hand: 10:00–10:20)" in page
    assert "Release or move one of the meetings that are set by hand." in page
    assert "publish/" not in page


def test_unmet_wishes_are_told_in_words_and_a_no_thanks_stays_private(client: Client, day: Day, hub: Hub) -> None:
    anna, bo = day.event.people.get(name="Anna"), day.event.people.get(name="Bo")
    day.event.preferences.create(hub=hub, person=bo, other=anna, wanting="no_thanks")
    for slot in day.slots:
        Availability.objects.create(hub=hub, participant=day.event.people.get(name="Cai"), slot=slot)
    computed(day.event, organiser(hub))
    works_as(client, hub, Role.ORGANISER)

    page = page_of(client)

    assert ("2 requests are not met, and why" in page, "are never free at the same time" in page) == (True, True)
    assert ("rules or a private wish keep" in page, "No thanks" in page) == (True, False)


def test_result_that_is_out_of_date_cannot_be_published(client: Client, day: Day, hub: Hub) -> None:
    run = computed(day.event, organiser(hub))
    Availability.objects.create(hub=hub, participant=day.event.people.get(name="Bo"), slot=day.slots[2])
    works_as(client, hub, Role.ORGANISER)

    page = page_of(client)
    posted = {"version": str(day.fresh().version)}
    after = client.post(f"{PAGE}run/{run.public_id}/publish/", posted, follow=True).content.decode()

    assert ("have changed since this timetable was computed" in page, "publish/" in page) == (True, False)
    assert ("have changed since" in after, Meeting.objects.exists()) == (True, False)


@pytest.mark.parametrize("version", ["", "0", "x", "999"])
def test_publishing_what_another_changed_is_told(client: Client, day: Day, hub: Hub, version: str) -> None:
    run = computed(day.event, organiser(hub))
    works_as(client, hub, Role.ORGANISER)

    page = client.post(f"{PAGE}run/{run.public_id}/publish/", {"version": version}, follow=True).content.decode()

    assert ("Another organiser changed the event meanwhile" in page, Meeting.objects.exists()) == (True, False)


# After publication


def test_published_page_moves_repairs_and_offers(client: Client, day: Day, hub: Hub) -> None:
    put_off(day)
    published(day, organiser(hub))
    late = day.wish(day.person("Dan"), day.person("Eva"))
    meeting = Meeting.objects.get(request__receiver__name="Bo")
    Availability.objects.create(hub=hub, participant=day.event.people.get(name="Bo"), slot=meeting.slot)
    works_as(client, hub, Role.ORGANISER)

    page = page_of(client)
    client.post(f"{PAGE}repair/", {"most_moved": "0"})
    run = run_here(day)
    proposal = page_of(client)
    posted = {"version": str(day.fresh().version)}
    client.post(f"{PAGE}run/{run.public_id}/publish/", posted)

    assert ("1 meeting cannot be held as it stands" in page, "somebody is not free then any more" in page) == (
        True,
        True,
    )
    assert (f"meetings/{meeting.public_id}/" in page, str(late.public_id) in page) == (True, True)
    assert (run.kind, run.most_moved) == (RunKind.REPAIR, 0)
    assert ("Would move" in proposal, "Would be new" in proposal, "Apply the repair" in proposal) == (True, True, True)
    assert Meeting.objects.get(pk=meeting.pk).slot != meeting.slot


def test_repair_gives_no_meeting_up_unasked_where_all_can_stay(client: Client, day: Day, hub: Hub) -> None:
    put_off(day)
    published(day, organiser(hub))
    works_as(client, hub, Role.ORGANISER)
    meeting = Meeting.objects.get(request__receiver__name="Bo")

    whole = client.get(PAGE).context["repair_form"].initial["most_moved"]
    Availability.objects.create(hub=hub, participant=day.event.people.get(name="Bo"), slot=meeting.slot)
    broken = client.get(PAGE).context["repair_form"].initial["most_moved"]

    assert (whole, broken) == (0, 3)


def test_meeting_page_moves_it_and_tells_the_second_organiser(client: Client, day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    meeting = Meeting.objects.get(request__receiver__name="Bo")
    busy = Meeting.objects.get(request__receiver__name="Cai").slot
    free = next(slot for slot in day.slots if slot not in (meeting.slot, busy))
    works_as(client, hub, Role.ORGANISER)
    address = f"{PAGE}meetings/{meeting.public_id}/"
    posted = {"version": "1", "slot": str(free.public_id), "place": "any"}
    put_off(day)

    form = page_of(client, address)
    taken = client.post(address, posted | {"slot": str(busy.public_id)})
    moved = client.post(address, posted, follow=True).content.decode()
    stale = client.post(address, posted | {"slot": str(meeting.slot.public_id)})

    assert (str(free.public_id) in form, str(busy.public_id) in form) == (True, False)
    assert taken.status_code == 422
    assert "The meeting is moved, and both sides are told." in moved
    assert (stale.status_code, "Somebody else saved first" in stale.content.decode()) == (409, True)
    assert Meeting.objects.get(pk=meeting.pk).slot == free
    again = client.post(address, posted | {"version": "2", "slot": str(meeting.slot.public_id)})
    assert (again.status_code, Meeting.objects.get(pk=meeting.pk).slot) == (302, meeting.slot)


def test_page_of_a_meeting_that_has_begun_offers_other_places_only(client: Client, day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    put_off(day)
    meeting = Meeting.objects.get(request__receiver__name="Bo")
    begins = timezone.now() - timedelta(minutes=5)
    day.event.slots.filter(pk=meeting.slot_id).update(starts_at=begins, ends_at=begins + timedelta(minutes=20))
    works_as(client, hub, Role.ORGANISER)

    answer = client.get(f"{PAGE}meetings/{meeting.public_id}/")

    form = answer.context["form"]
    assert [key for key, _label in form.fields["slot"].choices] == [str(meeting.slot.public_id)]
    assert len(form.fields["place"].choices) == 1 + len(day.tables)
    assert "has begun already and keeps its time" in answer.content.decode()


def test_meeting_is_released_and_called_off(client: Client, day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    meeting = Meeting.objects.get(request__receiver__name="Bo")
    move_meeting(meeting, slot=meeting.slot, table=meeting.table, viewer=organiser(hub), version=1, now=NOW)
    works_as(client, hub, Role.ORGANISER)
    address = f"{PAGE}meetings/{meeting.public_id}/"

    client.post(f"{address}release/", {"version": "2"})
    released = Meeting.objects.get(pk=meeting.pk).is_fixed
    stale = client.post(f"{address}cancel/", {"version": "2"}, follow=True).content.decode()
    client.post(f"{address}cancel/", {"version": "3"})
    page = page_of(client, address)

    assert (released, "changed the event meanwhile" in stale) == (False, True)
    assert (Meeting.objects.get(pk=meeting.pk).state, "Called off" in page) == ("cancelled", True)
    assert f"{address}cancel/" not in page


def test_organiser_offers_freed_slots_and_takes_one_back(client: Client, day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    put_off(day)
    first, second = day.wish(day.person("Dan"), day.person("Eva")), day.wish(day.person("Fie"), day.person("Gry"))
    works_as(client, hub, Role.ORGANISER)

    client.post(f"{PAGE}standby/", {"request": str(first.public_id)})
    one = list(StandbyOffer.objects.values_list("request_id", flat=True))
    every = client.post(f"{PAGE}standby/", {}, follow=True).content.decode()
    offer = StandbyOffer.objects.get(request=first)
    client.post(f"{PAGE}standby/{offer.public_id}/")
    wrong = client.post(f"{PAGE}standby/", {"request": "no id"})

    assert (one, "1 pair is asked by mail." in every) == ([first.pk], True)
    assert StandbyOffer.objects.filter(request=second, state=OfferState.OFFERED).exists()
    assert (StandbyOffer.objects.get(pk=offer.pk).state, wrong.status_code) == (OfferState.LAPSED, 404)


# Who may


def test_members_may_not(client: Client, day: Day, hub: Hub) -> None:
    run = computed(day.event, organiser(hub))
    works_as(client, hub, Role.MEMBER)

    assert client.get(PAGE).status_code == 403
    for address in (f"{PAGE}run/", f"{PAGE}repair/", f"{PAGE}run/{run.public_id}/publish/", f"{PAGE}standby/"):
        assert client.post(address, {"seconds": "5", "version": "1", "most_moved": "1"}).status_code == 403
    assert (TimetableRun.objects.count(), Meeting.objects.count()) == (1, 0)


def test_visitors_sign_in_first(client: Client, day: Day) -> None:
    assert client.get(PAGE).status_code == 302
    assert client.post(f"{PAGE}run/", {"seconds": "5"}).status_code == 302
    assert not TimetableRun.objects.exists()


def test_organiser_of_another_hub_finds_nothing(client: Client, hub: Hub) -> None:
    other = HubFactory(slug="nordbro")
    theirs = small_day(other)
    works_as(client, hub, Role.ORGANISER)
    run = TimetableRun.objects.create(hub=other, event=theirs.event)
    mine = small_day(hub, slug="vores")

    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}run/", {"seconds": "5"}).status_code == 404
    assert client.post(f"/en/events/{mine.event.slug}/organise/timetable/run/{run.public_id}/stop/").status_code == 404
    assert client.get(f"/en/events/{mine.event.slug}/organise/timetable/meetings/{uuid4()}/").status_code == 404


def test_page_asks_no_more_of_the_database_the_more_meet(client: Client, day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    day.wish(day.person("Dan"), day.person("Eva"))
    works_as(client, hub, Role.ORGANISER)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)

    for number in range(4):
        request = day.wish(day.person(f"P{number}"), day.person(f"Q{number}"))
        if number < 2:
            place_meeting(request, slot=day.slots[2], table=day.tables[number], now=NOW, actor=None)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)

    assert len(many) == len(few)


def test_page_reads_the_published_meetings_once(
    client: Client, day: Day, hub: Hub, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    published(day, organiser(hub))
    day.wish(day.person("Dan"), day.person("Eva"))
    works_as(client, hub, Role.ORGANISER)
    client.get(PAGE)

    with django_assert_max_num_queries(40) as first:
        client.get(PAGE)
    computed(day.fresh(), organiser(hub))  # what is found beside what is published
    with django_assert_max_num_queries(40) as beside:
        client.get(PAGE)

    for queries in (first, beside):
        assert sum('FROM "events_meeting"' in query["sql"] for query in queries.captured_queries) == 1


def test_danish_pages_and_addresses_are_there(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)

    assert client.get(reverse("frontend:event_timetable", args=["bazar"])).status_code == 200
