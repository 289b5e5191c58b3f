"""The catalogue: who stands in it, in which order, with what they agreed to; and its printed form."""

import re
from datetime import UTC, datetime

import pytest

from events.catalogue_paper import typeset_catalogue
from events.enums import ParticipantState
from events.models import Event, EventStatement, Hall, Participant, Participation, Stand
from events.queries.catalogue import Catalogue, Contact, Text, catalogue_of, natural, stand_themes
from hubs.enums import Role, Visibility
from hubs.models import Hub
from hubs.policies import Viewer
from profiles.enums import StatementKind
from profiles.models import Profile, ProfileTheme
from tests.factories import ProfileFactory, StatementFactory

START = datetime(2027, 3, 18, 8, tzinfo=UTC)
END = datetime(2027, 3, 18, 15, 30, tzinfo=UTC)


@pytest.fixture
def event(hub: Hub) -> Event:
    return Event.objects.create(hub=hub, slug="bazar", name="Medico Bazar 2027", starts_at=START, ends_at=END)


@pytest.fixture
def hall(event: Event) -> Hall:
    return Hall.objects.create(hub=event.hub, event=event, name="Hal A")


def exhibit(hall: Hall, number: str, profile: Profile) -> Participation:
    Stand.objects.create(
        hub=hall.hub, event=hall.event, hall=hall, number=number, organisation=profile.organisation, profile=profile
    )
    return Participation.objects.create(hub=hall.hub, event=hall.event, profile=profile)


def visitor(event: Event) -> Viewer:
    return Viewer(hub_id=event.hub_id)


def names(catalogue: Catalogue) -> list[str]:
    return [entry.name for entry in catalogue.entries]


def test_stands_come_in_the_order_of_their_numbers(event: Event, hall: Hall) -> None:
    for number, name in (("A10", "Ti"), ("A2", "To"), ("A1", "En")):
        exhibit(hall, number, ProfileFactory(hub=event.hub, name=name))

    assert names(catalogue_of(event, visitor(event))) == ["En", "To", "Ti"]


@pytest.mark.parametrize(("less", "more"), [("A2", "A10"), ("9", "10"), ("A1", "B1"), ("a2", "A3"), ("12", "A1")])
def test_numbers_within_stand_numbers_count_as_numbers(less: str, more: str) -> None:
    assert natural(less) < natural(more)


def test_words_for_the_event_stand_before_those_of_the_profile(event: Event, hall: Hall) -> None:
    profile = ProfileFactory(hub=event.hub)
    StatementFactory(profile=profile, kind=StatementKind.OFFER, text="Altid: sensorer.", language="da")
    StatementFactory(profile=profile, kind=StatementKind.NEED, text="Vi søger en afdeling.", language="da")
    part = exhibit(hall, "A1", profile)
    EventStatement.objects.create(hub=event.hub, participation=part, kind=StatementKind.OFFER, text="I dag: en prøve.")

    (entry,) = catalogue_of(event, visitor(event)).entries

    assert entry.offers == (Text("I dag: en prøve.", "da"),)
    assert entry.seeks == (Text("Vi søger en afdeling.", "da"),)


def test_copy_of_a_statement_goes_with_it(event: Event, hall: Hall) -> None:
    profile = ProfileFactory(hub=event.hub)
    source = StatementFactory(profile=profile, kind=StatementKind.OFFER, visibility=Visibility.MEMBERS)
    part = exhibit(hall, "A1", profile)
    EventStatement.objects.create(
        hub=event.hub, participation=part, kind=StatementKind.OFFER, text=source.text, statement=source
    )

    source.delete()

    assert catalogue_of(event, visitor(event)).entries[0].offers == ()


def test_what_is_for_members_is_not_for_visitors(event: Event, hall: Hall) -> None:
    profile = ProfileFactory(hub=event.hub)
    StatementFactory(
        profile=profile, kind=StatementKind.OFFER, text="Kun for medlemmer.", visibility=Visibility.MEMBERS
    )
    exhibit(hall, "A1", profile)

    (public,) = catalogue_of(event, visitor(event)).entries
    (inside,) = catalogue_of(event, Viewer(hub_id=event.hub_id, role=Role.MEMBER, user_id=1)).entries

    assert public.offers == ()
    assert [said.text for said in inside.offers] == ["Kun for medlemmer."]


@pytest.mark.parametrize("visibility", [Visibility.MEMBERS, Visibility.HUB])
def test_hidden_profiles_are_left_out(event: Event, hall: Hall, visibility: Visibility) -> None:
    exhibit(hall, "A1", ProfileFactory(hub=event.hub, visibility=visibility))

    assert catalogue_of(event, visitor(event)).entries == ()


def test_who_does_not_want_to_stand_in_it_is_left_out(event: Event, hall: Hall) -> None:
    part = exhibit(hall, "A1", ProfileFactory(hub=event.hub))
    Participation.objects.filter(pk=part.pk).update(in_catalogue=False)

    assert catalogue_of(event, visitor(event)).entries == ()


