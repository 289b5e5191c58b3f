"""Nearness with the real model: a Danish question finds who answers it in English, and nonsense is near to nobody."""

from collections.abc import Iterator

import numpy as np
import pytest

from events.domain.groups.fitting import fit_of
from events.domain.wishes.offered_texts import offered_by
from events.domain.wishes.suggesting import suggest_people
from events.enums import EventKind
from events.models import Event, EventStatement, Participant, Question, Suggestion
from hubs.models import Hub
from matching.engine.encoders import OnnxEncoder
from matching.engine.features import NAMES
from matching.serving import use_encoder
from tests.events.wish_people import NEED, NOW, OFFER, make_event, person
from tests.model_fixtures import encoder_folder, onnx_encoder

__all__ = ["encoder_folder", "onnx_encoder"]
pytestmark = pytest.mark.model

# Each Danish question with the one offer, in English, that answers it.
ANSWERED = (
    ("Hvordan måler vi trykket under en kompressionsforbinding hele døgnet?",
     "Vores tynde sensorer driver efter få dage, og ingen ved, om bandagen sidder stramt nok.",
     "Our group develops thin flexible pressure sensors for compression therapy and corrects their drift."),
    ("Kan en algoritme se på røntgenbilleder, om en hofte er brækket?",
     "Akutmodtagelsen venter længe på svar om natten.",
     "We train deep neural networks to detect fractures in radiographs and validate them in emergency departments."),
    ("Hvilken overflade på et kateter holder bakterier væk?",
     "Borgere med kateter får gentagne urinvejsinfektioner, og vi leder efter en belægning.",
     "We study biofilm on urinary catheters and design antimicrobial polymer coatings."),
    ("Hvordan får vi ældre til at bruge en genoptræningsapp i mere end to uger?",
     "De fleste holder op, når fysioterapeuten ikke længere spørger.",
     "Our research concerns long-term adherence to digital exercise programmes among older adults."),
    ("Hvad koster det samfundet, hvis patienter med KOL følges hjemmefra?",
     "En region vil have en business case, før den køber vores løsning til telemedicin.",
     "Health economists who evaluate the cost-effectiveness of telehealth for chronic lung disease."),
    ("Hvordan støjer pumper mindre på en stue med for tidligt fødte?",
     "Lyden fra udstyret overstiger grænsen i kuvøsen.",
     "Acoustics researchers who reduce sound levels of medical devices in neonatal intensive care units."),
    ("Kan plast fra operationsstuen genanvendes uden at miste sin renhed?",
     "Engangsudstyr af polypropylen bliver brændt i dag.",
     "We work on mechanical recycling of medical polymers and the purity of recovered polypropylene."),
    ("Hvordan opdager man et fald hos en dement beboer uden kamera?",
     "Personalet og de pårørende vil ikke have video på værelset.",
     "Radar and vibration sensing that recognises falls of people with dementia while preserving privacy."),
)  # fmt: skip
# The first eight are of the questions' fields, in their order, but answer something else.
BESIDE_THE_POINT = (
    "Vi forsker i sårpleje og sygeplejerskers arbejde med venøse bensår i hjemmeplejen.",
    "Vi undersøger ventetider og arbejdsgange i akutmodtagelser om natten.",
    "Vi forsker i urinvejsinfektioner hos ældre og hvornår antibiotika er nødvendigt.",
    "Vi forsker i ernæring og vægttab hos ældre borgere på plejecentre.",
    "Vi undersøger patienters oplevelse af at leve med KOL og deres pårørendes hverdag.",
    "Vi forsker i amning og tilknytning hos for tidligt fødte børn og deres mødre.",
    "Vi undersøger hygiejne og sterilisering af instrumenter på operationsstuer.",
    "Vi forsker i demensvenlig arkitektur og beboeres trivsel på plejehjem.",
    "Vi underviser i innovation og forretningsudvikling for små virksomheder i sundhedssektoren.",
    "Vi forsker i kommuners indkøb af velfærdsteknologi og offentligt udbud.",
    "We study implementation of electronic health records in hospitals.",
    "Our laboratory works with stem cells and the regeneration of cartilage.",
    "We model the spread of influenza in schools.",
    "We develop robots for logistics in warehouses.",
    "Researchers in organisational psychology and stress among nurses.",
    "We study the pharmacology of blood pressure medicine.",
)


