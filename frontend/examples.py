"""What the first pages show before anybody has written a word."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from frontend.bridge import BridgeCard, bank, hangers
from matching.results import Reason, Side
from profiles.enums import ProfileKind


def example_searches() -> tuple[str, ...]:
    """Searches that a reader can click, in the reader's language."""
    return (
        _("clinical test of a pressure ulcer sensor"),
        _("fewer falls in nursing homes at night"),
        _("health-economic evaluation of home monitoring"),
        _("silicone printing for prototypes"),
    )


def sample_card() -> BridgeCard:
    """A match between two invented parties, to show how a match reads; not a profile of any hub."""
    return BridgeCard(
        anchor="sample-match",
        kind=ProfileKind.CLINICIAN.value,
        name=_("Wound clinic at a regional hospital"),
        facts=(str(ProfileKind.CLINICIAN.label), _("invented example")),
        url="",
        ours=bank(
            _side(
                _(
                    "We need nurses to test a pressure sensor for the mattress on real wards "
                    "and tell us what gets in the way."
                ),
                (_("test a pressure sensor"), _("nurses")),
            ),
            _("You seek"),
        ),
        theirs=bank(
            _side(
                _(
                    "Two projects a year may test equipment here: "
                    "our nurses use it on ten patients with pressure ulcers."
                ),
                (_("test equipment"), _("our nurses"), _("pressure ulcers")),
            ),
            _("They offer"),
        ),
        span_label=_("test"),
        form_label="OPI-light",
        reasons=(
            Reason("shared_words", _("Same words"), _("pressure, nurses, test")),
            Reason("purpose", _("Same purpose"), _("test")),
            Reason("both_ways", _("Both ways"), _("they also seek what you offer")),
        ),
        reservation=Reason("region", _("But"), _("lies in %(region)s") % {"region": _("another region")}),
        hangers=hangers(3),
    )


def _side(text: str, phrases: tuple[str, ...]) -> Side:
    """The text with those phrases marked that stand in it, in the order of the text."""
    starts = sorted((text.find(phrase), phrase) for phrase in phrases if phrase in text)
    marks = tuple((start, start + len(phrase)) for start, phrase in starts)
    return Side(text, get_language() or "da", marks)
