"""Puts a request that waits for screening into the site under test, and clears the way for a new introduction.

It is done in the site's own environment: its writer would else have to sign in and write it first.
"""

from dataclasses import dataclass

from tests.e2e.site import Site

WRITER, ASKED = "haandled-og-co", "auh-plastikkirurgi"
SEEKER, HELPER = "saarvang-medical", "randers-hjemmepleje"


@dataclass(frozen=True)
class Waiting:
    """The request that waits, the name of whom it asks, and the names of two others who are not in touch."""

    request: str
    asked: str
    seeker: str
    helper: str


def case_in(site: Site) -> Waiting:
    """A request that waits for a facilitator, and nothing between the two others."""
    return Waiting(**site.backstage.do(_make))


def _make() -> dict[str, str]:
    from django.db.models import Q
    from django.utils import timezone

    from matching.enums import IntroductionState, OpiStep
    from matching.models import Introduction
    from profiles.models import Profile

    writer, asked, seeker, helper = (Profile.objects.get(slug=slug) for slug in (WRITER, ASKED, SEEKER, HELPER))
    for one, other in ((writer, asked), (seeker, helper)):
        between = Q(seeker=one, receiver=other) | Q(seeker=other, receiver=one)
        Introduction.objects.filter(between).delete()
    request = Introduction.objects.create(
        hub_id=writer.hub_id,
        seeker=writer,
        receiver=asked,
        state=IntroductionState.SCREENING,
        contact_purpose_id="contact_purpose:test",
        opi_step=OpiStep.MINI_TRIAL,
        minutes=60,
        asked="En times samtale om en skinne, der måler håndleddets bevægelse efter en operation.",
        seeker_consented_at=timezone.now(),
    )
    names = {"asked": asked.name, "seeker": seeker.name, "helper": helper.name}
    return {"request": str(request.public_id), **names}
