"""Recommendations among participants: both directions at once, caps kept, a "no thanks" absolute, no history."""

from collections import Counter
from datetime import timedelta

import numpy as np
import pytest

from events.domain.wishes.offered_texts import offered_by
from events.domain.wishes.pairing import Judged, Market, Parties, Texts, explain, judge
from events.domain.wishes.rounds import ask_round
from events.domain.wishes.suggesting import LIST_LENGTH, MOST_LISTS, PAUSE, is_stale, suggest_due, suggest_people
from events.domain.wishes.wish_errors import RoundIsOut
from events.domain.wishes.wishing import prefer
from events.domain.wishes.word_scores import word_scores
from events.models import Event, EventStatement, MeetingRequest, Participant, Suggestion, SuggestionRound
from events.queries.suggestions import suggestions_for
from kernel.errors import NotAllowed
from mailgate.models import OutgoingMail
from matching.engine.calibration import Background
from matching.engine.stores import TermQuery
from matching.engine.weights import RANKERS
from matching.models import ContactRules
from tests.encoders import WordHashEncoder
from tests.events.wish_people import (  # noqa: F401
    NEED,
    NOW,
    OFFER,
    encoder_fixture,
    event_fixture,
    make_event,
    organiser,
    person,
    speaks_as,
    two,
)
from tests.factories import StatementFactory


def names(someone: Participant) -> list[str]:
    return [each.person.name for each in suggestions_for(someone)]


def crowd(event: Event, count: int) -> list[Participant]:
    """Everybody seeks what the first one offers best, and offers a little of it."""
    star = person(event, "Star", offer=OFFER, need="Vi søger software.", kind="clinician")
    rest = [
        person(event, f"N{number}", need=NEED, offer=f"Vi tilbyder software nummer {number}.")
        for number in range(count)
    ]
    return [star, *rest]


def test_those_who_fit_are_recommended_to_each_other_with_words(event: Event, english: None) -> None:
    asta, bo = two(event)
    person(event, "Carl", offer="Vi tilbyder kontorstole i mange farver.")

    suggest_people(event, now=NOW)

    first, *_rest = suggestions_for(asta)
    assert first.person == bo
    assert (first.match.ours.text, first.match.theirs.text) == (NEED, OFFER)  # type: ignore[union-attr]
    assert [OFFER[start:end] for start, end in first.match.theirs.marks] == ["afprøvning", "sensor", "tryksår"]
    assert first.match.reasons[0].label == "Same words"
    back, *_rest = suggestions_for(bo)
    assert (back.person, back.match.direction) == (asta, "offer_need")


@pytest.mark.parametrize(("kept", "code"), [(0, "two_texts"), (1, "loose")])
def test_features_of_another_table_measure_nothing(event: Event, kept: int, code: str) -> None:
    asta, _bo = two(event)
    suggest_people(event, now=NOW)
    row = Suggestion.objects.get(person=asta)
    row.features = [0.0] * (len(row.features) * kept or 3)
    row.receiver_text = "Kontorstole i mange farver."
    row.save()

    (only,) = suggestions_for(asta)

    assert [reason.code for reason in only.match.reasons] == [code]


def test_texts_of_the_event_come_before_those_of_the_profile(event: Event) -> None:
    asta, bo = two(event)
    StatementFactory(profile=asta.participation.profile, kind="need", text="Vi søger noget helt andet.")
    carl = person(event, "Carl")
    StatementFactory(profile=carl.participation.profile, kind="offer", text="Vi tilbyder regulatorisk rådgivning.")
    StatementFactory(profile=carl.participation.profile, kind="need", text="Kun for klyngens egne.", visibility="hub")

    told = offered_by([asta.participation, bo.participation, carl.participation], today=NOW.date())

    assert [[text.text for text in told[each.participation_id]] for each in (asta, bo, carl)] == [
        [NEED], [OFFER], ["Vi tilbyder regulatorisk rådgivning."],
    ]  # fmt: skip


