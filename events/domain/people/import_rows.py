"""The rows of a list of people, from pretix or a spreadsheet, as they were understood, and what is wrong in each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from events.domain.people.headings import columns_of, is_yes, kind_of, state_of
from events.domain.people.person_fields import clean_email
from events.domain.people.sheets import SheetRefused, read_sheet
from events.enums import ParticipantState
from kernel.errors import DomainError
from profiles.texts import clean_line

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
    )
    return _cleaned(row)


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
        )
    except DomainError as error:
        return replace(row, problem=f"{error} ({_field_name(str(error.details.get('field', '')))})")
    if sum(letter.isalpha() for letter in row.organisation) < 2:
        return replace(row, problem=_("No organisation: say whom the person comes for."))
    return row


def _field_name(name: str) -> str:
    return {
        "name": _("name"), "email": _("e-mail address"), "title": _("title or task"),
        "phone": _("telephone on the day"), "organisation": _("organisation"),
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
