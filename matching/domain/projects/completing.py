"""Is the circle of partners whole? What lacks, and what is worth a second look, in words.

A wrong or incomplete circle is what ends most projects, above all one without a commercial part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.enums import Consent, ProjectPart
from matching.models.projects import Participant, ProjectRole

HELIX = (ProjectPart.FIRM, ProjectPart.KNOWLEDGE, ProjectPart.PUBLIC)
ADVISED = (*HELIX, ProjectPart.COMMERCIAL)
# Who is seated: what was declined or left counts for nothing.
SEATED = (Consent.INVITED, Consent.YES)


@dataclass(frozen=True)
class Remark:
    """One finding about the table; `lacks` where the circle is not whole because of it, else advice."""

    code: str
    text: str
    lacks: bool
    part: ProjectPart | None = None


@dataclass(frozen=True)
class Seat:
    """One part: whether the project asks for it and what it should bring, and who was asked."""

    part: ProjectPart
    is_wanted: bool
    wanted: str
    participants: tuple[Participant, ...]

    @property
    def is_filled(self) -> bool:
        """Somebody has said yes."""
        return any(each.consent == Consent.YES for each in self.participants)

    @property
    def is_asked(self) -> bool:
        """An answer is awaited."""
        return any(each.consent == Consent.INVITED for each in self.participants)

    @property
    def is_missing(self) -> bool:
        """It is asked for and nobody has said yes or is still asked."""
        return self.is_wanted and not self.is_filled and not self.is_asked


@dataclass(frozen=True)
class Table:
    """The whole circle: its parts in order, those that matter, and what is to be said about it."""

    seats: tuple[Seat, ...]
    remarks: tuple[Remark, ...]

    @property
    def is_whole(self) -> bool:
        """Every part that the project asks for has said yes."""
        return not any(remark.lacks for remark in self.remarks)

    @property
    def missing(self) -> tuple[ProjectPart, ...]:
        """Parts for which nobody is at the table and nobody is asked."""
        return tuple(seat.part for seat in self.seats if seat.is_missing)

    @property
    def filled(self) -> int:
        """How many of the parts that are asked for have said yes."""
        return sum(seat.is_wanted and seat.is_filled for seat in self.seats)

    @property
    def wanted(self) -> int:
        """How many parts are asked for."""
        return sum(seat.is_wanted for seat in self.seats)


def look_at_table(roles: Iterable[ProjectRole], participants: Iterable[Participant]) -> Table:
    """The check of a room's roles and participants, whose profiles and organisations are loaded."""
    wanted = {role.part: role.wanted for role in roles}
    rows = tuple(participants)
    seats = tuple(
        Seat(part, part in wanted, wanted.get(part, ""), tuple(row for row in rows if row.part == part))
        for part in ProjectPart
        if part in wanted or any(row.part == part for row in rows)
    )
    lacking = tuple(remark for seat in seats if (remark := _lacking(seat)) is not None)
    seated = [row for row in rows if row.consent in SEATED]
    advice = (*_not_asked_for(seats), *_holding_several(seated), *_alone(seated))
    return Table(seats, lacking + advice)


def _lacking(seat: Seat) -> Remark | None:
    if not seat.is_wanted or seat.is_filled:
        return None
    if seat.is_asked:
        return Remark("no_yes", _no_yes(seat.part), True, seat.part)
    if seat.participants:
        return Remark("all_gone", _all_gone(seat.part), True, seat.part)
    return Remark("nobody", _nobody(seat.part), True, seat.part)


def _not_asked_for(seats: Sequence[Seat]) -> Iterable[Remark]:
    known = {seat.part for seat in seats if seat.is_wanted or seat.is_filled}
    for part in ADVISED:
        if part not in known:
            yield Remark("not_asked_for", _not_asked(part), False, part)


def _holding_several(seated: Sequence[Participant]) -> Iterable[Remark]:
    """Organisations that sit in more than one part, each told once, in order of the table."""
    parts: dict[int, dict[str, None]] = {}
    names: dict[int, str] = {}
    for row in seated:
        parts.setdefault(row.profile.organisation_id, {})[row.get_part_display()] = None
        names[row.profile.organisation_id] = row.profile.organisation.name
    for organisation, held in parts.items():
        if len(held) > 1:
            text = ngettext(
                "%(name)s holds %(number)d part: %(parts)s. Is one of them better with somebody else?",
                "%(name)s holds %(number)d parts: %(parts)s. Is one of them better with somebody else?",
                len(held),
            )
            said = {"name": names[organisation], "number": len(held), "parts": ", ".join(held)}
            yield Remark("several_parts", text % said, False)


def _alone(seated: Sequence[Participant]) -> Iterable[Remark]:
    if len({row.profile.organisation_id for row in seated}) == 1:
        yield Remark("alone", _("Nobody but the founder is at the table yet."), False)


def _nobody(part: ProjectPart) -> str:
    return {
        ProjectPart.FIRM: _("No firm at the table."),
        ProjectPart.KNOWLEDGE: _("No knowledge part at the table."),
        ProjectPart.PUBLIC: _("No public part at the table."),
        ProjectPart.COMMERCIAL: _("No commercial part at the table: nobody to bring the result to those who buy."),
        ProjectPart.REGULATORY: _("No regulatory part at the table: nobody who knows what approval takes."),
        ProjectPart.FUNDING: _("No funding part at the table."),
    }[part]


def _no_yes(part: ProjectPart) -> str:
    return {
        ProjectPart.FIRM: _("No firm has said yes yet."),
        ProjectPart.KNOWLEDGE: _("Nobody has said yes for the knowledge part."),
        ProjectPart.PUBLIC: _("Nobody has said yes for the public part."),
        ProjectPart.COMMERCIAL: _("Nobody has said yes for the commercial part."),
        ProjectPart.REGULATORY: _("Nobody has said yes for the regulatory part."),
        ProjectPart.FUNDING: _("Nobody has said yes for the funding part."),
    }[part]


def _all_gone(part: ProjectPart) -> str:
    return {
        ProjectPart.FIRM: _("The firms that were asked have said no or left. Ask another one."),
        ProjectPart.KNOWLEDGE: _("Those asked for the knowledge part have said no or left. Ask somebody else."),
        ProjectPart.PUBLIC: _("Those asked for the public part have said no or left. Ask somebody else."),
        ProjectPart.COMMERCIAL: _("Those asked for the commercial part have said no or left. Ask somebody else."),
        ProjectPart.REGULATORY: _("Those asked for the regulatory part have said no or left. Ask somebody else."),
        ProjectPart.FUNDING: _("Those asked for the funding part have said no or left. Ask somebody else."),
    }[part]


def _not_asked(part: ProjectPart) -> str:
    return {
        ProjectPart.FIRM: _("The project asks for no firm. Who makes and keeps the solution?"),
        ProjectPart.KNOWLEDGE: _("The project asks for no knowledge part. Who shows that it works?"),
        ProjectPart.PUBLIC: _("The project asks for no public part. Who has the need, and who tries it?"),
        ProjectPart.COMMERCIAL: _("The project asks for no commercial part: the lack that ends most projects."),
    }[part]
