"""Shortlists: gathered, asked together under the caps, compared, one chosen for a reason, the others thanked."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hubs.models import Hub, User
from hubs.policies import Viewer
from kernel.errors import EditConflict, InvalidInput, NotAllowed
from mailgate.models import OutgoingMail
from matching.domain.introductions.answering import accept_introduction, decline_introduction
from matching.domain.introductions.drafting import draft_introduction
from matching.domain.introductions.fields import RequestFields
from matching.domain.projects.shortlists import (
    MOST_CANDIDATES,
    ListClosed,
    ShortlistFields,
    add_candidate,
    ask_together,
    begin_shortlist,
    choose,
    give_up_shortlist,
    note_on_candidate,
    remove_candidate,
    update_shortlist,
)
from matching.enums import AnswerSource, IntroductionState, ListState, Side
from matching.models import Candidate, ContactRules, Declaration, Introduction, LoadPlace, Shortlist, TimelineEntry
from matching.queries.projects import visible_shortlists
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.matching.projects.tables import NOW, TODAY, broker, speaker

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

FIELDS = ShortlistFields("Designer til kabinet", "Vi søger design af et kabinet til vores sensor.", "da")
REQUEST = RequestFields(
    contact_purpose="feedback", asked="Vil I tegne et kabinet, der kan vaskes?", minutes=30, opi_step="light_contact"
)


@pytest.fixture
def owner(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(name="Nordlys")
    return profile


@pytest.fixture
def viewer(owner: Profile) -> Viewer:
    return speaker(owner)


@pytest.fixture
def shortlist(owner: Profile, viewer: Viewer) -> Shortlist:
    return begin_shortlist(viewer, owner=owner, fields=FIELDS, once=uuid4())


@pytest.fixture
def four(shortlist: Shortlist, viewer: Viewer) -> list[Candidate]:
    """Four designers on the list."""
    return [
        add_candidate(
            shortlist,
            viewer=viewer,
            profile=ProfileFactory(name=f"Design {number}", contact_email=f"design{number}@example.test"),
            from_matches=True,
        )
        for number in range(4)
    ]


def ask(shortlist: Shortlist, viewer: Viewer) -> list[str]:
    return [refusal.code for refusal in ask_together(shortlist, viewer=viewer, fields=REQUEST, now=NOW).refused]


def say_yes(candidate: Candidate) -> None:
    candidate.refresh_from_db()
    assert candidate.introduction is not None
    accept_introduction(candidate.introduction, side=Side.RECEIVER, actor=None, now=NOW, source=AnswerSource.LINK)


def decide(shortlist: Shortlist, viewer: Viewer, *chosen: Candidate, **change: object) -> Shortlist:
    options = {
        "version": Shortlist.objects.get(pk=shortlist.pk).version,
        "reason": "Har tegnet til sygehuse før.",
        "has_interests": False,
        "interests": "",
        "now": NOW + timedelta(days=9),
        "today": TODAY,
        **change,
    }
    return choose(shortlist, viewer=viewer, candidates=chosen, **options)  # type: ignore[arg-type]


def state_of(candidate: Candidate) -> str:
    candidate.refresh_from_db()
    assert candidate.introduction is not None
    return candidate.introduction.state


def test_list_is_begun_once(owner: Profile, viewer: Viewer) -> None:
    once = uuid4()

    rows = [begin_shortlist(viewer, owner=owner, fields=FIELDS, once=once) for _time in range(2)]

    assert rows[0].pk == rows[1].pk
    assert Shortlist.objects.count() == 1


def test_text_of_another_profile_is_refused(owner: Profile, viewer: Viewer) -> None:
    with pytest.raises(InvalidInput):
        begin_shortlist(viewer, owner=owner, fields=FIELDS, statement=StatementFactory(), once=uuid4())


def test_stranger_may_neither_see_nor_change(shortlist: Shortlist, viewer: Viewer) -> None:
    other = speaker(ProfileFactory(name="Fremmed"))

    assert visible_shortlists(other).count() == 0
    assert visible_shortlists(viewer).count() == 1
    with pytest.raises(NotAllowed):
        update_shortlist(shortlist, viewer=other, version=1, fields=FIELDS)


def test_change_keeps_what_somebody_else_saved(shortlist: Shortlist, viewer: Viewer) -> None:
    update_shortlist(shortlist, viewer=viewer, version=1, fields=replace(FIELDS, title="Nyt"))

    with pytest.raises(EditConflict):
        update_shortlist(shortlist, viewer=viewer, version=1, fields=FIELDS)
    assert Shortlist.objects.get().title == "Nyt"


def test_candidate_stands_once_and_own_house_never(shortlist: Shortlist, viewer: Viewer, owner: Profile) -> None:
    designer = ProfileFactory(name="Design")

    for _time in range(2):
        add_candidate(shortlist, viewer=viewer, profile=designer, from_matches=False, note="Kender dem fra messen.")
    with pytest.raises(InvalidInput):
        add_candidate(shortlist, viewer=viewer, profile=owner, from_matches=False)

    (row,) = shortlist.candidates.all()
    assert (row.profile, row.from_matches, row.note) == (designer, False, "Kender dem fra messen.")


def test_profile_that_is_not_open_or_foreign_is_not_added(shortlist: Shortlist, viewer: Viewer) -> None:
    elsewhere = OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub"))

    for profile in (ProfileFactory(visibility="hub"), ProfileFactory(organisation=elsewhere)):
        with pytest.raises(NotAllowed):
            add_candidate(shortlist, viewer=viewer, profile=profile, from_matches=True)


def test_list_has_an_end(shortlist: Shortlist, viewer: Viewer) -> None:
    for _number in range(MOST_CANDIDATES):
        add_candidate(shortlist, viewer=viewer, profile=ProfileFactory(), from_matches=True)

    with pytest.raises(InvalidInput):
        add_candidate(shortlist, viewer=viewer, profile=ProfileFactory(), from_matches=True)


def test_asking_together_sends_each_a_request_of_its_own(
    shortlist: Shortlist, viewer: Viewer, four: list[Candidate]
) -> None:
    assert ask(shortlist, viewer) == []

    assert [state_of(row) for row in four] == [IntroductionState.SENT] * 4
    assert Shortlist.objects.get().state == ListState.ASKED
    assert set(OutgoingMail.objects.values_list("kind", "address")) == {
        ("introduction_received", f"design{number}@example.test") for number in range(4)
    }


def test_asking_twice_asks_nobody_twice(shortlist: Shortlist, viewer: Viewer, four: list[Candidate]) -> None:
    ask(shortlist, viewer)
    again = ask_together(shortlist, viewer=viewer, fields=REQUEST, now=NOW)

    assert (again.asked, again.refused) == ((), ())
    assert Introduction.objects.count() == 4
    assert OutgoingMail.objects.count() == 4


def test_full_candidate_is_told_and_the_others_are_asked(
    shortlist: Shortlist, viewer: Viewer, four: list[Candidate]
) -> None:
    full = four[1].profile
    ContactRules.objects.create(hub=full.hub, profile=full, monthly_cap=1)
    LoadPlace.objects.create(
        hub=full.hub, profile=full, month=TODAY.replace(day=1), number=1, channel="web", subject=uuid4()
    )

    told = ask_together(shortlist, viewer=viewer, fields=REQUEST, now=NOW)

    assert [row.pk for row in told.asked] == [four[0].pk, four[2].pk, four[3].pk]
    assert [(row.candidate.pk, row.code) for row in told.refused] == [(four[1].pk, "cap_reached")]
    assert not Introduction.objects.filter(receiver=full).exists()
    assert Candidate.objects.get(pk=four[1].pk).introduction is None


def test_paused_candidate_is_told_and_the_others_are_asked(
    shortlist: Shortlist, viewer: Viewer, four: list[Candidate]
) -> None:
    Profile.objects.filter(pk=four[0].profile_id).update(is_paused=True)

    assert ask(shortlist, viewer) == ["paused"]
    assert Introduction.objects.filter(state=IntroductionState.SENT).count() == 3


def test_senders_own_cap_holds(shortlist: Shortlist, viewer: Viewer, four: list[Candidate]) -> None:
    for number in range(4):
        add_candidate(shortlist, viewer=viewer, profile=ProfileFactory(name=f"Flere {number}"), from_matches=True)

    assert ask(shortlist, viewer) == ["too_many_open", "too_many_open"]
    assert Introduction.objects.count() == 6


def test_empty_list_and_broken_request_ask_nobody(shortlist: Shortlist, viewer: Viewer) -> None:
    with pytest.raises(InvalidInput):
        ask(shortlist, viewer)
    add_candidate(shortlist, viewer=viewer, profile=ProfileFactory(), from_matches=True)
    with pytest.raises(InvalidInput):
        ask_together(shortlist, viewer=viewer, fields=replace(REQUEST, minutes=1), now=NOW)
    assert Introduction.objects.count() == 0


def test_asked_candidate_stays_on_the_list(shortlist: Shortlist, viewer: Viewer, four: list[Candidate]) -> None:
    remove_candidate(four[3], viewer=viewer)
    ask(shortlist, viewer)

    with pytest.raises(InvalidInput):
        remove_candidate(four[0], viewer=viewer)
    assert shortlist.candidates.count() == 3


def test_choice_keeps_reason_and_thanks_the_others(shortlist: Shortlist, viewer: Viewer, four: list[Candidate]) -> None:
    ask(shortlist, viewer)
    say_yes(four[0])
    say_yes(four[1])
    four[2].refresh_from_db()
    assert four[2].introduction is not None
    decline_introduction(
        four[2].introduction, side=Side.RECEIVER, actor=None, now=NOW, reason="no_capacity", source=AnswerSource.LINK
    )

    decided = decide(shortlist, viewer, four[0])

    assert (decided.state, decided.reason, decided.decided_on) == (
        ListState.DECIDED,
        "Har tegnet til sygehuse før.",
        TODAY,
    )
    assert [row.chosen for row in shortlist.candidates.all()] == [True, False, False, False]
    assert [state_of(row) for row in four] == ["accepted", "accepted", "declined", "withdrawn"]
    assert set(OutgoingMail.objects.filter(kind__startswith="shortlist").values_list("kind", "address")) == {
        ("shortlist_chosen", "design0@example.test"),
        ("shortlist_thanks", "design1@example.test"),
    }
    assert TimelineEntry.objects.filter(kind="note", text__contains="another one").count() == 1


def test_choice_declares_that_there_are_no_interests(
    shortlist: Shortlist, viewer: Viewer, four: list[Candidate]
) -> None:
    ask(shortlist, viewer)
    say_yes(four[0])
    decide(shortlist, viewer, four[0])

    declared = Declaration.objects.get()
    assert (declared.side, declared.has_interests, declared.introduction_id) == (
        "seeker",
        False,
        Candidate.objects.get(pk=four[0].pk).introduction_id,
    )
    assert declared.made_by == User.objects.get(pk=viewer.user_id)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"reason": " "}, "reason"), ({"has_interests": True, "interests": ""}, "interests")],
)
def test_choice_without_reason_or_interests_changes_nothing(
    shortlist: Shortlist, viewer: Viewer, four: list[Candidate], change: dict[str, object], field: str
) -> None:
    ask(shortlist, viewer)
    say_yes(four[0])

    with pytest.raises(InvalidInput) as refused:
        decide(shortlist, viewer, four[0], **change)

    assert refused.value.details["field"] == field
    assert Shortlist.objects.get().state == ListState.ASKED
    assert state_of(four[3]) == "sent"


def test_only_a_yes_or_a_written_answer_can_be_chosen(
    shortlist: Shortlist, viewer: Viewer, four: list[Candidate]
) -> None:
    ask(shortlist, viewer)
    with pytest.raises(InvalidInput):
        decide(shortlist, viewer, four[0])
    with pytest.raises(InvalidInput):
        decide(shortlist, viewer)

    note_on_candidate(four[0], viewer=viewer, note="", answer="Ja, 40 timer, sagt i telefonen.")
    assert decide(
        shortlist, viewer, four[0], has_interests=True, interests="Ejer aktier i dem."
    ).declared_interests == ("Ejer aktier i dem.")


def test_choice_that_somebody_else_made_stands(shortlist: Shortlist, viewer: Viewer, four: list[Candidate]) -> None:
    ask(shortlist, viewer)
    say_yes(four[0])
    say_yes(four[1])
    with pytest.raises(EditConflict):
        decide(shortlist, viewer, four[0], version=1)

    decide(shortlist, viewer, four[1])
    with pytest.raises(ListClosed):
        decide(shortlist, viewer, four[0])
    assert [row.profile for row in shortlist.candidates.filter(chosen=True)] == [four[1].profile]


def test_facilitator_records_a_choice_for_the_owner(
    shortlist: Shortlist, viewer: Viewer, owner: Profile, four: list[Candidate]
) -> None:
    ask(shortlist, viewer)
    say_yes(four[0])

    assert decide(shortlist, broker(owner), four[0]).state == ListState.DECIDED


def test_giving_up_leaves_nobody_waiting(shortlist: Shortlist, viewer: Viewer, four: list[Candidate]) -> None:
    ask(shortlist, viewer)
    say_yes(four[0])

    closed = give_up_shortlist(
        shortlist, viewer=viewer, version=Shortlist.objects.get().version, reason="Vi tegner selv.", now=NOW
    )

    assert (closed.state, closed.reason) == (ListState.ABANDONED, "Vi tegner selv.")
    assert [state_of(row) for row in four] == ["accepted", "withdrawn", "withdrawn", "withdrawn"]
    assert OutgoingMail.objects.filter(kind="shortlist_thanks").count() == 1
    with pytest.raises(ListClosed):
        add_candidate(shortlist, viewer=viewer, profile=ProfileFactory(), from_matches=True)


def test_draft_that_somebody_has_begun_is_neither_written_over_nor_sent(
    shortlist: Shortlist, viewer: Viewer, owner: Profile, four: list[Candidate]
) -> None:
    purposes = ("opi_light", "project")
    drafts = [
        draft_introduction(viewer, seeker=owner, receiver=four[0].profile, purpose=purpose, now=NOW)
        for purpose in purposes
    ]
    Introduction.objects.filter(pk__in=[draft.pk for draft in drafts]).update(asked="Half a sentence of mine")

    assert ask(shortlist, viewer) == ["already_asked"]

    kept = Introduction.objects.filter(pk__in=[draft.pk for draft in drafts]).values_list("state", "asked")
    assert list(kept) == [(IntroductionState.DRAFT, "Half a sentence of mine")] * 2
    assert Introduction.objects.filter(state=IntroductionState.SENT).count() == 3
    four[0].refresh_from_db()
    assert four[0].introduction is None


@pytest.mark.parametrize("ends", ["choose", "give up"])
def test_all_parties_are_locked_in_order_before_the_first_request(
    shortlist: Shortlist, viewer: Viewer, owner: Profile, four: list[Candidate], ends: str
) -> None:
    ask(shortlist, viewer)
    say_yes(four[1])

    with CaptureQueriesContext(connection) as captured:
        if ends == "choose":
            decide(shortlist, viewer, four[1])
        else:
            version = Shortlist.objects.get(pk=shortlist.pk).version
            give_up_shortlist(shortlist, viewer=viewer, version=version, reason="Behovet er væk.", now=NOW)

    asked = [query["sql"] for query in captured.captured_queries]
    first_request = next(n for n, sql in enumerate(asked) if 'FROM "matching_introduction"' in sql)
    locks = [sql for sql in asked[:first_request] if '"profiles_profile"."id" IN (' in sql and "ORDER BY" in sql]
    everybody = {owner.pk, *(candidate.profile_id for candidate in four)}
    (lock,) = locks
    named = lock.split('"profiles_profile"."id" IN (')[1].split(")")[0]
    assert {int(number) for number in named.split(",")} == everybody
