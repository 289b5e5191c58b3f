"""Why a match is shown and what speaks against it, in the reader's language, true to both rows."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.utils import translation

from matching.engine.shared_terms import SharedTerm
from matching.enums import Direction, TeamRole
from matching.reasons import MAX_REASONS, Evidence, reasons_for, reservation_for
from matching.results import Reason
from profiles.models import Profile, Statement
from tests.factories import ProfileFactory, StatementFactory
from tests.matching.cluster import TODAY

pytestmark = pytest.mark.django_db

WORTH = {
    "need_offer_words": 1.0,
    "same_purpose": 0.4,
    "same_collaboration": 0.4,
    "shared_themes": 0.6,
    "same_region": 0.1,
}
TERM = SharedTerm("sensorer", "Sensor", ((0, 8),), ((0, 6),))


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """English unless a test says otherwise."""
    with translation.override("en"):
        yield


@pytest.fixture
def theirs(hub: object) -> Statement:
    """Their offer; the profile speaks both languages."""
    statement: Statement = StatementFactory(profile=ProfileFactory(languages=["da", "en"]))
    return statement


@pytest.fixture
def seeker(hub: object) -> Profile:
    profile: Profile = ProfileFactory()
    return profile


def evidence(theirs: Statement, **known: object) -> Evidence:
    plain: dict[str, object] = {"terms": [TERM], "today": TODAY, "contributions": WORTH}
    return Evidence(profile=theirs.profile, theirs=theirs, **(plain | known))


def both_ways(need: float, offer: float) -> dict[str, object]:
    """How near both directions are, and a little worth for it."""
    values = {"need_offer_meaning": need, "offer_need_meaning": offer}
    return {"values": values, "contributions": WORTH | {"offer_need_meaning": 0.1 * offer}}


def told(theirs: Statement, **known: object) -> list[tuple[str, str]]:
    return [(reason.code, reason.detail) for reason in reasons_for(evidence(theirs, **known))]


def test_shared_words_are_told_as_they_write_them(theirs: Statement) -> None:
    assert told(theirs) == [("shared_words", "sensor")]


def test_at_most_three_shared_words_each_once(theirs: Statement) -> None:
    terms = [SharedTerm("", word, (), ()) for word in ("Tryksår", "tryksår", "Madras", "Sensor", "Robot")]

    assert told(theirs, terms=terms) == [("shared_words", "tryksår, madras, sensor")]


@pytest.mark.parametrize(("language", "detail"), [("da", "in other words"), ("en", "in two languages")])
def test_without_shared_words_meaning_is_the_reason(theirs: Statement, language: str, detail: str) -> None:
    near = {"need_offer_meaning": 2.0}

    assert told(theirs, terms=[], our_language=language, values=near) == [("meaning", detail)]


@pytest.mark.parametrize(
    ("direction", "feature"),
    [
        (Direction.NEED_OFFER, "need_offer_meaning"),
        (Direction.OFFER_NEED, "offer_need_meaning"),
        (Direction.SAME_NEED, "same_need_meaning"),
        (Direction.QUERY, "best_evidence"),
    ],
)
@pytest.mark.parametrize(
    ("nearness", "code"), [(2.0, "meaning"), (1.9, "near"), (1.0, "near"), (0.9, "loose"), (-3.0, "loose")]
)
def test_nearness_is_said_as_far_as_it_was_measured(
    theirs: Statement, direction: Direction, feature: str, nearness: float, code: str
) -> None:
    # The other directions are near, but not what the card shows.
    values = dict.fromkeys(("need_offer_meaning", "offer_need_meaning", "same_need_meaning", "best_evidence"), 1.5)

    said = told(theirs, terms=[], direction=direction, values=values | {feature: nearness})

    assert [each for each, _detail in said] == [code]


def test_nearness_that_nobody_measured_is_not_claimed(theirs: Statement) -> None:
    assert told(theirs, terms=[]) == [("two_texts", "you seek, they offer")]
    assert told(theirs, terms=[], direction=Direction.OFFER_NEED) == [("two_texts", "you offer, they seek")]


def test_words_that_mean_the_same_in_two_languages_are_the_same_meaning(theirs: Statement) -> None:
    said = told(theirs, terms=[], our_language="en", translated=True, values={"need_offer_meaning": -1.0})

    assert said == [("meaning", "in two languages")]


@pytest.mark.parametrize(
    ("feature", "value", "worth", "said"),
    [
        ("other_role", 1.0, 1.0, ("other_part", "public part")),
        ("other_role", 0.0, 1.0, ("loose", "the texts are not close in meaning")),
        ("other_role", 1.0, 0.0, ("loose", "the texts are not close in meaning")),
        ("same_kind", 1.0, 1.5, ("same_kind", "hospital department")),
        ("same_kind", 1.0, -0.3, ("loose", "the texts are not close in meaning")),
    ],
)
def test_without_nearness_the_reason_is_what_moved_the_score(
    hub: object, feature: str, value: float, worth: float, said: tuple[str, str]
) -> None:
    ward = StatementFactory(profile=ProfileFactory(kind="clinician", languages=["da", "en"]))
    values = {"need_offer_meaning": 0.5, feature: value}

    assert told(ward, terms=[], values=values, contributions={feature: worth}) == [said]


def test_match_shown_to_learn_from_says_so_where_nothing_else_speaks_for_it(theirs: Statement) -> None:
    known = {"terms": [], "explored": True, "contributions": {}}

    assert told(theirs, values={"need_offer_meaning": 0.0}, **known) == [("tried", "little is known of such pairs yet")]
    assert told(theirs, values={"need_offer_meaning": 2.5}, **known) == [("meaning", "in other words")]


@pytest.mark.parametrize(("nearness", "said"), [(2.0, True), (1.9, False)])
def test_same_concern_is_said_where_both_needs_are_near(theirs: Statement, nearness: float, said: bool) -> None:
    known = {"direction": Direction.SAME_NEED, "contributions": {"same_need_meaning": 1.2 * nearness}}

    codes = [code for code, _detail in told(theirs, values={"same_need_meaning": nearness}, **known)]

    assert ("same_need" in codes) is said


@pytest.mark.parametrize(
    ("need", "offer", "said"),
    [(2.0, 2.0, True), (8.0, 1.9, False), (1.9, 8.0, False), (8.0, 0.0, False)],
)
def test_both_ways_is_said_when_both_are_near(theirs: Statement, need: float, offer: float, said: bool) -> None:
    codes = [code for code, _detail in told(theirs, **both_ways(need, offer))]

    assert ("both_ways" in codes) is said


@pytest.mark.parametrize(
    ("direction", "detail"),
    [(Direction.NEED_OFFER, "they also seek what you offer"), (Direction.OFFER_NEED, "they also offer what you seek")],
)
def test_both_ways_says_what_the_shown_pair_does_not(theirs: Statement, direction: Direction, detail: str) -> None:
    assert ("both_ways", detail) in told(theirs, direction=direction, **both_ways(3.0, 3.0))


def test_missing_role_names_the_part_before_all_else(theirs: Statement) -> None:
    worth = {"need_offer_words": 6.0}

    assert told(theirs, missing_role=TeamRole.PUBLIC, contributions=worth)[0] == ("missing_role", "public part")


@pytest.mark.parametrize(
    ("our_purpose", "their_purpose", "said"),
    [
        ("contact_purpose:test", "contact_purpose:test", True),
        ("contact_purpose:test", "contact_purpose:feedback", False),
        (None, None, False),
        (None, "contact_purpose:test", False),
    ],
)
def test_same_purpose_is_said_when_both_name_it(
    theirs: Statement, seeker: Profile, our_purpose: str | None, their_purpose: str | None, said: bool
) -> None:
    theirs.purpose_id = their_purpose
    ours = StatementFactory(profile=seeker, kind="need", purpose_id=our_purpose)

    assert (("purpose", "test") in told(theirs, seeker=seeker, ours=ours)) is said


def test_same_municipality_says_more_than_same_region(theirs: Statement, seeker: Profile) -> None:
    for profile in (theirs.profile, seeker):
        profile.region_id, profile.municipality_id = "region:1081", "municipality:0851"

    assert ("place", "Aalborg Municipality") in told(theirs, seeker=seeker)
    seeker.municipality_id = "municipality:0810"
    assert ("place", "North Denmark Region") in told(theirs, seeker=seeker)


def test_no_place_is_no_shared_place(theirs: Statement, seeker: Profile) -> None:
    assert told(theirs, seeker=seeker) == [("shared_words", "sensor")]


def test_shared_theme_is_said(theirs: Statement, seeker: Profile) -> None:
    for profile, themes in (
        (theirs.profile, ["iot_wearables", "sustainability"]),
        (seeker, ["sustainability"]),
    ):
        for theme in themes:
            profile.theme_links.create(hub=profile.hub, theme_id=f"theme:{theme}")

    assert told(theirs, seeker=seeker)[-1] == ("theme", "sustainability")


def test_at_most_three_reasons_strongest_first(theirs: Statement, seeker: Profile) -> None:
    for profile in (theirs.profile, seeker):
        profile.region_id = "region:1081"
    theirs.purpose_id = "contact_purpose:test"
    ours = StatementFactory(profile=seeker, kind="need", purpose_id="contact_purpose:test")

    codes = [
        code
        for code, _detail in told(theirs, seeker=seeker, ours=ours, missing_role=TeamRole.PUBLIC, **both_ways(8.0, 8.0))
    ]

    assert codes == ["missing_role", "shared_words", "both_ways"]
    assert len(codes) == MAX_REASONS


@pytest.mark.parametrize(
    ("days", "detail"),
    [(0, "only until 2 March 2026"), (30, "only until 1 April 2026"), (31, None), (None, None)],
)
def test_reservation_that_it_ends_soon(theirs: Statement, days: int | None, detail: str | None) -> None:
    theirs.expires_on = None if days is None else TODAY + timedelta(days=days)

    found = reservation_for(evidence(theirs))

    assert (found.detail if found else None) == detail


@pytest.mark.parametrize(
    ("reader", "spoken", "detail"),
    [
        ("en", ["da"], "they do not list English"),
        ("en", ["da", "en"], None),
        ("en", [], "they do not list English"),
        ("da", ["da"], None),
    ],
)
def test_reservation_that_they_do_not_speak_the_readers_language(
    theirs: Statement, reader: str, spoken: list[str], detail: str | None
) -> None:
    theirs.profile.languages = spoken

    with translation.override(reader):
        found = reservation_for(evidence(theirs))

    assert (found.detail if found else None) == detail


def test_reservation_that_they_lie_elsewhere(theirs: Statement, seeker: Profile) -> None:
    theirs.profile.region_id, seeker.region_id = "region:1084", "region:1081"

    assert reservation_for(evidence(theirs, seeker=seeker)) == Reason(
        "region", "But", "lies in Capital Region of Denmark"
    )
    assert reservation_for(evidence(theirs)) is None


def test_reservation_without_shared_words(theirs: Statement) -> None:
    assert reservation_for(evidence(theirs, terms=[])) == Reason(
        "no_words", "But", "no words in common, so read both texts"
    )


def test_first_reservation_is_the_end_date(theirs: Statement, seeker: Profile) -> None:
    theirs.expires_on = date(2026, 3, 10)
    theirs.profile.languages = []

    found = reservation_for(evidence(theirs, seeker=seeker, terms=[]))

    assert (found.code if found else None) == "expires"


def test_reasons_and_reservation_in_danish(theirs: Statement, seeker: Profile, danish: None) -> None:
    theirs.profile.region_id, seeker.region_id = "region:1084", "region:1081"
    known = {"seeker": seeker, "missing_role": TeamRole.PUBLIC, **both_ways(3.0, 3.0)}

    reasons = [(reason.label, reason.detail) for reason in reasons_for(evidence(theirs, **known))]

    assert reasons == [
        ("Mangler i projektet", "offentlig part"),
        ("Samme fagord", "sensor"),
        ("Begge veje", "de søger også det, I tilbyder"),
    ]
    assert reservation_for(evidence(theirs, **known)) == Reason("region", "Men", "ligger i Region Hovedstaden")
    theirs.expires_on = date(2026, 3, 10)
    assert reservation_for(evidence(theirs)) == Reason("expires", "Men", "kun til 10. marts 2026")
