"""What decides the groups of an AIMday, read at once: questions, who can answer, slots, rooms and who sits where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from events.domain.groups.fitting import fit_of
from events.enums import COMING, QuestionState, Wanting
from events.models import (
    Availability,
    Event,
    GroupSeat,
    Hall,
    Participant,
    Preference,
    ProgrammeSession,
    Question,
    SessionSeat,
    Slot,
)
from events.scheduling import group_task as engine
from profiles.enums import ProfileKind

ANSWERING_KINDS = (ProfileKind.RESEARCHER, ProfileKind.CLINICIAN, ProfileKind.KNOWLEDGE_INSTITUTION)
MOST_GROUPS = 3

Pair = tuple[int, int]


@dataclass(frozen=True)
class GroupsRead:
    """Rows in the order of the engine's numbers, and `present`, the groups as they are, by those numbers."""

    event: Event
    questions: tuple[Question, ...]
    researchers: tuple[Participant, ...]
    slots: tuple[Slot, ...]
    halls: tuple[Hall, ...]
    closed: Mapping[int, frozenset[int]]
    apart: frozenset[Pair]
    present: Mapping[int, engine.Group]

    @property
    def mark(self) -> str:
        """Another as soon as anything has changed that decides the groups, except words of researchers.

        Whoever changes a question or a place does not count the event's version up, which does not tell therefore.
        """
        told = (
            [(question.pk, question.version, question.state, question.hall_id) for question in self.questions],
            [(person.pk, person.is_senior, person.most_meetings) for person in self.researchers],
            [slot.pk for slot in self.slots],
            [hall.pk for hall in self.halls],
            sorted((person, sorted(numbers)) for person, numbers in self.closed.items()),
            sorted(self.apart),
            sorted((number, group.slot, group.researchers) for number, group in self.present.items()),
        )
        return sha256(repr(told).encode()).hexdigest()

    def fit(self, *, today: date) -> dict[Pair, float]:
        """How well each researcher fits each question, 0..1.

        Raises:
            NotReady: the language model is not built on this machine.
        """
        found = fit_of(self.questions, self.researchers, today=today)
        return {(q, r): float(found[q, r]) for q, r in self._pairs()}

    def task(self, *, fit: Mapping[Pair, float] | None = None, stay: float = 0.0) -> engine.GroupTask:
        """The engine's task; without `fit` one that tells only what can be held, not what is best."""
        every = frozenset(range(len(self.slots)))
        most = self.event.most_meetings or MOST_GROUPS
        return engine.GroupTask(
            questions=tuple(self._question(question, every) for question in self.questions),
            researchers=tuple(
                engine.Researcher(
                    key=str(person.public_id),
                    free=every - self.closed.get(person.pk, frozenset()),
                    senior=person.is_senior,
                    most=min(most, person.most_meetings or most),
                )
                for person in self.researchers
            ),
            rooms=(len(self.halls),) * len(self.slots),
            fit=dict.fromkeys(self._pairs(), 0.0) if fit is None else fit,
            forbidden=self.apart,
            present=self.present,
            stay=stay,
        )

    def _question(self, question: Question, every: frozenset[int]) -> engine.Question:
        return engine.Question(
            key=str(question.public_id),
            slots=every - self.closed.get(question.asker_id, frozenset()),
            least=question.least,
            most=question.most,
            organisation=str(question.asker.organisation_id),
        )

    def _pairs(self) -> list[Pair]:
        return [(q, r) for q in range(len(self.questions)) for r in range(len(self.researchers))]


def read_groups(event: Event) -> GroupsRead:
    """Everything that decides the groups: about ten queries."""
    questions, researchers = tuple(_questions(event)), tuple(researchers_of(event))
    slots = tuple(event.slots.order_by("starts_at", "pk"))
    return GroupsRead(
        event,
        questions,
        researchers,
        slots,
        tuple(event.halls.order_by("position", "pk")),
        _closed([*researchers, *(question.asker for question in questions)], slots),
        _apart(event, questions, researchers),
        _present(questions, researchers, slots),
    )


def researchers_of(event: Event) -> list[Participant]:
    """Those who can sit in groups: researchers, clinicians and people of knowledge institutions who come."""
    rows = Participant.objects.filter(
        event=event, state__in=COMING, participation__profile__kind__in=ANSWERING_KINDS
    ).select_related("participation__profile__organisation")
    return list(rows.order_by("pk"))


def _questions(event: Event) -> list[Question]:
    """Those whose asker comes, unless they were taken back."""
    rows = Question.objects.filter(event=event, asker__state__in=COMING).exclude(state=QuestionState.LEFT_OUT)
    return list(rows.select_related("asker__participation__profile").order_by("pk"))


def _present(
    questions: Sequence[Question], researchers: Sequence[Participant], slots: Sequence[Slot]
) -> dict[int, engine.Group]:
    """The groups as they are; who no longer comes sits in none."""
    at = {slot.pk: number for number, slot in enumerate(slots)}
    who = {person.pk: number for number, person in enumerate(researchers)}
    rows = GroupSeat.objects.filter(question__in=questions).values_list("question_id", "participant_id")
    seats: dict[int, list[int]] = {}
    for question, person in rows:
        if person in who:
            seats.setdefault(question, []).append(who[person])
    return {
        number: engine.Group(at[question.slot_id], tuple(sorted(seats.get(question.pk, ()))))
        for number, question in enumerate(questions)
        if question.slot_id in at
    }


def _closed(people: Sequence[Participant], slots: Sequence[Slot]) -> dict[int, frozenset[int]]:
    """For each person the numbers of the slots that do not suit, sessions included."""
    numbers = {slot.pk: number for number, slot in enumerate(slots)}
    found: dict[int, set[int]] = {}
    rows = Availability.objects.filter(participant__in=people, slot__in=slots)
    for participant_id, slot_id in rows.values_list("participant_id", "slot_id"):
        found.setdefault(participant_id, set()).add(numbers[slot_id])
    for seat in SessionSeat.objects.filter(participant__in=people).select_related("session"):
        found.setdefault(seat.participant_id, set()).update(_during(seat.session, slots))
    for session in ProgrammeSession.objects.filter(event__in={person.event_id for person in people}, is_for_all=True):
        for person in people:
            found.setdefault(person.pk, set()).update(_during(session, slots))
    return {person: frozenset(numbers) for person, numbers in found.items()}


def _during(session: ProgrammeSession, slots: Sequence[Slot]) -> set[int]:
    return {
        number
        for number, slot in enumerate(slots)
        if slot.starts_at < session.ends_at and session.starts_at < slot.ends_at
    }


def _apart(
    event: Event, questions: Sequence[Question], researchers: Sequence[Participant]
) -> frozenset[tuple[int, int]]:
    """Nobody answers a question of the own organisation, nor meets whom one of the two does not want to meet."""
    refused = set(
        Preference.objects.filter(event=event, wanting=Wanting.NO_THANKS, other__isnull=False).values_list(
            "person_id", "other_id"
        )
    )
    return frozenset(
        (q, r)
        for q, question in enumerate(questions)
        for r, person in enumerate(researchers)
        if question.asker.organisation_id == person.organisation_id
        or (question.asker_id, person.pk) in refused
        or (person.pk, question.asker_id) in refused
    )
