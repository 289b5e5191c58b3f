"""AIMday: questions that firms hand in beforehand, and the groups of researchers composed around each."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.enums import COMING, QuestionState
from events.models.days import Event, Hall, Slot
from events.models.people import Participant
from hubs.models import Hub
from kernel.models import BaseModel


class Question(BaseModel):
    """A question of one participant, to which a group of researchers is composed."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="questions")
    asker = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="questions")
    title = models.CharField(_("question"), max_length=200)
    text = models.TextField(_("what lies behind it"), max_length=3_000, blank=True)
    language = models.CharField(max_length=5, default="da")
    least = models.PositiveSmallIntegerField(_("researchers at least"), default=3, validators=(MinValueValidator(1),))
    most = models.PositiveSmallIntegerField(_("researchers at most"), default=6, validators=(MaxValueValidator(30),))
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.HANDED_IN)
    slot = models.ForeignKey(Slot, null=True, blank=True, on_delete=models.RESTRICT, related_name="questions")
    hall = models.ForeignKey(Hall, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions")
    vector = models.BinaryField(null=True, blank=True, editable=False)
    vector_of = models.CharField(max_length=80, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("event", "id")
        constraints = (
            models.CheckConstraint(condition=models.Q(most__gte=models.F("least")), name="question_most_from_least"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_held(self) -> bool:
        """Whether it is on the programme, and who asked it comes."""
        return self.slot_id is not None and self.asker.state in COMING


class GroupSeat(models.Model):
    """A researcher in the group of a question."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="seats")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="group_seats")
    fit = models.FloatField(default=0.0)

    class Meta:
        ordering = ("question", "-fit", "id")
        constraints = (models.UniqueConstraint(fields=("question", "participant"), name="group_seat_once"),)

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.question_id}"
