"""The closed sets of matching and of what comes of it; open, labelled lists are taxonomies instead."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

# The text of a timeline entry whose actor only passed on what the side had said; translated where it is shown.
TOLD_BY_PHONE = gettext_noop("Told by phone")


class Purpose(models.TextChoices):
    """What a recommendation is for; each has its own rules about who fits whom."""

    OPI_LIGHT = "opi_light", _("OPI-light")
    PROJECT = "project", _("Collaboration project")
    EVENT = "event", _("Event meeting")
    ERFA = "erfa", _("Exchange of experience")


class Direction(models.TextChoices):
    """Which of our statements meets which of theirs."""

    NEED_OFFER = "need_offer", _("You seek what they offer")
    OFFER_NEED = "offer_need", _("They seek what you offer")
    SAME_NEED = "same_need", _("They have the same concern")
    QUERY = "query", _("Fits your search")


class TeamRole(models.TextChoices):
    """The three parts of a triple-helix project."""

    COMMERCIAL = "commercial", _("Commercial part")
    KNOWLEDGE = "knowledge", _("Knowledge part")
    PUBLIC = "public", _("Public part")


class Channel(models.TextChoices):
    """Where a list was shown, or a contact begun; a department's cap counts over all of them."""

    WEB = "web", _("Web")
    MAIL = "mail", _("Mail")
    EVENT = "event", _("Event")
    FACILITATOR = "facilitator", _("Facilitator")
    API = "api", _("API")


class Side(models.TextChoices):
    """The two parties of an introduction: who asks, and who is asked."""

    SEEKER = "seeker", _("The one who asks")
    RECEIVER = "receiver", _("The one who is asked")


class IntroductionState(models.TextChoices):
    """Where a request stands; `OPEN` and `WAITING` below say what each means for caps and clocks."""

    DRAFT = "draft", _("Draft")
    SCREENING = "screening", _("With the facilitator")
    RETURNED = "returned", _("Sent back by the facilitator")
    SENT = "sent", _("Sent")
    SEEN = "seen", _("Seen")
    ACCEPTED = "accepted", _("Both said yes")
    NOT_NOW = "not_now", _("Not now")
    DECLINED = "declined", _("No")
    EXPIRED = "expired", _("No answer in time")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MET = "met", _("Have met")
    CLOSED = "closed", _("Closed")


# A request that counts against its sender's cap; and one that the asked party can still answer.
OPEN_STATES = frozenset({IntroductionState.SCREENING, IntroductionState.SENT, IntroductionState.SEEN})
ANSWERABLE_STATES = frozenset({IntroductionState.SENT, IntroductionState.SEEN})
CONSENTED_STATES = frozenset({IntroductionState.ACCEPTED, IntroductionState.MET, IntroductionState.CLOSED})


class DeclineReason(models.TextChoices):
    """Why not, in words that hurt nobody; each teaches something different."""

    TOO_EARLY = "too_early", _("It is too early")
    BENEFIT_UNCLEAR = "benefit_unclear", _("We do not see the benefit for us")
    NOT_OUR_FIELD = "not_our_field", _("It is not our field")
    NO_CAPACITY = "no_capacity", _("We have no time now")
    ALREADY_SOLVED = "already_solved", _("We have a solution already")
    COMMERCIAL_UNCLEAR = "commercial_unclear", _("The commercial route is unclear")
    DESCRIPTION_UNCLEAR = "description_unclear", _("The description is unclear")
    OTHER = "other", pgettext_lazy("reason", "Another reason")


class OpiStep(models.TextChoices):
    """The OPI ladder: what kind of public-private step a contact is, since each means something for a later tender."""

    LIGHT_CONTACT = "light_contact", _("Light contact")
    MINI_TRIAL = "mini_trial", _("Mini-trial")
    EXPLORATORY_OPI = "exploratory_opi", _("Exploratory OPI")
    INNOVATIVE_PROCUREMENT = "innovative_procurement", _("Innovative procurement")
    STRATEGIC_PARTNERSHIP = "strategic_partnership", _("Strategic partnership")


class TimelineKind(models.TextChoices):
    """What happened in a relation, one entry each."""

    DRAFTED = "drafted", _("Written")
    SUBMITTED = "submitted", _("Handed to the facilitator")
    SCREENED = "screened", _("Screened and passed on")
    RETURNED = "returned", _("Sent back with a question")
    SENT = "sent", _("Sent")
    SEEN = "seen", _("Seen")
    REMINDED = "reminded", _("Reminded")
    ACCEPTED = "accepted", _("Said yes")
    NOT_NOW = "not_now", _("Said not now")
    DECLINED = "declined", _("Said no")
    EXPIRED = "expired", _("Expired without an answer")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ASKED_AGAIN = "asked_again", _("Asked again")
    MEETING_SET = "meeting_set", _("Meeting agreed")
    MET = "met", _("Met")
    DECLARED = "declared", _("Declared interests")
    NOTE = "note", _("Note")
    HANDED_OVER = "handed_over", _("Handed over to another facilitator")
    STEPPED_IN = "stepped_in", _("A facilitator stepped in")
    OUTCOME = "outcome", _("Outcome told")
    CLOSED = "closed", _("Closed")


class ScreeningGroup(models.TextChoices):
    """The four groups of screening criteria (domain brief, section 3)."""

    PROJECT = "project", _("Project profile")
    OWNER = "owner", _("Project owner")
    COMMERCIAL = "commercial", _("Commercial potential")
    SOCIETAL = "societal", _("Societal potential")


class ScreeningMark(models.TextChoices):
    """What the facilitator found for one criterion."""

    YES = "yes", _("Good")
    PARTLY = "partly", _("In part")
    NO = "no", _("Weak")
    UNKNOWN = "unknown", _("Not known")


