"""The OPI ladder in words: what each step is, and what it means for a later tender, told before anybody talks.

General guidance on public procurement (equal treatment, habilitet); it names no thresholds, which change, and is no
legal advice: the buyer's own lawyers decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.enums import OpiStep, Side
from matching.models import Introduction
from profiles.enums import ProfileKind
from profiles.terms import code_of

PUBLIC_KINDS = frozenset({ProfileKind.CLINICIAN, ProfileKind.MUNICIPALITY})


@dataclass(frozen=True)
class StepMeaning:
    """One step: what the two do, what it means for a later tender, and whether both should declare interests first."""

    step: OpiStep
    what: Any
    tender: Any
    declares: bool


STEPS: Mapping[str, StepMeaning] = {
    meaning.step.value: meaning
    for meaning in (
        StepMeaning(
            OpiStep.LIGHT_CONTACT,
            gettext_lazy(
                "A talk or two: feedback, a need explained, a demonstration. Nothing is bought and nothing is tried."
            ),
            gettext_lazy(
                "It does not bind anybody. Write down who talked about what, and tell other suppliers the same if "
                "they ask."
            ),
            declares=False,
        ),
        StepMeaning(
            OpiStep.MINI_TRIAL,
            gettext_lazy("A small trial in daily work, for a short time and without a purchase."),
            gettext_lazy(
                "It can shut the firm out of a later purchase above the threshold, if the trial gives it knowledge "
                "that other bidders lack. Agree beforehand that what is learnt may be shared with all of them."
            ),
            declares=True,
        ),
        StepMeaning(
            OpiStep.EXPLORATORY_OPI,
            gettext_lazy("Firm and public part develop together, under an agreement about rights and costs."),
            gettext_lazy(
                "Who took part in the development may be disqualified from the tender unless the knowledge is evened "
                "out among the bidders. Let the buyer's lawyers read the agreement before the work begins."
            ),
            declares=True,
        ),
        StepMeaning(
            OpiStep.INNOVATIVE_PROCUREMENT,
            gettext_lazy("The public part prepares to buy something that is not on the market yet."),
            gettext_lazy(
                "The rules of procurement hold from here on: market dialogue is open to all, in writing, and nobody "
                "may be given an advantage."
            ),
            declares=True,
        ),
        StepMeaning(
            OpiStep.STRATEGIC_PARTNERSHIP,
            gettext_lazy("A long collaboration on several matters, with an agreement at the level of management."),
            gettext_lazy(
                "It may not replace a tender: each purchase is put out on its own, and people who steer the "
                "partnership do not judge the bids."
            ),
            declares=True,
        ),
    )
}


def meaning_of(introduction: Introduction) -> StepMeaning | None:
    """The step's meaning, where the request names a step."""
    return STEPS.get(introduction.opi_step)


def undeclared_sides(introduction: Introduction) -> tuple[str, ...]:
    """The sides that should declare their interests at this step and have not; none where no public part is there."""
    meaning = meaning_of(introduction)
    kinds = {introduction.seeker.kind, introduction.receiver.kind}
    if meaning is None or not meaning.declares or not kinds & PUBLIC_KINDS:
        return ()
    declared = set(introduction.declarations.values_list("side", flat=True))
    return tuple(side.value for side in Side if side not in declared)


def before_telling(introduction: Introduction) -> tuple[str, ...]:
    """What the asking side should know before it tells anything: what is told openly is no longer new.

    In plain sentences of the reader's language; empty where nothing can be lost.
    """
    state = code_of(introduction.ip_state_id)
    if introduction.novelty_checked or state in ("granted", "exclusive"):
        return ()
    told = {
        "secret": _("You keep it secret. Leave out what is new until a patent is applied for or an agreement signed."),
        "applied": _("A patent is applied for. Tell only what the application covers; later additions are not safe."),
        "copyright": _("Copyright protects the form, not the idea. Leave out an idea that others could carry out."),
        "none": _("Nothing is protected. What you tell openly cannot be patented later; is that all right?"),
    }
    usual = _("Say how your idea is protected. What is told openly before a patent is applied for is no longer new.")
    return (told.get(state, usual),)
