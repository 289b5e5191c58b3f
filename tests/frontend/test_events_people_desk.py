"""The organiser's list of people, adding, importing and exporting; and the mails about places."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from events.domain.people.registering import cancel_person
from events.domain.people.sheets import MOST_ROWS
from events.enums import EventState, ParticipantState
from events.models import Event, Participant
from frontend.mails.events_people import RENDERERS
from hubs.enums import Role
from hubs.models import Hub
from mailgate.models import OutgoingMail
from mailgate.renderers import Addresses
from profiles.models import Profile
from tests.events.arrivals import open_event
from tests.factories import ProfileFactory
from tests.frontend.conftest import SCRIPT, text_of, works_as
from tests.frontend.event_people import FORM, NOW, comes, event_fixture, profile_fixture  # noqa: F401

S = ParticipantState


@pytest.mark.parametrize("role", [Role.MEMBER, None])
@pytest.mark.parametrize("path", ["people/", "people/new/", "import/", "export.csv", "export.xlsx"])
def test_organisers_pages_are_closed_to_others(client: Client, event: Event, role: Role | None, path: str) -> None:
    if role:
        works_as(client, event.hub, role)

    assert client.get(f"/en/events/medico-bazar/organise/{path}").status_code == (403 if role else 302)


def test_people_are_found_and_their_needs_are_marked(client: Client, event: Event, profile: Profile) -> None:
    comes(event, profile, access_needs="Kørestol")
    cancel_person(comes(event, ProfileFactory(name="Andre"), "andre@example.test"), now=NOW)
    works_as(client, event.hub, Role.ORGANISER)

    def found(query: str) -> tuple[bool, bool]:
        page = text_of(client.get(f"/en/events/medico-bazar/organise/people/?{query}"))
        return "kim@example.test" in page, "andre@example.test" in page

    queries = ("", "q=nordlys", "q=ANDRE@example", "state=cancelled", "kind=student", "q=%25", "q=%00")
    assert [found(query) for query in queries] == [
        (True, True), (True, False), (False, True), (False, True), (False, False), (False, False), (True, True),
    ]  # fmt: skip


@pytest.mark.parametrize("number", [1, 5])
def test_list_asks_the_same_whatever_its_length(
    client: Client, event: Event, number: int, django_assert_max_num_queries: object
) -> None:
    for index in range(number):
        comes(event, ProfileFactory(), f"n{index}@example.test")
    works_as(client, event.hub, Role.ORGANISER)

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        client.get("/en/events/medico-bazar/organise/people/")


def test_organiser_adds_changes_gives_a_place_and_signs_off(client: Client, event: Event) -> None:
    Event.objects.update(capacity=1)
    comes(event, ProfileFactory(), "first@example.test")
    works_as(client, event.hub, Role.ORGANISER)
    base = "/en/events/medico-bazar/organise/people/"

    client.post(f"{base}new/", {**FORM, "organisation": "Helt Ny ApS", "language": "da"})
    person = Participant.objects.get(email="kim@example.test")
    waits, visibility = person.state, person.participation.profile.visibility
    client.post(f"{base}{person.public_id}/", {**FORM, "title": "Chef", "version": str(person.version)})
    client.post(f"{base}{person.public_id}/do/", {"do": "place"})
    placed = Participant.objects.get(pk=person.pk)
    client.post(f"{base}{person.public_id}/do/", {"do": "cancel"})

    assert (waits, visibility, placed.state, placed.title) == (S.WAITING, "members", S.REGISTERED, "Chef")
    assert Participant.objects.get(pk=person.pk).state == S.CANCELLED


def upload(client: Client, content: bytes, name: str = "people.csv") -> HttpResponse:
    return client.post("/en/events/medico-bazar/organise/import/", {"file": SimpleUploadedFile(name, content)})


def packed(page: str) -> str:
    found = re.search(r'name="rows" value="([^"]+)"', page)
    return found.group(1) if found else ""


@pytest.mark.parametrize(("prefix", "most"), [("/en", "5,000"), ("", "5.000")])
def test_import_says_how_many_rows_it_takes(client: Client, event: Event, prefix: str, most: str) -> None:
    works_as(client, event.hub, Role.ORGANISER)

    page = text_of(client.get(f"{prefix}/events/medico-bazar/organise/import/"))

    assert (MOST_ROWS, f"{most} " in page) == (5_000, True)


def test_import_is_shown_first_and_done_once(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)
    content = f'Name,Email,Company\n"{SCRIPT.replace(chr(34), "")}",a@example.test,Lund ApS\nBo,nothing,X\n'.encode()

    page = text_of(upload(client, content))
    before = Participant.objects.count()
    rows = {"rows": packed(page), "tells": "yes"}
    told = [text_of(client.post("/en/events/medico-bazar/organise/import/", rows, follow=True)) for _ in range(2)]

    assert (before, Participant.objects.count(), "<script>alert" in page) == (0, 1, False)
    assert ("1 new, 0 changed, 0 signed off, 1 left out" in told[0], "0 new" in told[1]) == (True, True)
    assert OutgoingMail.objects.filter(kind="event_registered").count() == 1


def test_preview_of_another_or_a_changed_one_is_refused(client: Client, event: Event, hub: Hub) -> None:
    works_as(client, hub, Role.ORGANISER)
    rows = packed(text_of(upload(client, b"Name,Email,Company\nIda Lund,a@example.test,Lund ApS\n")))
    address = "/en/events/medico-bazar/organise/import/"
    other = open_event(hub, slug="anden")

    answers = [
        client.post(address, {"rows": rows[:-3] + "abc"}),
        client.post(f"/en/events/{other.slug}/organise/import/", {"rows": rows}),
        works_as(client, hub, Role.ORGANISER).post(address, {"rows": rows}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert Participant.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"", "people.csv", "empty"),
        (b"PK no zip", "people.xlsx", "cannot read the file"),
        (b"a,b\n1,2\n", "people.csv", "must name the columns"),
        (b"Name,Email\n" + b"x" * (6 * 1024 * 1024), "people.csv", "5 MB"),
    ],
)
def test_bad_upload_says_what_to_do(client: Client, event: Event, content: bytes, name: str, told: str) -> None:
    works_as(client, event.hub, Role.ORGANISER)

    assert told in text_of(upload(client, content, name), 422)


def test_exports_are_files(client: Client, event: Event, profile: Profile) -> None:
    comes(event, profile)
    works_as(client, event.hub, Role.ORGANISER)

    answers = [client.get(f"/en/events/medico-bazar/organise/export.{kind}") for kind in ("csv", "xlsx", "pdf")]

    assert [answer.status_code for answer in answers] == [200, 200, 400]
    assert b"kim@example.test" in answers[0].content
    assert answers[1].content.startswith(b"PK")
    assert all("attachment" in answer["Content-Disposition"] for answer in answers[:2])


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("event_registered", {}, "You have a place"),
        ("event_waiting", {"state": S.WAITING, "queued_at": NOW}, "You are number 1"),
        ("event_waiting", {"state": S.STANDBY}, "We have not heard from you"),
        ("event_place_free", {}, "has become free"),
        ("event_reconfirm", {"reconfirm_asked_at": NOW}, "Do you still come?"),
        ("event_cancelled", {"state": S.CANCELLED}, "You are signed off"),
        ("event_open_up", {"asked_to_open": 2}, "would like to meet you"),
    ],
)
@pytest.mark.usefixtures("english")
def test_mail_says_how_the_place_stands(
    event: Event, profile: Profile, kind: str, values: dict[str, object], words: str
) -> None:
    person = comes(event, profile)
    Participant.objects.update(**values)
    mail = OutgoingMail(hub=event.hub, kind=kind, address=person.email, context={"participant": str(person.public_id)})

    rendered = RENDERERS[kind](mail, Addresses(mail))
    Participant.objects.update(state=S.REGISTERED if person.state == S.CANCELLED else S.CANCELLED, meets=True)
    late = RENDERERS[kind](mail, Addresses(mail))

    assert rendered is not None
    assert (words in rendered.text, "Medico Bazar" in rendered.subject) == (True, True)
    assert (late is None) == (kind != "event_cancelled")


@pytest.mark.usefixtures("english")
def test_nobody_is_mailed_about_an_event_that_is_gone(event: Event, profile: Profile) -> None:
    person = comes(event, profile)
    mail = OutgoingMail.objects.get()

    past = {"starts_at": NOW - timedelta(days=2), "ends_at": NOW - timedelta(days=1)}
    for values in (
        {"state": EventState.CANCELLED},
        {"state": "open", "is_simulated": True},
        {"is_simulated": False, **past},
    ):
        Event.objects.update(**values)
        assert RENDERERS["event_registered"](mail, Addresses(mail)) is None
    person.delete()
    assert RENDERERS["event_registered"](mail, Addresses(mail)) is None


@pytest.mark.parametrize("is_new", [True, False])
def test_organisers_form_speaks_of_the_person_and_not_to_them(
    client: Client, event: Event, profile: Profile, is_new: bool
) -> None:
    person = comes(event, profile)
    comes(event, profile, "colleague@example.test")
    works_as(client, event.hub, Role.ORGANISER)
    part = "new" if is_new else person.public_id

    page = text_of(client.get(f"/en/events/medico-bazar/organise/people/{part}/"))

    form = page[page.index('id="part-who"') : page.index("</main>")]
    said = re.sub(r"<[^>]+>", " ", form)
    # The organiser reads it, so "you" may only be the organiser.
    assert re.findall(r"\b(?:[Yy]our?|I|[Mm]y|our)\b", said.replace("For you as organisers", "")) == []
    assert ("before the day" in said, "An agenda of their own" in said) == (False, not is_new)
    assert re.search(r'aria-describedby="id_meets_helptext".*?<p class="form-hint" id="id_meets_helptext">', form, re.S)
