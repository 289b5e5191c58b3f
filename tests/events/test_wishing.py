"""Preferences: private, bounded, and a "no thanks" that nothing overrides."""

from datetime import timedelta

import pytest
from django.utils import translation

from events.domain.wishes.answering import answer_request
from events.domain.wishes.asking import ask_meeting
from events.domain.wishes.wish_errors import (
    MeetingAgreed,
    NotComing,
    SaidNoThanks,
    SameOrganisation,
    TooManyWishes,
    WishesClosed,
)
from events.domain.wishes.wishing import MOST_WISHES, prefer
from events.models import Event, Hall, MeetingRequest, Participant, Preference, Stand
from events.queries.wishes import no_thanks_of, pairs_kept_apart
from hubs.policies import Viewer
from kernel.errors import InvalidInput, NotAllowed, NotFound
from kernel.models import AuditRecord
from tests.events.wish_people import (  # noqa: F401
    NOW,
    encoder_fixture,
    event_fixture,
    make_event,
    person,
    speaks_as,
    two,
)
from tests.factories import HubFactory


def stored() -> list[tuple[int, int | None, str]]:
    return list(Preference.objects.order_by("pk").values_list("person", "other", "wanting"))


def test_wish_is_stored_changed_and_taken_back(event: Event) -> None:
    asta, bo = two(event)

    prefer(asta, other=bo, wanting="want", now=NOW, viewer=speaks_as(asta))
    assert stored() == [(asta.pk, bo.pk, "want")]
    prefer(asta, other=bo, wanting="must", now=NOW)
    assert stored() == [(asta.pk, bo.pk, "must")]
    prefer(asta, other=bo, wanting=None, now=NOW)

    assert stored() == []


def test_record_of_changes_does_not_say_whom_somebody_declines(event: Event) -> None:
    asta, bo = two(event)

    prefer(asta, other=bo, wanting="no_thanks", now=NOW)

    record = AuditRecord.objects.get()
    assert (record.action, record.subject_id, record.changed_fields) == ("wish", asta.public_id, ["preferences"])


def test_no_thanks_of_colleagues_who_share_an_agenda_counts_for_the_agenda(event: Event) -> None:
    asta, bo = two(event)
    helper = person(event, "Bodil", profile=bo.participation.profile, host=bo)

    prefer(asta, other=helper, wanting="no_thanks", now=NOW)

    assert pairs_kept_apart(event) == {(asta.pk, bo.pk)}


def test_no_thanks_to_a_stand_means_everybody_there(event: Event) -> None:
    asta, bo = two(event)
    carl = person(event, "Carl")
    hall = Hall.objects.create(hub=event.hub, event=event, name="A")
    stand = Stand.objects.create(hub=event.hub, event=event, hall=hall, number="7", organisation_id=bo.organisation_id)
    carl.stand = stand
    carl.save()

    prefer(asta, stand=stand, wanting="no_thanks", now=NOW)

    assert no_thanks_of(asta) == {bo.pk, carl.pk}


@pytest.mark.parametrize("wanting", ["", "maybe", "MUST", "<script>"])
def test_unknown_wish_is_refused(event: Event, wanting: str) -> None:
    asta, bo = two(event)

    with pytest.raises(InvalidInput):
        prefer(asta, other=bo, wanting=wanting, now=NOW)

    assert stored() == []


def test_wish_of_nothing_or_of_oneself_is_refused(event: Event) -> None:
    asta, _bo = two(event)

    with pytest.raises(InvalidInput):
        prefer(asta, wanting="want", now=NOW)
    with pytest.raises(InvalidInput):
        prefer(asta, other=asta, wanting="want", now=NOW)

    assert stored() == []


def test_stranger_may_not_wish_for_somebody(event: Event) -> None:
    asta, bo = two(event)

    with pytest.raises(NotAllowed):
        prefer(asta, other=bo, wanting="want", now=NOW, viewer=speaks_as(bo))

    assert stored() == []


def test_another_hubs_person_is_not_found(event: Event) -> None:
    asta, _bo = two(event)
    stranger = person(make_event(HubFactory(slug="nordbro")), "Xenia")

    with pytest.raises(NotFound):
        prefer(asta, other=stranger, wanting="want", now=NOW)

    assert stored() == []


def test_colleagues_are_refused_unless_the_event_lets_them_meet(event: Event) -> None:
    asta, _bo = two(event)
    colleague = person(event, "Arne", profile=asta.participation.profile)

    with pytest.raises(SameOrganisation):
        prefer(asta, other=colleague, wanting="want", now=NOW)
    event.keeps_colleagues_apart = False
    event.save()
    for each in (asta, colleague):
        each.refresh_from_db()
    prefer(asta, other=colleague, wanting="want", now=NOW)

    assert stored() == [(asta.pk, colleague.pk, "want")]