class ProjectPart(models.TextChoices):
    """The parts that a project's table needs; the first of each pair decides which profile kinds fill it."""

    FIRM = "firm", _("Firm")
    KNOWLEDGE = "knowledge", _("Knowledge")
    PUBLIC = "public", _("Public part")
    COMMERCIAL = "commercial", _("Commercial route")
    REGULATORY = "regulatory", _("Regulatory knowledge")
    FUNDING = "funding", _("Funding")


class ProjectStage(models.TextChoices):
    """How far a collaboration project is."""

    IDEA = "idea", _("Need or idea")
    CONCEPT = "concept", _("Concept")
    PARTNER_SEARCH = "partner_search", _("Partner search")
    FUNDING = "funding", _("Funding application")
    DEVELOPMENT = "development", _("Development with milestones")
    PILOT = "pilot", _("Pilot operation")
    COMMERCIALISATION = "commercialisation", _("Commercialisation")


class ProjectState(models.TextChoices):
    """Whether a project runs, and if not, how it ended: stopping early with what was learnt is a good end."""

    RUNNING = "running", _("Running")
    STALLED = "stalled", _("Stalled")
    STOPPED_WITH_LEARNING = "stopped_with_learning", _("Stopped with learning")
    BLOCKED = "blocked", _("Blocked by law or approval")
    WRONG_CIRCLE = "wrong_circle", _("Ended: wrong partner circle")
    DONE = "done", _("Reached its aim")


class Proof(models.TextChoices):
    """The four proofs of Danish Life Science Cluster: a project's gates."""

    COLLABORATION = "collaboration", _("Proof of collaboration")
    BUSINESS = "business", _("Proof of business")
    VALUE = "value", _("Proof of value")
    MARKET = "market", _("Proof of market")


class Consent(models.TextChoices):
    """What a party has said to taking part."""

    INVITED = "invited", _("Invited")
    YES = "yes", _("Takes part")
    NO = "no", _("Said no")
    LEFT = "left", _("Has left")


class Moment(models.TextChoices):
    """When both sides of a contact are asked what came of it."""

    TWO_WEEKS = "two_weeks", _("2 weeks")
    THREE_MONTHS = "three_months", _("3 months")
    ONE_YEAR = "one_year", _("12 months")
    TWO_YEARS = "two_years", _("24 months")


class Rung(models.TextChoices):
    """What can come of an accepted contact; the codes are those of `matching.engine.ladder`."""

    MEETING_HELD = "meeting_held", _("We met")
    INPUT_RECEIVED = "input_received", _("We got useful input")
    TEST_OR_EVIDENCE = "test_or_evidence", _("Test, evidence or a reference")
    PROJECT_FORMED = "project_formed", _("A project together")
    FUNDING_RAISED = "funding_raised", _("Funding raised")
    COMMERCIAL_RESULT = "commercial_result", _("Sale, agreement or other commercial result")
    STOPPED_WITH_LEARNING = "stopped_with_learning", _("Stopped early with learning")


class Standing(models.TextChoices):
    """Whether an outcome is there, or expected within two to three years."""

    ACHIEVED = "achieved", _("Achieved")
    EXPECTED = "expected", _("Expected within 2-3 years")


class AnswerKind(models.TextChoices):
    """The three answers that stay three different things; the fourth, silence, is no row at all."""

    OUTCOMES = "outcomes", _("Something came of it")
    NO_BENEFIT = "no_benefit", _("No benefit")
    DO_NOT_KNOW = "do_not_know", _("Do not know")


class AnswerSource(models.TextChoices):
    """How the hub came to know."""

    LINK = "link", _("By the mailed link")
    WEB = "web", _("On the contact's page")
    PHONE = "phone", _("Told a facilitator by phone")


class Attribution(models.TextChoices):
    """How much the hub's part meant."""

    MAJOR = "major", _("Decisive or major")
    SOME = "some", _("Some")
    LIMITED = "limited", _("Limited or none")
    DO_NOT_KNOW = "do_not_know", _("Do not know")


class Counterfactual(models.TextChoices):
    """The result without the hub: how much lower it would have been."""

    SAME = "same", _("The same")
    LOWER_10 = "lower_10", _("1-10 % lower")
    LOWER_25 = "lower_25", _("11-25 % lower")
    LOWER_50 = "lower_50", _("26-50 % lower")
    LOWER_75 = "lower_75", _("51-75 % lower")
    LOWER_99 = "lower_99", _("76-99 % lower")
    NOTHING = "nothing", _("There would have been no result")
    DO_NOT_KNOW = "do_not_know", _("Do not know")


class QuestionForm(models.TextChoices):
    """How a question of the hub's own is answered."""

    YES_NO = "yes_no", _("Yes or no")
    NUMBER = "number", _("A number")
    TEXT = "text", _("A few words")


class ListState(models.TextChoices):
    """Where a shortlist stands."""

    OPEN = "open", _("Being gathered")
    ASKED = "asked", _("Asked")
    DECIDED = "decided", _("Decided")
    ABANDONED = "abandoned", _("Given up")


class RankerState(models.TextChoices):
    """What a trained ranker is used for: the champion orders the lists, a shadow only computes beside it."""

    SHADOW = "shadow", _("In shadow")
    CHAMPION = "champion", _("Ranks the lists")
    RETIRED = "retired", _("Retired")


class RankerChange(models.TextChoices):
    """How the champion came to be it."""

    FIRST = "first", _("Begun from the expert's weights")
    EVIDENCE = "evidence", _("Promoted by the evidence")
    FACILITATOR = "facilitator", _("Promoted by a facilitator")
    ROLLBACK = "rollback", _("Rolled back")
