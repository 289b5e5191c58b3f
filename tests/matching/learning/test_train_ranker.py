"""The command that trains a hub now, and lets the evidence decide if it is told to."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from hubs.models import Hub
from matching.enums import RankerState
from matching.models import LearningRun, RankerVersion
from tests.matching.learning.logs import lived_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_trees")]


def test_command_trains_judges_and_leaves_the_champion(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    lived_year(hub, weeks=20)

    call_command("train_ranker", "--hub", hub.slug)

    first, second = capsys.readouterr().out.splitlines()
    assert first == "ranker 2 is in shadow; it rests on 480 showings, 120 requests, " + first.split("requests, ")[1]
    assert second.startswith("judged on ")
    assert RankerVersion.objects.get(hub=hub, state=RankerState.CHAMPION).number == 1
    assert RankerVersion.objects.get(hub=hub, number=2).card["off_policy"]["lists"] > 10


def test_command_lets_poor_evidence_promote_nothing(hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("train_ranker", "--hub", hub.slug, "--promote")

    assert capsys.readouterr().out.splitlines()[1] == "not judged: too_few_lists"
    assert RankerVersion.objects.get(hub=hub, state=RankerState.CHAMPION).number == 1


def test_command_refuses_an_unknown_hub_and_a_hub_that_is_being_trained(hub: Hub) -> None:
    LearningRun.objects.create(hub=hub, started_at=timezone.now())

    with pytest.raises(CommandError, match="no hub"):
        call_command("train_ranker", "--hub", "nowhere")
    with pytest.raises(CommandError, match="Somebody else"):
        call_command("train_ranker", "--hub", hub.slug)
