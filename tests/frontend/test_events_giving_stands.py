"""The page on which many stands are given: who may, what is proposed and refused, and that nothing typed is lost."""

from html import unescape

import pytest
from django.test import Client

from events.domain.setup.stands import assign_stand
from events.enums import EventState
from events.models import Event, Stand
from events.queries import stand_giving
from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from tests.events.setting_up import draft, event_fixture, organiser_of, viewer_fixture  # noqa: F401
from tests.events.stand_seekers import exhibitor, holders, rows_fixture  # noqa: F401
from tests.factories import HubFactory
from tests.frontend.conftest import SCRIPT, body, text_of, works_as
from tests.frontend.event_setting_up import organiser_fixture, page  # noqa: F401

GIVE = "stands/give/"


def fields(answer: str) -> dict[str, str]:
    """Numbers that stand in the fields, by slugs."""
    inputs = [each for each in answer.split("<input ") if 'name="stand-' in each]
    pairs = ((each.split('name="stand-')[1], each.split('value="')) for each in inputs)
    return {name.split('"')[0]: unescape(rest[1].split('"')[0]) if len(rest) > 1 else "" for name, rest in pairs}


def test_member_visitor_and_other_hubs_organiser_give_nothing(
    client: Client, hub: Hub, event: Event, rows: list[Stand]
) -> None:
    alfa = exhibitor(event, "Alfa")
    posted = {"version": "2", f"stand-{alfa.slug}": "1"}
    foreign = draft(organiser_of(HubFactory(slug="nordbro")), name="Hos dem")

    assert client.post(page(event, GIVE), posted).status_code == 302
    works_as(client, hub, Role.MEMBER)
    assert "Alfa" not in body(client, page(event, GIVE), status=403)
    assert client.post(page(event, GIVE), posted).status_code == 403
    works_as(client, hub, Role.ORGANISER)
    body(client, page(foreign, GIVE), status=404)
    assert client.post(page(foreign, GIVE), posted).status_code == 404
    assert holders(event) == {}


def test_proposal_stands_in_the_fields_and_is_given_as_it_is(
    organiser: Client, event: Event, rows: list[Stand]
) -> None:
    beta, alfa = exhibitor(event, "Beta"), exhibitor(event, "Alfa")
    proposed = fields(body(organiser, page(event, GIVE)))

    answer = organiser.post(
        page(event, GIVE),
        {"version": "2", **{f"stand-{slug}": number for slug, number in proposed.items()}},
        follow=True,
    )

    assert proposed == {alfa.slug: "1", beta.slug: "2"}
    assert holders(event) == {"1": "Alfa", "2": "Beta"}
    assert "2 stands are given." in text_of(answer)  # type: ignore[arg-type]
    assert "No exhibitor is without a stand" in body(organiser, page(event, GIVE))


def test_empty_field_gives_none_yet(organiser: Client, event: Event, rows: list[Stand]) -> None:
    alfa, beta = exhibitor(event, "Alfa"), exhibitor(event, "Beta")

    organiser.post(page(event, GIVE), {"version": "2", f"stand-{alfa.slug}": " ", f"stand-{beta.slug}": "12"})

    assert holders(event) == {"12": "Beta"}


def test_errors_stand_beside_their_rows_and_all_that_was_typed_stays(
    organiser: Client, event: Event, rows: list[Stand]
) -> None:
    slugs = [exhibitor(event, name).slug for name in ("Alfa", "Beta", "Gamma", "Delta", "Epsilon")]
    typed = dict(zip(slugs, ("9", "9", "77", SCRIPT, ""), strict=True))

    answer = organiser.post(page(event, GIVE), {"version": "2", **{f"stand-{slug}": n for slug, n in typed.items()}})

    shown = text_of(answer, 422)  # type: ignore[arg-type]
    errors = answer.context["form"].errors
    assert list(errors) == [f"stand-{slug}" for slug in slugs[:4]]
    assert errors[f"stand-{slugs[0]}"] == ["Stand 9 is written more than once. One of them can have it."]
    assert f'id="id_stand-{slugs[2]}_error"' in shown
    assert fields(shown) == typed
    assert [markup for markup in ("<script>alert", "<img src=x") if markup in shown] == []
    assert holders(event) == {}


