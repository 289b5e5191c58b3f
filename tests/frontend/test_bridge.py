"""What a bridge card says of a match, and how it is drawn."""

from dataclasses import replace
from typing import Any

import pytest
from django.template import engines
from django.utils import translation

from frontend.bridge import Hanger, bridge_card, carried, excerpt, hangers, marked
from hubs.models import Hub
from matching.enums import Direction
from matching.results import Fit, Match, Reason, Side
from profiles.models import Profile
from tests.factories import OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def profile(hub: Hub) -> Profile:
    organisation = OrganisationFactory(hub=hub, name="Aarhus Universitetshospital")
    profile: Profile = ProfileFactory(
        organisation=organisation, name="Sårklinikken", slug="saarklinikken", kind="clinician"
    )
    return profile


def match_of(profile: Profile, **fields: Any) -> Match:
    theirs = StatementFactory(
        profile=profile, text="Vi afprøver sensorer.", collaboration_id="collaboration_form:opi_light"
    )
    whole: dict[str, Any] = {
        "profile": profile,
        "rank": 1,
        "direction": Direction.NEED_OFFER,
        "theirs": Side(theirs.text, "da", ((3, 11),), theirs),
        "ours": Side("We need a test.", "en", ((10, 14),)),
        "span_label": "test",
        "reasons": (Reason("words", "Same words", "test"), Reason("place", "Near you", "Aarhus")),
        "reservation": Reason("language", "But", "they do not list English"),
    }
    return Match(**{**whole, **fields})


def drawn(match: Match, **words: str) -> str:
    source = "{% load bridges %}{% bridge_card match query=query seeker=seeker %}"
    context = {"match": match, "query": "", "seeker": "", **words}
    return engines["django"].from_string(source).render(context)


def test_card_faces_need_and_offer(profile: Profile) -> None:
    card = bridge_card(match_of(profile))

    assert (card.ours.label, card.theirs.label) == ("You seek", "They offer")
    assert card.ours.text == "We need a <mark>test</mark>."
    assert card.theirs.text == "Vi <mark>afprøver</mark> sensorer."
    assert card.form_label == "OPI-light"
    assert card.facts == ("Hospital department", "Aarhus Universitetshospital")


def test_card_says_offer_when_they_seek(profile: Profile) -> None:
    need = StatementFactory(profile=profile, kind="need", text="Vi mangler en sensor.")
    card = bridge_card(match_of(profile, direction=Direction.OFFER_NEED, theirs=Side(need.text, "da", (), need)))

    assert (card.ours.label, card.theirs.label) == ("You offer", "They seek")


def test_card_names_whom_it_is_for_when_that_is_not_the_reader(profile: Profile) -> None:
    card = bridge_card(match_of(profile), seeker="Nordlys")

    assert card.ours.label == "Nordlys seeks"


def test_search_card_has_the_readers_words_on_the_left(profile: Profile) -> None:
    card = bridge_card(match_of(profile, ours=None, direction=Direction.QUERY), query="pressure sensor")

    assert (card.ours.label, card.ours.text, card.ours.is_words) == ("You wrote", "pressure sensor", True)


def test_card_of_an_about_text_says_so(profile: Profile) -> None:
    about = StatementFactory(profile=profile, kind="about", text="Vi er en klinik.")
    card = bridge_card(match_of(profile, direction=Direction.QUERY, theirs=Side(about.text, "da", (), about)))

    assert card.theirs.label == "About them"


def test_language_is_named_only_where_it_differs_from_the_page(profile: Profile) -> None:
    english = bridge_card(match_of(profile))
    with translation.override("da"):
        danish = bridge_card(match_of(profile))

    assert (english.theirs.language, english.theirs.language_name) == ("da", "in Danish")
    assert english.ours.language == ""
    assert (danish.theirs.language, danish.ours.language) == ("", "en")


def test_page_tells_the_language_of_a_text_in_another(profile: Profile) -> None:
    page = drawn(match_of(profile))

    assert '<p class="bank-text" dir="auto" lang="da">Vi <mark>afprøver</mark> sensorer.</p>' in page
    assert '<p class="bank-text" dir="auto">We need a <mark>test</mark>.</p>' in page


def test_every_field_is_escaped(profile: Profile) -> None:
    Profile.objects.filter(pk=profile.pk).update(name=SCRIPT)
    profile.refresh_from_db()
    profile.organisation.name = SCRIPT + "!"
    hostile = match_of(
        profile,
        ours=Side(SCRIPT, "en", ((0, 8),)),
        theirs=Side(SCRIPT, "da", ((2, 30),)),
        span_label=SCRIPT,
        reasons=(Reason("x", SCRIPT, SCRIPT),),
        reservation=Reason("y", SCRIPT, SCRIPT),
    )

    page = drawn(hostile, seeker=SCRIPT)

    assert page.count("&lt;script&gt;") >= 8
    assert "<script" not in page
    assert "<img" not in page