@pytest.mark.parametrize("state", ["waiting", "standby", "cancelled"])
def test_who_has_no_place_wishes_nothing_and_is_not_wished_for(event: Event, state: str) -> None:
    asta, bo = two(event)
    bo.state = state
    bo.save()

    for one, other in ((asta, bo), (bo, asta)):
        with pytest.raises(NotComing):
            prefer(one, other=other, wanting="want", now=NOW)

    assert stored() == []


@pytest.mark.parametrize("values", [{"state": "wishes_closed"}, {"state": "draft"}, {"wishes_close_at": NOW}])
def test_closed_wishes_take_no_new_ones_but_still_a_no_thanks(event: Event, values: dict[str, object]) -> None:
    asta, bo = two(event)
    Event.objects.filter(pk=event.pk).update(**values)
    asta.event.refresh_from_db()

    with pytest.raises(WishesClosed):
        prefer(asta, other=bo, wanting="must", now=NOW)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW)

    assert stored() == [(asta.pk, bo.pk, "no_thanks")]


def test_after_the_event_nothing_is_noted(event: Event) -> None:
    asta, bo = two(event)

    with pytest.raises(WishesClosed):
        prefer(asta, other=bo, wanting="no_thanks", now=event.ends_at + timedelta(hours=1))

    assert stored() == []


def test_a_thousand_wishes_end_at_a_clear_limit(event: Event) -> None:
    asta, bo = two(event)
    hall = Hall.objects.create(hub=event.hub, event=event, name="A")
    stands = Stand.objects.bulk_create(
        Stand(hub=event.hub, event=event, hall=hall, number=str(number)) for number in range(MOST_WISHES)
    )
    Preference.objects.bulk_create(
        Preference(hub=event.hub, event=event, person=asta, stand=stand, wanting="want") for stand in stands
    )

    with pytest.raises(TooManyWishes) as refusal:
        prefer(asta, other=bo, wanting="want", now=NOW)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW)

    assert refusal.value.details == {"limit": MOST_WISHES}
    assert Preference.objects.filter(person=asta).count() == MOST_WISHES + 1


def test_must_of_either_side_weighs_in_their_request(event: Event) -> None:
    asta, bo = two(event)
    request = ask_meeting(asta, receiver=bo, reason="Vi vil gerne vise sensoren.", now=NOW)
    assert not request.is_must

    prefer(bo, other=asta, wanting="must", now=NOW)
    assert MeetingRequest.objects.get().is_must
    prefer(bo, other=asta, wanting="want", now=NOW)

    assert not MeetingRequest.objects.get().is_must


def test_no_thanks_waits_until_an_agreed_meeting_is_called_off(event: Event) -> None:
    asta, bo = two(event)
    request = ask_meeting(asta, receiver=bo, reason="Vi vil gerne vise sensoren.", now=NOW)
    with pytest.raises(MeetingAgreed):
        prefer(asta, other=bo, wanting="no_thanks", now=NOW)
    answer_request(request, accepts=True, now=NOW)

    with pytest.raises(MeetingAgreed):
        prefer(bo, other=asta, wanting="no_thanks", now=NOW)

    assert pairs_kept_apart(event) == frozenset()


def is_person(someone: Participant) -> Viewer:
    """The viewer who is that very person."""
    viewer = speaks_as(someone)
    Participant.objects.filter(pk=someone.pk).update(user=viewer.user_id)
    return viewer


def test_colleague_neither_says_nor_overwrites_a_no_thanks(event: Event) -> None:
    asta, bo = two(event)
    colleague = speaks_as(asta)

    with pytest.raises(NotAllowed, match="Only Asta"), translation.override("en"):
        prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=colleague)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW, viewer=is_person(asta))
    for wanting in ("must", None):
        with pytest.raises(NotAllowed, match="Only Asta"), translation.override("en"):
            prefer(asta, other=bo, wanting=wanting, now=NOW, viewer=colleague)

    assert stored() == [(asta.pk, bo.pk, "no_thanks")]


def test_who_shares_an_agenda_may_say_no_thanks_for_it(event: Event) -> None:
    asta, bo = two(event)
    helper = person(event, "Bodil", profile=bo.participation.profile, host=bo)

    prefer(bo, other=asta, wanting="no_thanks", now=NOW, viewer=is_person(helper))

    assert no_thanks_of(bo) == {asta.pk}


def test_person_itself_is_told_of_its_own_no_thanks_when_it_asks(event: Event) -> None:
    asta, bo = two(event)
    prefer(asta, other=bo, wanting="no_thanks", now=NOW)

    with pytest.raises(SaidNoThanks):
        ask_meeting(asta, receiver=bo, reason="Vi vil gerne mødes.", now=NOW, viewer=is_person(asta))
