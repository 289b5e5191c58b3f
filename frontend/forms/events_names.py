"""Lines of a form in which an organiser names a person or a meeting: looked up as written, with a list if it is short.

A list of all who come to a large event would be most of the page. It is printed only while it is short; beyond that
the line takes names and badge codes as they are written, and tells whom they could mean.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import MeetingRequest, Participant
from events.queries.named import Found, Row, meetings_named, one_line, people_named
from frontend.forms.plain import PlainForm
from frontend.meeting_rows import pair_words
from frontend.timetable_words import person_words

PEOPLE = "people-names"
MEETINGS = "meeting-names"
# More names than these make a page slow to load and a list that nobody looks through.
MOST_LISTED = 300
MOST_LISTED_FOR_MANY = 1_000
MOST_TOLD = 8
UNLISTED_PEOPLE = gettext_lazy("Write the whole name, or the badge’s code. There are too many people for a list.")
UNLISTED_MEETINGS = gettext_lazy(
    "Write the name or badge’s code of one of its people, or of both with a dash between. There are too many meetings "
    "for a list."
)


def name_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """A line in which a name is written; one list serves all such lines of a page."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "class": "form-control"})
    # Two names with whom each comes for, and their badges' codes.
    return forms.CharField(label=label, required=required, help_text=help_text, max_length=1_000, widget=widget)


class Names(ABC, Generic[Row]):
    """Rows that can be named on a page; `names` is what its list offers: all of them while there are few."""

    list_id: str

    def __init__(self, rows: QuerySet[Row], *, most: int = MOST_LISTED) -> None:
        self._rows, self._most = rows, most
        self._meant: list[str] = []

    @cached_property
    def number(self) -> int:
        """How many can be named; counted no further than it matters."""
        return self._rows.order_by()[: self._most + 1].count()

    @property
    def is_listed(self) -> bool:
        """Whether all of them stand in the list."""
        return self.number <= self._most

    @property
    def names(self) -> list[str]:
        """What the list offers: everybody, or where they are too many, those whom the last words could mean."""
        return self._all if self.is_listed else self._meant

    @cached_property
    def _all(self) -> list[str]:
        rows = list(self._rows)
        words = [one_line(self.words(row)) for row in rows]
        times = Counter(words)
        return [told if times[told] == 1 else self.with_codes(row) for told, row in zip(words, rows, strict=True)]

    def find(self, written: str) -> Row:
        """The one that is meant.

        Raises:
            forms.ValidationError: nobody is, or several could be: which, it says.
        """
        found = self.look_up(written)
        if found.only is not None:
            return found.only
        meant = [self.with_codes(row) for row in found.rows]
        self._meant += [each for each in meant if each not in self._meant]
        raise forms.ValidationError(self._problem(found, meant))

    def _problem(self, found: Found[Row], meant: list[str]) -> str:
        if not meant:
            return self.none_words()
        if found.is_whole:
            told = _("Several are called that: %(names)s. Write one of them as it stands here, with the code.")
        else:
            told = _("Nothing is called exactly that. It could be: %(names)s. Write one of them as it stands here.")
        return told % {"names": _some_of(meant, found.total)}

    @abstractmethod
    def look_up(self, written: str) -> Found[Row]:
        """What the words mean."""

    @abstractmethod
    def words(self, row: Row) -> str:
        """What a row is called."""

    @abstractmethod
    def with_codes(self, row: Row) -> str:
        """The same, told apart from everything else of that name."""

    @abstractmethod
    def none_words(self) -> str:
        """What is said where nothing is like that."""


def _some_of(names: Sequence[str], total: int) -> str:
    """As many as one reads, and how many more there are."""
    shown, more = "; ".join(names[:MOST_TOLD]), total - min(len(names), MOST_TOLD)
    return _("%(shown)s and %(count)d more") % {"shown": shown, "count": more} if more > 0 else shown


class PeopleNames(Names[Participant]):
    """People of an event by their names and badges' codes."""

    list_id = PEOPLE

    def __init__(self, rows: QuerySet[Participant], *, most: int = MOST_LISTED) -> None:
        super().__init__(rows.order_by("name", "pk"), most=most)

    def look_up(self, written: str) -> Found[Participant]:
        """Those who are called so."""
        return people_named(self._rows, written)

    def words(self, row: Participant) -> str:
        """Name and profile."""
        return person_words(row)

    def with_codes(self, row: Participant) -> str:
        """With the badge's code."""
        return f"{one_line(self.words(row))} · {row.code}"

    def none_words(self) -> str:
        """Nobody."""
        if self.is_listed:
            return _("Choose somebody from the list: people who come and take booked meetings.")
        return _("Nobody who comes and takes booked meetings is called that. Write the name, or the badge’s code.")


class MeetingNames(Names[MeetingRequest]):
    """Agreed meetings by the names of their two, or by one of them who has no other."""

    list_id = MEETINGS

    def look_up(self, written: str) -> Found[MeetingRequest]:
        """Those whose people are called so."""
        return meetings_named(self._rows, written)

    def words(self, row: MeetingRequest) -> str:
        """Both, each with the profile."""
        return pair_words(row)

    def with_codes(self, row: MeetingRequest) -> str:
        """With both badges' codes."""
        return f"{one_line(self.words(row))} · {row.sender.code} – {row.receiver.code}"

    def none_words(self) -> str:
        """No meeting."""
        if self.is_listed:
            return _("Choose a meeting from the list: those that are agreed.")
        return _("No agreed meeting is called that. Write the name or badge’s code of somebody who is in it.")


class NamingForm(PlainForm):
    """A form with such lines; the words of each are looked up in what was bound to it."""

    def bind_names(self, names: Names[Any], *lines: str, unlisted: Any = "") -> None:
        """Look the lines up there; `unlisted` stands below the first of them where no list is printed."""
        self._names: dict[str, Names[Any]] = {**getattr(self, "_names", {}), **dict.fromkeys(lines, names)}
        self._found: dict[str, Any] = {}
        if unlisted and not names.is_listed:
            self.fields[lines[0]].help_text = unlisted
        self._tie_lists()

    def _tie_lists(self) -> None:
        for line, names in self._names.items():
            if names.names:
                self.fields[line].widget.attrs["list"] = names.list_id

    def clean(self) -> dict[str, Any]:
        """Find who and what is named, or say whom it could mean."""
        cleaned = super().clean()
        for line, names in self._names.items():
            written = one_line(str(cleaned.get(line) or ""))
            if not written:
                continue
            try:
                self._found[line] = names.find(written)
            except forms.ValidationError as error:
                self.add_error(line, error)
        self._tie_lists()
        return cleaned

    def named(self, line: str) -> Any:
        """The row that the line names; None where it is empty."""
        return self._found.get(line)
