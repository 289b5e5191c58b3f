"""`manage.py recommend`: who and why in plain lines, and one clear line where there is no answer."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from events.models import Event, Participation
from frontend.translations import ensure_compiled
from hubs.models import Hub
from matching.domain.indexing import rebuild_index
from matching.indexing.registry import registry
from matching.serving import use_encoder
from profiles.models import Profile
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, OrganisationFactory
from tests.matching.cluster import add_profile

pytestmark = pytest.mark.django_db

NEED = "sensor mod tryksår"


@pytest.fixture
def encoder(settings: Settings, tmp_path: Path) -> Iterator[WordHashEncoder]:
    settings.VIDENBRO_INDEX_DIR = tmp_path
    ensure_compiled()
    registry.forget()
    encoder = WordHashEncoder()
    use_encoder(encoder)
    yield encoder
    use_encoder(None)
    registry.forget()


@pytest.fixture
def firm(hub: Hub, encoder: WordHashEncoder) -> Profile:
    """A firm and two departments that could help, in a built index."""
    firm = add_profile(
        hub, name="Madrasfabrikken", slug="madrasfabrikken", needs=[NEED], offers=["intelligent madras"],
        region_id="region:1081", organisation=OrganisationFactory(hub=hub, name="Madrasfabrikken"),
    )  # fmt: skip
    add_profile(
        hub, "clinician", name="Sårcentret", slug="saarcentret", offers=["vi afprøver en sensor mod tryksår"],
        needs=["intelligent madras"], municipality_id="municipality:0851", region_id="region:1081",
        organisation=OrganisationFactory(hub=hub, name="Aalborg Sygehus"),
    )  # fmt: skip
    add_profile(hub, "municipality", name="Plejehjemmet", slug="plejehjemmet", offers=["tryksår hos ældre"])
    rebuild_index(hub.pk, encoder=encoder)
    return firm


@pytest.fixture
def bazar(hub: Hub, firm: Profile) -> Event:
    """An event in which only the nursing home takes part."""
    event = Event.objects.create(
        hub=hub, slug="medico-bazar", name="Medico Bazar", place="Aalborg",
        starts_at=datetime(2026, 5, 4, 9, tzinfo=UTC), ends_at=datetime(2026, 5, 4, 16, tzinfo=UTC),
    )  # fmt: skip
    Participation.objects.create(hub=hub, event=event, profile=Profile.objects.get(slug="plejehjemmet"))
    return event


def recommend(*arguments: str) -> list[str]:
    out = io.StringIO()
    call_command("recommend", *arguments, stdout=out)
    return out.getvalue().splitlines()


def listed(lines: list[str]) -> list[str]:
    """Rank and name of each match."""
    return [line.split("·")[0].strip() for line in lines if "·" in line]


def refusal(*arguments: str) -> str:
    """The one line that is said instead of an answer."""
    with pytest.raises(CommandError) as caught:
        recommend(*arguments)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    return message


def test_profile_gets_partners_with_pair_and_reasons(firm: Profile) -> None:
    lines = recommend("madrasfabrikken")

    assert lines[:4] == [
        "Madrasfabrikken (Virksomhed)",
        "OPI-light:",
        "",
        "  1. Sårcentret · Aalborg Sygehus · Hospitalsafdeling · Aalborg Kommune",
    ]
    assert re.fullmatch(r"     \S.*\. .*\b\d+\b.*", lines[4]), "how well it fits, in words and in a figure"
    assert lines[5].split() == ["I", "søger", "sensor", "mod", "tryksår"]
    assert lines[6].split() == ["De", "tilbyder", "vi", "afprøver", "en", "sensor", "mod", "tryksår"]
    assert lines[7].startswith("     Fordi  ")
    assert "Samme fagord: tryksår, sensor" in lines[7]
    assert "Nær jer: Region Nordjylland" in lines[7]
    assert listed(lines) == ["1. Sårcentret", "2. Plejehjemmet"]


def test_text_gets_partners_in_english(firm: Profile) -> None:
    lines = recommend("sensor mod tryksår", "--language", "en")

    assert lines[:2] == ["You seek: sensor mod tryksår", "OPI-light:"]
    assert lines[3] == "  1. Sårcentret · Aalborg Sygehus · Hospital department · Aalborg Municipality"
    assert re.fullmatch(
        r"     (Fits well|Fits|Fits in part)\. Of 100 such pairs, \d+ were judged worth a talk\.", lines[4]
    )
    assert lines[5].strip() == "They offer   vi afprøver en sensor mod tryksår"
    assert "Same words: tryksår, sensor" in lines[6]


def test_purpose_and_kind_decide_who_is_listed(hub: Hub, firm: Profile, encoder: WordHashEncoder) -> None:
    add_profile(hub, name="Sensorfirmaet", offers=[NEED])
    rebuild_index(hub.pk, encoder=encoder)

    for_clinician = recommend(NEED, "--kind", "clinician")
    for_project = recommend(NEED, "--purpose", "project")

    assert listed(for_clinician) == ["1. Sensorfirmaet", "2. Madrasfabrikken"]
    assert {line.split(" ", 1)[1] for line in listed(for_project)} == {
        "Sensorfirmaet", "Madrasfabrikken", "Sårcentret", "Plejehjemmet",
    }  # fmt: skip


def test_sentence_that_carries_the_match_is_quoted_below_the_text(
    hub: Hub, firm: Profile, encoder: WordHashEncoder
) -> None:
    carrying = "Vi afprøver en sensor mod tryksår."
    add_profile(hub, "clinician", name="Klinikken", offers=[f"Kaffen er god. {carrying} Byen ligger ved fjorden."])
    rebuild_index(hub.pk, encoder=encoder)

    lines = recommend(NEED, "--language", "en")

    quoted = [line.split(maxsplit=2) for line in lines if line.strip().startswith("Above all")]
    assert quoted == [["Above", "all", f"“{carrying}”"]], "texts of one sentence quote nothing"


def test_exchange_of_experience_shows_two_needs(hub: Hub, firm: Profile, encoder: WordHashEncoder) -> None:
    add_profile(hub, name="Kollegaen", needs=["en sensor mod tryksår"])
    rebuild_index(hub.pk, encoder=encoder)

    lines = recommend("madrasfabrikken", "--purpose", "erfa", "--language", "en")

    assert lines[1] == "Exchange of experience:"
    assert listed(lines) == ["1. Kollegaen"]
    assert lines[5:7] == ["     You seek     sensor mod tryksår", "     They seek    en sensor mod tryksår"]


def test_one_who_is_listed_is_told_with_rank_and_pair(firm: Profile) -> None:
    lines = recommend("madrasfabrikken", "--why-not", "plejehjemmet", "--language", "en")

    assert lines[:5] == [
        "Madrasfabrikken (Firm)",
        "OPI-light: Why not Plejehjemmet?",
        "  Number 2: it is in the list",
        "",
        "  The pair of texts that fits best",
    ]
    assert lines[6:8] == ["     You seek     sensor mod tryksår", "     They offer   tryksår hos ældre"]


def test_one_further_down_is_told_in_what_it_falls_behind(hub: Hub, firm: Profile, encoder: WordHashEncoder) -> None:
    for number in range(10):
        add_profile(hub, "clinician", name=f"Afdeling {number}", offers=[f"vi afprøver en sensor mod tryksår {number}"])
    add_profile(hub, "municipality", name="Køkkenet", slug="koekkenet", offers=["kaffe og kage"])
    rebuild_index(hub.pk, encoder=encoder)

    lines = recommend("madrasfabrikken", "--why-not", "koekkenet", "--language", "en")

    assert lines[2] == "  Number 13"
    assert lines[3].startswith("  It falls behind those shown in: ")
    assert "What you need: what they offer is further from it than the others' offers" in lines[3]


def test_rule_that_keeps_somebody_out_is_said(hub: Hub, firm: Profile, encoder: WordHashEncoder) -> None:
    add_profile(hub, name="Konkurrenten", slug="konkurrenten", offers=[NEED])
    rebuild_index(hub.pk, encoder=encoder)

    lines = recommend("madrasfabrikken", "--why-not", "konkurrenten", "--language", "en")

    assert lines[2] == "  Not in the list. Another kind of partner: this purpose does not join you with: firm"


def test_event_is_asked_about_too(bazar: Event, firm: Profile) -> None:
    asked = ("madrasfabrikken", "--purpose", "event", "--event", "medico-bazar", "--language", "en", "--why-not")

    assert recommend(*asked, "plejehjemmet")[2] == "  Number 1: it is in the list"
    assert recommend(*asked, "saarcentret")[2].startswith("  Not in the list. Not at the event: ")


def test_why_not_for_a_text_is_one_line(firm: Profile) -> None:
    assert "address name" in refusal(NEED, "--why-not", "plejehjemmet")


@pytest.mark.parametrize("slug", ["nosuch", "Plejehjemmet", "\x1b[2J", "' OR 1=1", "x" * 5_000])
def test_why_not_nobody_is_one_line(firm: Profile, slug: str) -> None:
    assert "cannot find that profile" in refusal("madrasfabrikken", f"--why-not={slug}", "--language", "en")


def test_event_keeps_to_those_who_take_part(bazar: Event, firm: Profile) -> None:
    lines = recommend("madrasfabrikken", "--purpose", "event", "--event", "medico-bazar")

    assert listed(lines) == ["1. Plejehjemmet"]


def test_limit_cuts_the_list(firm: Profile) -> None:
    assert listed(recommend(NEED)) == ["1. Sårcentret", "2. Plejehjemmet"]
    assert listed(recommend(NEED, "--limit", "1")) == ["1. Sårcentret"]


def test_danish_answer_has_no_english_words(firm: Profile) -> None:
    assert recommend(NEED, "--kind", "investor") == [
        "I søger: sensor mod tryksår",
        "OPI-light:",
        "  Ingen passer til dette formål endnu.",
    ]


def test_nobody_fits_is_said(firm: Profile) -> None:
    assert recommend(NEED, "--kind", "investor", "--language", "en")[-1] == "  Nobody fits this purpose yet."


def test_named_hub_answers_for_itself(firm: Profile, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    add_profile(other, "clinician", name="Naboens afdeling", offers=[NEED])
    rebuild_index(other.pk, encoder=encoder)

    lines = recommend(NEED, "--hub", "other")

    assert listed(lines) == ["1. Naboens afdeling"]


def test_profile_of_another_hub_is_read_as_words(firm: Profile, encoder: WordHashEncoder) -> None:
    other = HubFactory(slug="other", name="Other")
    rebuild_index(other.pk, encoder=encoder)

    assert recommend("madrasfabrikken", "--hub", "other", "--language", "en")[0] == "You seek: madrasfabrikken"


def test_unknown_hub_is_one_line(firm: Profile) -> None:
    assert "no such hub" in refusal(NEED, "--hub", "nosuch")


def test_no_hub_at_all_is_one_line(db: None, encoder: WordHashEncoder) -> None:
    assert "load_demo" in refusal(NEED)


def test_unknown_event_is_one_line(firm: Profile) -> None:
    assert refusal(NEED, "--purpose", "event", "--event", "nosuch", "--language", "en") == "We cannot find that event."


@pytest.mark.parametrize("limit", ["0", "-1", "51", "many", "1.5", "²", ""])
def test_bad_limit_is_one_line(firm: Profile, limit: str) -> None:
    assert "a whole number from 1 to 50" in refusal(NEED, f"--limit={limit}")


@pytest.mark.parametrize(
    ("option", "value"), [("--purpose", "dating"), ("--kind", "robot"), ("--language", "sv"), ("--nonsense", "1")]
)
def test_bad_option_is_one_line(firm: Profile, option: str, value: str) -> None:
    assert value in refusal(NEED, option, value)


@pytest.mark.parametrize("question", ["", "   ", "x" * 2001, "sensor\x1b"])
def test_question_that_cannot_be_asked_is_one_line(firm: Profile, question: str) -> None:
    assert refusal(question, "--language", "en")


def test_index_that_is_not_built_is_one_line(hub: Hub, encoder: WordHashEncoder) -> None:
    assert "index is being built" in refusal(NEED, "--language", "en")


def test_model_that_is_not_built_is_one_line(firm: Profile, settings: Settings, tmp_path: Path) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path / "empty"
    use_encoder(None)

    assert "build_encoder" in refusal(NEED, "--language", "en")


def test_bad_limit_on_the_real_command_line_shows_no_traceback() -> None:
    python_path = os.pathsep.join([str(django_settings.BASE_DIR), str(django_settings.BASE_DIR / "platform")])
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "videnbro.settings.test", "PYTHONPATH": python_path}

    result = subprocess.run(
        [sys.executable, "manage.py", "recommend", NEED, "--limit", "0"],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 2
    assert "a whole number from 1 to 50" in result.stderr
    assert "Traceback" not in result.stderr
