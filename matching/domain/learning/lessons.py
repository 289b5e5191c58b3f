"""What the ranker has learnt, in plain words: only where its belief has clearly moved, in shares and not in weights."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.domain.learning.champion import tables_of
from matching.domain.learning.lesson_words import Contrast, contrasts, how_often, sentence
from matching.engine.bayesian import Posterior, moderated
from matching.engine.contact_features import NAMES
from matching.engine.priors import TYPICAL
from matching.engine.ranker import STAGES, ContactRanker, prior_ranker
from matching.enums import RankerState
from matching.models import RankerVersion
from matching.queries.learning import rankers_of

MONTH = timedelta(days=28)
# A weight has moved when what was believed lies further away than this many deviations of what is believed now.
CLEARLY = 2.0


@dataclass(frozen=True)
class Lesson:
    """One thing learnt: at `stage` partners with the feature do it `times` as often as the others.

    `moved` is how far the weight has moved, in deviations of today's belief; `text` is in the reader's language.
    """

    stage: str
    feature: str
    times: float
    moved: float
    text: str


@dataclass(frozen=True)
class Lessons:
    """What has moved in a month, and since the expert's weights; strongest first.

    `ranker` is the number of the version that knows it, None before the first training; `compared_with` that of a month
    ago, None where there was none: then `this_month` is empty. `summary` says how much it rests on, or that nothing is
    clear yet.
    """

    ranker: int | None
    compared_with: int | None
    this_month: tuple[Lesson, ...]
    so_far: tuple[Lesson, ...]
    summary: str


def lessons_of(hub_id: int, *, now: datetime) -> Lessons:
    """What the hub's newest trained ranker knows, in the language in force."""
    versions = rankers_of(hub_id)
    newest = next((row for row in versions if row.state != RankerState.RETIRED and row.trained_until), None)
    ranker = _ranker(newest)
    if newest is None or ranker is None:
        return Lessons(None, None, (), (), _("Nothing has been learnt yet: no ranker has been trained."))
    old = (row for row in versions if (row.trained_until or row.created_at) <= now - MONTH and row.pk != newest.pk)
    before = next(old, None)
    earlier = _ranker(before)
    this_month = moved_between(earlier, ranker) if earlier else ()
    so_far = moved_between(prior_ranker(tables_of(hub_id)), ranker)
    return Lessons(
        newest.number, before.number if before and earlier else None, this_month, so_far, _summary(ranker, so_far)
    )


def moved_between(before: ContactRanker, now: ContactRanker) -> tuple[Lesson, ...]:
    """The weights that have clearly moved from one ranker to the other, the furthest first."""
    words = contrasts()
    found = []
    for stage in STAGES:
        old, new = before.stages[stage], now.stages[stage]
        if not new.converged or not new.observations:
            continue
        deviation = np.sqrt(np.maximum(np.diag(new.covariance), np.finfo(np.float64).tiny))
        moved = (new.mean - old.mean) / deviation
        for place, name in enumerate(NAMES):
            if abs(moved[place]) > CLEARLY and name in words:
                found.append(_lesson(stage, place, float(moved[place]), new, words[name]))
    return tuple(sorted(found, key=lambda lesson: (-abs(lesson.moved), lesson.stage, lesson.feature)))


def _lesson(stage: str, place: int, moved: float, belief: Posterior, contrast: Contrast) -> Lesson:
    pair = np.tile(TYPICAL, (2, 1))
    pair[:, place] = contrast.low, contrast.high
    few, many = moderated(*belief.logits(pair))
    times = float(many / max(few, 1e-6))
    text = sentence(stage, contrast.who, how_often(times, contrast.others))
    return Lesson(stage, NAMES[place], times, moved, text)


def _ranker(row: RankerVersion | None) -> ContactRanker | None:
    """The stored ranker; None where there is none, or it is of other features than today's."""
    if row is None:
        return None
    try:
        return ContactRanker.from_json(row.payload)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _summary(ranker: ContactRanker, found: tuple[Lesson, ...]) -> str:
    answers, accepted = ranker.stages["answers"].observations, ranker.stages["accepts"].positives
    rests_on = ngettext("%(count)d request", "%(count)d requests", answers) % {"count": answers}
    agreed = ngettext("%(count)d yes", "%(count)d times yes", accepted) % {"count": accepted}
    numbers = {"requests": rests_on, "agreed": agreed}
    if found:
        return _("This rests on %(requests)s and %(agreed)s.") % numbers
    return (
        _("Nothing is clear yet: %(requests)s and %(agreed)s are too few to tell more than was known before.") % numbers
    )
