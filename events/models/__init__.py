"""Tables of events: the day and its places, who comes, what they wish, the timetable, and what came of it."""

from events.models.days import Event, EventTerms, Hall, ProgrammeSession, Slot, Stand, Table, Walk
from events.models.groups import GroupSeat, Question
from events.models.meetings import CheckIn, Meeting, MeetingSide, StandbyOffer
from events.models.people import Availability, EventStatement, Participant, Participation, SessionSeat
from events.models.timetables import Publication, TimetableRun
from events.models.wishes import MeetingRequest, Preference, RequestGuest, Suggestion, SuggestionRound

__all__ = [
    "Availability",
    "CheckIn",
    "Event",
    "EventStatement",
    "EventTerms",
    "GroupSeat",
    "Hall",
    "Meeting",
    "MeetingRequest",
    "MeetingSide",
    "Participant",
    "Participation",
    "Preference",
    "ProgrammeSession",
    "Publication",
    "Question",
    "RequestGuest",
    "SessionSeat",
    "Slot",
    "Stand",
    "StandbyOffer",
    "Suggestion",
    "SuggestionRound",
    "Table",
    "TimetableRun",
    "Walk",
]
