"""The reasons of the expert's tables, listed once more so that they are translated: the engine knows no languages.

A test holds the list against `matching.engine.priors`; a reason that is missing here would be told in English.
"""

from django.utils.translation import gettext, gettext_noop

_WHY_SHARES = (
    gettext_noop("assumed: of ten cards shown about one leads to a request, as in other lists of ten"),
    gettext_noop(
        "22 % were answered at one event without a broker; brokered, mailed and with a reminder: assumed better"
    ),
    gettext_noop("assumed: half of the answers are yes; 24 of 60 shortlisted experts were even engaged"),
    gettext_noop("assumed: booked before, both said yes; one in five falls through"),
    gettext_noop("33 % had concrete ideas one month after taking part"),
    gettext_noop("14-17 % reported a new technology, product or service"),
    gettext_noop("13-18 % a project with new partners; 9.1 % of 2,210 meetings a cooperation"),
    gettext_noop("of 30 projects advised in a year 10 were funded: a third of the projects"),
    gettext_noop("between 1.2 % agreements of 2,210 meetings and 12 % sales in surveys"),
    gettext_noop("assumed: as often as not even a project; learning early is a success"),
)
_WHY_ASKED_AND_ANSWERED = (
    gettext_noop("who is worth a talk is asked, nearly as steeply as people judged"),
    gettext_noop("partners are chosen by personal relations today"),
    gettext_noop("few ask twice after a no"),
    gettext_noop("an old statement looks dead"),
    gettext_noop("the same specialty or municipal field"),
    gettext_noop("who answered before answers again; the log-odds are smoothed"),
    gettext_noop("a department near its cap answers less: unpredictable days"),
    gettext_noop("a known sender is answered"),
    gettext_noop("who said no does not want to say it again"),
    gettext_noop("small provincial hospitals are easier to enter than the big ones"),
    gettext_noop("a request that meets one's need is worth an answer"),
    gettext_noop("one concrete purpose is quickly answered"),
    gettext_noop("a mail in one's own language is quickly answered"),
    gettext_noop("near partners know of each other"),
    gettext_noop("who wrote lately still looks at the hub"),
    gettext_noop("the request comes to the right desk"),
)
_WHY_ACCEPTED = (
    gettext_noop("who is asked says yes to what meets a need of theirs"),
    gettext_noop("the same, seen in words"),
    gettext_noop("they offer what is asked for"),
    gettext_noop("the same concern is a common cause"),
    gettext_noop("complementarity: the triple helix needs each part"),
    gettext_noop("both want the same form of collaboration"),
    gettext_noop("they have said that they do just this"),
    gettext_noop("the theme is on their agenda"),
    gettext_noop("short ways; a region's hospital serves its region's firms"),
    gettext_noop("this kind of party was asked for"),
    gettext_noop("firms offer old off-the-shelf goods, or come too early: stage decides"),
    gettext_noop("no capacity now is a common reason for a no"),
    gettext_noop("who said yes before does so again; the log-odds are smoothed"),
    gettext_noop("well prepared seekers are accepted again"),
    gettext_noop("trust is there already"),
    gettext_noop("a no, other than not now, mostly stays one"),
    gettext_noop("'not our field' is a common reason for a no"),
)
_WHY_CAME_OF_IT = (
    gettext_noop("a better fit carries further"),
    gettext_noop("both sides gain, so both go on"),
    gettext_noop("the right stage for the purpose"),
    gettext_noop("short ways: fewer meetings fall through"),
    gettext_noop("busy days postpone meetings"),
    gettext_noop("feedback from one's own specialty is of use"),
    gettext_noop("what was asked was clear"),
    gettext_noop("a test site is easier to get in a small place"),
    gettext_noop("a test needs the right patients and citizens"),
    gettext_noop("a project needs firm, knowledge and public part"),
    gettext_noop("trust; though projects new to each other count for more"),
    gettext_noop("funders ask for a whole partner circle"),
    gettext_noop("calls follow the strategic themes"),
    gettext_noop("small firms sell later, if at all"),
    gettext_noop("distribution and supply go from firm to firm"),
)
# What a card says of a weight for which only the hub had an opinion.
_OF_THE_HUB = (gettext_noop("the hub's own weight"),)
EXPERT_REASONS = frozenset((*_WHY_SHARES, *_WHY_ASKED_AND_ANSWERED, *_WHY_ACCEPTED, *_WHY_CAME_OF_IT, *_OF_THE_HUB))


def reason_in_words(reason: str) -> str:
    """The expert's reason in the reader's language; what the hub's own people wrote stays as they wrote it."""
    return gettext(reason) if reason in EXPERT_REASONS else reason
