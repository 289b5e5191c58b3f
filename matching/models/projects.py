"""Collaboration projects with their roles, partners, milestones and gates; shortlists of candidates for one need."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hubs.models import Hub
from kernel.models import BaseModel
from matching.enums import Consent, ListState, ProjectPart, ProjectStage, ProjectState, Proof
from matching.models.introductions import MAX_NOTE_CHARACTERS, Introduction
from profiles.models import Profile, Statement

User = settings.AUTH_USER_MODEL
MAX_IDEA_CHARACTERS = 5_000


class Project(BaseModel):
    """A room around one idea: seen by those who take part or are invited, and by the hub's staff."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="projects")
    owner = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="owned_projects")
    name = models.CharField(_("name"), max_length=160)
    idea = models.TextField(_("the idea or the need"), max_length=MAX_IDEA_CHARACTERS)
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES, default="da")
    stage = models.CharField(_("stage"), max_length=20, choices=ProjectStage, default=ProjectStage.IDEA)
    state = models.CharField(_("state"), max_length=24, choices=ProjectState, default=ProjectState.RUNNING)
    learned = models.TextField(_("what was learnt"), max_length=MAX_IDEA_CHARACTERS, blank=True)
    funding_dkk = models.PositiveBigIntegerField(
        _("funding raised, kroner"), default=0, validators=(MaxValueValidator(10**12),)
    )
    ended_on = models.DateField(null=True, blank=True)
    facilitator = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_simulated = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state=ProjectState.RUNNING, ended_on__isnull=True)
                | models.Q(state=ProjectState.STALLED)
                | (
                    ~models.Q(state__in=(ProjectState.RUNNING, ProjectState.STALLED)) & models.Q(ended_on__isnull=False)
                ),
                name="ended_projects_have_a_day",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def organisation_id(self) -> int:
        """The organisation that owns the room."""
        return self.owner.organisation_id


class ProjectRole(BaseModel):
    """A part that the project needs at its table, with what it should bring."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="roles")
    part = models.CharField(_("part"), max_length=12, choices=ProjectPart)
    wanted = models.CharField(_("what it should bring"), max_length=500, blank=True)

    class Meta:
        ordering = ("project", "id")
        constraints = (models.UniqueConstraint(fields=("project", "part"), name="one_role_a_part"),)

    def __str__(self) -> str:
        return f"{self.part}: {self.wanted[:40]}"


class Participant(BaseModel):
    """A profile at the project's table, with its own consent."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="participants")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="project_places")
    part = models.CharField(_("part"), max_length=12, choices=ProjectPart)
    consent = models.CharField(max_length=10, choices=Consent, default=Consent.INVITED)
    consent_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    new_to_owner = models.BooleanField(default=False, help_text="No earlier contact or project of the two.")

    class Meta:
        ordering = ("project", "id")
        constraints = (models.UniqueConstraint(fields=("project", "profile"), name="at_the_table_once"),)

    def __str__(self) -> str:
        return f"{self.project_id}: {self.profile_id} ({self.consent})"


class Milestone(BaseModel):
    """Something that the project will have done by a day."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones")
    title = models.CharField(_("milestone"), max_length=200)
    due_on = models.DateField(_("by"))
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("project", "due_on", "id")

    def __str__(self) -> str:
        return self.title


class Gate(BaseModel):
    """One of the four proofs: passed or not, with the reason, by whom and when."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="gates")
    proof = models.CharField(max_length=15, choices=Proof)
    passed = models.BooleanField()
    note = models.CharField(_("what it rests on"), max_length=MAX_NOTE_CHARACTERS)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_on = models.DateField()

    class Meta:
        ordering = ("project", "id")
        constraints = (models.UniqueConstraint(fields=("project", "proof"), name="one_decision_a_proof"),)

    def __str__(self) -> str:
        return f"{self.proof}: {self.passed}"


class Shortlist(BaseModel):
    """Several candidates for one need, asked together and compared; the choice keeps its reason."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="shortlists")
    statement = models.ForeignKey(Statement, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(_("what is sought"), max_length=160)
    need = models.TextField(_("the need"), max_length=MAX_IDEA_CHARACTERS)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="da")
    state = models.CharField(max_length=12, choices=ListState, default=ListState.OPEN)
    reason = models.CharField(_("why this one"), max_length=MAX_NOTE_CHARACTERS, blank=True)
    declared_interests = models.CharField(_("declared interests"), max_length=MAX_NOTE_CHARACTERS, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state=ListState.DECIDED)
                | (models.Q(decided_on__isnull=False) & ~models.Q(reason="")),
                name="a_choice_has_its_reason",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def organisation_id(self) -> int:
        """The organisation that owns the list."""
        return self.owner.organisation_id


class Candidate(BaseModel):
    """One of a shortlist: from the matches or added by hand, its request and answer an introduction of its own."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="+")
    shortlist = models.ForeignKey(Shortlist, on_delete=models.CASCADE, related_name="candidates")
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE, related_name="+")
    from_matches = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)
    introduction = models.OneToOneField(
        Introduction, null=True, blank=True, on_delete=models.SET_NULL, related_name="candidate"
    )
    note = models.CharField(_("our own note"), max_length=MAX_NOTE_CHARACTERS, blank=True)
    answer = models.TextField(_("their answer"), max_length=MAX_IDEA_CHARACTERS, blank=True)
    chosen = models.BooleanField(default=False)

    class Meta:
        ordering = ("shortlist", "position", "id")
        constraints = (models.UniqueConstraint(fields=("shortlist", "profile"), name="candidate_once"),)

    def __str__(self) -> str:
        return f"{self.shortlist_id}: {self.profile_id}"
