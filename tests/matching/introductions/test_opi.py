"""What is told and declared before a contact: the step's meaning for a tender, novelty, interests."""

import pytest

from hubs.models import Hub
from kernel.errors import InvalidInput, NotAllowed
from matching.domain.introductions.declaring import declare_interests
from matching.domain.introductions.opi import STEPS, before_telling, meaning_of, undeclared_sides
from matching.enums import OpiStep
from matching.models import Declaration, Introduction
from tests.matching.introductions.parties import LATER, NOW, Person, drafted, party, sent, told


def test_every_step_says_what_it_means_for_a_tender() -> None:
    assert list(STEPS) == OpiStep.values
    assert all(str(meaning.what).endswith(".") and len(str(meaning.tender)) > 60 for meaning in STEPS.values())
    assert "shut the firm out of a later purchase" in str(STEPS["mini_trial"].tender)


def test_a_request_names_its_step_or_none(firm: Person, ward: Person) -> None:
    assert meaning_of(drafted(firm, ward)) is STEPS["light_contact"]
    assert meaning_of(drafted(firm, ward, purpose="event")) is None


@pytest.mark.parametrize(
    ("state", "checked", "begins"),
    [
        (None, False, "Say how your idea"),
        ("secret", False, "You keep it secret"),
        ("applied", False, "A patent is applied for"),
        ("none", False, "Nothing is protected"),
        ("copyright", False, "Copyright protects"),
        ("granted", False, None),
        ("secret", True, None),
    ],
)
def test_novelty_is_told_before_anything_is_disclosed(
    firm: Person, ward: Person, state: str | None, checked: bool, begins: str | None
) -> None:
    draft = drafted(firm, ward)
    draft.ip_state_id = f"ip_state:{state}" if state else None
    draft.novelty_checked = checked

    told_before = before_telling(draft)

    assert [text.startswith(begins or "-") for text in told_before] == ([True] if begins else [])


def test_interests_are_declared_by_each_side_for_itself(firm: Person, ward: Person, hub: Hub) -> None:
    request = sent(firm, ward)
    declare_interests(request, side="seeker", has_interests=False, actor=firm.user, now=NOW)
    declare_interests(request, side="receiver", has_interests=True, text="Bror i firmaet.", actor=ward.user, now=NOW)
    declare_interests(request, side="receiver", has_interests=False, actor=ward.user, now=LATER)

    with pytest.raises(NotAllowed):
        declare_interests(request, side="receiver", has_interests=False, actor=firm.user, now=LATER)
    with pytest.raises(NotAllowed):
        declare_interests(request, side="seeker", has_interests=False, actor=party(hub).user, now=LATER)

    rows = Declaration.objects.order_by("side").values_list("side", "has_interests", "text")
    assert list(rows) == [("receiver", False, ""), ("seeker", False, "")]
    assert [kind for kind, _side in told(request)].count("declared") == 3


def test_interests_are_said_in_words(firm: Person, ward: Person) -> None:
    with pytest.raises(InvalidInput):
        declare_interests(sent(firm, ward), side="seeker", has_interests=True, text=" ", actor=firm.user, now=NOW)


def test_steps_that_matter_ask_both_where_a_public_part_is_there(firm: Person, ward: Person, hub: Hub) -> None:
    request = sent(firm, ward)
    assert undeclared_sides(request) == ()
    Introduction.objects.update(opi_step="mini_trial")
    request.refresh_from_db()

    assert undeclared_sides(request) == ("seeker", "receiver")
    declare_interests(request, side="seeker", has_interests=False, actor=firm.user, now=NOW)
    assert undeclared_sides(request) == ("receiver",)
    private = sent(party(hub), party(hub))
    private.opi_step = "mini_trial"
    assert undeclared_sides(private) == ()


def test_a_writer_declares_while_writing_the_asked_side_not_yet(firm: Person, ward: Person) -> None:
    draft = drafted(firm, ward)

    declare_interests(draft, side="seeker", has_interests=False, actor=firm.user, now=NOW)
    with pytest.raises(NotAllowed):
        declare_interests(draft, side="receiver", has_interests=False, actor=ward.user, now=NOW)
