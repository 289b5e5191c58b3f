"""What a file says beyond the person: offers, needs, seniors, access, and what kind of organisation it is."""

from dataclasses import replace

import pytest
from django.utils import translation

from events.domain.people.exporting import export_people
from events.domain.people.headings import unread_headings
from events.domain.people.import_rows import PersonRow, read_people
from events.domain.people.importing import import_people, plan_import
from events.domain.people.organisation_kinds import kind_by_name, kind_by_word
from events.domain.people.stating import MOST_STATEMENTS, set_event_statements
from events.models import Event, Participant
from hubs.models import Hub
from profiles.models import Profile
from tests.events.arrivals import NOW, comes, open_event, organiser
from tests.events.sheets_of_people import brought_in, said, sheet
from tests.factories import OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def event(hub: Hub) -> Event:
    return open_event(hub)


def read(**cells: str) -> PersonRow:
    return read_people(sheet({heading.replace("_", " "): cell for heading, cell in cells.items()}))[0]


@pytest.mark.parametrize(
    ("offer", "need"),
    [
        ("What we offer", "What we seek"),
        ("Offer", "Need"),
        ("Vi tilbyder", "Vi søger"),
        ("Udbyder I noget?", "Efterspørger I noget?"),
        ("WIR BIETEN (max. 200 Zeichen):", "Wir suchen …"),
        ("Hvad tilbyder I på dagen?", "Hvad søger I på dagen?"),
        ("Hvad tilbyder I på Medico Bazar 2027?", "What are you looking for at Medico Bazar 2027?"),
        ("Hvad tilbyder virksomheden?", "Hvad søger I til jeres projekt?"),
        ("Hvad tilbyder jeres afdeling?", "Hvad søger I i dag?"),
        ("Tilbyder", "Søger"),
        ("Offers", "Needs"),
        ("We offer", "What are you looking for?"),
        ("Tilbyder: skriv det kort", "Vi søger kontakt til"),
        ("UDBYDER / Offer", "Looking for …"),
        ("Hvad tilbyder I? (maks. 300 tegn)", "Hvad søger jeres virksomhed (fx viden)?"),
        ("Hvad tilbyder I? / What do you offer?", "Vi søger samarbejde om"),
        ("What you offer to other participants", "Looking for a partner?"),
        ("Was bieten Sie am Tag?", "We are looking for partners"),
        ("What we offer at the event", "What we look for: knowledge, customers"),
    ],
)
def test_offers_and_needs_are_read_under_free_headings(offer: str, need: str) -> None:
    row = read(**{offer: "Vi måler tryk.\n\nVi bygger pumper.", need: "En afdeling."})

    assert (row.offer, row.need, row.problem) == ("Vi måler tryk.\n\nVi bygger pumper.", "En afdeling.", "")
    assert unread_headings([offer, need, "Behovsplan"]) == ["Behovsplan"]


@pytest.mark.parametrize(
    "question",
    [
        "Søger du parkering?",
        "Søger du parkering",
        "Søger du (evt. med bil) parkering?",
        "Søger du (parkering)?",
        "Tilbyder I vegetarmad?",
        "Efterspørger I et hotel?",
        "Vi tilbyder frokost: kommer du?",
        "Vi tilbyder frokost",
        "Vi søger frivillige til oprydning",
        "We are looking for volunteers",
        "Hvad tilbyder vi af mad? (vegetar)",
        "What do you offer for lunch?",
        "Was bieten wir zum Mittagessen",
        "Do you seek parking?",
        "Looking for accommodation?",
        "What are you looking forward to?",
    ],
)
def test_question_of_a_ticket_shop_is_no_offer_or_need(question: str) -> None:
    row = read(**{question: "Gerne ved indgangen."})

    assert (row.offer, row.need, unread_headings([question])) == ("", "", [question])


@pytest.mark.parametrize("answer", [
    "Nej", "Yes", "Nein", "-", "?", "n/a", "N.A.", "Nej tak", "Ja tak!", "Nej.", "No, thank you", "Nein danke",
    "Ja bitte", "Ingen", "Intet.", "Nej, desværre", "Vi har ingen", "None", "Keine", "- ingenting -", "Ikke relevant",
])  # fmt: skip
def test_answer_without_words_is_no_text(answer: str) -> None:
    row = read_people(sheet({"Udbyder I noget?": answer}))[0]

    assert (row.offer, row.problem) == ("", "")


@pytest.mark.parametrize("answer", ["Tak for sidst og nye sensorer.", "Ingen larm", "Not-for-profit", "Køb"])
def test_answer_with_a_word_of_its_own_is_a_text(answer: str) -> None:
    assert read_people(sheet({"Udbyder I noget?": answer}))[0].offer == answer