@pytest.fixture
def event(hub: Hub, onnx_encoder: OnnxEncoder) -> Iterator[Event]:
    use_encoder(onnx_encoder)
    yield make_event(hub, kind=EventKind.AIMDAY)
    use_encoder(None)


def asked(event: Event) -> list[Question]:
    firm = person(event, "Firma")
    return [
        Question.objects.create(hub=event.hub, event=event, asker=firm, title=title, text=text)
        for title, text, _offer in ANSWERED
    ]


def answering(event: Event) -> list[Participant]:
    """Those who answer, in order of the questions, then all others."""
    offers = [*(offer for _title, _text, offer in ANSWERED), *BESIDE_THE_POINT]
    return [person(event, f"R{number}", offer=offer, kind="researcher") for number, offer in enumerate(offers)]


def ranks(scores: np.ndarray) -> list[int]:
    """The place of each question's own researcher among all, from 1."""
    return [int((row > row[number]).sum()) + 1 for number, row in enumerate(scores)]


def ahead(scores: np.ndarray) -> float:
    """By how many deviations those who write Danish lie above the others, over all questions."""
    danish = np.zeros(scores.shape[1], bool)
    danish[8:18] = True
    return float((scores[:, danish].mean() - scores[:, ~danish].mean()) / scores.std())


def raw(encoder: OnnxEncoder, people: list[Participant]) -> np.ndarray:
    """Nearness as the model has it."""
    told = offered_by([each.participation for each in people], today=NOW.date())
    texts = [told[each.participation_id][0].passage for each in people]
    return encoder.encode_passages([f"{title}\n{text}" for title, text, _offer in ANSWERED]) @ (
        encoder.encode_passages(texts).T
    )


def test_danish_question_finds_who_answers_in_english(event: Event, onnx_encoder: OnnxEncoder) -> None:
    questions, people = asked(event), answering(event)

    fit = fit_of(questions, people, today=NOW.date())

    near = raw(onnx_encoder, people)
    before, after = ranks(near), ranks(fit)
    print(f"Right researcher first: {before.count(1)} of {len(before)} by raw nearness, {after.count(1)} now.")
    print(f"Ranks: {before} and {after}. Danish ahead by {ahead(near):.2f} and {ahead(fit):.2f} deviations.")
    assert before.count(1) <= 2
    assert after.count(1) >= 6
    assert max(after) <= 3
    assert ahead(fit) < ahead(near) / 2


def test_english_text_written_on_a_danish_page_is_read_as_english(event: Event) -> None:
    people = answering(event)

    told = offered_by([each.participation for each in people], today=NOW.date())

    assert set(EventStatement.objects.values_list("language", flat=True)) == {"da"}
    assert [told[each.participation_id][0].language for each in people] == ["en"] * 8 + ["da"] * 10 + ["en"] * 6


def test_small_event_on_a_new_hub_finds_only_like_texts_alike(event: Event) -> None:
    """Told by the raw model all pairs stood 7 to 8 deviations above chance."""
    asta, bo = person(event, "Asta", need=NEED), person(event, "Bo", offer=OFFER)
    person(event, "Carl", offer="Vi sælger kontorstole og skriveborde.")
    person(event, "Dea", offer="asdf qwer zxcv lkjh")

    suggest_people(event, now=NOW)

    column = NAMES.index("need_offer_meaning")
    near = {row.other.name: row.features[column] for row in Suggestion.objects.filter(person=asta)}
    assert near[bo.name] > 4
    assert max(near["Carl"], near["Dea"]) < 2
