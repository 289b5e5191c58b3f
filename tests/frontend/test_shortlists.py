"""Pages of shortlists: gathering, asking together, comparing, choosing; roles, other hubs, hostile input."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from hubs.enums import Role
from hubs.models import Hub
from matching.domain.introductions.answering import accept_introduction
from matching.domain.projects.shortlists import ShortlistFields, add_candidate, begin_shortlist
from matching.enums import AnswerSource, ListState, Side
from matching.models import Candidate, ContactRules, Introduction, Shortlist, ShownList
from profiles.models import Profile
from tests.factories import HubFactory, OrganisationFactory, ProfileFactory, StatementFactory
from tests.frontend.conftest import SCRIPT, body, speaks_for, works_as
from tests.matching.projects.tables import NOW, TODAY, speaker

REQUEST = {
    "contact_purpose": "feedback", "asked": "Vil I tegne et kabinet, der kan vaskes?", "minutes": "30",
    "opi_step": "light_contact",
}  # fmt: skip


@pytest.fixture
def owner(hub: Hub) -> Profile:
    profile: Profile = ProfileFactory(name="Nordlys", slug="nordlys")
    return profile


@pytest.fixture
def shortlist(owner: Profile) -> Shortlist:
    fields = ShortlistFields("Designer til kabinet", "Vi søger design af et kabinet.")
    return begin_shortlist(speaker(owner), owner=owner, fields=fields, once=uuid4())


@pytest.fixture
def two(shortlist: Shortlist) -> list[Candidate]:
    viewer = speaker(shortlist.owner)
    return [
        add_candidate(
            shortlist, viewer=viewer, from_matches=True,
            profile=ProfileFactory(name=f"Design {number}", slug=f"design-{number}"),
        )
        for number in range(2)
    ]  # fmt: skip


def at(shortlist: Shortlist, path: str = "") -> str:
    return f"/en/shortlists/{shortlist.public_id}/{path}"


def say_yes(candidate: Candidate) -> None:
    candidate.refresh_from_db()
    assert candidate.introduction is not None
    accept_introduction(candidate.introduction, side=Side.RECEIVER, actor=None, now=NOW, source=AnswerSource.LINK)


def test_list_of_lists_teaches_the_first_step(client: Client, owner: Profile) -> None:
    assert "No shortlist yet" in body(speaks_for(client, owner), "/en/shortlists/")


def test_list_is_begun_once_from_ones_own_text(client: Client, owner: Profile) -> None:
    statement = StatementFactory(profile=owner, kind="need", text="Vi søger design af et kabinet til sensoren.")
    client = speaks_for(client, owner)
    address = f"/en/shortlists/new/?statement={statement.public_id}"
    assert body(client, address).count(statement.text) == 2

    posted = {
        "once": str(uuid4()), "owner": "nordlys", "title": "Designer", "need": statement.text, "language": "da",
    }  # fmt: skip
    for _time in range(2):
        assert client.post(address, posted).status_code == 302

    assert [(row.title, row.statement) for row in Shortlist.objects.all()] == [("Designer", statement)]


def test_refused_form_keeps_what_was_typed(client: Client, owner: Profile) -> None:
    posted = {"once": str(uuid4()), "owner": "nordlys", "title": "", "need": SCRIPT, "language": "da"}

    response = speaks_for(client, owner).post("/en/shortlists/new/", posted)

    assert response.status_code == 422
    assert "&lt;script&gt;alert" in response.content.decode()
    assert Shortlist.objects.count() == 0


@pytest.mark.parametrize("role", [Role.MEMBER, Role.ORGANISER])
def test_list_is_closed_to_all_others(client: Client, shortlist: Shortlist, role: Role) -> None:
    client = works_as(client, shortlist.hub, role)

    for path in ("", "edit/", "ask/", "choose/", "give-up/", "candidates/by-name/"):
        assert "kabinet" not in body(client, at(shortlist, path), 404)
    assert client.post(at(shortlist, "candidates/add/"), {"profile": "nordlys"}).status_code == 404


def test_facilitator_reads_and_helps(client: Client, shortlist: Shortlist, two: list[Candidate]) -> None:
    page = body(works_as(client, shortlist.hub, Role.FACILITATOR), at(shortlist))

    assert "Design 0" in page
    assert at(shortlist, "ask/") in page


def test_list_of_another_hub_is_not_found(client: Client, hub: Hub) -> None:
    elsewhere = ProfileFactory(organisation=OrganisationFactory(hub=HubFactory(slug="nordhub", name="Nordhub")))
    foreign = begin_shortlist(
        speaker(elsewhere), owner=elsewhere, fields=ShortlistFields("Fremmed", "Noget helt andet."), once=uuid4()
    )
    client = works_as(client, hub, Role.HUB_ADMIN)

    assert client.get(at(foreign)).status_code == 404
    assert "Fremmed" not in body(client, "/en/shortlists/")


def test_others_who_fit_are_suggested_and_added_once(
    client: Client, shortlist: Shortlist, build_index: Callable[[], object]
) -> None:
    designer = ProfileFactory(name="Designhuset", slug="designhuset")
    StatementFactory(profile=designer, text="Vi tilbyder design af et kabinet.")
    build_index()
    client = speaks_for(client, shortlist.owner)

    assert 'name="profile" value="designhuset"' in body(client, at(shortlist))
    assert [row.profile for row in ShownList.objects.get().impressions.all()] == [designer]
    for _time in range(2):
        client.post(at(shortlist, "candidates/add/"), {"profile": "designhuset"})

    page = body(client, at(shortlist))
    assert shortlist.candidates.count() == 1
    assert 'name="profile" value="designhuset"' not in page
    assert "<mark>kabinet</mark>" in page


def test_somebody_is_added_by_name(client: Client, shortlist: Shortlist) -> None:
    ProfileFactory(name="Tegnestuen")
    client = speaks_for(client, shortlist.owner)

    assert client.post(at(shortlist, "candidates/by-name/"), {"name": SCRIPT, "note": ""}).status_code == 422
    assert client.post(at(shortlist, "candidates/by-name/"), {"name": "Tegnestuen", "note": SCRIPT}).status_code == 302

    page = body(client, at(shortlist))
    assert "Added by hand" in page
    assert "<script>alert" not in page


def test_profile_that_is_not_open_is_not_added(client: Client, shortlist: Shortlist) -> None:
    ProfileFactory(slug="skjult", visibility="hub")

    response = speaks_for(client, shortlist.owner).post(at(shortlist, "candidates/add/"), {"profile": "skjult"})

    assert response.status_code == 404
    assert shortlist.candidates.count() == 0


def test_asking_together_sends_each_once(client: Client, shortlist: Shortlist, two: list[Candidate]) -> None:
    client = speaks_for(client, shortlist.owner)
    assert "2 will be asked" in body(client, at(shortlist, "ask/"))

    for _time in range(2):
        assert client.post(at(shortlist, "ask/"), REQUEST).status_code == 302

    assert Introduction.objects.filter(state="sent").count() == 2
    assert "All on the list have been asked already." in body(client, at(shortlist))


def test_full_candidate_is_told_with_those_who_have_time(
    client: Client, shortlist: Shortlist, two: list[Candidate], build_index: Callable[[], object]
) -> None:
    ContactRules.objects.create(hub=shortlist.hub, profile=two[0].profile, monthly_cap=0)
    StatementFactory(profile=ProfileFactory(name="Har tid", slug="har-tid"), text="Design af et kabinet.")
    build_index()
    client = speaks_for(client, shortlist.owner)
    assert "Some take no more requests this month" in body(client, at(shortlist))

    page = client.post(at(shortlist, "ask/"), REQUEST, follow=True).content.decode()

    assert "1 request is sent." in page
    assert "Design 0 takes no more requests" in page
    assert 'name="profile" value="har-tid"' in page
    assert [row.receiver for row in Introduction.objects.all()] == [two[1].profile]


@pytest.mark.parametrize(
    "change", [{"asked": ""}, {"minutes": ""}, {"minutes": "7"}, {"contact_purpose": "x"}, {"opi_step": "x"}]
)
def test_broken_request_asks_nobody(
    client: Client, shortlist: Shortlist, two: list[Candidate], change: dict[str, str]
) -> None:
    response = speaks_for(client, shortlist.owner).post(at(shortlist, "ask/"), {**REQUEST, **change})

    assert response.status_code == 422
    assert Introduction.objects.count() == 0


def test_answers_stand_side_by_side(client: Client, shortlist: Shortlist, two: list[Candidate]) -> None:
    client = speaks_for(client, shortlist.owner)
    client.post(at(shortlist, "ask/"), REQUEST)
    say_yes(two[0])
    client.post(
        at(shortlist, f"candidates/{two[1].public_id}/notes/"), {"answer": "40 timer, 30.000 kr.", "note": "Dyr"}
    )

    page = body(client, at(shortlist))

    for said in ("Both said yes", "Sent", "40 timer, 30.000 kr.", "Dyr"):
        assert said in page


def test_choice_needs_reason_and_declared_interests(client: Client, shortlist: Shortlist, two: list[Candidate]) -> None:
    client = speaks_for(client, shortlist.owner)
    assert "Nobody can be chosen yet" in body(client, at(shortlist, "choose/"))
    client.post(at(shortlist, "ask/"), REQUEST)
    say_yes(two[0])
    version = Shortlist.objects.get().version
    whole = {"version": version, "candidates": str(two[0].public_id), "reason": "Bedst pris", "has_interests": "no"}

    for change in (
        {"reason": ""},
        {"has_interests": ""},
        {"has_interests": "yes"},
        {"candidates": str(two[1].public_id)},
    ):
        assert client.post(at(shortlist, "choose/"), {**whole, **change}).status_code == 422
    assert client.post(at(shortlist, "choose/"), {**whole, "version": version - 1}).status_code == 409
    assert Shortlist.objects.get().state == ListState.ASKED

    assert client.post(at(shortlist, "choose/"), whole).status_code == 302
    page = body(client, at(shortlist))
    assert "Bedst pris" in page
    assert "None, as declared" in page
    assert client.post(at(shortlist, "choose/"), whole).status_code in {409, 422}
    assert Candidate.objects.filter(chosen=True).count() == 1


def test_list_is_given_up_with_a_reason(client: Client, shortlist: Shortlist, two: list[Candidate]) -> None:
    client = speaks_for(client, shortlist.owner)

    assert client.post(at(shortlist, "give-up/"), {"version": 1, "reason": ""}).status_code == 422
    assert client.post(at(shortlist, "give-up/"), {"version": 1, "reason": "Vi tegner selv."}).status_code == 302
    page = body(client, at(shortlist))
    assert "Vi tegner selv." in page
    assert at(shortlist, "ask/") not in page


def test_change_against_an_older_version_shows_both(client: Client, shortlist: Shortlist) -> None:
    Shortlist.objects.update(title="Nyt navn", version=2)

    response = speaks_for(client, shortlist.owner).post(
        at(shortlist, "edit/"), {"version": 1, "title": "Mit navn", "need": shortlist.need, "language": "da"}
    )

    assert response.status_code == 409
    assert "Nyt navn" in response.content.decode()
    assert Shortlist.objects.get().title == "Nyt navn"


def test_candidate_is_taken_off_until_asked(client: Client, shortlist: Shortlist, two: list[Candidate]) -> None:
    client = speaks_for(client, shortlist.owner)
    client.post(at(shortlist, f"candidates/{two[0].public_id}/remove/"))
    client.post(at(shortlist, "ask/"), REQUEST)
    client.post(at(shortlist, f"candidates/{two[1].public_id}/remove/"))

    assert [row.pk for row in shortlist.candidates.all()] == [two[1].pk]
    assert client.post(at(shortlist, f"candidates/{uuid4()}/remove/")).status_code == 404


def test_words_of_a_list_are_escaped(client: Client, shortlist: Shortlist, two: list[Candidate]) -> None:
    Shortlist.objects.update(
        title=SCRIPT, need=SCRIPT, reason=SCRIPT, declared_interests=SCRIPT, state="decided", decided_on=TODAY
    )
    Candidate.objects.update(note=SCRIPT, answer=SCRIPT, chosen=True)
    Profile.objects.update(name=SCRIPT)
    client = speaks_for(client, shortlist.owner)

    for address in (at(shortlist), "/en/shortlists/"):
        page = body(client, address)
        assert "<script>alert" not in page
        assert "<img" not in page


def test_list_shown_to_a_facilitator_is_logged_as_one_of_the_facilitators(
    client: Client, shortlist: Shortlist, build_index: Callable[[], object]
) -> None:
    StatementFactory(profile=ProfileFactory(name="Designhuset"), text="Vi tilbyder design af et kabinet.")
    build_index()

    body(works_as(client, shortlist.hub, Role.FACILITATOR), at(shortlist))
    body(speaks_for(Client(), shortlist.owner), at(shortlist))

    shown = ShownList.objects.order_by("id").values_list("channel", flat=True)
    assert list(shown) == ["facilitator", "web"]


def test_null_character_in_an_address_is_not_found(client: Client, shortlist: Shortlist) -> None:
    client = speaks_for(client, shortlist.owner)

    assert client.post(at(shortlist, "candidates/add/"), {"profile": "a\x00b"}).status_code == 404
    assert client.get("/en/shortlists/new/?for=a%00b").status_code == 404
