"""The sentence that carries a match is marked on both sides, where it stands in the text as written, or not at all."""

import numpy as np
import pytest

from hubs.models import Hub
from matching.domain.carrying import CarryingSentences
from matching.domain.searching import search
from matching.models import StatementVector
from matching.queries.index import content_hash
from matching.results import Match, SearchFilters
from matching.serving import hub_index
from profiles.models import Statement
from tests.encoders import WordHashEncoder
from tests.factories import StatementFactory
from tests.matching.cluster import TODAY, add_profile, build, only_statement, publish_all, visitor
from tests.matching.domain.asking import ask

pytestmark = pytest.mark.django_db

OFFER = "Vi er mange hos os.  Vi afprøver sensor mod tryksår!\nRing f.eks. i morgen."


def carried(match: Match) -> str | None:
    """The words that are marked on their side."""
    span = match.theirs.carrying
    return match.theirs.text[span[0] : span[1]] if span else None


def test_carrying_sentence_is_marked_as_it_stands(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    add_profile(hub, "clinician", offers=[OFFER], about="Om os", keywords=["sår"])
    build(hub, encoder)

    (match,) = ask(seeker).matches

    assert carried(match) == "Vi afprøver sensor mod tryksår!"
    assert match.ours is not None
    assert match.ours.carrying is None


def test_carrying_sentence_of_ours_is_marked_too(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["Vi er nye her. Vi mangler en sensor mod tryksår. Tak for hjælpen."])
    add_profile(hub, "clinician", offers=["sensor mod tryksår"])
    build(hub, encoder)

    (match,) = ask(seeker).matches

    assert match.ours is not None
    start, end = match.ours.carrying or (0, 0)
    assert match.ours.text[start:end] == "Vi mangler en sensor mod tryksår."
    assert carried(match) is None


def test_other_question_is_carried_by_another_sentence(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, offers=["Vi har sensor mod tryksår. Vi har robot til løft."])
    build(hub, encoder)

    found = [
        carried(search(visitor(hub), words, filters=SearchFilters(), today=TODAY).matches[0])
        for words in ("sensor tryksår", "robot løft")
    ]

    assert found == ["Vi har sensor mod tryksår.", "Vi har robot til løft."]


def test_text_that_changed_since_it_was_embedded_has_no_mark_until_it_is(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    statement = only_statement(add_profile(hub, "clinician", offers=[OFFER]))
    build(hub, encoder)

    statement.text = "Helt nye ord. Vi har sensor mod tryksår nu."
    statement.save()
    assert carried(ask(seeker).matches[0]) is None
    publish_all(hub, encoder)

    assert carried(ask(seeker).matches[0]) == "Vi har sensor mod tryksår nu."


def test_missing_vector_of_one_sentence_is_no_mark(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    add_profile(hub, "clinician", offers=["Ring nu. Vi har sensor mod tryksår."])
    build(hub, encoder)

    StatementVector.objects.filter(content_hash=content_hash("Ring nu.")).delete()

    assert carried(ask(seeker).matches[0]) is None


def test_sentences_that_pull_apart_carry_nothing(hub: Hub, encoder: WordHashEncoder) -> None:
    profile = add_profile(hub, offers=["En. To. Tre."])
    build(hub, encoder)
    statement = only_statement(profile)
    away = -encoder.encode_passages(["En. To. Tre."])[0]

    carrying = CarryingSentences(hub.pk, hub_index(hub.pk), [statement])

    assert carrying.span(statement.pk, statement.text, np.zeros_like(away)) is None
    assert carrying.span(statement.pk, "Andre ord. Her.", away) is None
    assert carrying.span(statement.pk + 1, statement.text, away) is None


def test_nobody_asked_about_needs_no_query(hub: Hub, encoder: WordHashEncoder) -> None:
    build(hub, encoder)

    assert CarryingSentences(hub.pk, hub_index(hub.pk), []).span(1, OFFER, np.ones(64, np.float32)) is None


def test_hidden_texts_have_no_mark_that_tells_of_them(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    mixed = add_profile(hub, "clinician", offers=["Vi hjælper. Kom bare."])
    StatementFactory(profile=mixed, text="Hemmelig. Vi har sensor mod tryksår.", visibility="hub")
    build(hub, encoder)

    (match,) = ask(seeker).matches

    assert match.theirs.text == "Vi hjælper. Kom bare."
    assert Statement.objects.filter(text__startswith="Hemmelig").exists()
    assert carried(match) in {None, "Vi hjælper.", "Kom bare."}
