"""Many stands given at once: who waits for one, and that all of it happens or nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.domain.setup.changing import ChangedMeanwhile, EventCalledOff
from events.domain.setup.giving_stands import give_stands, problems_of_giving
from events.domain.setup.stands import StandRows, assign_stand, lay_stands
from events.enums import EventState, ParticipantState, PeopleKind
from events.models import Event, Participant, Stand
from events.queries.setup import set_up_of
from events.queries.stand_giving import stand_giving
from hubs.policies import Viewer
from kernel.audit import AuditRecord
from kernel.errors import InvalidInput, NotAllowed, NotFound
from profiles.models import Profile, Term
from tests.events.setting_up import draft, event_fixture, organiser_of, viewer_fixture  # noqa: F401
from tests.events.stand_seekers import exhibitor, holders, rows_fixture  # noqa: F401
from tests.factories import HubFactory, ProfileFactory

pytestmark = pytest.mark.usefixtures("english")


def version_of(event: Event) -> int:
    return Event.objects.get(pk=event.pk).version


# Who waits for a stand


def test_exhibitors_without_a_stand_wait_for_one(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    exhibitor(event, "Alfa", people=3)
    assign_stand(rows[2], viewer=viewer, profile=exhibitor(event, "Beta"))
    gone, waits, guest = (exhibitor(event, name) for name in ("Gone", "Waits", "Guest"))
    people = Participant.objects.filter(event=event)
    people.filter(participation__profile=gone).update(state=ParticipantState.CANCELLED)
    people.filter(participation__profile=waits).update(state=ParticipantState.WAITING)
    people.filter(participation__profile=guest).update(kind=PeopleKind.SPEAKER)
    exhibitor(draft(viewer, name="Elsewhere"), "Other")

    giving = stand_giving(event)

    assert [(row.profile.name, row.people) for row in giving.rows] == [("Alfa", 3)]
    assert [stand.number for stand in giving.free] == ["1", "2", *map(str, range(4, 13))]
    assert set_up_of(event).standless == 1


def test_rows_follow_the_stands_theme_by_theme(event: Event, rows: list[Stand]) -> None:
    first, second = Term.objects.filter(taxonomy="theme").order_by("position")[:2]
    exhibitor(event, "Delta", second)
    exhibitor(event, "Gamma", first)
    exhibitor(event, "Alfa")
    exhibitor(event, "Beta", second, first)

    giving = stand_giving(event)

    shown = [(row.profile.name, row.theme, row.proposed and row.proposed.number) for row in giving.rows]
    assert shown == [
        ("Beta", first.key, "1"),
        ("Gamma", first.key, "2"),
        ("Delta", second.key, "3"),
        ("Alfa", None, "4"),
    ]
    assert (giving.unplaced, giving.more) == (0, 0)


def test_those_without_a_proposal_are_said_and_stand_last(event: Event, rows: list[Stand]) -> None:
    event.stands.exclude(number__in=("2", "10")).delete()
    for name in ("Zeta", "Ypsilon", "Alfa"):
        exhibitor(event, name)

    giving = stand_giving(event)

    shown = [(row.profile.name, row.proposed and row.proposed.number) for row in giving.rows]
    assert shown == [("Ypsilon", "2"), ("Zeta", "10"), ("Alfa", None)]
    assert giving.unplaced == 1


def test_stand_of_an_organisation_alone_is_not_free(event: Event, rows: list[Stand]) -> None:
    Stand.objects.filter(pk=rows[0].pk).update(organisation=exhibitor(event, "Alfa").organisation)

    assert "1" not in [stand.number for stand in stand_giving(event).free]


# Giving


def test_stands_are_given_at_once_and_recorded(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    given = {exhibitor(event, name).slug: number for name, number in (("Alfa", " 3 "), ("Beta", "1"))}
    before = Stand.objects.get(number="3").updated_at

    give_stands(event, viewer=viewer, version=2, given=given)

    assert holders(event) == {"3": "Alfa", "1": "Beta"}
    alfa = Stand.objects.get(number="3")
    assert alfa.organisation == Profile.objects.get(name="Alfa").organisation
    assert alfa.updated_at > before
    assert version_of(event) == 3
    assert AuditRecord.objects.filter(action="give_stands", actor_id=viewer.user_id).count() == 1


def refused(event: Event, viewer: Viewer, given: dict[str, str]) -> dict[str, str]:
    """What is told of each when nothing is given."""
    before = holders(event)
    with pytest.raises(InvalidInput) as refusal:
        give_stands(event, viewer=viewer, version=version_of(event), given=given)
    assert holders(event) == before
    told = refusal.value.details["fields"]
    assert problems_of_giving(event, given) == {slug: problem for slug, (problem,) in told.items()}
    return {slug: problem for slug, (problem,) in told.items()}


def test_stand_written_twice_names_it_beside_both(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    alfa, beta, gamma = (exhibitor(event, name).slug for name in ("Alfa", "Beta", "Gamma"))

    told = refused(event, viewer, {alfa: "4", beta: " 4", gamma: "5"})

    assert told == dict.fromkeys((alfa, beta), "Stand 4 is written more than once. One of them can have it.")


def test_stand_that_somebody_has_says_who(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    assign_stand(rows[3], viewer=viewer, profile=exhibitor(event, "Beta"))
    alfa, gamma = (exhibitor(event, name).slug for name in ("Alfa", "Gamma"))

    told = refused(event, viewer, {gamma: "5", alfa: "4"})

    assert told == {alfa: "Stand 4 is no longer free: Beta has it. Write the number of another."}


def test_one_who_has_a_stand_gets_no_second_one(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    beta = exhibitor(event, "Beta")
    assign_stand(rows[3], viewer=viewer, profile=beta)

    assert refused(event, viewer, {beta.slug: "5"}) == {beta.slug: "Beta has stand 4 already."}


@pytest.mark.parametrize("kind", ["none", "stranger", "other hub", "cancelled"])
def test_stand_goes_to_nobody_who_does_not_take_part(
    viewer: Viewer, event: Event, rows: list[Stand], kind: str
) -> None:
    slug = "nobody"
    if kind == "stranger":
        slug = ProfileFactory(hub=event.hub).slug
    elif kind == "other hub":
        slug = exhibitor(draft(organiser_of(HubFactory(slug="nordbro")), name="Hos dem"), "Hemmelig").slug
    elif kind == "cancelled":
        slug = exhibitor(event, "Gone").slug
        event.people.update(state=ParticipantState.CANCELLED)

    told = refused(event, viewer, {slug: "5", exhibitor(event, "Alfa").slug: "6"})

    assert told == {slug: "Stand 5 was written for somebody who does not take part in the event."}


@pytest.mark.parametrize("number", ["99", "", "1/2", "x" * 100_000, "<script>", "a\x00b", "\ud800", "B1", "1\u202e"])
def test_number_of_no_free_stand_here_is_refused(viewer: Viewer, event: Event, rows: list[Stand], number: str) -> None:
    other = draft(viewer, name="En anden")
    hall = other.halls.all()[0]
    lay_stands(other, viewer=viewer, version=1, hall=hall, rows=StandRows(rows=1, each=1, prefix="B"))
    event.stands.filter(number="1").delete()
    alfa = exhibitor(event, "Alfa").slug

    told = refused(event, viewer, {alfa: number})

    assert told[alfa].startswith("There is no stand “")
    assert len(told[alfa]) < 100
    assert not other.stands.filter(profile__isnull=False).exists()


def test_nothing_written_gives_nothing(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    with pytest.raises(InvalidInput):
        give_stands(event, viewer=viewer, version=2, given={})

    assert version_of(event) == 2


def test_only_an_organiser_of_the_hub_gives_under_the_present_version(
    viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    given = {exhibitor(event, "Alfa").slug: "1"}
    member = Viewer(event.hub_id, user_id=viewer.user_id)

    for error, who, version in (
        (NotAllowed, member, 2),
        (NotFound, organiser_of(HubFactory(slug="nordbro")), 2),
        (ChangedMeanwhile, viewer, 1),
    ):
        with pytest.raises(error):
            give_stands(event, viewer=who, version=version, given=given)
    Event.objects.filter(pk=event.pk).update(state=EventState.CANCELLED)
    with pytest.raises(EventCalledOff):
        give_stands(event, viewer=viewer, version=2, given=given)

    assert holders(event) == {}


def test_database_is_asked_as_often_for_one_stand_as_for_many(viewer: Viewer, event: Event, rows: list[Stand]) -> None:
    counts = []
    for names in ("a", "bcdefghij"):
        for name in names:
            exhibitor(event, name)
        with CaptureQueriesContext(connection) as reading:
            giving = stand_giving(event)
        given = {row.profile.slug: row.proposed.number for row in giving.rows if row.proposed}
        with CaptureQueriesContext(connection) as queries:
            give_stands(event, viewer=viewer, version=version_of(event), given=given)
        counts.append((len(given), len(reading), len(queries)))

    assert [number for number, _reading, _queries in counts] == [1, 9]
    assert counts[0][1:] == counts[1][1:]
