"""How the demo's hub brokers, and how much contact the busy departments take: set before the year begins."""

from demo.year.world import World
from matching.domain.introductions.rules import set_contact_rules, set_hub_rules
from matching.domain.outcomes.questions import QuestionFields, add_question
from matching.enums import Moment, QuestionForm
from matching.models import HubQuestion, HubRules

# Requests a month at most (None: no cap), and whether a facilitator reads them first.
CONTACT_RULES: dict[str, tuple[int | None, bool]] = {
    "fjordby-neurointensiv": (2, True),
    "fjordby-hjerte": (2, True),
    "fjordby-akut": (3, True),
    "fjordby-saarcenter": (4, False),
    "lyngvig-laboratorium": (3, False),
    "havnby-foedeafsnit": (2, False),
    "fjordby-kommune-hjemmepleje": (4, False),
    "klithoej-kommune-demens": (3, False),
}
QUESTIONS = (
    QuestionFields(
        "Har kontakten givet jer en ny idé?", "Has the contact given you a new idea?", QuestionForm.YES_NO.value
    ),
    QuestionFields(
        "Har I fået kontakt til flere gennem hinanden?",
        "Have you come into contact with others through each other?",
        QuestionForm.YES_NO.value,
        (Moment.THREE_MONTHS.value, Moment.ONE_YEAR.value),
    ),
)


def set_rules(world: World) -> None:
    """Set rules where nobody has set any, and ask the hub's own questions."""
    viewer = world.administrator
    if not HubRules.objects.filter(pk=world.hub.pk).exists():
        set_hub_rules(viewer, answer_days=14, open_requests=6, screens_all=False, explored_places=1)
    for key, (cap, screens) in CONTACT_RULES.items():
        if key in world.by_key:
            set_contact_rules(world.by_key[key], viewer=viewer, monthly_cap=cap, wants_screening=screens)
    if not HubQuestion.objects.filter(hub=world.hub).exists():
        world.questions = [add_question(world.broker, fields=fields) for fields in QUESTIONS]