@pytest.mark.parametrize(
    ("senior", "access", "most", "kind", "word", "expected"),
    [
        ("Senior", "Access needs", "Meetings at most", "Kind of organisation", "University", "knowledge_institution"),
        ("Seniorforsker", "Særlige behov", "Møder højst", "Organisationstype", "Kommune", "municipality"),
        (
            "Erfahrene Forschende",
            "Barrierefreiheit",
            "Treffen höchstens",
            "Art der Organisation",
            "Klinik",
            "clinician",
        ),
    ],
)
def test_the_rest_is_read_in_three_languages(
    senior: str, access: str, most: str, kind: str, word: str, expected: str
) -> None:
    row = read_people(sheet({senior: "Ja", access: "Kørestol", most: "4", kind: word}))[0]

    assert (row.is_senior, row.access_needs, row.most_meetings, row.organisation_kind, row.notes) == (
        True, "Kørestol", 4, expected, "",
    )  # fmt: skip


@pytest.mark.parametrize("word", ["firm", "Virksomhed", "Privat virksomhed", "Company", "Unternehmen"])
def test_words_for_a_firm(word: str) -> None:
    assert kind_by_word(word) == "firm"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Aalborg Universitet", "knowledge_institution"),
        ("University of Southern Denmark", "knowledge_institution"),
        ("Aarhus Universitetshospital", "clinician"),
        ("Sygehus Sønderjylland", "clinician"),
        ("Øjenklinikken", "clinician"),
        ("Region Nordjylland", "clinician"),
        ("Aalborg Kommune", "municipality"),
        ("GTS-instituttet", "knowledge_institution"),
        ("Hospital Software A/S", "firm"),
        ("Regional Vækst", "firm"),
        ("Kommunekredit", "firm"),
        ("Lund", "firm"),
        ("", "firm"),
    ],
)
def test_name_speaks_for_a_kind(name: str, kind: str) -> None:
    assert kind_by_name(name) == kind


def test_kind_of_a_new_organisation_is_shown_and_stored(event: Event) -> None:
    rows = read_people(
        sheet(
            {"Email": "a@example.test", "Company": "Aalborg Universitet", "Senior": "x"},
            {"Email": "b@example.test", "Company": "Nordlys", "Senior": ""},
            {"Email": "c@example.test", "Company": "nordlys", "Type": "", "Organisation type": "Hospitalsafdeling"},
        )
    )

    plan = plan_import(event, rows, viewer=organiser(event.hub))
    import_people(event, rows, viewer=organiser(event.hub), now=NOW)

    shown = [(each.organisation_kind, each.is_guessed) for each in plan.rows]
    assert shown == [("knowledge_institution", True), ("clinician", False), ("clinician", False)]
    assert plan.new_organisations == ("Aalborg Universitet", "Nordlys")
    assert dict(Profile.objects.values_list("name", "kind")) == {
        "Aalborg Universitet": "knowledge_institution", "Nordlys": "clinician",
    }  # fmt: skip
    assert Participant.objects.get(email="a@example.test").is_senior


def test_kind_of_an_organisation_that_is_here_stays(event: Event) -> None:
    ProfileFactory(hub=event.hub, name="Lund ApS", organisation=OrganisationFactory(hub=event.hub, name="Lund ApS"))

    plan = brought_in(event, sheet({"Organisation type": "Kommune"}))

    assert (Profile.objects.get().kind, plan.rows[0].organisation_kind) == ("firm", "")


def test_exhibitors_are_seen_by_everybody_and_others_by_members(event: Event) -> None:
    content = sheet(
        {"Email": "a@example.test", "Company": "Stand ApS", "Product": "Visitor"},
        {"Email": "b@example.test", "Company": "stand aps", "Product": "Udstiller"},
        {"Email": "c@example.test", "Company": "Gæst ApS", "Product": "Visitor"},
    )

    brought_in(event, content)

    assert dict(Profile.objects.values_list("name", "visibility")) == {"Stand ApS": "public", "Gæst ApS": "members"}


def test_exhibitor_of_a_closed_event_is_the_members(event: Event) -> None:
    Event.objects.update(level="co_creation")
    event.refresh_from_db()

    brought_in(event, sheet({"Product": "Udstiller"}))

    assert Profile.objects.get().visibility == "members"


