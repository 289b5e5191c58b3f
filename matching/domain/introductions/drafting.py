"""Beginning a request: half written from the two statements it rests on, then changed by its writer."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, may, require
from kernel.audit import record_change
from kernel.errors import InvalidInput
from matching.domain.introductions.errors import AlreadyAsked
from matching.domain.introductions.fields import RequestFields
from matching.domain.introductions.life import Event, keep, lock_introduction, lock_parties, require_state
from matching.domain.introductions.pairs import require_not_asked, require_pair, require_writer
from matching.domain.introductions.wording import begun_text, guessed_purpose, suggestion_for, writing_language
from matching.enums import Channel, IntroductionState, Purpose, Side, TimelineKind
from matching.models import Impression, Introduction, Project, Quote
from profiles.domain.fields import one_of
from profiles.domain.saving import assign, check_version, save_valid
from profiles.enums import Taxonomy
from profiles.models import Profile, Statement
from profiles.terms import key_of

EDITABLE = (IntroductionState.DRAFT, IntroductionState.RETURNED)


@transaction.atomic
def draft_introduction(
    viewer: Viewer,
    *,
    seeker: Profile,
    receiver: Profile,
    purpose: str,
    now: datetime,
    impression: Impression | None = None,
    ours: Statement | None = None,
    theirs: Statement | None = None,
    channel: str = Channel.WEB,
    project: Project | None = None,
    only_new: bool = False,
) -> Introduction:
    """A half-written request; the draft that is there already for the same two and the same end comes back instead.

    With `only_new` such a draft is refused: whoever writes into what comes back would write over somebody's words.
    A facilitator who writes for others makes a request of the hub: both sides will be asked.

    Raises:
        NotAllowed: the viewer does not speak for the seeker.
        NotFound: the receiver is not open to the viewer.
        Paused: one of the two takes a break.
        AlreadyAsked: an open request between the two is there, or, with `only_new`, a draft.
        InvalidInput: the purpose is unknown, both are the same, or a statement is not theirs or not readable.
    """
    require(viewer, Action.RECOMMEND_FOR, seeker)
    require_pair(viewer, seeker, receiver)
    chosen = one_of(purpose, Purpose.values, field="purpose")
    _require_own_words(viewer, seeker, receiver, ours, theirs)
    channel = channel if seeker.organisation_id in viewer.organisation_ids else Channel.FACILITATOR.value
    lock_parties(seeker, receiver)
    require_not_asked(seeker, receiver)
    begun = Introduction.objects.filter(
        hub_id=viewer.hub_id,
        seeker=seeker,
        receiver=receiver,
        purpose=chosen,
        project=project,
        channel=channel,
        state=IntroductionState.DRAFT,
    ).first()
    if begun is not None and only_new:
        raise AlreadyAsked(
            _("You have begun a request to %(name)s already. Send that one, or throw the draft away first.")
            % {"name": receiver.name},
            introduction=str(begun.public_id),
        )
    return begun or _begin(viewer, seeker, receiver, chosen, channel, impression, ours, theirs, project, now)


def _begin(
    viewer: Viewer,
    seeker: Profile,
    receiver: Profile,
    purpose: str,
    channel: str,
    impression: Impression | None,
    ours: Statement | None,
    theirs: Statement | None,
    project: Project | None,
    now: datetime,
) -> Introduction:
    code = guessed_purpose(ours, theirs, purpose)
    suggestion, language = suggestion_for(code), writing_language(seeker, ours)
    introduction = save_valid(
        Introduction(
            hub_id=viewer.hub_id,
            seeker=seeker,
            receiver=receiver,
            purpose=purpose,
            contact_purpose_id=key_of(Taxonomy.CONTACT_PURPOSE, code),
            opi_step=suggestion.step if purpose == Purpose.OPI_LIGHT else "",
            ip_state_id=ours.ip_state_id if ours else None,
            asked=begun_text(
                purpose_code=code, ours=ours, theirs=theirs, minutes=suggestion.minutes, language=language
            ),
            minutes=suggestion.minutes,
            channel=channel,
            impression=_shown(impression, receiver),
            project=project,
            made_by_id=viewer.user_id,
            facilitator_id=viewer.user_id if channel == Channel.FACILITATOR else None,
        )
    )
    quote_statements(introduction, ours=ours, theirs=theirs)
    side = "" if channel == Channel.FACILITATOR else Side.SEEKER.value
    return keep(introduction, Event(TimelineKind.DRAFTED, side, viewer.user_id), now=now)


@transaction.atomic
def update_draft(introduction: Introduction, *, viewer: Viewer, version: int, fields: RequestFields) -> Introduction:
    """Change a request that nobody was asked yet, or that came back from the facilitator.

    Raises:
        NotFound: it is gone or not open to the viewer.
        NotAllowed: the viewer does not write it.
        WrongState: it was handed in or sent.
        EditConflict: somebody saved in between; nothing is changed.
        InvalidInput: a field breaks a rule.
    """
    locked = lock_introduction(introduction)
    require_writer(viewer, locked)
    require_state(locked, *EDITABLE)
    check_version(locked.version, version)
    changed = assign(locked, fields.cleaned())
    locked.version += 1
    save_valid(locked)
    text = fields.cleaned_text()
    if text and _requote(locked, text):
        changed.append("seeker_text")
    record_change(
        locked.hub_id,
        actor_id=viewer.user_id,
        action="update",
        subject_type="introduction",
        subject_id=locked.public_id,
        changed_fields=changed,
    )
    return locked


def quote_statements(introduction: Introduction, *, ours: Statement | None, theirs: Statement | None) -> None:
    """Keep the words on which the request rests as they are now."""
    for side, statement in ((Side.SEEKER, ours), (Side.RECEIVER, theirs)):
        if statement is not None:
            Quote.objects.create(
                hub_id=introduction.hub_id,
                introduction=introduction,
                side=side,
                statement=statement,
                text=statement.text,
                language=statement.language,
            )


def _requote(introduction: Introduction, text: str) -> bool:
    """The asking side's own words, which point to its statement only while they are its; whether they changed."""
    language = writing_language(introduction.seeker, None)
    quote, created = Quote.objects.get_or_create(
        introduction=introduction,
        side=Side.SEEKER,
        defaults={"hub_id": introduction.hub_id, "text": text, "language": language},
    )
    if created or quote.text == text:
        return created
    quote.text, quote.statement = text, None
    quote.save()
    return True


def _require_own_words(
    viewer: Viewer, seeker: Profile, receiver: Profile, ours: Statement | None, theirs: Statement | None
) -> None:
    for statement, profile in ((ours, seeker), (theirs, receiver)):
        if statement is None:
            continue
        if statement.profile_id != profile.pk or not may(viewer, Action.SEE, statement):
            raise InvalidInput(_("That text is not one of %(name)s.") % {"name": profile.name}, field="statement")


def _shown(impression: Impression | None, receiver: Profile) -> Impression | None:
    """The place in a list from which the request comes, if it is indeed the receiver's."""
    if impression is None or impression.hub_id != receiver.hub_id or impression.profile_id != receiver.pk:
        return None
    return impression
