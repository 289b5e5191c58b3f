"""Recommendations where hardly anything is known: few people, one organisation, one kind, other languages, nonsense."""

from datetime import date, timedelta
from itertools import permutations

import numpy as np
import pytest
from django.test import Client

from events.domain.groups.fitting import fit_of
from events.domain.wishes.suggesting import suggest_people
from events.domain.wishes.usual_scale import Scale, usual_scale
from events.models import Event, Participant, Question, Suggestion, SuggestionRound
from events.queries.suggestions import has_list, suggestions_for
from hubs.enums import Role
from kernel.audit import record_change
from kernel.models import AuditRecord
from matching.engine.calibration import MIN_SAMPLE, Background
from matching.engine.centring import Centring
from matching.engine.rows import DANISH, ENGLISH
from tests.encoders import WordHashEncoder
from tests.events.wish_people import NEED, NOW, OFFER, encoder_fixture, event_fixture, make_event, person  # noqa: F401
from tests.frontend.conftest import works_as

GERMAN = "Wir suchen eine Klinik für die Erprobung unseres Sensors gegen Dekubitus."
SWEDISH = "Vi erbjuder test av sensorer mot trycksår på vår avdelning."
IN_ENGLISH = "We offer trials of pressure ulcer sensors on our ward."
NONSENSE = ("asdf qwer zxcv", "🙂🙂🙂", "!!!", "12345", "مرحبا", "<b>\u202e</b>", "x" * 1_500, "ord " * 300)


def lists(event: Event) -> dict[str, list[str]]:
    return {each.name: [row.person.name for row in suggestions_for(each)] for each in event.people.order_by("pk")}


def crowd(event: Event, texts: list[str], **values: str) -> list[Participant]:
    """Each seeks and offers the same text."""
    return [person(event, f"P{number}", need=text, offer=text, **values) for number, text in enumerate(texts)]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("kind", ["medico_bazar", "erfa"])
def test_few_people_meet_all_others_or_nobody(hub: object, encoder: WordHashEncoder, kind: str, count: int) -> None:
    event = make_event(kind=kind)
    crowd(event, [NEED] * count)

    found = suggest_people(event, now=NOW)

    assert (found.people, found.pairs) == ((count, count * (count - 1)) if count > 1 else (0, 0))
    assert np.isfinite(found.gap)
    names = {f"P{number}" for number in range(count)}
    assert {name: set(row) for name, row in lists(event).items()} == {name: names - {name} for name in names}


@pytest.mark.parametrize("count", [2, 3])
def test_people_of_one_organisation_get_nobody(event: Event, count: int) -> None:
    first = person(event, "P0", need=NEED, offer=OFFER)
    for number in range(1, count):
        person(event, f"P{number}", profile=first.participation.profile)

    assert suggest_people(event, now=NOW).pairs == 0
    assert lists(event) == {f"P{number}": [] for number in range(count)}


def test_students_alone_get_nobody(hub: object, encoder: WordHashEncoder) -> None:
    event = make_event(kind="meet_the_experts")
    crowd(event, [NEED, OFFER, NEED])
    Participant.objects.update(kind="student")

    assert suggest_people(event, now=NOW).pairs == 0


@pytest.mark.parametrize("kind", ["firm", "researcher", "investor"])
def test_people_of_one_kind_get_each_other(event: Event, kind: str) -> None:
    crowd(event, [NEED, OFFER, NEED], kind=kind)

    suggest_people(event, now=NOW)

    assert sorted(len(row) for row in lists(event).values()) == [2, 2, 2]


def test_people_who_wrote_nothing_get_nobody_and_are_shown_to_nobody(event: Event) -> None:
    for number in range(3):
        person(event, f"P{number}")

    assert suggest_people(event, now=NOW).pairs == 0
    assert lists(event) == {"P0": [], "P1": [], "P2": []}


@pytest.mark.parametrize(
    "texts", [[GERMAN, SWEDISH, IN_ENGLISH], [*NONSENSE], [NONSENSE[0], OFFER], [GERMAN, NONSENSE[1]]]
)
def test_any_words_give_lists_of_sound_numbers(event: Event, texts: list[str], english: None) -> None:
    people = crowd(event, texts)

    suggest_people(event, now=NOW)

    rows = Suggestion.objects.values_list("person__name", "other__name", "worth", "features")
    assert {row[:2] for row in rows} == set(permutations([each.name for each in people], 2))
    assert all(0.0 <= worth <= 1.0 and np.isfinite(features).all() for _one, _other, worth, features in rows)
    assert all(row.match.reasons for each in people for row in suggestions_for(each))


