"""Shortlists of the year, as written: candidates asked together, their answers side by side, one of them decided."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from demo.year.agenda import clock
from demo.year.course import accept, current
from demo.year.rooms import read_stories
from demo.year.world import World
from matching.domain.introductions.answering import decline_introduction
from matching.domain.introductions.days import local_day
from matching.domain.introductions.fields import RequestFields
from matching.domain.projects.shortlists import (
    ShortlistFields,
    add_candidate,
    ask_together,
    begin_shortlist,
    choose,
    note_on_candidate,
)
from matching.enums import ANSWERABLE_STATES, AnswerSource, DeclineReason, Side
from matching.models import Candidate, Introduction, Shortlist

_NAMESPACE = UUID("0b0f6d35-64c5-4b5e-8d5a-3a7c6a3b9f11")


def plan_shortlists(world: World, folder: Path) -> None:
    """Put down each list whose parties are all there and that begins within the year; the pairs are not drawn."""
    for story in read_stories(folder)["shortlists"]:
        keys = {story["owner"], *(row["profile"] for row in story["candidates"])}
        opened = clock(local_day(world.end) - timedelta(days=story["opened"]), 9)
        if not keys <= set(world.by_key) or opened < world.first:
            continue
        owner = world.by_key[story["owner"]].pk
        world.reserved |= {frozenset({owner, world.by_key[row["profile"]].pk}) for row in story["candidates"]}
        world.agenda.at(opened, _List(world, story).open)


class _List:
    """One list's story."""

    def __init__(self, world: World, story: dict[str, Any]) -> None:
        self.world, self.story = world, story
        self.owner = world.by_key[story["owner"]]
        self.viewer = world.speaker(self.owner)
        self.public_id = uuid5(_NAMESPACE, story["title"])

    @property
    def shortlist(self) -> Shortlist:
        """As it stands now."""
        return Shortlist.objects.select_related("owner__organisation", "statement").get(public_id=self.public_id)

    def open(self, now: datetime) -> None:
        """Gather the candidates and ask them all."""
        fields = ShortlistFields(self.story["title"], self.story["need"])
        made = begin_shortlist(self.viewer, owner=self.owner, fields=fields, once=self.public_id)
        for row in self.story["candidates"]:
            profile = self.world.by_key[row["profile"]]
            add_candidate(made, viewer=self.viewer, profile=profile, from_matches=True)
        asked = RequestFields(
            contact_purpose=self.story["purpose"], asked=self.story["need"], minutes=self.story["minutes"]
        )
        done = ask_together(made, viewer=self.viewer, fields=asked, now=now)
        self.world.refused.update(refusal.code for refusal in done.refused)
        says = {self.world.by_key[row["profile"]].pk: row for row in self.story["candidates"]}
        for candidate in done.asked:
            row = says[candidate.profile_id]
            later = now + timedelta(days=float(self.world.generator.uniform(1.5, 6.0)))
            self.world.agenda.at(later, lambda at, row=row, found=candidate: self._answer(found, row, at))  # type: ignore[misc]
        if "decide" in self.story:
            decided = now + timedelta(days=self.story["decide"]["after"])
            self.world.agenda.at(decided, self._choose)

    def _answer(self, candidate: Candidate, row: dict[str, Any], now: datetime) -> None:
        introduction = current(Introduction.objects.get(candidate=candidate))
        if introduction.state not in ANSWERABLE_STATES or row["says"] == "silent":
            return
        if row["says"] == "no":
            reason = DeclineReason.NOT_OUR_FIELD.value
            decline_introduction(
                introduction, side=Side.RECEIVER, actor=None, now=now, reason=reason, source=AnswerSource.LINK
            )
            return
        accept(self.world, introduction, side=Side.RECEIVER, now=now)
        note_on_candidate(candidate, viewer=self.viewer, note="", answer=row["answer"])

    def _choose(self, now: datetime) -> None:
        decision, shortlist = self.story["decide"], self.shortlist
        keys = [self.world.by_key[key].pk for key in decision["chosen"]]
        chosen = list(Candidate.objects.filter(shortlist=shortlist, profile_id__in=keys).select_related("profile"))
        # The facilitator writes down what the owner decides and declares, since nobody signs in for the invented.
        choose(
            shortlist,
            viewer=self.world.broker,
            version=shortlist.version,
            candidates=chosen,
            reason=decision["reason"],
            has_interests=bool(decision["interests"]),
            interests=decision["interests"],
            now=now,
            today=local_day(now),
        )
