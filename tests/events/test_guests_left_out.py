"""A guest who is left out of a published meeting is told, in mail and calendar, and told once each time."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from icalendar import Calendar

from events.calendars import feed
from events.domain.timetable.publishing import prospect_of, publish_run
from events.domain.timetable.telling_meetings import tell_left_out
from events.domain.timetable.timetable_errors import MeetingPublished
from events.domain.wishes import meeting_rules as rules
from events.enums import MeetingState, RunKind
from events.gone_entries import GoneEntry, unpacked
from events.models import Meeting, MeetingRequest, Participant
from events.queries.agenda import agenda_of
from frontend.mails.registering import RENDERERS
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotFound
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses, RenderedMail
from tests.events.timetable_days import NOW, Day, computed, organiser, published, small_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def viewer(hub: Hub) -> Viewer:
    return organiser(hub)


@pytest.fixture
def day(hub: Hub, viewer: Viewer) -> Day:
    """Anna meets Bo with Dea as their guest, and Cai; published, and everybody has read it."""
    made = small_day(hub)
    anna, dea = made.person("Anna"), made.person("Dea")
    request = made.wish(anna, made.person("Bo"))
    made.wish(anna, made.person("Cai"))
    request.guests.create(hub=hub, participant=dea)
    published(made, viewer)
    OutgoingMail.objects.all().delete()
    return made


def person(day: Day, name: str) -> Participant:
    return Participant.objects.select_related("event").get(event=day.event, name=name)


def request_of(day: Day) -> MeetingRequest:
    return MeetingRequest.objects.select_related("event").get(event=day.event, receiver__name="Bo")


def leave_out(day: Day, viewer: Viewer, *, now: datetime = LATER) -> None:
    request = request_of(day)
    rules.remove_guest(request, guest=person(day, "Dea"), viewer=viewer, version=request.version, now=now)


def repair(day: Day, viewer: Viewer, *, now: datetime) -> int:
    """Compute and publish; how many are told beforehand that they are left out."""
    run = computed(day.fresh(), viewer, kind=RunKind.REPAIR, most_moved=0)
    left_out = len(prospect_of(run, now=now).left_out)
    publish_run(run, viewer=viewer, version=day.fresh().version, now=now)
    return left_out


def told() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.order_by("kind", "address").values_list("kind", "address")
    return [(kind.removeprefix("event_meeting_"), address.partition("@")[0]) for kind, address in rows]


def letter(name: str, kind: str = "event_meeting_gone") -> RenderedMail | None:
    mail = OutgoingMail.objects.select_related("hub").filter(kind=kind, address__startswith=name).latest("pk")
    with translation.override("en"):
        return RENDERERS[kind](mail, Addresses(mail))


def entries(content: bytes) -> list[tuple[str, str, int]]:
    found = Calendar.from_ical(content).walk("VEVENT")
    return [(str(each["UID"]), str(each["STATUS"]), int(str(each["SEQUENCE"]))) for each in found]


def calendar_of(day: Day, name: str) -> list[tuple[str, str, int]]:
    return entries(feed(agenda_of(person(day, name)), page="https://hub.example/plan/"))


def seated(day: Day) -> set[str]:
    return set(Meeting.objects.get(request=request_of(day)).sides.values_list("participant__name", flat=True))


def test_guest_left_out_gets_the_calling_off_and_the_others_who_is_there(day: Day, viewer: Viewer) -> None:
    ((uid, stood, before),) = calendar_of(day, "Dea")

    leave_out(day, viewer)

    assert (seated(day), told()) == ({"Anna", "Bo"}, [("changed", "anna"), ("changed", "bo"), ("gone", "dea")])
    assert Meeting.objects.get(request=request_of(day)).state == MeetingState.PLANNED
    ((same, state, after),) = calendar_of(day, "Dea")
    assert (stood, same, state, after > before) == ("CONFIRMED", uid, "CANCELLED", True)
    found = letter("dea")
    assert found is not None
    assert "is held without you now" in found.text
    (file,) = found.attachments
    assert str(Calendar.from_ical(file.content)["METHOD"]) == "CANCEL"
    assert entries(file.content) == [(uid, "CANCELLED", after)]
    others = letter("bo", "event_meeting_changed")
    assert others is not None
    assert ("Anna" in others.text, "Dea" in others.text) == (True, False)


def test_guest_is_left_out_once_and_another_guest_hears_nothing(day: Day, viewer: Viewer) -> None:
    leave_out(day, viewer)
    with pytest.raises(NotFound):
        leave_out(day, viewer, now=LATER + timedelta(minutes=1))
    repair(day, viewer, now=LATER + timedelta(minutes=2))

    assert [name for kind, name in told() if kind == "gone"] == ["dea"]
    assert [state for _uid, state, _sequence in calendar_of(day, "Cai")] == ["CONFIRMED"]


def test_guest_who_is_back_has_the_entry_again_and_can_be_left_out_again(day: Day, viewer: Viewer) -> None:
    leave_out(day, viewer)
    ((uid, _state, off),) = calendar_of(day, "Dea")
    request = request_of(day)
    rules.add_guest(request, guest=person(day, "Dea"), viewer=viewer, version=request.version, now=LATER)
    repair(day, viewer, now=LATER + timedelta(hours=1))

    ((same, state, again),) = calendar_of(day, "Dea")
    assert (same, state, again > off, letter("dea")) == (uid, "CONFIRMED", True, None)
    leave_out(day, viewer, now=LATER + timedelta(hours=2))
    assert [name for kind, name in told() if kind == "gone"] == ["dea", "dea"]
    assert calendar_of(day, "Dea")[0][1:] > ("CANCELLED", again)


def test_those_who_share_the_guests_agenda_are_told_too(day: Day, viewer: Viewer) -> None:
    dea = person(day, "Dea")
    day.person("Eli", profile=dea.participation.profile, host=dea)
    day.person("Fie", profile=dea.participation.profile, host=dea, state="cancelled")

    leave_out(day, viewer)

    assert [name for kind, name in told() if kind == "gone"] == ["dea", "eli"]
    assert [state for _uid, state, _sequence in calendar_of(day, "Eli")] == ["CANCELLED"]


def test_guest_who_came_to_share_an_agenda_is_left_out_with_it(day: Day, viewer: Viewer) -> None:
    eli = day.person("Eli", profile=person(day, "Dea").participation.profile)
    Participant.objects.filter(name="Dea").update(host=eli)
    repair(day, viewer, now=LATER)
    before, heard = seated(day), [each for each in told() if each[0] == "gone"]

    leave_out(day, viewer, now=LATER + timedelta(hours=1))

    assert (before, heard, seated(day)) == ({"Anna", "Bo", "Eli"}, [], {"Anna", "Bo"})
    assert [name for kind, name in told() if kind == "gone"] == ["dea", "eli"]


def test_guest_whose_new_agenda_is_at_the_meeting_anyway_takes_nobody_out(day: Day, viewer: Viewer) -> None:
    Participant.objects.filter(name="Dea").update(host=person(day, "Anna"))
    repair(day, viewer, now=LATER)

    leave_out(day, viewer, now=LATER + timedelta(hours=1))

    assert seated(day) == {"Anna", "Bo"}
    assert [name for kind, name in told() if kind == "gone"] == []


def test_guest_who_takes_no_meetings_any_more_is_told_by_the_repair_that_leaves_them_out(
    day: Day, viewer: Viewer
) -> None:
    Participant.objects.filter(name="Dea").update(meets=False)

    number = repair(day, viewer, now=LATER)
    repair(day, viewer, now=LATER + timedelta(hours=1))

    assert (number, seated(day)) == (1, {"Anna", "Bo"})
    assert told() == [("changed", "anna"), ("changed", "bo"), ("gone", "dea")]
    assert [state for _uid, state, _sequence in calendar_of(day, "Dea")] == ["CANCELLED"]


def test_guest_of_a_meeting_that_has_begun_stays(day: Day, viewer: Viewer) -> None:
    begun = Meeting.objects.get(request=request_of(day)).slot.starts_at

    with pytest.raises(MeetingPublished):
        leave_out(day, viewer, now=begun)

    assert (seated(day), told(), request_of(day).guests.count()) == ({"Anna", "Bo", "Dea"}, [], 1)


def test_repair_tells_nothing_of_a_meeting_that_has_begun(day: Day, viewer: Viewer) -> None:
    """One guest takes no meetings any more, another was noted too late: neither makes it another meeting."""
    Participant.objects.filter(name="Dea").update(meets=False)
    request_of(day).guests.create(hub=day.event.hub, participant=day.person("Eva"))
    meeting = Meeting.objects.get(request=request_of(day))

    number = repair(day, viewer, now=meeting.slot.starts_at)

    assert (number, seated(day), told()) == (0, {"Anna", "Bo", "Dea"}, [])
    assert Meeting.objects.get(pk=meeting.pk).sequence == meeting.sequence


# Many at once


def entry(day: Day, hour: int) -> GoneEntry:
    starts = day.event.starts_at + timedelta(hours=hour)
    return GoneEntry(uuid4(), starts, starts + timedelta(minutes=20), 1)


def test_many_guests_are_told_in_as_many_queries_as_one(day: Day) -> None:
    counts = []
    for names in (("Eli",), ("Fie", "Gro", "Hal", "Ida")):
        lost = {day.person(name): (entry(day, 1),) for name in names}
        with CaptureQueriesContext(connection) as queries:
            number = tell_left_out(day.event, lost, now=LATER)
        counts.append((len(queries), number))

    assert counts == [(counts[0][0], 1), (counts[0][0], 4)]
    assert told() == [("gone", name) for name in ("eli", "fie", "gro", "hal", "ida")]


def test_who_has_lost_meetings_of_two_agendas_reads_of_both_in_one_mail(day: Day) -> None:
    eli = day.person("Eli")
    fie = day.person("Fie", profile=eli.participation.profile, host=eli)
    own, shared, both = entry(day, 2), entry(day, 1), entry(day, 3)

    number = tell_left_out(day.event, {fie: (own, both), eli: (shared, both)}, now=LATER)

    assert (number, told()) == (2, [("gone", "eli"), ("gone", "fie")])
    gone = {mail.address.partition("@")[0]: unpacked(mail.context) for mail in OutgoingMail.objects.all()}
    assert gone == {"eli": (shared, both), "fie": (shared, own, both)}


def test_guest_who_has_not_been_told_of_the_meeting_goes_in_silence(day: Day, viewer: Viewer) -> None:
    request, eva = request_of(day), day.person("Eva")
    rules.add_guest(request, guest=eva, viewer=viewer, version=request.version, now=LATER)
    request = request_of(day)
    rules.remove_guest(request, guest=eva, viewer=viewer, version=request.version, now=LATER)

    assert (told(), calendar_of(day, "Eva")) == ([], [])


def test_demonstration_tells_nobody(day: Day, viewer: Viewer) -> None:
    type(day.event).objects.filter(pk=day.event.pk).update(is_simulated=True)

    leave_out(day, viewer)

    assert (seated(day), told()) == ({"Anna", "Bo"}, [])
