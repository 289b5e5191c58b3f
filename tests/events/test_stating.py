"""Who may write what a profile offers and seeks at an event, above all for people whom an import brought in."""

from datetime import timedelta

import pytest

from events.domain.people.import_rows import read_people
from events.domain.people.importing import import_people
from events.domain.people.registering import EventIsOver, cancel_person
from events.domain.people.stating import OwnText, set_event_statements, state_by_link
from events.models import Event, Participant
from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import NotAllowed
from tests.events.arrivals import END, NOW, member, open_event, organiser
from tests.factories import AffiliationFactory, HubFactory, ProfileFactory, UserFactory

pytestmark = pytest.mark.usefixtures("english")
NEED = [OwnText("need", "Vi søger en afdeling.")]
FILE = b"Name,Email,Company\nIda Lund,ida@example.test,Lund ApS\n"


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub)


@pytest.fixture
def ida(event: Event) -> Participant:
    """Brought in by a file, for an organisation that nobody had heard of."""
    import_people(event, read_people(FILE), viewer=organiser(event.hub), now=NOW)
    return Participant.objects.get(email="ida@example.test")


def signed_in(email: str, hub: Hub) -> Viewer:
    """Whoever signs in with the address, speaking for nobody."""
    return Viewer(hub.pk, Role.VISITOR, UserFactory(email=email).pk)


def written(person: Participant) -> list[str]:
    return list(person.participation.statements.values_list("text", flat=True))


def test_imported_person_writes_for_the_profile_that_nobody_else_speaks_for(ida: Participant) -> None:
    set_event_statements(ida.participation, own=NEED, viewer=signed_in("ida@example.test", ida.hub))

    assert written(ida) == ["Vi søger en afdeling."]


def test_organiser_writes_for_them(ida: Participant) -> None:
    set_event_statements(ida.participation, own=NEED, viewer=organiser(ida.hub))

    assert written(ida) == ["Vi søger en afdeling."]


def test_others_do_not(ida: Participant) -> None:
    elsewhere = HubFactory(slug="nordbro")
    known = User.objects.filter(email="ida@example.test").first() or UserFactory(email="ida@example.test")
    viewers = (
        signed_in("bo@example.test", ida.hub),
        member(ProfileFactory(hub=ida.hub)),
        organiser(elsewhere),
        Viewer(elsewhere.pk, Role.MEMBER, known.pk),
        Viewer(ida.hub_id),
    )

    for viewer in viewers:
        with pytest.raises(NotAllowed):
            set_event_statements(ida.participation, own=NEED, viewer=viewer)
    assert written(ida) == []


def test_company_typed_on_a_ticket_opens_nobodys_profile(ida: Participant) -> None:
    AffiliationFactory(organisation=ida.participation.profile.organisation)

    with pytest.raises(NotAllowed):
        set_event_statements(ida.participation, own=NEED, viewer=signed_in("ida@example.test", ida.hub))
    with pytest.raises(NotAllowed):
        state_by_link(ida, own=NEED, now=NOW)
    assert written(ida) == []


def test_who_has_cancelled_writes_no_more(ida: Participant) -> None:
    cancelled = cancel_person(ida, now=NOW)

    with pytest.raises(NotAllowed):
        set_event_statements(ida.participation, own=NEED, viewer=signed_in("ida@example.test", ida.hub))
    with pytest.raises(NotAllowed):
        state_by_link(cancelled, own=NEED, now=NOW)


def test_mailed_link_writes_until_the_event_is_over(ida: Participant) -> None:
    state_by_link(ida, own=NEED, now=NOW)

    with pytest.raises(EventIsOver):
        state_by_link(ida, own=(), now=END + timedelta(minutes=1))
    assert written(ida) == ["Vi søger en afdeling."]


def test_mailed_link_of_one_who_speaks_for_the_profile_writes(ida: Participant) -> None:
    user = UserFactory(email="ida@example.test")
    AffiliationFactory(organisation=ida.participation.profile.organisation, user=user)
    AffiliationFactory(organisation=ida.participation.profile.organisation)

    state_by_link(ida, own=NEED, now=NOW)

    assert written(ida) == ["Vi søger en afdeling."]