def test_only_people_who_come_and_agreed_are_named(event: Event, hall: Hall) -> None:
    part = exhibit(hall, "A1", ProfileFactory(hub=event.hub))
    rows = (
        ("Anna Saarvang", True, ParticipantState.REGISTERED),
        ("Bo Klitmose", False, ParticipantState.REGISTERED),
        ("Carl Fjordby", True, ParticipantState.CANCELLED),
    )
    for number, (name, shares, state) in enumerate(rows):
        Participant.objects.create(
            hub=event.hub, event=event, participation=part, name=name, email=f"p{number}@saarvang.example",
            code=f"K{number}", shares_contact=shares, state=state, phone="12 34 56 78",
        )  # fmt: skip

    (entry,) = catalogue_of(event, visitor(event)).entries

    assert entry.contacts == (Contact("Anna Saarvang", "", "p0@saarvang.example", "12 34 56 78"),)


def test_stands_of_another_event_are_not_in_it(event: Event, hall: Hall) -> None:
    exhibit(hall, "A1", ProfileFactory(hub=event.hub))
    other = Event.objects.create(hub=event.hub, slug="andet", name="Andet", starts_at=START, ends_at=END)

    assert catalogue_of(other, visitor(other)).entries == ()


def test_index_follows_the_danish_alphabet(event: Event, hall: Hall) -> None:
    for number, name in (("A1", "Ålykke"), ("A2", "Zenit"), ("A3", "Æbeltoft"), ("A4", "anker"), ("A5", "Østerlyd")):
        exhibit(hall, number, ProfileFactory(hub=event.hub, name=name))

    found = [name for name, _number in catalogue_of(event, visitor(event)).index()]

    assert found == ["anker", "Zenit", "Æbeltoft", "Østerlyd", "Ålykke"]


@pytest.mark.parametrize("language", ["da", "en"])
def test_printed_catalogue_holds_hostile_words_as_words(event: Event, hall: Hall, language: str) -> None:
    evil = '#eval("1") $x$ *b* <label> @ref \\ "quoted" </script>'
    profile = ProfileFactory(hub=event.hub, name=evil[:60])
    StatementFactory(profile=profile, kind=StatementKind.OFFER, text=evil)
    exhibit(hall, '#"', profile)

    pdf = typeset_catalogue(
        catalogue_of(event, visitor(event)),
        language=language,
        link=lambda path: f"http://testserver{path}",
        page_of=lambda entry: f"/events/bazar/stands/{entry.stand.number}/",
        page="/events/bazar/catalogue/",
    )

    assert pdf.startswith(b"%PDF-")


def test_printed_catalogue_without_stands_is_still_one(event: Event) -> None:
    pdf = typeset_catalogue(
        catalogue_of(event, visitor(event)),
        language="da",
        link=lambda path: f"http://testserver{path}",
        page_of=lambda entry: "/",
        page="/",
    )

    # Cover, contents, and a page that says that there is nobody yet; an index of nothing is none.
    assert len(re.findall(rb"/Type ?/Page\b", pdf)) == 3


@pytest.mark.parametrize(
    ("visibility", "public", "inside", "staff"),
    [
        (Visibility.PUBLIC, True, True, True),
        (Visibility.MEMBERS, False, True, True),
        (Visibility.HUB, False, False, True),
    ],
)
def test_chosen_text_is_as_open_as_its_original(
    event: Event, hall: Hall, visibility: Visibility, public: bool, inside: bool, staff: bool
) -> None:
    profile = ProfileFactory(hub=event.hub)
    source = StatementFactory(profile=profile, kind=StatementKind.OFFER, text="Fortroligt.", visibility=visibility)
    part = exhibit(hall, "A1", profile)
    EventStatement.objects.create(
        hub=event.hub, participation=part, kind=StatementKind.OFFER, text=source.text, statement=source
    )
    viewers = [
        Viewer(hub_id=event.hub_id, role=role, user_id=1) for role in (Role.VISITOR, Role.MEMBER, Role.ORGANISER)
    ]

    read = [bool(catalogue_of(event, viewer).entries[0].offers) for viewer in viewers]

    assert read == [public, inside, staff]


def test_themes_are_counted_as_the_readers_catalogue_shows_them(event: Event, hall: Hall) -> None:
    care, dementia = "theme:near_care", "theme:iot_wearables"
    for number, visibility, own, linked in (
        ("A1", Visibility.PUBLIC, care, ()), ("A2", Visibility.PUBLIC, care, (care, dementia)),
        ("A3", Visibility.PUBLIC, None, (dementia,)), ("A4", Visibility.PUBLIC, None, ()),
        ("A5", Visibility.HUB, "theme:sustainability", ()), ("A6", Visibility.MEMBERS, care, ()),
    ):  # fmt: skip
        profile = ProfileFactory(hub=event.hub, visibility=visibility)
        ProfileTheme.objects.bulk_create(ProfileTheme(hub=event.hub, profile=profile, theme_id=key) for key in linked)
        exhibit(hall, number, profile)
        Stand.objects.filter(number=number).update(theme=own)
    member = Viewer(hub_id=event.hub_id, role=Role.MEMBER, user_id=1)

    counted = [stand_themes(event, viewer) for viewer in (visitor(event), member)]

    assert counted == [[(dementia, 2), (care, 2), (None, 1)], [(care, 3), (dementia, 2), (None, 1)]]
    for viewer, rows in zip((visitor(event), member), counted, strict=True):
        shown = catalogue_of(event, viewer)
        assert {key: len(shown.of_theme(key)) for key, _number in rows if key} == {key: n for key, n in rows if key}
