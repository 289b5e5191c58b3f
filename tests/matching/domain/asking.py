"""Asking for recommendations in tests, as a profile's own people or with a text."""

from hubs.policies import Viewer
from matching.domain.recommending import recommend_for_profile, recommend_for_text
from matching.results import Recommendations
from profiles.models import Profile
from tests.matching.cluster import TODAY, member


def ask(profile: Profile, *, purpose: str = "opi_light", **options: object) -> Recommendations:
    """What the profile's own people get."""
    viewer = member(profile.hub, profile)
    return recommend_for_profile(viewer, profile, purpose=purpose, today=TODAY, **options)


def ask_text(viewer: Viewer, text: str, *, purpose: str = "opi_light", **options: object) -> Recommendations:
    return recommend_for_text(viewer, text, purpose=purpose, today=TODAY, **options)


def found(recommendations: Recommendations) -> list[Profile]:
    return [match.profile for match in recommendations.matches]


def texts(recommendations: Recommendations) -> list[str]:
    return [match.theirs.text for match in recommendations.matches]