def test_marks_are_put_around_escaped_pieces() -> None:
    assert marked("a <b> & c", ((2, 5), (8, 9))) == "a <mark>&lt;b&gt;</mark> &amp; <mark>c</mark>"


def test_marks_at_both_ends() -> None:
    assert marked("sensor", ((0, 6),)) == "<mark>sensor</mark>"


def test_text_without_marks_is_only_escaped() -> None:
    assert marked("<i>", ()) == "&lt;i&gt;"


def test_short_text_is_not_cut() -> None:
    side = Side("kort", "da", ((0, 4),))

    assert excerpt(side) is side


def test_long_text_is_cut_around_its_first_mark() -> None:
    text = "ord " * 200 + "sensor" + " ord" * 200
    side = excerpt(Side(text, "da", ((800, 806),)), limit=100)

    ((start, stop),) = side.marks
    assert side.text[start:stop] == "sensor"
    assert side.text.startswith("… ord")
    assert side.text.endswith("ord …")
    assert len(side.text) <= 110


def test_cut_text_loses_marks_beyond_the_cut() -> None:
    text = "sensor " + "ord " * 300 + "sensor"
    side = excerpt(Side(text, "da", ((0, 6), (len(text) - 6, len(text)))), limit=100)

    assert side.marks == ((0, 6),)


def test_text_without_spaces_is_cut_too() -> None:
    side = excerpt(Side("x" * 5000, "da"), limit=100)

    assert side.text == "x" * 100 + " …"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, ()),
        (1, (Hanger(100.0, 54.0),)),
        (3, (Hanger(50.0, 40.5), Hanger(100.0, 54.0), Hanger(150.0, 40.5))),
    ],
)
def test_one_hanger_a_reason_as_high_as_the_arch(count: int, expected: tuple[Hanger, ...]) -> None:
    assert hangers(count) == expected


def test_drawing_has_a_knot_for_each_reason(profile: Profile) -> None:
    match = match_of(profile)

    assert drawn(match).count("span-knot") == 2
    assert drawn(replace(match, reasons=())).count("span-knot") == 0


def test_numbers_of_the_drawing_are_never_localised(profile: Profile) -> None:
    with translation.override("da"):
        page = drawn(match_of(profile))

    assert 'cx="66.7"' in page
    assert "66,7" not in page


def test_carrying_sentence_stands_out_from_the_others() -> None:
    side = Side("Hej <du>. Vi afprøver. Farvel.", "da", ((4, 8), (13, 21)), carrying=(10, 22))

    assert carried(side) == (
        '<span class="bank-rest">Hej <mark>&lt;du&gt;</mark>. </span>'
        '<b class="bank-carrying">Vi <mark>afprøver</mark>.</b>'
        '<span class="bank-rest"> Farvel.</span>'
    )


def test_text_that_carries_as_a_whole_is_left_plain() -> None:
    assert carried(Side("Vi afprøver.", "da", ((3, 11),))) == "Vi <mark>afprøver</mark>."


def test_mark_across_a_sentence_is_closed_and_opened_again() -> None:
    assert carried(Side("Et to. Tre.", "da", ((3, 10),), carrying=(7, 11))) == (
        '<span class="bank-rest">Et <mark>to. </mark></span><b class="bank-carrying"><mark>Tre</mark>.</b>'
    )


def test_long_text_is_cut_around_the_sentence_that_carries_it() -> None:
    text = "sensor " + "ord " * 200 + "Vi afprøver her. " + "ord " * 200
    start = text.index("Vi")
    side = excerpt(Side(text, "da", ((0, 6),), carrying=(start, start + 16)), limit=100)

    assert side.carrying is not None
    assert side.text[slice(*side.carrying)] == "Vi afprøver her."
    assert side.marks == ()


def test_badge_says_the_fit_in_words(profile: Profile) -> None:
    page = drawn(match_of(profile, fit=Fit("strong", "Fits well", 74)))

    assert 'class="fit fit--strong"' in page
    assert "Fits well" in page
    assert "Of 100 such pairs, 74 were judged worth a talk." in page


def test_card_outside_the_search_leads_to_nothing_alike(profile: Profile) -> None:
    assert "More like this" not in drawn(match_of(profile))
