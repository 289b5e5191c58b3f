"""Reads: what a person was asked, with what a "no thanks" ended in sight of others, who read it as taken back.

A row that goes from a page when a "no thanks" is said would tell of it: one that is taken back stays among what ended.
"""

from django.db.models import QuerySet

from events.enums import RequestState
from events.models import MeetingRequest, Participant
from events.queries.wishes import requests_with_people, silent_requests, told_of


def requests_in_sight(person: Participant) -> QuerySet[MeetingRequest]:
    """What others asked of the person, newest first, as far as its side has ever heard of it."""
    silent = silent_requests(person)
    rows = MeetingRequest.objects.filter(receiver=person).exclude(pk__in=silent - _told(person, silent))
    return requests_with_people(rows)


def requests_as_taken_back(person: Participant) -> frozenset[int]:
    """Keys of requests that silence keeps from the person's side since it heard of them; they are stored as they were.

    Who has said the "no thanks", or shares its agenda, may know why; to everybody else they are withdrawn.
    """
    return _told(person, silent_requests(person))


def is_as_taken_back(request: MeetingRequest) -> bool:
    """Whether the request is one of those to its receiver's side."""
    return request.pk in requests_as_taken_back(request.receiver)


def read_as_withdrawn(request: MeetingRequest) -> MeetingRequest:
    """The row as whoever may not know more reads it; never to be saved."""
    request.state = RequestState.WITHDRAWN
    return request


def _told(person: Participant, keys: frozenset[int]) -> frozenset[int]:
    return told_of(person, MeetingRequest.objects.filter(pk__in=keys)) if keys else frozenset()