def test_no_more_texts_than_a_profile_may_bring(event: Event) -> None:
    brought_in(event, sheet(*(
        {"Email": f"p{n}@example.test", "Vi tilbyder": "\n\n".join(f"Ydelse {n} nummer {k}" for k in range(5))}
        for n in range(4)
    )))  # fmt: skip

    assert len(said(event)) == MOST_STATEMENTS


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Vi tilbyder": "a" * 10_000}, "10000 characters; at most 1500"),
        ({"Vi søger": "Vi\x01søger"}, "cannot be stored"),
        ({"Access needs": "a" * 10_000}, "at most 500"),
        ({"Vi tilbyder": "\n\n".join(f"Ydelse nummer {n}" for n in range(13))}, "at most 12"),
    ],
)
def test_row_that_cannot_be_stored_is_left_out_with_its_number(event: Event, cells: dict[str, str], words: str) -> None:
    rows = read_people(sheet({"Email": "b@example.test"}, cells))

    plan = import_people(event, rows, viewer=organiser(event.hub), now=NOW)

    left_out = [(each.row.number, words in each.told) for each in plan.rows if each.outcome == "problem"]
    assert (left_out, Participant.objects.count()) == ([(3, True)], 1)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"Senior": "måske"}, "“måske” is neither yes nor no"),
        ({"1:1 meetings": "3"}, "“3” is neither yes nor no"),
        ({"Meetings at most": "0"}, "“0” is no number of meetings from 1 to 60"),
        ({"Meetings at most": "²"}, "“²” is no number"),
        ({"Meetings at most": "9" * 5_000}, "is no number"),
        ({"Organisation type": SCRIPT}, "is no kind of organisation here"),
    ],
)
def test_cell_that_cannot_be_read_is_told_and_the_person_comes(event: Event, cells: dict[str, str], words: str) -> None:
    plan = brought_in(event, sheet(cells))

    person = Participant.objects.get()
    assert (dict(plan.counts), words in plan.rows[0].told) == ({"create": 1}, True)
    assert (person.is_senior, person.meets, person.most_meetings) == (False, False, None)


def test_formulas_and_markup_in_texts_stay_words(event: Event) -> None:
    brought_in(event, sheet({"Vi tilbyder": "=HYPERLINK(1)", "Vi søger": SCRIPT}))

    content = export_people(event, viewer=organiser(event.hub), file_format="csv").decode("utf-8-sig")

    assert [text for _name, _kind, text in said(event)] == ["=HYPERLINK(1)", SCRIPT]
    assert ";'=HYPERLINK(1);" in content


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_own_export_brings_all_of_it_to_another_event(hub: Hub, event: Event, file_format: str, language: str) -> None:
    first = sheet(
        {
            "Company": "Aalborg Universitet", "Organisation type": "Videninstitution", "Senior": "ja",
            "Access needs": "Kørestol\nog rampe", "Meetings at most": "4",
            "Vi tilbyder": "-10 % af alt.\n\nVi måler tryk.", "Vi søger": "En afdeling.",
        },
        {"Email": "b@example.test", "Company": "Aalborg Universitet"},
    )  # fmt: skip
    brought_in(event, first)
    viewer = organiser(hub)

    with translation.override(language):
        rows = read_people(export_people(event, viewer=viewer, file_format=file_format))
        again = import_people(event, rows, viewer=viewer, now=NOW)
        elsewhere = open_event(hub, slug="anden")
        import_people(elsewhere, rows, viewer=viewer, now=NOW)

    assert (dict(again.counts), [row.notes for row in rows]) == ({"nothing": 2}, ["", ""])
    assert [row.organisation_kind for row in rows] == ["knowledge_institution"] * 2
    assert said(elsewhere) == said(event) != []
    copy = Participant.objects.get(event=elsewhere, email="ida@example.test")
    assert (copy.is_senior, copy.access_needs, copy.most_meetings) == (True, "Kørestol\nog rampe", 4)


def test_export_holds_no_copy_of_what_few_may_read(hub: Hub, event: Event) -> None:
    person = comes(event)
    texts = [
        StatementFactory(profile=person.participation.profile, text=f"Vi tilbyder {level}.", visibility=level)
        for level in ("public", "members", "hub")
    ]
    set_event_statements(person.participation, chosen=texts)

    rows = read_people(export_people(event, viewer=organiser(hub), file_format="csv"))

    assert [row.offer for row in rows] == ["Vi tilbyder public."]


def test_empty_columns_change_nothing_of_a_row() -> None:
    plain = read_people(sheet({}))[0]

    full = read_people(sheet({"Senior": "", "Vi tilbyder": " ", "Meetings at most": "", "Organisation type": "-"}))[0]

    assert replace(full, notes="") == plain
