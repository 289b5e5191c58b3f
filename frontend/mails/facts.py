"""What several mails about a request say alike: who, about what, what exactly, how long, and the card."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.bridge import BridgeCard
from frontend.introduction_bridge import introduction_card
from frontend.mails.cases import Case
from frontend.mails.letters import Fact
from matching.enums import TimelineKind
from matching.models import Introduction
from profiles.terms import inline_label_of

EXCERPT_CHARACTERS = 320


def named(case: Case) -> dict[str, str]:
    """Name of the other side and purpose, for sentences."""
    purpose = inline_label_of(case.introduction.contact_purpose_id)
    return {"name": case.other.name, "purpose": purpose or _("a possible collaboration")}


def card(case: Case) -> BridgeCard:
    """The card as the reader sees it."""
    return introduction_card(case.introduction, side=case.side, today=timezone.localdate(), limit=EXCERPT_CHARACTERS)


def asked_facts(row: Introduction, *, by_reader: bool) -> tuple[Fact, ...]:
    """The request itself and the time it takes."""
    facts = []
    if row.asked:
        label = _("What you ask for") if by_reader else _("What they ask for")
        facts.append(Fact(label, row.asked))
    if row.minutes:
        time = ngettext("about %(count)d minute", "about %(count)d minutes", row.minutes) % {"count": row.minutes}
        facts.append(Fact(_("How long it takes"), time))
    return tuple(facts)


def last_words(case: Case, kind: TimelineKind) -> tuple[str, ...]:
    """What the facilitator wrote to the parties with the newest such entry."""
    entries = [row for row in case.introduction.timeline.all() if row.kind == kind and not row.staff_only]
    return (entries[-1].text,) if entries and not entries[-1].side and entries[-1].text else ()
