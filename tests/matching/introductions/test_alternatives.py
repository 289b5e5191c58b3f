"""Others to ask when a month is full: from the shown list, in its order, with room and awake."""

import pytest

from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotFound, NotReady
from matching.domain.introductions.alternatives import alternatives_to
from matching.models import Impression, Introduction, ShownList
from tests.matching.introductions.parties import NOW, Person, capped, drafted, party, sent

TODAY = NOW.date()


def listed(hub: Hub, firm: Person, people: list[Person]) -> Introduction:
    """A draft to the first of a list that showed all of them."""
    shown = ShownList.objects.create(hub=hub, channel="web", ranker_name="x", shown_at=NOW)
    rows = [
        Impression.objects.create(
            hub=hub, shown_list=shown, profile=person.profile, position=place, propensity=1.0, place_propensity=1.0
        )
        for place, person in enumerate(people)
    ]
    return drafted(firm, people[0], impression=rows[0])


def test_others_of_the_list_with_room_come_in_its_order(firm: Person, ward: Person, hub: Hub) -> None:
    full, paused, asked, own = party(hub), party(hub), party(hub), party(hub, organisation=firm.profile.organisation)
    hidden = party(hub, visibility="hub")
    good = [party(hub, name=name) for name in ("Zeta", "Alfa")]
    draft = listed(hub, firm, [ward, full, paused, own, good[0], asked, hidden, good[1]])
    capped(full, 0)
    type(paused.profile).objects.filter(pk=paused.profile.pk).update(is_paused=True)
    sent(asked, firm)

    found = alternatives_to(firm.viewer, draft, today=TODAY)

    assert [profile.name for profile in found] == ["Zeta", "Alfa"]


def test_no_more_than_asked_for(firm: Person, ward: Person, hub: Hub) -> None:
    draft = listed(hub, firm, [ward, *(party(hub) for _number in range(5))])

    assert [len(alternatives_to(firm.viewer, draft, today=TODAY, limit=limit)) for limit in (1, 3)] == [1, 3]


def test_without_a_list_or_an_index_there_is_nobody(
    firm: Person, ward: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_ready(*_arguments: object, **_options: object) -> None:
        raise NotReady("The index is not built yet.")

    monkeypatch.setattr("matching.domain.introductions.alternatives.recommend_for_profile", not_ready)

    assert alternatives_to(firm.viewer, drafted(firm, ward), today=TODAY) == []


def test_only_the_writer_sees_them(firm: Person, ward: Person, hub: Hub) -> None:
    draft = listed(hub, firm, [ward, party(hub)])

    for viewer in (ward.viewer, Viewer(hub.pk)):
        with pytest.raises(NotFound):
            alternatives_to(viewer, draft, today=TODAY)
