"""What the writer of a request says in the form, before it is checked; codes, not term keys."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kernel.errors import InvalidInput
from matching.enums import OpiStep
from matching.models import Introduction
from matching.models.introductions import MAX_ASKED_CHARACTERS
from profiles.domain.fields import one_of
from profiles.enums import Taxonomy
from profiles.models import MAX_STATEMENT_CHARACTERS
from profiles.terms import code_of, key_of
from profiles.texts import clean_text

FEWEST_MINUTES, MOST_MINUTES = 5, 6_000


@dataclass(frozen=True)
class RequestFields:
    """A request as written; `seeker_text` is what the asking side says of itself, empty to leave it as it is."""

    contact_purpose: str = ""
    asked: str = ""
    minutes: int | None = None
    opi_step: str = ""
    ip_state: str = ""
    novelty_checked: bool = False
    seeker_text: str = ""

    def cleaned(self) -> dict[str, Any]:
        """Column values of the introduction.

        Raises:
            InvalidInput: a text or code breaks a rule.
        """
        return {
            "contact_purpose_id": key_of(Taxonomy.CONTACT_PURPOSE, self.contact_purpose),
            "asked": clean_text(self.asked, field="asked", max_length=MAX_ASKED_CHARACTERS),
            "minutes": checked_minutes(self.minutes),
            "opi_step": one_of(self.opi_step, OpiStep.values, field="opi_step") if self.opi_step else "",
            "ip_state_id": key_of(Taxonomy.IP_STATE, self.ip_state),
            "novelty_checked": bool(self.novelty_checked),
        }

    def cleaned_text(self) -> str:
        """The asking side's own words, or empty.

        Raises:
            InvalidInput: too long, or characters that cannot be stored.
        """
        return clean_text(self.seeker_text, field="seeker_text", max_length=MAX_STATEMENT_CHARACTERS)


def checked_minutes(minutes: int | None) -> int | None:
    """The minutes that it takes the other side, if somebody can give them.

    Raises:
        InvalidInput: fewer than 5 or more than 6,000.
    """
    if minutes is None or FEWEST_MINUTES <= minutes <= MOST_MINUTES:
        return minutes
    raise InvalidInput(
        _("Say how many minutes it takes them, from %(least)d to %(most)d.")
        % {"least": FEWEST_MINUTES, "most": MOST_MINUTES},
        field="minutes",
    )


def stored_fields(introduction: Introduction) -> RequestFields:
    """A stored request as one would write it: what a form or a partial change starts from."""
    quote = introduction.quotes.filter(side="seeker").first()
    return RequestFields(
        contact_purpose=code_of(introduction.contact_purpose_id),
        asked=introduction.asked,
        minutes=introduction.minutes,
        opi_step=introduction.opi_step,
        ip_state=code_of(introduction.ip_state_id),
        novelty_checked=introduction.novelty_checked,
        seeker_text=quote.text if quote else "",
    )
