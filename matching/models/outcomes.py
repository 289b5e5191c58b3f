"""What came of a contact, as each side told it: nothing is averaged, and silence stays silence."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubs.models import Hub
from kernel.models import BaseModel
from matching.enums import (
    AnswerKind,
    AnswerSource,
    Attribution,
    Counterfactual,
    Moment,
    QuestionForm,
    Rung,
    Side,
    Standing,
)
from matching.models.introductions import Introduction

User = settings.AUTH_USER_MODEL
MAX_ANSWER_CHARACTERS = 2_000


class FollowUp(BaseModel):
    """One moment at which one side is asked; without a report after its last day it was met with silence."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="follow_ups")
    side = models.CharField(max_length=10, choices=Side)
    moment = models.CharField(max_length=15, choices=Moment)
    due_on = models.DateField()
    asked_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("due_on", "id")
        constraints = (models.UniqueConstraint(fields=("introduction", "side", "moment"), name="asked_once_a_moment"),)
        indexes = (models.Index(fields=("hub", "due_on"), name="follow_up_due"),)

    def __str__(self) -> str:
        return f"{self.introduction_id} {self.side} {self.moment}"


class OutcomeReport(BaseModel):
    """What one side said came of a contact: a later word replaces its own earlier one for the same moment."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="reports")
    follow_up = models.OneToOneField(FollowUp, null=True, blank=True, on_delete=models.SET_NULL, related_name="report")
    side = models.CharField(max_length=10, choices=Side)
    kind = models.CharField(max_length=12, choices=AnswerKind)
    source = models.CharField(max_length=8, choices=AnswerSource)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    attribution = models.CharField(max_length=12, choices=Attribution, blank=True)
    counterfactual = models.CharField(max_length=12, choices=Counterfactual, blank=True)
    text = models.TextField(_("what they told"), max_length=MAX_ANSWER_CHARACTERS, blank=True)
    told_at = models.DateTimeField()

    class Meta:
        ordering = ("introduction", "told_at", "id")

    def __str__(self) -> str:
        return f"{self.introduction_id} {self.side}: {self.kind}"


class Outcome(models.Model):
    """One rung that a report names, achieved or expected."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    report = models.ForeignKey(OutcomeReport, on_delete=models.CASCADE, related_name="outcomes")
    rung = models.CharField(max_length=24, choices=Rung)
    standing = models.CharField(max_length=10, choices=Standing, default=Standing.ACHIEVED)
    amount_dkk = models.PositiveBigIntegerField(null=True, blank=True, validators=(MaxValueValidator(10**12),))

    class Meta:
        ordering = ("report", "id")
        constraints = (models.UniqueConstraint(fields=("report", "rung"), name="rung_once_a_report"),)

    def __str__(self) -> str:
        return f"{self.rung} ({self.standing})"


class HubQuestion(BaseModel):
    """A question that the hub adds to the core set, at the moments it names."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="questions")
    text_da = models.CharField(_("the question in Danish"), max_length=300)
    text_en = models.CharField(_("the question in English"), max_length=300)
    form = models.CharField(max_length=10, choices=QuestionForm, default=QuestionForm.YES_NO)
    moments = models.JSONField(default=list, help_text="Codes of `Moment`; empty for all.")
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("hub", "position", "id")

    def __str__(self) -> str:
        return self.text_en

    def text(self, language: str) -> str:
        """The question in Danish or, for any other language, English."""
        return self.text_da if language == "da" else self.text_en


class HubAnswer(models.Model):
    """What a report answered to a question of the hub's own."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    report = models.ForeignKey(OutcomeReport, on_delete=models.CASCADE, related_name="hub_answers")
    question = models.ForeignKey(HubQuestion, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=500)

    class Meta:
        ordering = ("report", "question")
        constraints = (models.UniqueConstraint(fields=("report", "question"), name="answered_once"),)

    def __str__(self) -> str:
        return self.value[:60]
