"""Going back from a named ranker: once for each click that arrives."""

import pytest

from hubs.enums import Role
from hubs.models import Hub
from hubs.policies import Viewer
from kernel.errors import NotAllowed
from matching.domain.learning.promoting import NothingToRollBack, promote
from matching.domain.learning.rolling_back import RanksNoLonger, roll_back_from
from matching.domain.learning.training import train_hub
from matching.enums import RankerState
from matching.models import RankerDecision, RankerVersion
from tests.factories import HubFactory, UserFactory
from tests.matching.learning.logs import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english", "without_trees")]


def viewer(hub: Hub, role: Role = Role.FACILITATOR) -> Viewer:
    return Viewer(hub_id=hub.pk, role=role, user_id=UserFactory().pk)


def promoted(hub: Hub) -> RankerVersion:
    row = train_hub(hub.pk, now=NOW)
    assert row is not None
    return promote(viewer(hub), row, reason="Fordi.", now=NOW)


def test_second_click_changes_nothing(hub: Hub) -> None:
    promoted(hub)
    third, broker = promoted(hub), viewer(hub)

    back = roll_back_from(broker, third, reason="Det gik galt.", now=NOW)
    with pytest.raises(RanksNoLonger):
        roll_back_from(broker, third, reason="Det gik galt.", now=NOW)

    assert (back.number, RankerVersion.objects.get(hub=hub, state=RankerState.CHAMPION).number) == (2, 2)
    decision = RankerDecision.objects.filter(hub=hub).first()
    assert decision is not None
    assert (decision.change, decision.reason) == ("rollback", "Det gik galt.")


def test_another_hubs_ranker_and_other_people_change_nothing(hub: Hub) -> None:
    theirs, ours = promoted(HubFactory(slug="other", name="Other")), promoted(hub)

    with pytest.raises(RanksNoLonger):
        roll_back_from(viewer(hub), theirs, now=NOW)
    with pytest.raises(NotAllowed):
        roll_back_from(viewer(hub, Role.ORGANISER), ours, now=NOW)

    assert RankerVersion.objects.filter(state=RankerState.CHAMPION, pk__in=[theirs.pk, ours.pk]).count() == 2


def test_first_ranker_has_none_before_it(hub: Hub) -> None:
    train_hub(hub.pk, now=NOW)

    with pytest.raises(NothingToRollBack):
        roll_back_from(viewer(hub), RankerVersion.objects.get(hub=hub, number=1), now=NOW)
