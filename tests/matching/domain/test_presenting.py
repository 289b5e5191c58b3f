"""What a card gives as reasons follows what was measured of the match."""

import pytest

from hubs.models import Hub
from matching.domain import presenting
from matching.domain.asking import question_of_text
from matching.domain.presenting import Found, Presenter
from matching.domain.searching import search
from matching.enums import Direction
from matching.results import SearchFilters
from matching.serving import hub_index
from tests.encoders import WordHashEncoder
from tests.matching.cluster import TODAY, add_profile, build, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.mark.parametrize(("explored", "code"), [(True, "tried"), (False, "loose")])
def test_match_with_nothing_for_it_says_whether_it_was_tried_out(
    hub: Hub, encoder: WordHashEncoder, explored: bool, code: str
) -> None:
    chairs = add_profile(hub, offers=["Kontorstole i mange farver"])
    build(hub, encoder)
    index = hub_index(hub.pk)
    found = Found(
        chairs.pk, 0, chairs.statements.get().pk, Direction.NEED_OFFER, values={"need_offer_meaning": 0.0},
        explored=explored,
    )  # fmt: skip

    (match,) = Presenter(visitor(hub), index, question_of_text(index, "sensor"), TODAY).present([found])

    assert [reason.code for reason in match.reasons] == [code]


def test_search_knows_how_near_what_it_found_is(
    hub: Hub, encoder: WordHashEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_profile(hub, offers=["sensor"])
    build(hub, encoder)
    # As where the two say the same in other words, which the test's encoder cannot tell.
    monkeypatch.setattr(presenting, "shared_terms", lambda *_words: [])

    (match,) = search(visitor(hub), "sensor", filters=SearchFilters(), today=TODAY).matches

    assert [reason.code for reason in match.reasons] == ["meaning"]
