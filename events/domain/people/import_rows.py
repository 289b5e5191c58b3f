"""The rows of a list of people, from pretix or a spreadsheet, as they were understood, and what is wrong in each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from events.domain.people.headings import columns_of, is_no, is_yes, kind_of, says_nothing, state_of
from events.domain.people.organisation_kinds import kind_by_word
from events.domain.people.person_fields import MOST_MEETINGS, clean_email
from events.domain.people.sheets import SheetRefused, read_sheet
from events.domain.people.stating import MOST_STATEMENTS, OwnText, cleaned_own, own_texts, too_many
from events.enums import ParticipantState
from kernel.errors import DomainError
from profiles.enums import StatementKind
from profiles.texts import clean_line, clean_text, quotable

S = ParticipantState


@dataclass(frozen=True)
class PersonRow:
    """A row of the file as it was understood; `number` is that of the file, `key` names the ticket in pretix."""

    number: int
    name: str
    email: str
    organisation: str
    title: str = ""
    phone: str = ""
    kind: str = "participant"
    state: str = S.REGISTERED.value
    language: str = "da"
    meets: bool = False
    key: str = ""
    is_senior: bool = False
    most_meetings: int | None = None
    access_needs: str = ""
    # What the profile offers and seeks at the event; a blank line begins another text.
    offer: str = ""
    need: str = ""
    # Empty where the file does not say.
    organisation_kind: str = ""
    # What of the row was not understood, and how it was read.
    notes: str = ""
    problem: str = ""


def read_people(content: bytes, *, language: str = "da") -> list[PersonRow]:
    """The people of a file; see `people_of`.

    Raises:
        SheetRefused: the file is no table, or its first row names no column of people.
    """
    return people_of(read_sheet(content), language=language)


def people_of(sheet: list[list[str]], *, language: str = "da") -> list[PersonRow]:
    """The people of a sheet, each with the first problem that it has; `language` is for those who named none.

    Raises:
        SheetRefused: the first row names no column of people.
    """
    header, *lines = sheet
    columns = columns_of(header)
    has_name = "name" in columns or {"given", "family"} <= columns.keys()
    if not has_name or not ("email" in columns or "order_email" in columns):
        raise SheetRefused(
            _("The first row must name the columns, at least “Name”, “Email” and “Company” (pretix does).")
        )
    rows = [_row(number, line, columns, language) for number, line in enumerate(lines, start=2)]
    return _without_doubles(rows)


def _row(number: int, line: list[str], columns: dict[str, list[int]], language: str) -> PersonRow:
    def cell(*fields: str) -> str:
        places = (column for name in fields for column in columns.get(name, ()))
        return next((line[column] for column in places if column < len(line) and line[column]), "")

    row = PersonRow(
        number=number,
        name=cell("name") or f"{cell('given')} {cell('family')}".strip(),
        email=cell("email", "order_email").lower(),
        organisation=cell("organisation"),
        title=cell("title"),
        phone=cell("phone"),
        kind=kind_of(cell("product")).value,
        state=state_of(cell("status")).value,
        language="en" if cell("language")[:2].lower() not in {"", "da"} else cell("language")[:2].lower() or language,
        meets=is_yes(cell("meets")),
        key="-".join(filter(None, (cell("order"), cell("position"))))[:120] if cell("order") else "",
        is_senior=is_yes(cell("senior")),
        most_meetings=_most_meetings(cell("most_meetings")),
        access_needs=cell("access_needs"),
        offer=cell("offer"),
        need=cell("need"),
        organisation_kind=kind_by_word(cell("organisation_kind")),
    )
    return _cleaned(replace(row, notes=" ".join(_notes(row, cell))))


def _most_meetings(written: str) -> int | None:
    """The number, where it is one that may be."""
    number = int(written) if written.isascii() and written.isdecimal() and len(written) < 4 else 0
    return number if 1 <= number <= MOST_MEETINGS else None


def _notes(row: PersonRow, cell: Callable[[str], str]) -> Iterator[str]:
    """What a cell says that cannot be read, and what becomes of it: the person comes all the same."""
    for name in ("senior", "meets"):
        if not (is_yes(cell(name)) or is_no(cell(name))):
            yield _("“%(value)s” is neither yes nor no (%(field)s), and is read as no.") % {
                "value": quotable(cell(name)), "field": _field_name(name),
            }  # fmt: skip
    if cell("most_meetings") and row.most_meetings is None:
        yield _("“%(value)s” is no number of meetings from 1 to %(limit)d, and is left out.") % {
            "value": quotable(cell("most_meetings")), "limit": MOST_MEETINGS,
        }  # fmt: skip
    if cell("organisation_kind") and not row.organisation_kind:
        yield _("“%(value)s” is no kind of organisation here, so its name decides.") % {
            "value": quotable(cell("organisation_kind"))
        }


def texts_of(row: PersonRow) -> list[OwnText]:
    """What the row says that its profile offers and seeks at the event."""
    written = ((StatementKind.OFFER, row.offer), (StatementKind.NEED, row.need))
    return [text for kind, words in written for text in own_texts(kind.value, words, language=row.language)]


def _cleaned(row: PersonRow) -> PersonRow:
    """The row as it would be stored, so that one name or address is never two; or with why it cannot be, in words."""
    if not row.email.strip():
        return replace(row, problem=_("No e-mail address: the link to their registration goes there."))
    try:
        row = replace(
            row,
            name=clean_line(row.name, field="name", max_length=120, min_letters=2),
            email=clean_email(row.email),
            title=clean_line(row.title, field="title", max_length=120),
            phone=clean_line(row.phone, field="phone", max_length=40),
            organisation=clean_line(row.organisation, field="organisation", max_length=160),
            access_needs=clean_text(row.access_needs, field="access_needs", max_length=500),
            offer=_clean_texts(StatementKind.OFFER, row.offer),
            need=_clean_texts(StatementKind.NEED, row.need),
        )
    except DomainError as error:
        return replace(row, problem=f"{error} ({_field_name(str(error.details.get('field', '')))})")
    if sum(letter.isalpha() for letter in row.organisation) < 2:
        return replace(row, problem=_("No organisation: say whom the person comes for."))
    return row


def _clean_texts(kind: StatementKind, written: str) -> str:
    """The texts as they would be stored; a dash, or a mere yes, no or none, as forms get them, is none."""
    texts = [each for each in own_texts(kind.value, written, language="da") if _says_something(each.text)]
    if len(texts) > MOST_STATEMENTS:
        raise too_many()
    return "\n\n".join(cleaned_own(each)[1] for each in texts)


def _says_something(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 2 and not says_nothing(text)


def _field_name(name: str) -> str:
    return {
        "name": _("name"), "email": _("e-mail address"), "title": _("title or task"),
        "phone": _("telephone on the day"), "organisation": _("organisation"),
        "access_needs": _("what you need to take part"), "own_offer": _("what we offer"), "own_need": _("what we seek"),
        "chosen": _("what we offer"), "senior": _("senior researcher or clinician"),
        "meets": _("takes booked meetings"),
    }.get(name, name)  # fmt: skip


def _without_doubles(rows: list[PersonRow]) -> list[PersonRow]:
    """One person an address and ticket: what comes later is a problem, and what does not come at all gives way."""
    addresses: dict[str, int] = {}
    tickets: dict[str, int] = {}
    checked = []
    for row in sorted(rows, key=lambda row: (row.state == S.CANCELLED, row.number)):
        if not row.problem:
            row = replace(row, problem=_double(row, addresses, tickets))
        if not row.problem:
            addresses[row.email] = tickets[row.key] = row.number
        checked.append(row)
    return sorted(checked, key=lambda row: row.number)


def _double(row: PersonRow, addresses: Mapping[str, int], tickets: Mapping[str, int]) -> str:
    """Which row before it is of the same person, in words; empty when none is."""
    if row.email in addresses:
        return _("The same address as in row %(row)d. Each person needs their own.") % {"row": addresses[row.email]}
    if row.key and row.key in tickets:
        return _(
            "The same ticket as in row %(row)d. Export the number of each position too (in pretix: “Position ID”)."
        ) % {"row": tickets[row.key]}
    return ""
