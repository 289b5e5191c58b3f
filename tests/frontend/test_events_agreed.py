"""Requests and rules: every agreed meeting in sight of the organisers, and what they set by hand undone again."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.enums import RequestOrigin, RequestState, RunKind, Wanting
from events.models import Event, Meeting, MeetingRequest, Participant
from hubs.enums import Role
from hubs.models import Hub
from tests.events.timetable_days import Day, computed, organiser, published, put_off, small_day
from tests.factories import HubFactory
from tests.frontend.conftest import works_as
from tests.frontend.timetable_day import day_fixture  # noqa: F401

pytestmark = pytest.mark.django_db
TIMETABLE = "/en/events/bazar/organise/timetable/"
PAGE = f"{TIMETABLE}requests/"


def text_of(client: Client, address: str = PAGE) -> str:
    return client.get(address).content.decode()


def with_(day: Day, name: str) -> MeetingRequest:
    return MeetingRequest.objects.get(event=day.event, receiver__name=name, state=RequestState.ACCEPTED)


def address(request: MeetingRequest, part: str = "") -> str:
    return f"{PAGE}{request.public_id}/{part}"


def somebody(day: Day, name: str) -> Participant:
    return day.event.people.get(name=name)


def test_list_tells_who_meets_how_it_stands_and_what_is_set_first(client: Client, day: Day, hub: Hub) -> None:
    bo, cai = with_(day, "Bo"), with_(day, "Cai")
    guest = day.person("Dea")
    cai.guests.create(hub=hub, participant=guest)
    MeetingRequest.objects.filter(pk=cai.pk).update(fixed_slot=day.slots[1], fixed_table=day.tables[0], before=bo)
    works_as(client, hub, Role.ORGANISER)

    page = text_of(client)

    assert page.index("Anna (Firma Anna) – Cai (Firma Cai)") < page.index(f'href="{address(bo)}"')
    for words in (
        "Set by hand", "Table 1, Hal A", "Before Anna (Firma Anna) – Bo (Firma Bo)", "with Dea (Firma Dea)",
        "After Anna (Firma Anna) – Cai (Firma Cai)", "Agreed; the next timetable or repair plans it",
    ):  # fmt: skip
        assert words in page


def test_list_and_page_tell_nothing_private(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    row = with_(day, "Bo")
    MeetingRequest.objects.filter(pk=row.pk).update(reason="Kun mellem os to.", origin=RequestOrigin.MUTUAL)
    plain = {here: text_of(client, here).replace("Must meet", "") for here in (PAGE, address(with_(day, "Cai")))}
    MeetingRequest.objects.update(is_must=False)
    for one, other in (("Anna", "Cai"), ("Cai", "Anna")):
        day.event.preferences.create(
            hub=hub, person=somebody(day, one), other=somebody(day, other), wanting=Wanting.NO_THANKS
        )

    def bare(page: str) -> str:
        return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)

    for here, before in plain.items():
        now = text_of(client, here)
        assert bare(now) == bare(before)
        assert ("Kun mellem os to." in now, "Must" in now, "Both wished" in now) == (False, False, False)
    assert "Kun mellem os to." not in text_of(client, address(row))


def test_search_finds_by_name_and_says_when_there_is_none(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)

    found, none = text_of(client, f"{PAGE}?q=firma+CAI"), text_of(client, f"{PAGE}?q=<b>ingen")

    assert (address(with_(day, "Cai")) in found, address(with_(day, "Bo")) in found) == (True, False)
    assert ("No meeting is like that" in none, "<b>ingen" in none) == (True, False)
    assert client.get(f"{PAGE}?q=%00&page=-7").status_code == 200


def test_list_is_paged_in_as_many_queries_as_for_two(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    text_of(client)
    with CaptureQueriesContext(connection) as few:
        text_of(client)
    anna = somebody(day, "Anna")
    for number in range(60):
        row = day.wish(anna, day.person(f"Per{number:02}"), before=with_(day, "Bo"))
        row.guests.create(hub=hub, participant=somebody(day, "Cai"))

    with CaptureQueriesContext(connection) as many:
        first = text_of(client)
    second = text_of(client, f"{PAGE}?page=2&q=anna")

    assert len(many) <= len(few) + 2
    assert (first.count("– Per"), "Page 1 of 2" in first) == (50, True)
    assert ("Page 2 of 2" in second, "?q=anna&amp;page=1" in second) == (True, True)
    with CaptureQueriesContext(connection) as one:
        text_of(client, address(with_(day, "Bo")))
    assert len(one) <= 25


def test_time_and_place_are_set_and_released(client: Client, day: Day, hub: Hub) -> None:
    put_off(day)
    works_as(client, hub, Role.ORGANISER)
    row = with_(day, "Bo")
    posted = {"version": "1", "slot": str(day.slots[1].public_id), "place": str(day.tables[1].public_id)}

    told = client.post(address(row, "fix/"), posted, follow=True).content.decode()
    fixed = with_(day, "Bo")
    freed = client.post(address(row, "release/"), {"version": "2"}, follow=True).content.decode()

    assert "Time and place are noted." in told
    assert (fixed.fixed_slot, fixed.fixed_table) == (day.slots[1], day.tables[1])
    assert ("left to computing again" in freed, with_(day, "Bo").fixed_slot) == (True, None)


def test_order_is_set_and_given_up_from_either_page(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    bo, cai = with_(day, "Bo"), with_(day, "Cai")
    other = "Anna (Firma Anna) – Cai (Firma Cai)"

    offered = text_of(client, address(bo))
    client.post(address(bo, "order/"), {"version": "1", "before": f" {other} "})
    set_to, later = with_(day, "Bo").before, text_of(client, address(cai))
    told = client.post(address(bo, "order/remove/"), {"version": "2"}, follow=True).content.decode()

    assert (f'<option value="{other}">' in offered, set_to) == (True, cai)
    assert f'action="{address(bo, "order/remove/")}"' in later
    assert ("The order is given up" in told, with_(day, "Bo").before) == (True, None)


def test_guest_is_added_by_name_or_code_and_left_out(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    dea, eva, row = day.person("Dea"), day.person("Eva"), with_(day, "Bo")

    client.post(address(row, "guests/"), {"version": "1", "guest": "Dea (Firma Dea)"})
    client.post(address(row, "guests/"), {"version": "2", "guest": f" {eva.code.lower()}"})
    both = {guest.participant.name for guest in row.guests.all()}
    page = client.post(address(row, f"guests/{dea.public_id}/remove/"), {"version": "3"}, follow=True).content.decode()

    assert both == {"Dea", "Eva"}
    assert ("planned without Dea" in page, [each.participant for each in row.guests.all()]) == (True, [eva])


def test_leaving_a_guest_out_says_whether_anybody_is_told(client: Client, day: Day, hub: Hub) -> None:
    put_off(day)
    dea, eva, row = day.person("Dea"), day.person("Eva"), with_(day, "Bo")
    row.guests.create(hub=hub, participant=dea)
    published(day, organiser(hub))
    row.guests.create(hub=hub, participant=eva)
    works_as(client, hub, Role.ORGANISER)

    page = text_of(client, address(row))
    unseated = client.post(address(row, f"guests/{eva.public_id}/remove/"), {"version": "1"}, follow=True)
    seated = client.post(address(row, f"guests/{dea.public_id}/remove/"), {"version": "2"}, follow=True)

    assert "a guest who is left out is told at once" in page
    assert "The meeting is planned without Eva." in unseated.content.decode()
    assert "The meeting goes on without Dea. Everybody who had it in the plan is told." in seated.content.decode()


@pytest.mark.parametrize(
    ("part", "posted", "status", "told"),
    [
        ("fix/", {"slot": "x"}, 422, "x is not one of the available choices"),
        ("fix/", {"slot": "", "version": "two"}, 422, "version"),
        ("order/", {"before": "Somebody else"}, 422, "Choose a meeting from the list"),
        ("order/", {}, 422, "Fill this in."),
        ("guests/", {"guest": "Nobody \x00"}, 422, "guest"),
        ("guests/", {"guest": "Anna (Firma Anna)"}, 422, "Choose somebody from the list"),
        ("guests/", {"guest": "Dea (Firma Dea)"}, 409, "These two are kept apart at this event"),
        ("order/", {"before": "Anna (Firma Anna) – Cai (Firma Cai)", "version": "7"}, 409, "Nothing is lost"),
    ],
)
def test_bad_input_is_told_with_what_was_written(
    client: Client, day: Day, hub: Hub, part: str, posted: dict[str, str], status: int, told: str
) -> None:
    works_as(client, hub, Role.ORGANISER)
    dea, row = day.person("Dea"), with_(day, "Bo")
    day.event.preferences.create(hub=hub, person=dea, other=somebody(day, "Bo"), wanting=Wanting.NO_THANKS)

    answer = client.post(address(row, part), {"version": "1"} | posted)

    row.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, told in page, row.version, row.guests.count()) == (status, True, 1, 0)
    assert all(value.strip("\x00 ") in page for value in posted.values())


def test_second_organiser_is_told_and_nothing_is_overwritten(client: Client, day: Day, hub: Hub) -> None:
    put_off(day)
    works_as(client, hub, Role.ORGANISER)
    row = with_(day, "Bo")
    first = {"version": "1", "slot": str(day.slots[1].public_id)}
    client.post(address(row, "fix/"), first)

    answer = client.post(address(row, "fix/"), {"version": "1", "slot": str(day.slots[2].public_id)})
    pressed = client.post(address(row, "release/"), {"version": "1"}, follow=True).content.decode()

    assert (answer.status_code, 'value="2"' in answer.content.decode()) == (409, True)
    assert ("Another organiser changed" in pressed, with_(day, "Bo").fixed_slot) == (True, day.slots[1])


def test_planned_meeting_is_taken_back_and_leads_to_the_list(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    agreed, row = with_(day, "Bo"), with_(day, "Cai")
    MeetingRequest.objects.filter(pk=row.pk).update(origin=RequestOrigin.ORGANISER, reason="Fordi det passer.")

    shown, own = text_of(client, address(row)), text_of(client, address(agreed))
    refused = client.post(address(agreed, "take-back/"), {"version": "1"}, follow=True).content.decode()
    back = client.post(address(row, "take-back/"), {"version": "1"}, follow=True)

    assert ("Fordi det passer." in shown, "Take the meeting back" in shown, "Take the meeting back" in own) == (
        True,
        True,
        False,
    )
    assert "can take that back themselves" in refused
    assert (back.redirect_chain[-1][0], address(row) in back.content.decode()) == (PAGE, False)
    assert client.get(address(row)).status_code == 404


def test_published_meeting_leads_to_where_it_is_moved(client: Client, day: Day, hub: Hub) -> None:
    published(day, organiser(hub))
    works_as(client, hub, Role.ORGANISER)
    row = with_(day, "Bo")

    listed, page = text_of(client), text_of(client, address(row))

    own = text_of(client, f"{TIMETABLE}meetings/{Meeting.objects.get(request=row).public_id}/")
    assert ("Published: " in listed, f'href="{address(row)}"' in own) == (True, True)
    assert (f"meetings/{Meeting.objects.get(request=row).public_id}/" in page, "fix/" in page) == (True, False)


def test_clash_leads_to_where_a_fixed_time_or_an_order_is_given_up(client: Client, day: Day, hub: Hub) -> None:
    day.event.requests.update(fixed_slot=day.slots[0])
    computed(day.event, organiser(hub))
    works_as(client, hub, Role.ORGANISER)

    page = text_of(client, TIMETABLE)

    assert f'<a href="{PAGE}">Release or move one of the meetings that are set by hand.</a>' in page
    assert page.count(f'href="{PAGE}"') == 2


def test_only_this_hubs_organisers_find_it_and_writes_are_posts(client: Client, day: Day, hub: Hub) -> None:
    row, parts = with_(day, "Bo"), ("fix/", "release/", "order/", "order/remove/", "guests/", "take-back/")
    other = small_day(HubFactory(slug="nordbro"), slug="andet")
    foreign = other.wish(other.person("Ina"), other.person("Jon"))
    works_as(client, hub, Role.MEMBER)
    asked = [client.get(PAGE), client.get(address(row)), *(client.post(address(row, each)) for each in parts)]
    works_as(client, hub, Role.ORGANISER)
    written = [client.get(address(row, each)).status_code for each in parts]
    elsewhere = [client.get(PAGE.replace("bazar", "andet")), client.get(address(foreign))]
    elsewhere += [client.post(address(foreign, each), {"version": "1"}) for each in parts]
    elsewhere.append(client.post(address(row, f"guests/{uuid4()}/remove/"), {"version": "1"}))

    assert {each.status_code for each in asked} == {403}
    assert {each.status_code for each in elsewhere} == {404}
    assert set(written) == {405}


def test_event_that_is_over_is_only_read(client: Client, day: Day, hub: Hub) -> None:
    Event.objects.filter(pk=day.event.pk).update(state="over")
    works_as(client, hub, Role.ORGANISER)

    page = text_of(client, address(with_(day, "Bo")))

    assert ("not over yet" in page, "<form method" in page.split("<main")[1]) == (True, False)


def test_eight_people_are_planned_by_name_and_code(client: Client, day: Day, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    more = [day.person(f"Per{number}") for number in range(8)]
    posted = {"version": str(day.fresh().version), "first": "Per0 (Firma Per0)", "second": more[1].code}
    posted |= {f"guest_{number}": more[number - 1].code for number in range(3, 9)}

    client.post(f"{TIMETABLE}plan-meeting/", posted | {"reason": "De otte arbejder med det samme."})

    made = MeetingRequest.objects.get(origin=RequestOrigin.ORGANISER)
    assert {made.sender, made.receiver, *(guest.participant for guest in made.guests.all())} == set(more)


def test_repair_that_only_brings_a_guest_says_so_before_and_after_it_is_applied(
    client: Client, day: Day, hub: Hub
) -> None:
    put_off(day)
    published(day, organiser(hub))
    works_as(client, hub, Role.ORGANISER)
    day.person("Dea")

    told = client.post(
        address(with_(day, "Bo"), "guests/"), {"version": "1", "guest": "Dea (Firma Dea)"}, follow=True
    ).content.decode()
    run = computed(day.fresh(), organiser(hub), kind=RunKind.REPAIR, most_moved=0)
    page = text_of(client, TIMETABLE)
    done = client.post(
        f"{TIMETABLE}run/{run.public_id}/publish/", {"version": str(day.fresh().version)}, follow=True
    ).content.decode()

    assert "The next repair brings the guest" in told
    assert ("1 meeting has a guest more" in page, "Nothing changes" in page, "3 people are mailed" in page) == (
        True, False, True,
    )  # fmt: skip
    assert "The timetable is published. 1 meeting has other guests than before." in done
    assert "new or changed" not in done