@pytest.mark.parametrize("said", ["", *NONSENSE])
def test_any_question_and_any_researcher_have_a_fit(event: Event, said: str) -> None:
    firm, other = person(event, "Firma"), person(event, "R", offer=said, kind="researcher")
    silent = person(event, "Tavs", kind="researcher")
    asked = [
        Question.objects.create(hub=event.hub, event=event, asker=firm, title=title)
        for title in ("Hvordan måler vi tryk?", "asdf qwer", "!")
    ]

    fit = fit_of(asked, [other, silent], today=NOW.date())

    assert fit.shape == (3, 2)
    assert ((fit >= 0) & (fit <= 1)).all()
    assert (fit[:, 0] >= fit[:, 1]).all()


@pytest.mark.parametrize(("questions", "researchers"), [(0, 0), (0, 1), (1, 0)])
def test_nothing_to_compare_has_no_fit(event: Event, questions: int, researchers: int) -> None:
    people = [person(event, f"R{number}", offer=OFFER, kind="researcher") for number in range(researchers)]
    firm = person(event, "Firma")
    asked = [
        Question.objects.create(hub=event.hub, event=event, asker=firm, title=NEED[:200]) for _each in range(questions)
    ]

    assert fit_of(asked, people, today=date(2027, 3, 1)).shape == (questions, researchers)


def test_organiser_reads_that_there_is_nobody_to_recommend(client: Client, event: Event) -> None:
    person(event, "Asta", need=NEED)
    suggest_people(event, now=NOW)
    works_as(client, event.hub, Role.ORGANISER)

    page = client.get(f"/en/events/{event.slug}/organise/recommend/").content.decode()

    assert "So far there are no two people to recommend to each other" in page


def test_who_is_alone_is_not_told_that_recommendations_are_on_their_way(event: Event) -> None:
    alone = person(event, "Asta", need=NEED)
    before = has_list(alone)

    suggest_people(event, now=alone.created_at + timedelta(minutes=1))

    assert (before, has_list(alone)) == (False, True)
    later = person(event, "Bo", offer=OFFER)
    Participant.objects.filter(pk=later.pk).update(created_at=alone.created_at + timedelta(minutes=2))
    assert has_list(Participant.objects.get(pk=later.pk)) is False


def test_who_opens_up_after_a_round_is_in_the_next_one(event: Event) -> None:
    closed, back = person(event, "Asta", need=NEED, meets=False), person(event, "Bo", offer=OFFER, state="cancelled")
    waits, moved = (person(event, name, need=NEED) for name in ("Cai", "Dea"))
    round_at = moved.created_at + timedelta(seconds=1)
    SuggestionRound.objects.create(hub=event.hub, event=event, computed_at=round_at)
    in_round = [has_list(each) for each in (closed, back, waits, moved)]

    Participant.objects.filter(pk=closed.pk).update(meets=True)
    told = [("update", ["meets"]), ("register", []), ("promote", ["state"]), ("update", ["phone"])]
    for one, (action, fields) in zip((closed, back, waits, moved), told, strict=True):
        record_change(
            event.hub_id, actor_id=None, action=action, subject_type="event_participant", subject_id=one.public_id,
            changed_fields=fields,
        )  # fmt: skip
    AuditRecord.objects.update(created_at=round_at + timedelta(seconds=1))

    assert in_round == [True] * 4
    assert [has_list(each) for each in (closed, back, waits, moved)] == [False, False, False, True]


def test_vector_of_a_question_that_was_made_in_another_way_is_made_anew(event: Event, encoder: WordHashEncoder) -> None:
    firm, other = person(event, "Firma"), person(event, "R", offer=OFFER, kind="researcher")
    old = np.full(encoder.dimension, 0.5, "<f4").tobytes()
    asked = Question.objects.create(
        hub=event.hub, event=event, asker=firm, title="sensor mod tryksår", vector=old, vector_of=encoder.fingerprint
    )

    fit_of([asked], [other], today=NOW.date())
    asked.refresh_from_db()
    made, made_as = bytes(asked.vector or b""), asked.vector_of
    fit_of([asked], [other], today=NOW.date())

    assert made == encoder.encode_queries(["sensor mod tryksår"])[0].astype("<f4").tobytes()
    assert made_as != encoder.fingerprint
    assert bytes(Question.objects.get().vector or b"") == made


def scale(danish: int, english: int, *, centred: bool = True) -> Scale:
    spoken = np.array([DANISH] * danish + [ENGLISH] * english, np.int16)
    background = Background(np.ones((len(spoken), 4), np.float32), spoken)
    return Scale("an encoder", Centring(np.zeros((2, 4), np.float32) if centred else None), background)


def test_scale_of_a_hub_counts_with_enough_texts_of_each_language() -> None:
    enough = MIN_SAMPLE

    known = [each.is_known for each in (scale(enough, enough), scale(enough, enough - 1), scale(200, 0), scale(0, 0))]

    assert known == [True, False, False, False]
    assert not scale(enough, enough, centred=False).is_known


def test_usual_texts_tell_enough_of_each_language(encoder: WordHashEncoder) -> None:
    usual = usual_scale(encoder.fingerprint)

    assert usual.is_known
    assert np.bincount(usual.background.languages).tolist() == [44, 31]
