"""The codes of model cards and judgements in words: stages, notes, figures, and why a shadow did not take over."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from matching.domain.learning.judging import TOO_FEW_LISTS, UNUSABLE
from matching.engine.priors import ACCEPTS, ANSWERS, ASKS, STAGES
from matching.engine.promotion import BETTER, NOT_BETTER, TOO_FEW_REWARDS, TOO_LITTLE_OVERLAP, WORSE
from matching.enums import Rung

CHAIN = (ASKS, ANSWERS, ACCEPTS)


class Words(NamedTuple):
    """A name, and one sentence that says what it means."""

    label: str
    meaning: str


def stage_words(stage: str) -> Words:
    """What is foretold at a stage; the code itself for a stage that is not known (any more)."""
    known = {
        ASKS: Words(_("Asks"), _("When the pair is shown, is the contact asked for?")),
        ANSWERS: Words(_("Answers in time"), _("When it is asked for, does the other party answer in time?")),
        ACCEPTS: Words(_("Says yes"), _("When the other party answers, is the answer yes?")),
    }
    code = stage.removeprefix("rung:")
    if stage not in known and code in Rung.values:
        label = str(Rung(code).label)
        return Words(label, _("When both said yes, does it come to this: %(outcome)s?") % {"outcome": label})
    return known.get(stage, Words(stage, ""))


def stages_in_words(chosen: str) -> list[tuple[str, Words, bool]]:
    """Every stage in order: its code, its words, whether it is the one that is looked at."""
    return [(stage, stage_words(stage), stage == chosen) for stage in STAGES]


def figure_words() -> dict[str, Words]:
    """The figures by which a ranker is judged, in the order in which they are told."""
    return {
        "log_loss": Words(
            _("Surprise (log loss)"),
            _("How surprised it was by what came: 0 is never, lower is better. “Bare share” says the same of all."),
        ),
        "auc": Words(
            _("Order (AUC)"),
            _("Of one that came about and one that did not, how often the right one stood higher: 50 % is a coin."),
        ),
        "ece": Words(
            _("Calibration error (ECE)"),
            _("How far from what it says it comes true, on average: says 30 %, happens 34 %. Below 5 % is good."),
        ),
    }


def belief_words() -> dict[str, str]:
    """Who foretold: the ranker, and those whom it has to beat."""
    return {
        "learned": _("This ranker"),
        "prior": _("The expert"),
        "base": _("Bare share"),
        "challenger": _("Challenger: boosted trees"),
    }


def estimator_words() -> dict[str, Words]:
    """The ways of valuing a ranker on lists that another one made; the last one decides."""
    return {
        "ips": Words(_("Weighed by probability (IPS)"), _("Right on average, but unsteady.")),
        "snips": Words(_("The same, self-normalised (SNIPS)"), _("Slightly biased, and much steadier.")),
        "dr": Words(_("Doubly robust (DR)"), _("Leans on a model of what contacts bring, and corrects it.")),
        "sndr": Words(_("Doubly robust, self-normalised"), _("Both together: this one decides.")),
    }


def judgement_in_words(reason: str) -> str:
    """What a comparison of shadow and champion came to."""
    told = {
        BETTER: _("The record says with 90 % confidence that it is better."),
        NOT_BETTER: _("The record cannot tell which of the two is better."),
        WORSE: _("The record says with 90 % confidence that it is worse."),
        TOO_LITTLE_OVERLAP: _("Its lists would have been too different from those that were shown to be compared."),
        TOO_FEW_REWARDS: _("Too few contacts have come of the lists to compare the two."),
        TOO_FEW_LISTS: _("Too few lists have been shown to compare the two."),
        UNUSABLE: _("One of the two was trained on other features than today's and cannot be compared."),
    }
    return told.get(reason, reason)


def notes_in_words(notes: Sequence[Mapping[str, Any]], feature_labels: Mapping[str, str]) -> tuple[str, ...]:
    """The notes of a model card, each told once for all its stages: what fell back, what to know before believing."""
    stages: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for note in notes:
        names = tuple(feature_labels.get(str(each), str(each)) for each in note.get("features", ()))
        stages.setdefault((str(note.get("code", "")), names), []).append(stage_words(str(note.get("stage", ""))).label)
    return tuple(_note(code, ", ".join(told), ", ".join(names)) for (code, names), told in stages.items())


def _note(code: str, stages: str, features: str) -> str:
    known = {
        "expert": _("Nothing has been learnt yet: it holds the expert's weights only."),
        "no_evidence": _("No case yet, so the expert's weights hold: %(stages)s."),
        "one_class": _("All cases went the same way, so little can be told apart: %(stages)s."),
        "not_converged": _("The calculation found no end, so the expert's weights hold: %(stages)s."),
        "constant_features": _("The same in every case, so nothing was learnt about it: %(features)s (%(stages)s)."),
        "too_little_held_out": _("Too few later cases to judge by: %(stages)s."),
        "unreadable_features": _("Some requests were kept without their features, or with others; they were left out."),
        "simulated": _("Part of this is simulated, for demonstration."),
    }
    return known[code] % {"stages": stages, "features": features} if code in known else code


def data_words() -> dict[str, str]:
    """The counts on which a ranker rests, in the order in which they are told."""
    return {
        "impressions": _("Profiles shown in lists"),
        "showings": _("Days on which a pair was shown"),
        "requests": _("Requests sent"),
        "said_yes": _("Answered yes"),
        "said_no": _("Answered no"),
        "said_not_now": _("Answered “not now” (says nothing about the pair)"),
        "unanswered": _("Not answered (teaches about attention, never about fit)"),
        "withdrawn": _("Withdrawn (left out)"),
        "contacts": _("Contacts to which both said yes"),
        "contacts_silent": _("Contacts of which nobody has told"),
        "outcomes": _("Results told"),
        "told_by_one_side": _("Results that one side alone told"),
        "disagreements": _("Results on which the two sides disagree"),
        "simulated": _("Simulated, for demonstration"),
    }


def estimator_order() -> tuple[str, ...]:
    """The codes of the estimators, the deciding one first."""
    return tuple(reversed(estimator_words()))
