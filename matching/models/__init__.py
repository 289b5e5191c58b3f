"""The tables of matching, one room each: the index, what was shown and learnt, introductions, projects, outcomes."""

from matching.models.index import IndexBackground, IndexChange, IndexState, StatementVector
from matching.models.introductions import (
    ContactRules,
    Declaration,
    HubRules,
    Introduction,
    LoadPlace,
    Quote,
    Screening,
    TimelineEntry,
)
from matching.models.learning import (
    Impression,
    LearningRun,
    PriorEdit,
    RankerDecision,
    RankerVersion,
    RungValue,
    ShownList,
)
from matching.models.outcomes import FollowUp, HubAnswer, HubQuestion, Outcome, OutcomeReport
from matching.models.projects import (
    Candidate,
    Gate,
    Milestone,
    Participant,
    Project,
    ProjectRole,
    Shortlist,
)
from matching.models.saved_searches import SavedSearch

__all__ = [
    "Candidate", "ContactRules", "Declaration", "FollowUp", "Gate", "HubAnswer", "HubQuestion", "HubRules",
    "Impression", "IndexBackground", "IndexChange", "IndexState", "Introduction", "LearningRun", "LoadPlace",
    "Milestone", "Outcome", "OutcomeReport", "Participant", "PriorEdit", "Project", "ProjectRole", "Quote",
    "RankerDecision", "RankerVersion", "RungValue", "SavedSearch", "Screening", "Shortlist", "ShownList",
    "StatementVector", "TimelineEntry",
]  # fmt: skip
