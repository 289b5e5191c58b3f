"""Why a named profile is not recommended, or stands where it does: what keeps it out, or where it falls behind."""

from dataclasses import replace
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from hubs.policies import Viewer
from matching.domain.learning.columns import room_of
from matching.domain.market import Market, founds, market_for_profile
from matching.domain.presenting import Presenter
from matching.domain.ranking import Ranking, rank
from matching.engine import purposes
from matching.engine.features import NAMES
from matching.engine.weights import RANKERS
from matching.results import Match, Reason, WhyNot
from profiles.models import Profile

SHOWN = 10
_MOST_REASONS = 3
_WORTH_SAYING = 0.1


def why_not(
    viewer: Viewer,
    profile: Profile,
    other: Profile,
    *,
    purpose: str,
    today: date,
    among: frozenset[int] | None = None,
) -> WhyNot:
    """Where `other` stands for `profile`; raises as `recommend_for_profile` does.

    `other` must be one that the viewer may see: nothing is told here that its page would hide.
    """
    market = market_for_profile(viewer, profile, purpose=purpose, today=today, among=among)
    blocks = _blocks(market, profile, other, among, today)
    ranking = market.ranking
    order = _order(market, ranking)
    rank_ = None if blocks or other.pk not in order else order.index(other.pk) + 1
    alone = _alone(market, other)
    weaker = _weaker(ranking, order[:SHOWN], alone) if rank_ is None or rank_ > SHOWN else ()
    if not blocks and rank_ is None:
        blocks = (Reason("far", _("Too far away"), _("none of their texts is among the nearest to yours")),)
    match = _match(viewer, market, profile, alone, today, rank_ or len(order) + 1)
    return WhyNot(other, rank_, min(SHOWN, len(ranking)), blocks, weaker, match)


def _blocks(
    market: Market, profile: Profile, other: Profile, among: frozenset[int] | None, today: date
) -> tuple[Reason, ...]:
    """Rules that keep the other out, whatever it wrote."""
    found = []
    if other.organisation_id == profile.organisation_id:
        found.append(Reason("own", _("Your own organisation"), _("you need no introduction there")))
    if other.is_paused:
        found.append(Reason("paused", _("Paused"), _("they take no new contacts for now")))
    if other.kind not in purposes.partner_kinds(market.purpose, profile.kind):
        kind = str(other.get_kind_display()).lower()
        detail = _("this purpose does not join you with: %(kind)s") % {"kind": kind}
        found.append(Reason("kind", _("Another kind of partner"), detail))
    if among is not None and other.pk not in among:
        found.append(Reason("event", _("Not at the event"), _("they have not signed up for it")))
    if not room_of(market.hub_id, np.array([other.pk]), today=today)[0]:
        found.append(Reason("full", _("No room this month"), _("they have had as many requests as they take")))
    if other.pk in market.in_contact:
        found.append(Reason("contact", _("In contact already"), _("you have asked each other, or have met")))
    if not found and not _has_statement(market, other):
        found.append(Reason("silent", _("Nothing to match"), _("they have no open text that you may read")))
    return tuple(found)


def _has_statement(market: Market, other: Profile) -> bool:
    where = replace(market.rows, profiles=frozenset({other.pk}))
    return bool(where.mask(market.index.rows).any())


def _alone(market: Market, other: Profile) -> Ranking:
    """The other's features, whatever the rules say and however far it is."""
    where = replace(market.rows, profiles=frozenset({other.pk}), without_organisations=frozenset())
    return rank(market.index, market.question, where, RANKERS[market.purpose])


def _order(market: Market, ranking: Ranking) -> list[int]:
    """Profile ids as a list has them: those shown today, which are no plain head of the ranking, then all others."""
    among, shown = market.shown(SHOWN)
    listed = among.profiles[[placing.candidate for placing in shown.placings]].tolist()
    rest = market.order(ranking, len(ranking))
    return list(dict.fromkeys([*listed, *ranking.profiles[rest].tolist()]))


def _weaker(ranking: Ranking, shown_ids: list[int], alone: Ranking) -> tuple[Reason, ...]:
    """The features in which the other falls furthest behind the typical one that is shown."""
    shown = ranking.contributions[np.isin(ranking.profiles, shown_ids)]
    if not len(shown) or not len(alone):
        return ()
    lag = np.median(shown, axis=0) - alone.contributions[0]
    order = np.argsort(-lag, kind="stable")[:_MOST_REASONS]
    words = _words()
    return tuple(
        Reason(NAMES[place], *words[NAMES[place]])
        for place in order
        if lag[place] >= _WORTH_SAYING and NAMES[place] in words
    )


def _words() -> dict[str, tuple[str, str]]:
    """Each feature in plain words: a label and what the lack of it means."""
    return {
        "need_offer_meaning": (_("What you need"), _("what they offer is further from it than the others' offers")),
        "need_offer_words": (_("Your words"), _("they use fewer of the words in your need")),
        "offer_need_meaning": (_("What you offer"), _("what they need is further from it")),
        "offer_need_words": (_("Your offer's words"), _("they use fewer of the words in your offer")),
        "same_need_meaning": (_("The same concern"), _("what they need is further from what you need")),
        "evidence": (_("All their texts"), _("together they say less about what you ask")),
        "other_role": (_("Their part"), _("they have the same part in a project as you")),
        "same_kind": (_("Their kind"), _("they are another kind of partner than you")),
        "same_collaboration": (_("Form of collaboration"), _("they do not name the same one")),
        "same_purpose": (_("Purpose"), _("they do not name the same one")),
        "shared_themes": (_("Themes"), _("you share fewer of them")),
        "named_kind": (_("Who you ask for"), _("you name another kind of partner")),
        "stage_fit": (_("Stage"), _("the product's stage fits the purpose less")),
        "same_region": (_("Place"), _("they are in another region")),
    }


def _match(
    viewer: Viewer, market: Market, profile: Profile, alone: Ranking, today: date, first_rank: int
) -> Match | None:
    presenter = Presenter(viewer, market.index, market.question, today, profile)
    matches = presenter.present(founds(alone, market.purpose)[:1], first_rank=first_rank)
    return matches[0] if matches else None
