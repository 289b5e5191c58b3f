"""Which of a file's offers and needs a profile takes over: never those of a profile that somebody runs.

Nor where somebody has changed what came in here before: a file fills what was left empty, not what was emptied.
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from events.domain.people.import_rows import PersonRow, texts_of
from events.domain.people.stating import OwnText
from events.models import Event, EventStatement, Participant
from events.queries.stating import organisations_spoken_for
from kernel.models import AuditRecord
from profiles.models import Profile


class ImportedTexts:
    """What is said at an event, and who speaks for whom: a few queries for all rows of a file."""

    def __init__(self, event: Event) -> None:
        said = EventStatement.objects.filter(participation__event=event).order_by()
        # Key of a participation -> kind and text of all that its profile says here.
        self._said: dict[int, set[tuple[str, str]]] = defaultdict(set)
        self._kinds: set[tuple[int, str]] = set()
        for key, profile, kind, text in said.values_list(
            "participation_id", "participation__profile_id", "kind", "text"
        ):
            self._said[key].add((kind, text))
            self._kinds.add((profile, kind))
        self._ever = self._said.keys() | _ever_said(event)
        self._spoken_for = organisations_spoken_for(event.hub_id)
        self._names = {name.casefold() for name in self._spoken_for.values()}

    def of_newcomer(self, profile: Profile | None, row: PersonRow) -> list[OwnText]:
        """What the row of somebody new says for the profile that says nothing of that kind here yet."""
        if self._is_spoken_for(profile, row):
            return []
        return [text for text in texts_of(row) if profile is None or (profile.pk, text.kind) not in self._kinds]

    def of_known(self, person: Participant, row: PersonRow) -> list[OwnText]:
        """The same of somebody who is here: only as long as nobody has changed the row or ever said anything."""
        profile = person.participation.profile
        is_untouched = person.version == 1 and person.participation_id not in self._ever
        return texts_of(row) if is_untouched and not self._is_spoken_for(profile, row) else []

    def newcomer_told(self, profile: Profile | None, row: PersonRow) -> str:
        """Why something of the row is not taken over, in words; empty where all is."""
        if len(self.of_newcomer(profile, row)) == len(texts_of(row)):
            return ""
        if self._is_spoken_for(profile, row):
            return _run_by_others()
        return _("What the profile offers or seeks here is written already, and stays.")

    def known_told(self, person: Participant, row: PersonRow) -> str:
        """The same of somebody who is here; what stands here already needs no words."""
        new = {(text.kind, text.text) for text in texts_of(row)} - self._said.get(person.participation_id, set())
        if not new or self.of_known(person, row):
            return ""
        if self._is_spoken_for(person.participation.profile, row):
            return _run_by_others()
        return _(
            "What the file says of offers and needs is left out: the registration or its texts were changed here, or "
            "something is written here already."
        )

    def _is_spoken_for(self, profile: Profile | None, row: PersonRow) -> bool:
        """Also of an organisation that has people and no profile yet: the import makes it one."""
        if profile is None:
            return row.organisation.casefold() in self._names
        return profile.organisation_id in self._spoken_for


def _ever_said(event: Event) -> frozenset[int]:
    """Keys of the participations that ever said anything here, as the record of changes tells: also what is gone.

    Older records name the profile and no event: each counts wherever the profile took part by then.
    """
    parts = list(event.participations.values_list("pk", "public_id", "profile__public_id", "created_at"))
    is_part = Q(subject_type="participation", subject_id__in=event.participations.values("public_id"))
    is_older = Q(subject_type="profile", subject_id__in=event.participations.values("profile__public_id"))
    records = AuditRecord.objects.filter(is_part | is_older, hub_id=event.hub_id).order_by()
    last: dict[UUID, datetime] = {}
    for subject, at, fields in records.values_list("subject_id", "created_at", "changed_fields"):
        if "event_statements" in fields:
            last[subject] = max(at, last.get(subject, at))
    return frozenset(
        key for key, part, profile, since in parts if part in last or (profile in last and since <= last[profile])
    )


def _run_by_others() -> str:
    return _("The organisation writes here itself what it offers and seeks, so the file’s texts are left out.")
