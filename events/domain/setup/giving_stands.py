"""Many stands given away at one go: all of them, or none and what stands in the way of each."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.domain.setup.changing import change_event, save_change
from events.domain.setup.seating_holders import seat_holders
from events.domain.setup.stands import MOST_CHARACTERS, holder_columns, stand_number
from events.models import Event, Stand
from events.queries.days import participant_ids
from hubs.policies import Viewer
from kernel.errors import InvalidInput
from profiles.models import Profile
from profiles.texts import quotable


@dataclass(frozen=True)
class _Known:
    """Stands of the event by casefolded number, those who take part by slug, and numbers of stands by their holders."""

    stands: Mapping[str, Stand]
    profiles: Mapping[str, Profile]
    held: Mapping[int, str]


@transaction.atomic
def give_stands(event: Event, *, viewer: Viewer, version: int, given: Mapping[str, str]) -> list[Stand]:
    """Give free stands to those who take part and have none; `given` are numbers as written, by slugs of profiles.

    Raises:
        NotAllowed, NotFound, EventCalledOff, ChangedMeanwhile
        InvalidInput: nothing is given, or `fields` says by slug which number is unknown, not free or written twice,
            and who takes no part or has a stand. Nobody is given one then.
    """
    locked = change_event(event, viewer=viewer, version=version)
    if not given:
        raise InvalidInput(_("No stand is written beside anybody, so none was given."))
    known = _known(locked)
    problems = _problems(known, given)
    if problems:
        slug, told = next(iter(problems.items()))
        raise InvalidInput(told, field=slug, fields={slug: [told] for slug, told in problems.items()})
    stands = [_take(known, slug, number) for slug, number in given.items()]
    Stand.objects.bulk_update(stands, ("profile", "organisation", "updated_at"))
    seat_holders(locked, stands)
    save_change(locked, viewer=viewer, action="give_stands", changed=["stands"])
    return stands


def problems_of_giving(event: Event, given: Mapping[str, str]) -> dict[str, str]:
    """What stands in the way now, by slugs of profiles; empty when all of it can be given."""
    return _problems(_known(event), given)


def _known(event: Event) -> _Known:
    rows = event.stands.select_related("profile", "organisation")
    profiles = Profile.objects.filter(hub_id=event.hub_id, pk__in=participant_ids(event))
    return _Known(
        stands={stand.number.casefold(): stand for stand in rows},
        profiles={profile.slug: profile for profile in profiles.select_related("organisation")},
        held={stand.profile_id: stand.number for stand in rows if stand.profile_id is not None},
    )


def _problems(known: _Known, given: Mapping[str, str]) -> dict[str, str]:
    times = Counter(_key(number) for number in given.values())
    told = {slug: _problem(known, slug, number, times[_key(number)]) for slug, number in given.items()}
    return {slug: problem for slug, problem in told.items() if problem}


def _problem(known: _Known, slug: str, number: str, times: int) -> str:
    """What stands in the way of one; empty for nothing."""
    profile, stand = known.profiles.get(slug), known.stands.get(_key(number))
    if profile is None:
        return _("Stand %(number)s was written for somebody who does not take part in the event.") % {
            "number": _quoted(number)
        }
    if profile.pk in known.held:
        return _("%(name)s has stand %(number)s already.") % {"name": profile.name, "number": known.held[profile.pk]}
    if stand is None:
        return _("There is no stand “%(number)s” at this event. Write the number of a free one.") % {
            "number": _quoted(number)
        }
    holder = stand.profile or stand.organisation
    if holder is not None:
        return _("Stand %(number)s is no longer free: %(name)s has it. Write the number of another.") % {
            "number": stand.number,
            "name": holder.name,
        }
    if times > 1:
        return _("Stand %(number)s is written more than once. One of them can have it.") % {"number": stand.number}
    return ""


def _key(number: str) -> str:
    """What numbers are compared by; a number that no stand can have is none of the event's."""
    try:
        return stand_number(number).casefold()
    except InvalidInput:
        return ""


def _quoted(number: str) -> str:
    """The number as written, as far as a number goes."""
    return quotable(number)[:MOST_CHARACTERS]


def _take(known: _Known, slug: str, number: str) -> Stand:
    stand = known.stands[_key(number)]
    for column, value in holder_columns(known.profiles[slug]).items():
        setattr(stand, column, value)
    stand.updated_at = timezone.now()
    return stand
