"""The ranker's features in words: what each one means and where it comes from, for whoever wants to check them.

Whatever decides an order stands here, and nothing else decides one: a test holds this list against the engine's.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

TEXTS, PARTIES, CONTACT = "texts", "parties", "contact"


@dataclass(frozen=True)
class FeatureWords:
    """One feature: its name in the code, a short label, one sentence of meaning, and the group that it belongs to."""

    name: str
    label: str
    meaning: str
    group: str


def feature_words() -> dict[str, FeatureWords]:
    """Every feature by its name, in the reader's language, grouped by where it comes from."""
    groups = ((TEXTS, _texts()), (PARTIES, _parties()), (CONTACT, _contact()))
    return {
        name: FeatureWords(name, label, meaning, group)
        for group, rows in groups
        for name, (label, meaning) in rows.items()
    }


def group_words() -> dict[str, str]:
    """Where features come from, in the order in which they are told."""
    return {
        TEXTS: _("What the two wrote"),
        PARTIES: _("Who the two are"),
        CONTACT: _("How contact has gone before, and who has room"),
    }


def _texts() -> dict[str, tuple[str, str]]:
    return {
        "relevance": (
            _("The texts on the whole"),
            _("How well the two texts fit on the whole, as the expert's table for the purpose weighs it."),
        ),
        "need_offer_meaning": (
            _("Their offer for the asker's need, in meaning"),
            _("How far above chance the best of their offers answers a need of the asker, whatever words they use."),
        ),
        "need_offer_words": (
            _("Their offer for the asker's need, in words"),
            _("The same two texts, compared by the words that both of them use."),
        ),
        "offer_need_meaning": (
            _("Their need for the asker's offer, in meaning"),
            _("How far above chance what the asker offers answers a need of theirs, whatever words they use."),
        ),
        "offer_need_words": (
            _("Their need for the asker's offer, in words"),
            _("The same two texts the other way round, compared by the words that both of them use."),
        ),
        "same_need_meaning": (_("The same concern"), _("How much the needs of the two are about the same thing.")),
        "evidence": (_("All that fits"), _("How much fits in all the texts of the other party taken together.")),
        "best_evidence": (_("The best that fits"), _("How well the three best texts of the other party fit.")),
        "same_collaboration": (
            _("The same form of collaboration"),
            _("Whether both texts name the same form of collaboration."),
        ),
        "same_purpose": (_("The same purpose"), _("Whether both texts name the same concrete purpose.")),
        "same_language": (_("The same language"), _("Whether the two texts are in one language.")),
        "named_kind": (
            _("The kind that was asked for"),
            _("Whether the asker's text names this kind of party, or only others."),
        ),
        "stage_fit": (
            _("The right stage"),
            _("Whether the product is at a stage that the purpose is meant for."),
        ),
        "freshness": (_("Fresh texts"), _("How lately the newest of the two texts was written or changed.")),
    }


def _parties() -> dict[str, tuple[str, str]]:
    return {
        "other_role": (
            _("Another part of the triple helix"),
            _("Whether the two come from different parts of firm, knowledge and public."),
        ),
        "same_kind": (_("The same kind of party"), _("Whether both are firms, both departments, and so on.")),
        "shared_themes": (_("Shared themes"), _("How many strategic themes both profiles work with, up to three.")),
        "same_region": (_("The same region"), _("Whether both are in the same region.")),
        "same_field": (
            _("The same field"),
            _("Whether both belong to the same clinical specialty or municipal field."),
        ),
        "small_unit": (
            _("The other party is small"),
            _("Small hospital, municipality or firm against a university hospital or a large firm."),
        ),
        "seeker_small": (
            _("The asker is small"),
            _("The same of the one who asks: small against large."),
        ),
    }


def _contact() -> dict[str, tuple[str, str]]:
    return {
        "capacity_left": (
            _("Room left this month"),
            _("How much of the requests that the other party takes a month is still free; full is never shown."),
        ),
        "answers_history": (
            _("Habit of answering"),
            _("Whether the other party answers more or less often than the hub's members on average."),
        ),
        "accepts_history": (
            _("Habit of saying yes"),
            _("Whether the other party, when it answers, says yes more or less often than the average."),
        ),
        "seeker_history": (
            _("The asker's requests so far"),
            _("Whether the asker's requests are accepted more or less often than the average."),
        ),
        "earlier_relation": (
            _("They know each other"),
            _("Whether the two organisations have had a contact before to which both said yes."),
        ),
        "declined_before": (
            _("A no before"),
            _("Whether one of the two said no to the other in the last two years; “not now” does not count."),
        ),
    }
