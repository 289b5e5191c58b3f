"""Recommending partners for a profile or for a text, for one purpose, in both directions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from hubs.policies import Action, Viewer, require, visible_levels
from kernel.errors import InvalidInput
from matching.domain.presenting import Asker, Found, present
from matching.engine import purposes
from matching.engine.reciprocal import OWN_NEED_WEIGHT, Candidate, rank_reciprocal
from matching.engine.vectors import Vectors
from matching.enums import Direction, Purpose, TeamRole
from matching.indexing.codes import LEVELS, kind_number
from matching.indexing.hub_index import HubIndex, RowFilter
from matching.languages import guess_language
from matching.results import Recommendations
from matching.serving import hub_index, query_encoder
from matching.statement_texts import query_text
from profiles.domain.fields import one_of
from profiles.enums import ProfileKind, StatementKind
from profiles.models import Profile, Statement
from profiles.terms import code_of
from profiles.texts import clean_text

MAX_QUERY_CHARACTERS = 2_000
MAX_LIMIT = 50
_DEPTH = 200


@dataclass(frozen=True)
class _Seeker:
    """Our side: statements with their query vectors, needs and offers apart."""

    kind: str
    needs: Sequence[Statement | None]
    offers: Sequence[Statement | None]
    need_vectors: Vectors
    offer_vectors: Vectors


def recommend_for_profile(
    viewer: Viewer,
    profile: Profile,
    *,
    purpose: str,
    today: date,
    among: frozenset[int] | None = None,
    limit: int = 10,
) -> Recommendations:
    """Partners for a profile, best first; `among` keeps to those profile ids (an event's participants).

    Raises:
        NotAllowed: the viewer does not speak for the profile.
        InvalidInput: the purpose is unknown.
        NotReady: the model or the index is not built yet.
    """
    require(viewer, Action.RECOMMEND_FOR, profile)
    chosen = Purpose(one_of(purpose, Purpose.values, field="purpose"))
    prefetch_related_objects([profile], "theme_links")
    living = _statements_for(chosen, profile, today)
    needs = [row for row in living if row.kind == StatementKind.NEED]
    offers = [row for row in living if row.kind == StatementKind.OFFER]
    texts = [query_text(row.text, keywords=profile.keywords) for row in (*needs, *offers)]
    index = hub_index(viewer.hub_id)
    vectors = query_vectors(index, texts, [row.language for row in (*needs, *offers)])
    seeker = _Seeker(profile.kind, needs, offers, vectors[: len(needs)], vectors[len(needs) :])
    rows = RowFilter(
        levels=readable_levels(viewer),
        today=today.toordinal(),
        profiles=among,
        without_organisations=frozenset({profile.organisation_id}),
    )
    return _recommend(index, viewer, seeker, Asker(profile=profile), chosen, rows, today, limit)


def _statements_for(purpose: Purpose, profile: Profile, today: date) -> list[Statement]:
    """Our living statements that the purpose can serve; all living ones where it serves none."""
    living = [row for row in profile.statements.select_related("profile") if not row.is_expired(today)]
    served = [row for row in living if purposes.serves(purpose, code_of(row.collaboration_id))]
    return served if any(row.kind != StatementKind.ABOUT for row in served) else living


def recommend_for_text(
    viewer: Viewer,
    text: str,
    *,
    purpose: str,
    today: date,
    seeker_kind: str = ProfileKind.FIRM.value,
    among: frozenset[int] | None = None,
    limit: int = 10,
) -> Recommendations:
    """Partners for a need in somebody's own words, as if a profile of `seeker_kind` had written it.

    Raises:
        InvalidInput: the text is empty or too long, or purpose or kind are unknown.
        NotReady: the model or the index is not built yet.
    """
    chosen = Purpose(one_of(purpose, Purpose.values, field="purpose"))
    kind = one_of(seeker_kind, ProfileKind.values, field="seeker_kind")
    words = clean_query(text, field="text")
    if not words:
        raise InvalidInput(_("Write what you seek in a few words."), field="text")
    language = guess_language(words)
    index = hub_index(viewer.hub_id)
    vectors = query_vectors(index, [words], [language])
    seeker = _Seeker(kind, [None], [], vectors, vectors[:0])
    rows = RowFilter(levels=readable_levels(viewer), today=today.toordinal(), profiles=among)
    asker = Asker(text=words, language=language)
    return _recommend(index, viewer, seeker, asker, chosen, rows, today, limit)


def clean_query(text: str, *, field: str) -> str:
    """The reader's words, ready to be embedded; `field` is where the form has them.

    Raises:
        InvalidInput: too long, or characters that cannot be stored.
    """
    return clean_text(text, field=field, max_length=MAX_QUERY_CHARACTERS)


def query_vectors(index: HubIndex, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
    """Query vectors (n, dimension), centred as the index is."""
    return index.centring.apply(query_encoder().encode_queries(texts), languages)


def readable_levels(viewer: Viewer) -> frozenset[int]:
    """Index level numbers that the viewer may read of others."""
    allowed = visible_levels(viewer)
    return frozenset(number for number, level in enumerate(LEVELS) if level.value in allowed)


def _recommend(
    index: HubIndex,
    viewer: Viewer,
    seeker: _Seeker,
    asker: Asker,
    purpose: Purpose,
    rows: RowFilter,
    today: date,
    limit: int,
) -> Recommendations:
    kinds = frozenset(kind_number(kind) for kind in purposes.partner_kinds(purpose, seeker.kind))
    missing = _missing_roles(purpose, seeker.kind)
    ranked = _rank(index, seeker, replace(rows, kinds=kinds))
    found = [_found(candidate, seeker) for candidate in ranked[: max(_DEPTH, limit)]]
    if missing:
        found = _missing_first(viewer, found, missing)
    matches = present(viewer, found[: min(limit, MAX_LIMIT)], asker, today=today)
    return Recommendations(purpose=purpose, matches=tuple(matches), missing_roles=missing)


def _rank(index: HubIndex, seeker: _Seeker, rows: RowFilter) -> list[tuple[Candidate, int, int]]:
    """Candidates with the statement ids of their best offer and best need (0 for none)."""
    with index.lock:
        ranked = rank_reciprocal(
            offers=index.offers,
            needs=index.needs,
            our_needs=seeker.need_vectors,
            our_offers=seeker.offer_vectors,
            offers_allowed=rows.mask(index.offers.rows),
            needs_allowed=rows.mask(index.needs.rows),
            depth=_DEPTH,
        )
        offer_ids, need_ids = index.offers.rows.statement, index.needs.rows.statement
        return [
            (
                item,
                int(offer_ids[item.need_offer[1]]) if item.need_offer else 0,
                int(need_ids[item.offer_need[1]]) if item.offer_need else 0,
            )
            for item in ranked
        ]


def _found(ranked: tuple[Candidate, int, int], seeker: _Seeker) -> Found:
    """The pair that says more about the match: the direction in which the profile stands higher."""
    candidate, their_offer, their_need = ranked
    forward, backward = candidate.need_offer, candidate.offer_need
    use_forward = forward is not None and (
        backward is None or OWN_NEED_WEIGHT * candidate.need_share >= (1 - OWN_NEED_WEIGHT) * candidate.offer_share
    )
    if use_forward and forward is not None:
        direction, theirs, ours = Direction.NEED_OFFER, their_offer, seeker.needs[forward[0]]
    else:
        direction, theirs, ours = (
            Direction.OFFER_NEED,
            their_need,
            seeker.offers[backward[0] if backward else 0],
        )
    return Found(
        profile_id=candidate.profile_id,
        their_statement=theirs,
        direction=direction,
        our_statement=ours,
        need_share=candidate.need_share,
        offer_share=candidate.offer_share,
    )


def _missing_roles(purpose: Purpose, seeker_kind: str) -> tuple[TeamRole, ...]:
    if purpose is not Purpose.PROJECT:
        return ()
    return tuple(TeamRole(role) for role in purposes.missing_roles([seeker_kind]))


def _missing_first(viewer: Viewer, found: list[Found], missing: Sequence[TeamRole]) -> list[Found]:
    """The best of each missing role in turn, each with the role that it would fill."""
    kinds = dict(
        Profile.objects.filter(hub_id=viewer.hub_id, pk__in=[item.profile_id for item in found]).values_list(
            "pk", "kind"
        )
    )
    present_kinds = [item for item in found if item.profile_id in kinds]
    ranked_kinds = [kinds[item.profile_id] for item in present_kinds]
    order = purposes.missing_roles_first(ranked_kinds, [role.value for role in missing])
    roles = {kind: TeamRole(role) for kind, role in purposes.ROLE_OF_KIND.items() if role in missing}
    return [replace(present_kinds[i], role=roles.get(ranked_kinds[i])) for i in order]
