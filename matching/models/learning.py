"""What was shown with which probability, the rankers that were trained on it, and who let which one rank."""

from django.conf import settings
from django.db import models

from hubs.models import Hub
from kernel.models import BaseModel
from matching.enums import Channel, Purpose, RankerChange, RankerState
from profiles.models import Profile

User = settings.AUTH_USER_MODEL


class RankerVersion(BaseModel):
    """One trained ranker of a hub: its posterior as plain numbers, and its model card."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="rankers")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=RankerState, default=RankerState.SHADOW)
    payload = models.JSONField(help_text="As `matching.engine.ranker.ContactRanker.to_json` writes it.")
    card = models.JSONField(default=dict, help_text="Data, period, metrics, calibration, slices.")
    trained_from = models.DateTimeField(null=True, blank=True)
    trained_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("hub", "-number")
        constraints = (
            models.UniqueConstraint(fields=("hub", "number"), name="ranker_number_once"),
            models.UniqueConstraint(
                fields=("hub",), condition=models.Q(state=RankerState.CHAMPION), name="one_champion_a_hub"
            ),
        )

    def __str__(self) -> str:
        return f"{self.hub_id}: ranker {self.number} ({self.state})"


class RankerDecision(BaseModel):
    """Why a ranker became the champion: by evidence, by a person, or as the way back."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    ranker = models.ForeignKey(RankerVersion, on_delete=models.CASCADE, related_name="decisions")
    before = models.ForeignKey(RankerVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    change = models.CharField(max_length=12, choices=RankerChange)
    reason = models.CharField(max_length=1_000, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return f"{self.ranker_id}: {self.change}"


class PriorEdit(BaseModel):
    """A weight of the expert's table that a hub has set otherwise, with its reason."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=40)
    feature = models.CharField(max_length=40)
    mean = models.FloatField()
    reason = models.CharField(max_length=500)
    edited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("hub", "stage", "feature")
        constraints = (models.UniqueConstraint(fields=("hub", "stage", "feature"), name="prior_edited_once"),)

    def __str__(self) -> str:
        return f"{self.stage} {self.feature}: {self.mean}"


class RungValue(BaseModel):
    """What reaching a rung is worth to a hub, where it differs from the default."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    rung = models.CharField(max_length=24)
    value = models.FloatField()

    class Meta:
        ordering = ("hub", "rung")
        constraints = (
            models.UniqueConstraint(fields=("hub", "rung"), name="rung_valued_once"),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="rung_value_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.rung}: {self.value}"


class ShownList(BaseModel):
    """One list as it was shown: by which ranker, to whom, among which candidates.

    `candidates` holds what the policy chose from, so that another ranker can be judged on the same choice: packed by
    `matching.candidates_blob`. No words of the question are kept.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="shown_lists")
    channel = models.CharField(max_length=12, choices=Channel)
    purpose = models.CharField(max_length=12, choices=Purpose, blank=True, help_text="Empty: free-text search.")
    seeker = models.ForeignKey(Profile, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    ranker = models.ForeignKey(RankerVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    ranker_name = models.CharField(max_length=60, help_text="Version of the ranker or of the search order.")
    seed = models.BigIntegerField(default=0, help_text="Of the draw; with the candidates it gives the list again.")
    explored_places = models.PositiveSmallIntegerField(default=0)
    candidates = models.BinaryField(default=bytes, blank=True)
    shown_at = models.DateTimeField()
    is_simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ("-shown_at", "-id")
        indexes = (models.Index(fields=("hub", "shown_at"), name="list_shown"),)

    def __str__(self) -> str:
        return f"{self.hub_id}: {self.purpose} {self.shown_at:%Y-%m-%d}"


class Impression(models.Model):
    """One profile in one place of a list, with the probability that the policy showed it there."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    shown_list = models.ForeignKey(ShownList, on_delete=models.CASCADE, related_name="impressions")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField(help_text="From 0.")
    propensity = models.FloatField(help_text="Probability that the policy shows the profile anywhere in the list.")
    place_propensity = models.FloatField(help_text="Probability that it shows it in this very place.")
    explored = models.BooleanField(default=False)
    expected_value = models.FloatField(default=0.0)
    features = models.JSONField(default=list, help_text="In the order of `contact_features.NAMES`.")
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("shown_list", "position")
        constraints = (
            models.UniqueConstraint(fields=("shown_list", "position"), name="one_profile_a_place"),
            models.CheckConstraint(
                condition=models.Q(propensity__gt=0, propensity__lte=1), name="propensity_is_a_probability"
            ),
        )
        indexes = (models.Index(fields=("profile",), name="impression_profile"),)

    def __str__(self) -> str:
        return f"{self.shown_list_id} #{self.position}: {self.profile_id}"


class LearningRun(BaseModel):
    """One attempt at training; a row without an end was killed and left nothing behind."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ranker = models.ForeignKey(RankerVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("-started_at", "-id")

    def __str__(self) -> str:
        return f"{self.hub_id}: {self.started_at:%Y-%m-%d}"