def test_second_organiser_is_told_and_loses_nothing(
    organiser: Client, viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    alfa, beta, gamma = (exhibitor(event, name) for name in ("Alfa", "Beta", "Gamma"))
    posted = {f"stand-{alfa.slug}": "1", f"stand-{beta.slug}": "2", f"stand-{gamma.slug}": "3"}
    assign_stand(rows[0], viewer=viewer, profile=beta)

    answer = organiser.post(page(event, GIVE), {"version": "2", **posted})

    shown = text_of(answer, 409)  # type: ignore[arg-type]
    assert "Somebody else saved first" in shown
    assert "Stand 1 is no longer free: Beta has it." in shown
    assert "Beta has stand 1 already." in shown
    assert fields(shown) == {alfa.slug: "1", gamma.slug: "3"}
    assert '<input type="hidden" name="version" value="3"' in shown
    assert holders(event) == {"1": "Beta"}

    organiser.post(page(event, GIVE), {"version": "3", f"stand-{alfa.slug}": "2", f"stand-{gamma.slug}": "3"})
    assert holders(event) == {"1": "Beta", "2": "Alfa", "3": "Gamma"}


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 400])
def test_version_that_nobody_saw_gives_nothing(
    organiser: Client, event: Event, rows: list[Stand], version: str
) -> None:
    alfa = exhibitor(event, "Alfa")

    answer = organiser.post(page(event, GIVE), {"version": version, f"stand-{alfa.slug}": "1"})

    assert answer.status_code in {409, 422}
    assert holders(event) == {}


def test_ten_thousand_fields_are_refused(organiser: Client, event: Event, rows: list[Stand]) -> None:
    alfa = exhibitor(event, "Alfa")
    many = {f"stand-nobody-{number}": "1" for number in range(10_000)}

    answer = organiser.post(page(event, GIVE), {"version": "2", f"stand-{alfa.slug}": "1", **many})

    assert answer.status_code == 400
    assert holders(event) == {}


def test_page_holds_as_many_rows_as_a_form_may_have(
    organiser: Client, event: Event, rows: list[Stand], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand_giving, "MOST_ROWS", 2)
    for name in ("Alfa", "Beta", "Gamma"):
        exhibitor(event, name)

    shown = body(organiser, page(event, GIVE))

    assert len(fields(shown)) == 2
    assert "1 more exhibitor follows once these have their stands." in shown


def test_markup_in_a_name_stays_text(organiser: Client, event: Event, rows: list[Stand]) -> None:
    profile = exhibitor(event, "Alfa")
    type(profile).objects.update(name=SCRIPT)

    shown = body(organiser, page(event, GIVE))

    assert [markup for markup in ("<script>alert", "<img src=x") if markup in shown] == []


def test_page_without_free_stands_leads_to_laying_some(organiser: Client, event: Event) -> None:
    exhibitor(event, "Alfa")

    shown = body(organiser, page(event, GIVE))

    assert "No stand is free" in shown
    assert f'href="{page(event, "stands/new/")}"' in shown


def test_too_few_stands_are_said(organiser: Client, event: Event, rows: list[Stand]) -> None:
    event.stands.exclude(number="1").delete()
    for name in ("Alfa", "Beta", "Gamma"):
        exhibitor(event, name)

    assert "2 exhibitors have none proposed, those who signed up last" in body(organiser, page(event, GIVE))


def test_event_that_is_called_off_gives_no_stands(organiser: Client, event: Event, rows: list[Stand]) -> None:
    alfa = exhibitor(event, "Alfa")
    Event.objects.filter(pk=event.pk).update(state=EventState.CANCELLED)

    answer = organiser.post(page(event, GIVE), {"version": "2", f"stand-{alfa.slug}": "1"})

    assert "called off" in text_of(answer, 409)  # type: ignore[arg-type]
    assert holders(event) == {}


def test_plan_and_console_lead_here_only_while_there_is_something_to_give(
    organiser: Client, viewer: Viewer, event: Event, rows: list[Stand]
) -> None:
    def leads() -> list[bool]:
        link = f'href="{page(event, GIVE)}"'
        return [link in body(organiser, page(event, path)) for path in ("", "stands/")]

    nobody = leads()
    alfa = exhibitor(event, "Alfa")
    waiting = leads()
    told = "0 of 12 have somebody, 1 exhibitor has no stand yet" in body(organiser, page(event))
    assign_stand(rows[0], viewer=viewer, profile=alfa)

    assert (nobody, waiting, told, leads()) == ([False, False], [True, True], True, [False, False])
