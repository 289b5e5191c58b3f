"""The closed sets of events: kinds, states, and the words people use for a meeting they want."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EventKind(models.TextChoices):
    """What kind of day it is; `events.templates` says what each begins with."""

    MEDICO_BAZAR = "medico_bazar", _("Medico Bazar: stands and booked meetings")
    BROKERAGE = "brokerage", _("Brokerage: booked meetings only")
    AIMDAY = "aimday", _("AIMday: questions and groups of researchers")
    ERFA = "erfa", _("ERFA group")
    MASTERCLASS = "masterclass", _("Masterclass")
    MEET_THE_EXPERTS = "meet_the_experts", _("Meet the experts, with students")
    SALON = "salon", _("Conversation salon")


class ActivityLevel(models.TextChoices):
    """For whom the activity is, from everybody to those who create together."""

    OPEN = "open", _("Open to all")
    COMMUNITY = "community", _("Community: members")
    COMMUNITY_PLUS = "community_plus", _("Community+: members with a project under way")
    CO_CREATION = "co_creation", _("Co-creation: invited partners")


class EventState(models.TextChoices):
    """How far the preparation is; each step is taken by an organiser."""

    DRAFT = "draft", _("Being prepared")
    OPEN = "open", _("Open for registration")
    WISHES_CLOSED = "wishes_closed", _("Wishes are closed")
    PUBLISHED = "published", _("Timetable is published")
    OVER = "over", _("Over")
    CANCELLED = "cancelled", _("Called off")


class RequestMode(models.TextChoices):
    """How two people come to a meeting."""

    REQUEST_ACCEPT = "request_accept", _("One asks, the other accepts")
    MUTUAL = "mutual", _("The organiser plans from what both wish")
    FIRST_FREE = "first_free", _("An accepted request takes the first slot that both have free")


class PeopleKind(models.TextChoices):
    """What a person comes as."""

    PARTICIPANT = "participant", _("Participant")
    EXHIBITOR = "exhibitor", _("Exhibitor")
    SPEAKER = "speaker", _("Speaker")
    EXPERT = "expert", _("Expert")
    STUDENT = "student", _("Student")
    INVESTOR = "investor", _("Investor")


class ParticipantState(models.TextChoices):
    """Whether the person comes."""

    REGISTERED = "registered", _("Registered")
    WAITING = "waiting", _("On the waiting list")
    STANDBY = "standby", _("On the standby list")
    CANCELLED = "cancelled", _("Has cancelled")


COMING = frozenset({ParticipantState.REGISTERED})


class Wanting(models.TextChoices):
    """What a person wishes of another or of a stand; "no thanks" is absolute and stays private."""

    MUST = "must", _("Must meet")
    WANT = "want", _("Would like to meet")
    NO_THANKS = "no_thanks", _("No thanks")


class RequestState(models.TextChoices):
    """Where a meeting request stands."""

    ASKED = "asked", _("Asked")
    ACCEPTED = "accepted", pgettext_lazy("meeting request", "Accepted")
    DECLINED = "declined", pgettext_lazy("meeting request", "Declined")
    EXPIRED = "expired", pgettext_lazy("meeting request", "Expired without an answer")
    WITHDRAWN = "withdrawn", pgettext_lazy("meeting request", "Withdrawn")


class RequestOrigin(models.TextChoices):
    """Who brought the meeting up."""

    PERSON = "person", _("One of the two")
    MUTUAL = "mutual", _("Both wished for it")
    ORGANISER = "organiser", _("The organiser")


class RunKind(models.TextChoices):
    """What is computed."""

    TIMETABLE = "timetable", _("Whole timetable")
    REPAIR = "repair", _("Repair of the published timetable")
    GROUPS = "groups", _("Groups around questions")


class RunState(models.TextChoices):
    """How far the computing is."""

    WAITING = "waiting", pgettext_lazy("computing", "Waiting to begin")
    RUNNING = "running", pgettext_lazy("computing", "Computing")
    DONE = "done", pgettext_lazy("computing", "Done")
    CANCELLED = "cancelled", pgettext_lazy("computing", "Stopped by the organiser")
    IMPOSSIBLE = "impossible", pgettext_lazy("computing", "The rules contradict each other")
    FAILED = "failed", pgettext_lazy("computing", "Broke off")
    REPLACED = "replaced", pgettext_lazy("computing", "Out of date")


class MeetingState(models.TextChoices):
    """Whether a published meeting stands."""

    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Called off")


class OfferState(models.TextChoices):
    """What became of a freed slot that was offered to two people."""

    OFFERED = "offered", _("Offered")
    TAKEN = "taken", _("Taken")
    DECLINED = "declined", pgettext_lazy("offer", "No, thank you")
    LAPSED = "lapsed", _("No longer open")


class SessionPart(models.TextChoices):
    """What a person does in a session."""

    SPEAKS = "speaks", _("Speaks")
    ATTENDS = "attends", _("Takes part")


class QuestionState(models.TextChoices):
    """Where an AIMday question stands."""

    HANDED_IN = "handed_in", _("Handed in")
    TAKEN = "taken", _("On the programme")
    LEFT_OUT = "left_out", _("Not on the programme")
