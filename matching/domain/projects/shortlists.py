"""Shortlist of N: several candidates for one need, asked together, compared, one chosen with its reason.

Each request is an introduction of its own, so that caps, screening and the other side's answer hold as everywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.models import User
from hubs.policies import Action, Viewer, require, require_steering
from kernel.audit import record_change
from kernel.errors import DomainError, InvalidInput, NotFound
from mailgate.domain.outbox import queue_mail
from matching.domain.introductions.changing import add_note, withdraw_introduction
from matching.domain.introductions.declaring import declare_interests
from matching.domain.introductions.drafting import draft_introduction, update_draft
from matching.domain.introductions.fields import RequestFields
from matching.domain.introductions.life import lock_circle
from matching.domain.introductions.receivers import receivers_of
from matching.domain.introductions.sending import submit_introduction
from matching.engine.purposes import partner_kinds
from matching.enums import CONSENTED_STATES, AnswerSource, IntroductionState, ListState, Purpose, Side
from matching.models.introductions import MAX_NOTE_CHARACTERS, Introduction
from matching.models.projects import MAX_IDEA_CHARACTERS, Candidate, Shortlist
from profiles.domain.fields import STATEMENT_LANGUAGES, one_of
from profiles.domain.saving import assign, check_version, save_valid
from profiles.models import Profile, Statement
from profiles.texts import clean_line, clean_text

MOST_CANDIDATES = 12
CHOSEN, THANKED = "shortlist_chosen", "shortlist_thanks"
WAITING_STATES = (IntroductionState.SCREENING, IntroductionState.SENT, IntroductionState.SEEN)
_LIVING = (ListState.OPEN, ListState.ASKED)


class ListClosed(DomainError):
    """The list is decided or given up: it is read, not changed."""

    code = "list_closed"
    status = 409


@dataclass(frozen=True)
class ShortlistFields:
    """What is sought, as written."""

    title: str
    need: str
    language: str = "da"

    def cleaned(self) -> dict[str, Any]:
        """Column values.

        Raises:
            InvalidInput: a text breaks a rule.
        """
        return {
            "title": clean_line(self.title, field="title", max_length=160, min_letters=2),
            "need": clean_text(self.need, field="need", max_length=MAX_IDEA_CHARACTERS, min_letters=3),
            "language": one_of(self.language, STATEMENT_LANGUAGES, field="language"),
        }


@dataclass(frozen=True)
class Refusal:
    """A candidate who could not be asked, and why: a stable code and words that say how to go on."""

    candidate: Candidate
    code: str
    message: str


@dataclass(frozen=True)
class Asked:
    """What came of asking together: who was asked, and who could not be."""

    asked: tuple[Candidate, ...]
    refused: tuple[Refusal, ...]


@transaction.atomic
def begin_shortlist(
    viewer: Viewer, *, owner: Profile, fields: ShortlistFields, statement: Statement | None = None, once: UUID
) -> Shortlist:
    """Open a list; the same `once` gives the list that is there.

    Raises:
        NotAllowed: the viewer does not speak for the owner.
        InvalidInput: a field breaks a rule, or the text is somebody else's.
    """
    require(viewer, Action.RECOMMEND_FOR, owner)
    known = Shortlist.objects.filter(hub_id=viewer.hub_id, owner=owner, public_id=once).first()
    if known is not None:
        return known
    if statement is not None and statement.profile_id != owner.pk:
        raise InvalidInput(_("That text belongs to another profile."), field="need")
    row = Shortlist(hub_id=viewer.hub_id, owner=owner, statement=statement, public_id=once, **fields.cleaned())
    save_valid(row)
    _record(row, viewer, "create")
    return row


@transaction.atomic
def update_shortlist(shortlist: Shortlist, *, viewer: Viewer, version: int, fields: ShortlistFields) -> Shortlist:
    """Change title and need of a list that still has the version that the editor saw.

    Raises:
        NotAllowed, EditConflict, InvalidInput, ListClosed
    """
    locked = _changed(shortlist, viewer, version=version)
    return _stored(locked, viewer, "update", fields.cleaned())


@transaction.atomic
def add_candidate(
    shortlist: Shortlist, *, viewer: Viewer, profile: Profile, from_matches: bool, note: str = ""
) -> Candidate:
    """Put a profile on the list; who is on it already stays there once.

    Raises:
        NotAllowed: the viewer may not change the list or see the profile.
        InvalidInput: it is the owner's own, or the list is full.
        ListClosed
    """
    locked = _changed(shortlist, viewer)
    require(viewer, Action.SEE, profile)
    if profile.organisation_id == locked.owner.organisation_id:
        raise InvalidInput(_("That is your own organisation. Choose somebody else."), field="profile")
    known = Candidate.objects.filter(shortlist=locked, profile=profile).first()
    if known is not None:
        return known
    count = Candidate.objects.filter(shortlist=locked).count()
    if count >= MOST_CANDIDATES:
        raise InvalidInput(
            _("A shortlist holds at most %(limit)d candidates. Take one off first.") % {"limit": MOST_CANDIDATES},
            field="profile",
        )
    candidate = Candidate(
        hub_id=locked.hub_id, shortlist=locked, profile=profile, from_matches=from_matches,
        position=count, note=clean_text(note, field="note", max_length=MAX_NOTE_CHARACTERS),
    )  # fmt: skip
    save_valid(candidate)
    _record(locked, viewer, "add_candidate")
    return candidate


@transaction.atomic
def remove_candidate(candidate: Candidate, *, viewer: Viewer) -> None:
    """Take a candidate off who has not been asked.

    Raises:
        NotAllowed, ListClosed
        InvalidInput: they were asked, so their answer belongs to the list.
    """
    locked = _changed(candidate.shortlist, viewer)
    row = Candidate.objects.select_for_update(of=("self",)).filter(pk=candidate.pk).first()
    if row is None:
        return
    if row.introduction_id is not None:
        raise InvalidInput(_("They have been asked, so they stay on the list. Withdraw the request if it was a slip."))
    row.delete()
    _record(locked, viewer, "remove_candidate")


@transaction.atomic
def note_on_candidate(candidate: Candidate, *, viewer: Viewer, note: str, answer: str) -> Candidate:
    """Keep our own note and what they answered, side by side with the others'.

    Raises:
        NotAllowed, InvalidInput, NotFound, ListClosed
    """
    locked = _changed(candidate.shortlist, viewer)
    row = Candidate.objects.select_for_update(of=("self",)).filter(pk=candidate.pk).first()
    if row is None:
        raise NotFound(_("They are not on the list any more."))
    row.note = clean_text(note, field="note", max_length=MAX_NOTE_CHARACTERS)
    row.answer = clean_text(answer, field="answer", max_length=MAX_IDEA_CHARACTERS)
    save_valid(row)
    _record(locked, viewer, "note_on_candidate")
    return row


def ask_together(shortlist: Shortlist, *, viewer: Viewer, fields: RequestFields, now: datetime) -> Asked:
    """Send the same request to every candidate who has not been asked; each stands or falls by itself.

    Who cannot be asked (the cap of the month is reached, a pause, an open request or a draft between the two) is told
    in `refused`, and nothing of that request is left; the others are asked. Twice the same asks nobody twice.

    Raises:
        NotAllowed, ListClosed
        InvalidInput: the request itself breaks a rule, or there is nobody to ask.
    """
    require_steering(viewer, shortlist)
    asked: list[Candidate] = []
    refused: list[Refusal] = []
    rows = Candidate.objects.filter(shortlist=shortlist, introduction=None).select_related("profile__organisation")
    waiting = list(rows)
    if not waiting and not Candidate.objects.filter(shortlist=shortlist).exists():
        raise InvalidInput(_("There is nobody on the list yet. Add at least one candidate."))
    fields.cleaned()
    for candidate in waiting:
        try:
            if _ask(candidate, viewer, fields, now) is not None:
                asked.append(candidate)
        except ListClosed:
            raise
        except DomainError as error:
            refused.append(Refusal(candidate, error.code, str(error)))
    return Asked(tuple(asked), tuple(refused))


@transaction.atomic
def _ask(candidate: Candidate, viewer: Viewer, fields: RequestFields, now: datetime) -> Introduction | None:
    """One request in a transaction of its own, so that what is refused leaves nothing behind."""
    locked = _changed(candidate.shortlist, viewer)
    row = Candidate.objects.select_for_update(of=("self",)).filter(pk=candidate.pk).first()
    if row is None or row.introduction_id is not None:
        return None
    seeker, receiver = locked.owner, candidate.profile
    is_light = receiver.kind in partner_kinds(Purpose.OPI_LIGHT, seeker.kind)
    purpose = Purpose.OPI_LIGHT if is_light else Purpose.PROJECT
    draft = draft_introduction(
        viewer, seeker=seeker, receiver=receiver, purpose=purpose, now=now, ours=locked.statement, only_new=True
    )
    draft = update_draft(draft, viewer=viewer, version=draft.version, fields=fields)
    row.introduction = submit_introduction(draft, viewer=viewer, now=now)
    row.save(update_fields=["introduction", "updated_at"])
    candidate.introduction = row.introduction
    if locked.state == ListState.OPEN:
        _stored(locked, viewer, "ask", {"state": ListState.ASKED})
    return row.introduction


@transaction.atomic
def choose(
    shortlist: Shortlist,
    *,
    viewer: Viewer,
    version: int,
    candidates: Sequence[Candidate],
    reason: str,
    has_interests: bool,
    interests: str,
    now: datetime,
    today: date,
) -> Shortlist:
    """Record whom the owner chose and why, with its declared interests; the others are thanked.

    Requests that nobody has answered are withdrawn, since there is nothing left to answer.

    Raises:
        NotAllowed, EditConflict, ListClosed
        InvalidInput: nobody is chosen, a chosen one has not said yes, or reason or interests are not told.
    """
    locked = _changed(shortlist, viewer, version=version)
    _lock_asked(locked)
    rows = list(_asked_rows(locked))
    chosen = {candidate.pk for candidate in candidates}
    _require_choosable([row for row in rows if row.pk in chosen], len(chosen))
    declared = clean_text(interests, field="interests", max_length=MAX_NOTE_CHARACTERS)
    if has_interests and not declared:
        raise InvalidInput(_("Write which interests you have in whom."), field="interests")
    values = {
        "state": ListState.DECIDED,
        "reason": clean_text(reason, field="reason", max_length=MAX_NOTE_CHARACTERS, min_letters=3),
        "declared_interests": declared if has_interests else "",
        "decided_by_id": viewer.user_id,
        "decided_on": today,
    }
    # A facilitator writes down what the owner declares; the owner's people declare it themselves.
    is_own = locked.owner.organisation_id in viewer.organisation_ids
    source = AnswerSource.WEB if is_own else AnswerSource.PHONE
    for row in rows:
        row.chosen = row.pk in chosen
        row.save(update_fields=["chosen", "updated_at"])
        if row.chosen and row.introduction is not None:
            declare_interests(
                row.introduction, side=Side.SEEKER, has_interests=has_interests, text=str(values["declared_interests"]),
                actor=User.objects.filter(pk=viewer.user_id or 0).first(), now=now, source=source,
            )  # fmt: skip
    _stored(locked, viewer, "choose", values)
    _tell_all(rows, viewer, now, is_decided=True)
    return locked


@transaction.atomic
def give_up_shortlist(shortlist: Shortlist, *, viewer: Viewer, version: int, reason: str, now: datetime) -> Shortlist:
    """End the list without a choice; unanswered requests are withdrawn, those who said yes are thanked.

    Raises:
        NotAllowed, EditConflict, InvalidInput, ListClosed
    """
    locked = _changed(shortlist, viewer, version=version)
    _lock_asked(locked)
    told = clean_text(reason, field="reason", max_length=MAX_NOTE_CHARACTERS, min_letters=3)
    _stored(locked, viewer, "give_up", {"state": ListState.ABANDONED, "reason": told})
    _tell_all(list(_asked_rows(locked)), viewer, now, is_decided=False)
    return locked


def may_be_chosen(candidate: Candidate) -> bool:
    """Whether they have said yes, or an answer of theirs is written down."""
    introduction = candidate.introduction
    if introduction is not None and introduction.state in CONSENTED_STATES:
        return True
    return bool(candidate.answer) and (introduction is None or introduction.state in WAITING_STATES)


def _require_choosable(rows: Sequence[Candidate], wanted: int) -> None:
    if not rows or len(rows) != wanted:
        raise InvalidInput(_("Choose at least one of the candidates on the list."), field="candidates")
    for row in rows:
        if not may_be_chosen(row):
            raise InvalidInput(
                _("%(name)s has not said yes. Choose one who has, or write down what they answered.")
                % {"name": row.profile.name},
                field="candidates",
            )


def _lock_asked(shortlist: Shortlist) -> None:
    """Everybody whose request may be changed, before the first request is: the order in which all others lock."""
    lock_circle(shortlist.owner, [row.profile_id for row in _asked_rows(shortlist) if row.introduction_id])


def _asked_rows(shortlist: Shortlist) -> Any:
    return Candidate.objects.filter(shortlist=shortlist).select_related(
        "introduction__seeker__organisation", "introduction__receiver__organisation", "profile__organisation"
    )


def _tell_all(rows: Sequence[Candidate], viewer: Viewer, now: datetime, *, is_decided: bool) -> None:
    """Nobody is left waiting: a yes gets its answer, an unanswered request is taken back with thanks."""
    for row in rows:
        introduction = row.introduction
        if introduction is None:
            continue
        if introduction.state in WAITING_STATES:
            if row.chosen:
                continue
            words = _("Thank you for reading it: the need has been met meanwhile.")
            add_note(introduction, viewer=viewer, text=words, now=now)
            introduction.refresh_from_db()
            withdraw_introduction(introduction, viewer=viewer, now=now)
        elif introduction.state in CONSENTED_STATES:
            add_note(introduction, viewer=viewer, text=_words_to(row, is_decided=is_decided), now=now)
            _mail(row, CHOSEN if row.chosen else THANKED, now)


def _words_to(row: Candidate, *, is_decided: bool) -> str:
    if row.chosen:
        return _("You were chosen from the shortlist. Thank you for saying yes.")
    if is_decided:
        return _("Thank you for saying yes. This time the choice fell on another one.")
    return _("Thank you for saying yes. The search has ended without a choice.")


def _mail(candidate: Candidate, kind: str, now: datetime) -> None:
    for number, receiver in enumerate(receivers_of(candidate.profile)):
        queue_mail(
            candidate.hub_id, kind=kind, address=receiver.address, language=receiver.language,
            context={"candidate": str(candidate.public_id)}, not_before=now,
            once=f"{kind}:{candidate.public_id}:{number}",
        )  # fmt: skip


def _changed(shortlist: Shortlist, viewer: Viewer, *, version: int | None = None) -> Shortlist:
    """The list's row, locked for a change that the viewer may make."""
    require_steering(viewer, shortlist)
    rows = Shortlist.objects.select_for_update(of=("self",)).select_related("owner__organisation", "statement")
    locked = rows.filter(hub_id=viewer.hub_id, pk=shortlist.pk).first()
    if locked is None:
        raise NotFound(_("We cannot find that shortlist. It may have been removed, or it is not open to you."))
    if locked.state not in _LIVING:
        raise ListClosed(_("The list is closed: what was asked and chosen stays as it is."))
    if version is not None:
        check_version(locked.version, version)
    return locked


def _stored(shortlist: Shortlist, viewer: Viewer, action: str, values: dict[str, Any]) -> Shortlist:
    changed = assign(shortlist, values)
    shortlist.version += 1
    save_valid(shortlist)
    _record(shortlist, viewer, action, changed)
    return shortlist


def _record(shortlist: Shortlist, viewer: Viewer, action: str, changed: Sequence[str] = ()) -> None:
    record_change(
        shortlist.hub_id, actor_id=viewer.user_id, action=action, subject_type="shortlist",
        subject_id=shortlist.public_id, changed_fields=changed,
    )  # fmt: skip
