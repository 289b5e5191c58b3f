"""The words of what was learnt: one sentence a stage, one kind of partner a feature, one phrase for how often.

Kept apart from the arithmetic, so that a translator sees them together.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True)
class Contrast:
    """Which partners a feature tells apart: these (`who`) have it at `high`, the others at `low`."""

    who: str
    others: str
    low: float
    high: float


def contrasts() -> dict[str, Contrast]:
    """For each feature whom it tells apart, in the reader's language."""
    others = _("others")
    flags = {
        "other_role": _("partners from another part of the triple helix"),
        "same_kind": _("partners of the asker's own kind"),
        "same_collaboration": _("partners who want the same form of collaboration"),
        "same_purpose": _("partners who name the same purpose"),
        "same_region": _("partners in the same region"),
        "same_language": _("partners who write in the same language"),
        "named_kind": _("partners of the kind that was asked for"),
        "earlier_relation": _("partners who have met before"),
        "declined_before": _("partners who have said no before"),
        "same_field": _("partners of the same specialty or field"),
    }
    amounts = {
        "need_offer_meaning": _("partners whose offer fits the asker's need"),
        "need_offer_words": _("partners who offer in the asker's words"),
        "offer_need_meaning": _("partners whose need fits the asker's offer"),
        "offer_need_words": _("partners who seek in the asker's words"),
        "same_need_meaning": _("partners with the same concern"),
        "evidence": _("partners with much in their texts that fits"),
        "best_evidence": _("partners with one text that fits very well"),
        "shared_themes": _("partners who share a theme"),
        "stage_fit": _("partners for whom the product's stage is right"),
        "relevance": _("partners whose texts fit well on the whole"),
    }
    found = {name: Contrast(who, others, 0.0, 1.0) for name, who in (flags | amounts).items()}
    found["capacity_left"] = Contrast(_("partners with room left this month"), _("those who are nearly full"), 0.1, 1.0)
    found["freshness"] = Contrast(
        _("partners with a newly written text"), _("those whose texts are a year old"), 0.13, 1.0
    )
    habits = {
        "answers_history": (_("partners who used to answer"), _("those who used not to")),
        "accepts_history": (_("partners who used to say yes"), _("those who used to say no")),
        "seeker_history": (_("partners asked by somebody who was often told yes"), _("those asked by others")),
    }
    found |= {name: Contrast(who, rest, -0.5, 0.5) for name, (who, rest) in habits.items()}
    found["small_unit"] = Contrast(
        _("small hospitals, municipalities and small firms"), _("large hospitals and firms"), -1.0, 1.0
    )
    found["seeker_small"] = Contrast(
        _("partners asked by a small organisation"), _("those asked by a large one"), -1.0, 1.0
    )
    return found


def sentence(stage: str, who: str, often: str) -> str:
    """What such partners do at a stage, and how often; a stage without a sentence gives an empty one."""
    templates = {
        "asks": _("%(who)s are asked %(often)s."),
        "answers": _("%(who)s answer %(often)s."),
        "accepts": _("%(who)s say yes %(often)s."),
        "rung:meeting_held": _("%(who)s meet the asker %(often)s."),
        "rung:input_received": _("%(who)s give useful input %(often)s."),
        "rung:test_or_evidence": _("%(who)s end up testing or documenting %(often)s."),
        "rung:project_formed": _("%(who)s start a project %(often)s."),
        "rung:funding_raised": _("%(who)s raise funding with the asker %(often)s."),
        "rung:commercial_result": _("%(who)s come to a commercial result %(often)s."),
        "rung:stopped_with_learning": _("%(who)s help to stop early and learn from it %(often)s."),
    }
    words = templates[stage] % {"who": who, "often": often} if stage in templates else ""
    return words[:1].upper() + words[1:]


def how_often(times: float, others: str) -> str:
    """A ratio of two shares in words that a person would use."""
    steps = (
        (0.4, pgettext("how often", "much less often than %(others)s")),
        (0.6, pgettext("how often", "about half as often as %(others)s")),
        (0.8, pgettext("how often", "clearly less often than %(others)s")),
        (0.92, pgettext("how often", "a little less often than %(others)s")),
        (1.09, pgettext("how often", "about as often as %(others)s")),
        (1.25, pgettext("how often", "a little more often than %(others)s")),
        (1.7, pgettext("how often", "clearly more often than %(others)s")),
        (2.5, pgettext("how often", "about twice as often as %(others)s")),
        (3.5, pgettext("how often", "about three times as often as %(others)s")),
    )
    many = pgettext("how often", "many times as often as %(others)s")
    return next((words for limit, words in steps if times < limit), many) % {"others": others}