def test_a_text_is_embedded_once_and_anew_when_it_changes(event: Event, encoder: WordHashEncoder) -> None:
    two(event)

    suggest_people(event, now=NOW)
    suggest_people(event, now=NOW)
    assert [text for text in encoder.encoded if text in (NEED, OFFER)] == [NEED, OFFER]
    known = len(encoder.encoded)
    EventStatement.objects.filter(kind="need").update(text="Vi søger en helt ny sensor.")
    suggest_people(event, now=NOW)

    assert encoder.encoded[known:] == ["Vi søger en helt ny sensor."]


def test_not_everybody_is_sent_to_the_same_star(event: Event) -> None:
    people = crowd(event, 30)

    found = suggest_people(event, now=NOW)

    lists = Counter(Suggestion.objects.values_list("other__name", flat=True))
    assert max(lists.values()) <= MOST_LISTS
    assert found.people == len(people)
    assert set(Counter(Suggestion.objects.values_list("person", flat=True)).values()) == {LIST_LENGTH}


def test_who_takes_few_meetings_stands_in_few_lists(event: Event) -> None:
    star, *_rest = crowd(event, 20)
    Participant.objects.filter(pk=star.pk).update(most_meetings=2)

    suggest_people(event, now=NOW)

    assert Suggestion.objects.filter(other=star).count() == 4


def test_who_is_full_this_month_is_in_nobodys_list(event: Event) -> None:
    asta, bo = two(event)
    ContactRules.objects.create(hub=event.hub, profile=bo.participation.profile, monthly_cap=0)

    suggest_people(event, now=NOW)

    assert names(asta) == []
    assert names(bo) == ["Asta"]


@pytest.mark.parametrize("says", ["sender", "receiver"])
def test_no_thanks_of_either_keeps_the_pair_out_of_both_lists(event: Event, says: str) -> None:
    asta, bo = two(event)
    person(event, "Carl", offer=OFFER)
    one, other = (asta, bo) if says == "sender" else (bo, asta)
    prefer(one, other=other, wanting="no_thanks", now=NOW)

    suggest_people(event, now=NOW)

    assert names(asta) == ["Carl"]
    assert "Asta" not in names(bo)


def test_own_no_thanks_counts_at_once_and_that_of_others_at_the_next_computing(event: Event) -> None:
    asta, bo = two(event)
    suggest_people(event, now=NOW)

    prefer(bo, other=asta, wanting="no_thanks", now=NOW)

    assert names(bo) == []
    assert names(asta) == ["Bo"]
    assert not is_stale(event, now=NOW + 2 * PAUSE)


def test_colleagues_people_without_meetings_and_those_who_left_are_left_out(event: Event) -> None:
    asta, bo = two(event)
    person(event, "Arne", profile=asta.participation.profile, offer=OFFER)
    person(event, "Dea", offer=OFFER, meets=False)
    person(event, "Egon", offer=OFFER, state="cancelled")
    person(event, "Fie")

    suggest_people(event, now=NOW)

    assert names(asta) == ["Bo"]
    bo.state = "cancelled"
    bo.save()
    assert names(asta) == []


def test_settled_pairs_are_not_named_again(event: Event) -> None:
    asta, bo = two(event)
    MeetingRequest.objects.create(
        hub=event.hub, event=event, sender=bo, receiver=asta, state="accepted", asked_at=NOW, expires_at=NOW
    )

    suggest_people(event, now=NOW)

    assert names(asta) == []


def test_likeness_counts_where_people_learn_from_each_other(hub: object, encoder: WordHashEncoder) -> None:
    event = make_event(kind="erfa")
    asta = person(event, "Asta", need=NEED)
    person(event, "Bo", offer=OFFER, kind="clinician")
    person(event, "Carl", need="Vi søger viden om sensor mod tryksår hos ældre borgere.")

    suggest_people(event, now=NOW)

    assert names(asta)[0] == "Carl"
    assert suggestions_for(asta)[0].match.direction == "same_need"


def test_students_meet_experts_and_not_each_other(hub: object, encoder: WordHashEncoder) -> None:
    event = make_event(kind="meet_the_experts")
    student = person(event, "Sia", need=NEED)
    person(event, "Ib", offer=OFFER)
    person(event, "Ea", offer=OFFER)
    Participant.objects.filter(name__in=("Sia", "Ib")).update(kind="student")

    suggest_people(event, now=NOW)

    assert names(student) == ["Ea"]


