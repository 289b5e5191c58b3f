"""No recommendation says what its reader may not know, whatever is in the index."""

from datetime import date, timedelta

import pytest

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed
from matching.domain.recommending import recommend_for_profile, recommend_for_text
from matching.engine.rows import OFFER
from matching.serving import hub_index
from profiles.models import Profile, Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory, StatementFactory
from tests.matching.cluster import TODAY, add_profile, build, facilitator, member, visitor
from tests.matching.domain.asking import ask, ask_text, found, texts

pytestmark = pytest.mark.django_db


def hidden(level: str) -> dict[str, object]:
    return {"expires_on": TODAY - timedelta(days=1)} if level == "expired" else {"visibility": level}


VIEWERS = {
    "visitor": set(),
    "member": {"members"},
    "facilitator": {"members", "hub"},
}


def viewer_of(hub: Hub, role: str) -> Viewer:
    return {"visitor": visitor, "member": member, "facilitator": facilitator}[role](hub)


@pytest.mark.parametrize("level", ["members", "hub", "expired"])
@pytest.mark.parametrize("role", list(VIEWERS))
def test_hidden_statement_never_justifies_although_it_is_in_the_index(
    hub: Hub, encoder: WordHashEncoder, level: str, role: str
) -> None:
    mixed = add_profile(hub, "clinician", offers=["noget med en sensor"])
    StatementFactory(profile=mixed, text="sensor mod tryksår", **hidden(level))
    only_hidden = add_profile(hub, "clinician", offers=["sensor mod tryksår"], statement=hidden(level))
    build(hub, encoder)
    assert len(hub_index(hub.pk)) == 3

    answer = ask_text(viewer_of(hub, role), "sensor mod tryksår")

    if level in VIEWERS[role]:
        assert texts(answer) == ["sensor mod tryksår"] * 2
        assert set(found(answer)) == {mixed, only_hidden}
    else:
        assert (found(answer), texts(answer)) == ([mixed], ["noget med en sensor"])


@pytest.mark.parametrize(("level", "role"), [("members", "visitor"), ("hub", "visitor"), ("hub", "member")])
def test_hidden_profile_is_not_recommended_by_its_public_statements(
    hub: Hub, encoder: WordHashEncoder, level: str, role: str
) -> None:
    add_profile(hub, "clinician", offers=["sensor mod tryksår"], visibility=level)
    build(hub, encoder)
    assert len(hub_index(hub.pk)) == 1

    assert found(ask_text(viewer_of(hub, role), "sensor mod tryksår")) == []
    assert len(found(ask_text(facilitator(hub), "sensor mod tryksår"))) == 1


def test_hidden_about_text_colours_no_public_match(hub: Hub, encoder: WordHashEncoder) -> None:
    told = add_profile(hub, "clinician", offers=["vi prøver af"], about="hemmelig tryksårsmadras")
    Statement.objects.filter(profile=told, kind="about").update(visibility="hub")
    other = add_profile(hub, "clinician", offers=["vi prøver af"])
    build(hub, encoder)

    answer = ask_text(visitor(hub), "hemmelig tryksårsmadras")

    assert found(answer) == [told, other]
    index = hub_index(hub.pk)
    offers = index.rows.statement[index.rows.statement_kind == OFFER]
    assert len({row.tobytes() for row in index.stores.vectors.vectors(offers)}) == 1
    for words in index.stores.terms.documents(offers):
        assert "hemmelig" not in f"{words.text} {words.context}"


@pytest.mark.parametrize("change", ["hide statement", "hide profile", "pause", "delete", "expire"])
def test_what_was_hidden_a_moment_ago_drops_out_before_the_index_knows(
    hub: Hub, encoder: WordHashEncoder, change: str
) -> None:
    stays, leaves = (add_profile(hub, "clinician", offers=["sensor mod tryksår"]) for _ in range(2))
    build(hub, encoder)
    statements, profiles = Statement.objects.filter(profile=leaves), Profile.objects.filter(pk=leaves.pk)
    match change:
        case "hide statement":
            statements.update(visibility="hub")
        case "hide profile":
            profiles.update(visibility="members")
        case "pause":
            profiles.update(is_paused=True)
        case "delete":
            statements.delete()
        case "expire":
            statements.update(expires_on=TODAY - timedelta(days=1))

    matches = ask_text(visitor(hub), "sensor mod tryksår").matches

    assert [(match.profile, match.rank) for match in matches] == [(stays, 1)]


def test_statement_is_good_on_its_last_day_and_not_after(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, "clinician", offers=["sensor"], statement={"expires_on": TODAY})
    build(hub, encoder)

    last_day = recommend_for_text(visitor(hub), "sensor", purpose="opi_light", today=TODAY)
    day_after = recommend_for_text(visitor(hub), "sensor", purpose="opi_light", today=TODAY + timedelta(days=1))

    assert (len(last_day.matches), len(day_after.matches)) == (1, 0)


def test_paused_profile_is_recommended_to_nobody(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, "clinician", offers=["sensor"], is_paused=True)
    build(hub, encoder)

    assert found(ask_text(facilitator(hub), "sensor")) == []


def test_other_hubs_profiles_never_appear(hub: Hub, encoder: WordHashEncoder) -> None:
    elsewhere = HubFactory(slug="other", name="Other")
    theirs = add_profile(elsewhere, "clinician", offers=["sensor mod tryksår"])
    ours = add_profile(hub, "clinician", offers=["noget andet"])
    seeker = add_profile(hub, needs=["sensor mod tryksår"])
    for each in (hub, elsewhere):
        build(each, encoder)

    assert found(ask(seeker)) == [ours]
    assert found(ask(seeker, among=frozenset({theirs.pk}))) == []
    assert found(ask_text(facilitator(hub), "sensor mod tryksår")) == [ours]


def test_own_expired_statement_is_not_asked_with(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor"], statement={"expires_on": TODAY - timedelta(days=1)})
    add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    assert found(ask(seeker)) == []


def test_own_hidden_need_is_asked_with(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker = add_profile(hub, needs=["sensor"], statement={"visibility": "hub"})
    other = add_profile(hub, "clinician", offers=["sensor"])
    build(hub, encoder)

    assert found(ask(seeker)) == [other]


def test_those_who_do_not_speak_for_the_profile_are_refused(hub: Hub, encoder: WordHashEncoder) -> None:
    seeker, other = add_profile(hub, needs=["sensor"]), add_profile(hub, "clinician", offers=["sensor"])
    elsewhere = HubFactory(slug="other", name="Other")
    build(hub, encoder)
    strangers = [
        visitor(hub),
        member(hub),
        member(hub, other),
        Viewer(hub_id=hub.pk, role=Role.ORGANISER, user_id=3),
        Viewer(hub_id=elsewhere.pk, role=Role.HUB_ADMIN, organisation_ids=frozenset({seeker.organisation_id})),
    ]

    for viewer in strangers:
        with pytest.raises(NotAllowed):
            recommend_for_profile(viewer, seeker, purpose="opi_light", today=TODAY)

    for viewer in (member(hub, seeker), facilitator(hub)):
        assert found(recommend_for_profile(viewer, seeker, purpose="opi_light", today=TODAY)) == [other]


def test_date_of_today_is_the_callers(hub: Hub, encoder: WordHashEncoder) -> None:
    add_profile(hub, "clinician", offers=["sensor"], statement={"expires_on": date(2001, 1, 1)})
    build(hub, encoder)

    then = recommend_for_text(visitor(hub), "sensor", purpose="opi_light", today=date(2000, 12, 31))

    assert len(then.matches) == 1
