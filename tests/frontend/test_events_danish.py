"""Danish pages of events that no walk in a browser opens say nothing in English."""

import re
from collections.abc import Iterable
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from events.domain.setup.states import call_off
from events.enums import ParticipantState
from events.models import Event, Participant
from frontend import translations
from frontend.event_links import place_token
from hubs.enums import Role
from hubs.models import Hub
from profiles.models import Profile
from tests.e2e.wording import foreign_phrases
from tests.events.arrivals import add_terms, organiser
from tests.events.bazar import make_bazar
from tests.factories import ProfileFactory
from tests.frontend.conftest import body, speaks_for, text_of, works_as
from tests.frontend.event_people import comes, event_fixture, profile_fixture  # noqa: F401

BASE = "/events/medico-bazar"
IMPORT = f"{BASE}/organise/import/"
# An organisation offers and seeks, and two people are "I" together; the one who reads acts alone.
DU_OF_AN_ORGANISATION = re.compile(r"\bdu (tilbyder|søger|udbyder|efterspørger)\b|\b[Dd]in (egen )?profils? tilbud")
I_OF_A_READER = re.compile(
    r"\bI (skal|behøver|må|kan|skriver|sætter|siger|åbner|lægger)\b|\bkommer I\b|\bpasser til jer\b"
    r"|\b[Jj]eres (svar|plads|tilmelding)\b"
)
SHEET = """Navn,E-mail,Firma,Gavekort
Ida Lund,ida@example.test,Lund ApS,ja
Uden adresse,ingen,Lund ApS,nej
"""


def english(pages: Iterable[str]) -> list[str]:
    """What only an English page may say, of all that the pages say."""
    says = [" ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split()) for page in pages]
    return [phrase for phrase in foreign_phrases("da") if any(phrase in each for each in says)]


def preview(client: Client, address: str = IMPORT) -> str:
    return text_of(client.post(address, {"file": SimpleUploadedFile("folk.csv", SHEET.encode())}))


def packed(page: str) -> str:
    found = re.search(r'name="rows" value="([^"]+)"', page)
    return found.group(1) if found else ""


def test_english_page_is_caught(client: Client, event: Event) -> None:
    works_as(client, event.hub, Role.ORGANISER)

    assert "Nothing is stored yet." in english([preview(client, f"/en{IMPORT}")])


def test_organisers_list_import_and_form_are_danish(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, meets=True, access_needs="Tegnsprog")
    works_as(client, event.hub, Role.ORGANISER)
    parts = ("people/", "people/new/", f"people/{person.public_id}/", "import/", "check-in/")
    before = preview(client)

    pages = [before, *(body(client, f"{BASE}/organise/{part}") for part in parts)]
    pages.append(text_of(client.post(IMPORT, {"rows": packed(before)})))
    pages.append(text_of(client.post(f"{BASE}/organise/people/new/", {"email": "ingen", "most_meetings": "0"}), 422))

    assert english(pages) == []


def test_place_by_link_is_danish_however_it_stands(client: Client, event: Event, profile: Profile) -> None:
    person = comes(event, profile, meets=True)
    address, pages = f"/events/place/{place_token(person)}/", []

    for state in ParticipantState:
        Participant.objects.update(state=state, reconfirm_asked_at=timezone.now())
        pages.append(body(client, address))
    Participant.objects.update(state=ParticipantState.REGISTERED)
    pages.append(body(client, f"{address}change/"))

    assert (len(set(pages)), english(pages)) == (len(ParticipantState) + 1, [])


def test_full_event_and_its_waiting_list_are_danish(client: Client, event: Event, profile: Profile) -> None:
    add_terms(event)
    Event.objects.update(capacity=1)
    comes(event, ProfileFactory(), "first@example.test")
    pages = [body(client, f"{BASE}/"), body(speaks_for(client, profile), f"{BASE}/register/")]
    comes(event, profile, meets=True)
    Participant.objects.filter(participation__profile=profile).update(state=ParticipantState.WAITING)

    pages += [body(client, f"{BASE}/{part}") for part in ("", "me/", "register/")]

    assert english(pages) == []


def test_called_off_event_is_danish(client: Client, hub: Hub) -> None:
    bazar, now = make_bazar(hub), timezone.now()
    starts = now + timedelta(days=30)
    Event.objects.update(starts_at=starts, ends_at=starts + timedelta(hours=8))
    bazar.event.refresh_from_db()
    call_off(bazar.event, viewer=organiser(hub), version=bazar.event.version, reason="Salen er brændt.", now=now)
    token = place_token(bazar.anna)
    speaks_for(client, bazar.anna.participation.profile)

    pages = [body(client, f"/events/{kind}/{token}/") for kind in ("agenda", "place")]
    pages += [body(client, f"/events/bazar/{part}") for part in ("", "me/", "agenda/", "people/", "requests/")]
    works_as(client, hub, Role.ORGANISER)
    pages += [body(client, f"/events/bazar/organise/{part}") for part in ("", "people/", "check-in/")]

    assert english(pages) == []


def danish_of(paths: Iterable[Path], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the texts of these files say in Danish."""
    monkeypatch.setattr(translations, "source_files", lambda: iter(paths))
    catalogue = translations.read_catalogue()
    known = [catalogue.get(each.id, each.context) for each in translations.extract() if each.id]
    return [str(each.string) for each in known if each]


def test_pages_of_events_say_du_to_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    frontend = Path(settings.BASE_DIR) / "frontend"
    places = ("templates/events/*.html", "mails/events_*.py", "views/events/*.py", "forms/events*.py", "event_*.py")
    paths = sorted(path for place in places for path in frontend.glob(place))

    said = danish_of(paths, monkeypatch)

    assert len(said) > 500
    assert [each for each in said if I_OF_A_READER.search(each)] == []


def test_organisation_that_offers_and_seeks_is_i(monkeypatch: pytest.MonkeyPatch) -> None:
    said = danish_of(list(translations.source_files()), monkeypatch)

    assert len(said) > 2000
    assert [each for each in said if DU_OF_AN_ORGANISATION.search(each)] == []