@pytest.mark.parametrize("count", [0, 1])
def test_nobody_and_one_alone_get_no_list(event: Event, count: int) -> None:
    for _each in range(count):
        person(event, "Asta", need=NEED)

    found = suggest_people(event, now=NOW)

    assert (found.people, found.pairs, Suggestion.objects.count()) == (0, 0, 0)


def test_duty_follows_what_changes_and_pauses_between(event: Event) -> None:
    two(event)

    assert suggest_due(NOW) == 1
    person(event, "Carl", offer=OFFER)
    assert suggest_due(NOW + PAUSE / 2) == 0
    assert suggest_due(NOW + 2 * PAUSE) == 1
    assert suggest_due(NOW + 4 * PAUSE) == 0
    assert suggest_due(event.ends_at + timedelta(days=1)) == 0


def test_round_is_mailed_once_to_each_who_has_a_list(event: Event) -> None:
    two(event)
    person(event, "Fie")
    viewer = organiser(event)

    ask_round(event, viewer=viewer, number=0, now=NOW)
    with pytest.raises(RoundIsOut):
        ask_round(event, viewer=viewer, number=0, now=NOW)
    assert OutgoingMail.objects.count() == 0
    suggest_due(NOW)
    suggest_due(NOW + 2 * PAUSE)

    assert sorted(OutgoingMail.objects.values_list("kind", "address")) == [
        ("event_suggestions", "asta@firma.example"),
        ("event_suggestions", "bo@firma.example"),
    ]
    held = SuggestionRound.objects.get()
    assert (held.number, held.mailed_to, held.is_due) == (1, 2, False)
    ask_round(event, viewer=viewer, number=1, now=NOW + 5 * PAUSE)
    suggest_due(NOW + 5 * PAUSE + timedelta(minutes=1))
    assert OutgoingMail.objects.count() == 4


def test_only_organisers_send_a_round(event: Event) -> None:
    asta, _bo = two(event)

    with pytest.raises(NotAllowed):
        ask_round(event, viewer=speaks_as(asta), number=0, now=NOW)

    assert not SuggestionRound.objects.exists()


def random_market(parties: int, seed: int) -> Market:
    generator = np.random.default_rng(seed)
    owner = np.repeat(np.arange(parties), generator.integers(0, 5, parties))
    count = len(owner)
    vectors = generator.normal(size=(count, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    language = generator.integers(0, 2, count).astype(np.int16)
    spoken = [("da", "en")[number] for number in language]
    words = ["sensor", "tryksår", "robot", "måling", "søvn", "test"]
    texts = [" ".join(generator.choice(words, 4)) for _text in range(count)]
    small = {name: generator.integers(0, 3, count).astype(np.int16) for name in ("purpose", "collaboration", "stage")}
    return Market(
        Parties(
            kind=generator.integers(0, 8, parties).astype(np.int16),
            region=generator.integers(0, 3, parties).astype(np.int16),
            themes=generator.integers(0, 64, parties),
            role_of_kind=np.array([0, 1, 2, 2, 1, -1, -1, 1], np.int16),
            stages=frozenset({1}),
        ),
        Texts(
            owner=owner,
            kind=generator.integers(0, 3, count).astype(np.int16),
            language=language,
            named_kinds=generator.random((count, 8)) < 0.1,
            words_weight=np.ones(count, np.float32),
            vectors=vectors,
            **small,
        ),
        Background.of(vectors, language, generator),
        word_scores(texts, spoken, [(TermQuery(*pair),) for pair in zip(texts, spoken, strict=True)]),
    )


@pytest.mark.parametrize("seed", range(5))
def test_all_pairs_at_once_are_judged_as_one_asker_at_a_time(seed: int) -> None:
    """The market's table against the features of every other list, asker by asker."""
    market = random_market(12, seed)
    ranker = RANKERS["event"]

    judged: Judged = judge(market, ranker)

    for asker in set(market.texts.owner.tolist()):
        slow = explain(market, asker, np.arange(12))
        np.testing.assert_allclose(judged.logits[asker, slow.profiles], ranker.scores(slow.matrix), atol=1e-3)
