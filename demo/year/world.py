"""What all parts of the simulated year share: the hub, who takes part, who brokers, chance, and the agenda."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np

from demo.year.agenda import Agenda
from demo.year.behaviour import TEMPER
from hubs.enums import Role
from hubs.models import Hub, User
from hubs.policies import Viewer
from matching.models import HubQuestion
from profiles.models import Profile


@dataclass
class World:
    """One run: `invented` may have a past, `others` (by key) only what waits today.

    `first` and `end` bound the year. `reserved` are pairs (ids) whose story is written, not drawn. `outcomes` holds
    what will come of a contact, in days after its meeting.
    """

    hub: Hub
    invented: list[Profile]
    others: dict[str, Profile]
    facilitator: User
    admin: User
    first: datetime
    end: datetime
    lists_a_day: float
    generator: np.random.Generator
    agenda: Agenda = field(default_factory=Agenda)
    reserved: set[frozenset[int]] = field(default_factory=set)
    outcomes: dict[int, dict[str, float]] = field(default_factory=dict)
    questions: list[HubQuestion] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    @cached_property
    def ids(self) -> frozenset[int]:
        """Profile ids of the invented parties."""
        return frozenset(profile.pk for profile in self.invented)

    @cached_property
    def by_key(self) -> dict[str, Profile]:
        """Everybody by the key of `demo/data`."""
        return {**self.others, **{profile.slug: profile for profile in self.invented}}

    @cached_property
    def tempers(self) -> dict[int, tuple[float, float]]:
        """Of each profile what no column tells: how readily it answers, and how readily it says yes."""
        drawn = self.generator.normal(0.0, TEMPER, (len(self.invented), 2))
        return {profile.pk: (float(a), float(b)) for profile, (a, b) in zip(self.invented, drawn, strict=True)}

    @cached_property
    def eagerness(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Share of all looks at a list that is each invented party's, (n,)."""
        drawn = np.exp(self.generator.normal(0.0, 0.5, len(self.invented)))
        return np.asarray(drawn / drawn.sum())

    @property
    def broker(self) -> Viewer:
        """The facilitator at work."""
        return Viewer(self.hub.pk, Role.FACILITATOR, self.facilitator.pk)

    @property
    def administrator(self) -> Viewer:
        """Whoever sets the hub's rules."""
        return Viewer(self.hub.pk, Role.HUB_ADMIN, self.admin.pk)

    def speaker(self, profile: Profile) -> Viewer:
        """Somebody of the profile's organisation: no account is made up for them."""
        return Viewer(self.hub.pk, Role.MEMBER, organisation_ids=frozenset({profile.organisation_id}))

    def happens(self, chance: float) -> bool:
        """Draw one event of that probability."""
        return bool(self.generator.random() < chance)
