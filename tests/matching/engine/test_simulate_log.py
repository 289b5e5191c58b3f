"""The log of a simulated platform: blind to the future, silence kept apart, outcomes known when somebody told."""

import numpy as np
import pytest

from matching.engine.contact_features import NAMES
from matching.engine.ladder import CODES, RUNGS, matured
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS
from matching.engine.simulate import NO, NOT_NOW, SILENT, YES, Fates, Log, Query, Shown

NEVER = np.inf
HELD = CODES.index("meeting_held")


def a_log() -> Log:
    """Six cards on day 10: not asked, silent, not now, no on day 12, yes on day 13 and on day 20.

    The meeting of the first yes is held on day 23; a follow-up is answered on day 27 and again on day 103.
    """
    matrix = np.arange(6.0)[:, None] * np.ones(len(NAMES))
    shown = Shown(Query(0, 10.0, 0), np.arange(1, 7), matrix, np.ones(6), np.zeros(6, np.bool_))
    rungs, heard = np.full((6, len(CODES)), NEVER), np.full((6, 2), NEVER)
    rungs[4, HELD] = 23.0
    heard[4] = 27.0, 103.0
    answer = np.array([YES, SILENT, NOT_NOW, NO, YES, YES])
    days = np.array([NEVER, NEVER, 11.0, 12.0, 13.0, 20.0])
    log = Log(14.0)
    log.write(shown, Fates(np.array([False, *[True] * 5]), answer, days, rungs, heard))
    return log


def test_requests_are_known_at_once_and_attention_is_allowed_for() -> None:
    found = a_log().evidence(10.5, 0.5)

    assert found[ASKS].label.tolist() == [0, 1, 1, 1, 1, 1]
    np.testing.assert_allclose(found[ASKS].matured, np.arange(1, 7) ** -0.5)
    assert len(found[ANSWERS].label) == 0
    assert len(found[ACCEPTS].label) == 0


def test_answers_count_from_the_day_they_came() -> None:
    found = a_log().evidence(14.0, 0.5)

    assert found[ACCEPTS].label.tolist() == [0, 1]
    assert found[ACCEPTS].matrix[:, 0].tolist() == [3, 4]
    assert len(found[ANSWERS].label) == 0


def test_silence_and_not_now_are_no_answers_and_say_nothing_of_fit() -> None:
    found = a_log().evidence(24.0, 0.5)

    assert found[ANSWERS].label.tolist() == [0, 0, 1, 1, 1]
    assert found[ACCEPTS].matrix[:, 0].tolist() == [3, 4, 5]


def test_outcome_is_unknown_until_somebody_tells() -> None:
    before, after = a_log().evidence(26.0, 0.5), a_log().evidence(30.0, 0.5)

    assert "rung:meeting_held" not in before
    assert after["rung:meeting_held"].label.tolist() == [1]
    assert after["rung:meeting_held"].matrix[:, 0].tolist() == [4]
    # Funding takes a year: what has not come in two weeks says little.
    funding = after["rung:funding_raised"]
    assert funding.label.tolist() == [0]
    rung = next(rung for rung in RUNGS if rung.code == "funding_raised")
    assert funding.matured[0] == pytest.approx(matured(rung, np.array([14.0]))[0])
    assert a_log().evidence(200.0, 0.5)["rung:funding_raised"].matured[0] > funding.matured[0]


def test_nothing_shown_is_no_evidence() -> None:
    assert Log(14.0).evidence(100.0, 0.5) == {}
    assert len(Log(14.0).propensities()) == 0
