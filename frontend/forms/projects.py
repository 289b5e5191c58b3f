"""Forms of project rooms: founding, parts, milestones, gates, stage, money, the end."""

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from frontend.forms.plain import PlainForm, Text
from frontend.forms.statements import text_area
from matching.domain.projects.gates import STAGE_BEHIND
from matching.domain.projects.rooms import END_STATES, MOST_FUNDING_DKK, USUAL_PARTS, ProjectFields
from matching.engine.purposes import PART_OF_KIND
from matching.enums import ProjectPart, ProjectStage, ProjectState, Proof
from matching.models.projects import Project
from profiles.models import Profile

DAY_FORMATS = ["%Y-%m-%d", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%Y"]


def explained(label: str | Promise, text: str) -> str:
    """A choice with what it means below."""
    return format_html('<b>{}</b><span class="choice-hint">{}</span>', label, text)


def part_choices() -> list[tuple[str, str]]:
    """The six parts, each with what it does at the table."""
    told = {
        ProjectPart.FIRM: _("Makes the solution and keeps it running."),
        ProjectPart.KNOWLEDGE: _("Researchers who show whether it works."),
        ProjectPart.PUBLIC: _("A department or municipality that has the need and tries it."),
        ProjectPart.COMMERCIAL: _("Brings it to those who buy: sales, distribution, business plan."),
        ProjectPart.REGULATORY: _("Knows what approval takes: CE marking, ethics, data protection."),
        ProjectPart.FUNDING: _("Money, or the way to it."),
    }
    return [(part.value, explained(part.label, told[part])) for part in ProjectPart]


class OnceForm(PlainForm):
    """A form whose hidden mark makes sending it twice the same as once."""

    once = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)


class ProjectForm(PlainForm):
    """What a room says of its project."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = Text(label=gettext_lazy("Name of the project"))
    idea = Text(
        label=gettext_lazy("The idea or the need"),
        widget=text_area(7),
        help_text=gettext_lazy("What should become better, for whom, and what you think of doing. We search with it."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Written in"), choices=settings.LANGUAGES)

    def project_fields(self) -> ProjectFields:
        """What was written."""
        written = self.cleaned_data
        return ProjectFields(name=written["name"], idea=written["idea"], language=written["language"])


class FoundForm(ProjectForm, OnceForm):
    """Founding a room: whose it is, the idea, and which parts it needs."""

    owner = forms.ChoiceField(label=gettext_lazy("Who founds it"))
    own_part = forms.ChoiceField(label=gettext_lazy("Your own part"))
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Parts that the project needs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Most projects fail on a missing part, above all the commercial one."),
    )

    field_order = ("owner", "name", "idea", "language", "own_part", "parts")

    def __init__(self, *args: Any, owners: list[Profile], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owners = {profile.slug: profile for profile in owners}
        self.offer("owner", [(slug, profile.name) for slug, profile in self.owners.items()])
        self.offer("own_part", list(ProjectPart.choices))
        self.offer("parts", part_choices())
        if len(owners) == 1:
            self.fields["owner"].widget = forms.HiddenInput()
            self.fields["owner"].initial = owners[0].slug
        self.fields["parts"].initial = [part.value for part in USUAL_PARTS]

    @property
    def owner_profile(self) -> Profile:
        """The profile that was chosen."""
        return self.owners[self.cleaned_data["owner"]]


def usual_part(profile: Profile) -> str:
    """The part that the profile most naturally holds."""
    return PART_OF_KIND[profile.kind]


def project_initial(project: Project) -> dict[str, Any]:
    """A stored room as the form first shows it."""
    return {
        "name": project.name, "idea": project.idea, "language": project.language, "version": project.version,
    }  # fmt: skip


class PartsForm(PlainForm):
    """Which parts the project asks for, and what each should bring."""

    domain_names: ClassVar[dict[str, str]] = {}

    version = forms.IntegerField(widget=forms.HiddenInput)
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("Parts that the project needs"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("parts", part_choices())
        for part in ProjectPart:
            self.fields[f"wanted_{part.value}"] = Text(
                label=_("%(part)s: what it should bring") % {"part": part.label},
                required=False,
                widget=forms.TextInput(attrs={"dir": "auto", "class": "form-control"}),
            )

    def wanted(self) -> dict[str, str]:
        """What each chosen part should bring."""
        return {part: self.cleaned_data[f"wanted_{part}"] for part in self.cleaned_data["parts"]}


def parts_initial(project: Project) -> dict[str, Any]:
    """The stored parts as the form first shows them."""
    roles = list(project.roles.all())
    words = {f"wanted_{role.part}": role.wanted for role in roles}
    return {"version": project.version, "parts": [role.part for role in roles], **words}


class MilestoneForm(OnceForm):
    """What will be done by which day."""

    title = Text(label=gettext_lazy("What will be done"))
    due_on = forms.DateField(
        label=gettext_lazy("By"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=DAY_FORMATS,
        error_messages={"invalid": gettext_lazy("Write the day like this: 31.12.2027.")},
    )


class GateForm(PlainForm):
    """Whether a proof is there, and what that rests on."""

    passed = forms.TypedChoiceField(
        label=gettext_lazy("Is the proof there?"),
        choices=[("yes", gettext_lazy("Yes, go on")), ("no", gettext_lazy("Not yet"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = Text(
        label=gettext_lazy("What it rests on"),
        widget=text_area(4),
        help_text=gettext_lazy("A test, a letter of intent, an agreement, numbers: what a stranger could check."),
    )


class StageForm(PlainForm):
    """Where the project is now."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        proofs = {stage: proof for proof, stage in STAGE_BEHIND.items()}
        self.offer("stage", [(stage.value, _behind(stage, proofs.get(stage))) for stage in ProjectStage])


def _behind(stage: ProjectStage, proof: Proof | None) -> str:
    if proof is None:
        return str(stage.label)
    return explained(stage.label, _("Comes after: %(proof)s") % {"proof": proof.label})


class FundingForm(PlainForm):
    """What has been raised."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    funding_dkk = forms.IntegerField(
        label=gettext_lazy("Funding raised so far, in kroner"),
        min_value=0,
        max_value=MOST_FUNDING_DKK,
        help_text=gettext_lazy("All of it together, from everybody at the table."),
    )


class EndForm(PlainForm):
    """How the project ends, and what it leaves."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("How does it end?"), widget=forms.RadioSelect)
    learned = Text(
        label=gettext_lazy("What you learnt"),
        required=False,
        widget=text_area(6),
        help_text=gettext_lazy("What would you tell those who come after? Stopping early with this is a good end."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = {
            ProjectState.DONE: _("The result is in use, or handed on."),
            ProjectState.STOPPED_WITH_LEARNING: _("It showed early that it should not go on. That is a success too."),
            ProjectState.BLOCKED: _("Law, approval or ethics stand in the way."),
            ProjectState.WRONG_CIRCLE: _("The circle of partners could not carry it."),
        }
        self.offer("state", [(state.value, explained(state.label, told[state])) for state in END_STATES])


class InviteForm(PlainForm):
    """Inviting somebody by name."""

    part = forms.ChoiceField(label=gettext_lazy("For which part"))
    name = Text(
        label=gettext_lazy("Name of the profile"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=gettext_lazy("The name or a part of it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("part", list(ProjectPart.choices))
