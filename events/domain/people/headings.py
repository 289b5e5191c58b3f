"""Which column of a list of people says what: pretix's exports and plain spreadsheets, in English, German and Danish.

pretix names an order position's columns "Order code", "Position ID", "Status", "Email", "Product", "Attendee name"
(whole, then in parts), "Attendee email", "Company" (the attendee's first, then the invoice's), "Order locale".
"""

import re

from events.enums import ParticipantState, PeopleKind

# Field -> headings, the best first; compared without case, punctuation and blanks.
HEADINGS: dict[str, tuple[str, ...]] = {
    "order": ("Order code", "Order", "Bestellnummer", "Bestellung", "Ordrekode", "Ordrenummer", "Bestillingskode",
              "Bestillingsnummer", "Bestilling"),
    "position": ("Position ID", "Position", "Positionsnummer", "Positions-ID", "Positionsid"),
    "status": ("Status", "State", "Tilstand"),
    "name": ("Attendee name", "Teilnehmername", "Name des Teilnehmers", "Name der teilnehmenden Person",
             "Deltagernavn", "Deltagers navn", "Deltagerens navn", "Navn på deltager", "Full name", "Fulde navn",
             "Vollständiger Name", "Name", "Navn", "Participant", "Deltager"),
    "given": ("Attendee name: Given name", "Teilnehmername: Vorname", "Deltagernavn: Fornavn", "Given name",
              "First name", "Vorname", "Fornavn"),
    "family": ("Attendee name: Family name", "Teilnehmername: Nachname", "Teilnehmername: Familienname",
               "Deltagernavn: Efternavn", "Family name", "Last name", "Surname", "Nachname", "Familienname",
               "Efternavn"),
    "email": ("Attendee email", "Attendee e-mail", "Teilnehmer-E-Mail", "E-Mail-Adresse des Teilnehmers",
              "E-Mail-Adresse der teilnehmenden Person", "E-Mail des Teilnehmers", "Deltageremail", "Deltager-e-mail",
              "Deltagers e-mail", "Deltagerens e-mail"),
    "order_email": ("Email", "E-mail", "E-Mail-Adresse", "Email address", "E-mail address", "E-mailadresse",
                    "E-mail-adresse", "Mail", "Mailadresse"),
    "organisation": ("Company", "Firma", "Unternehmen", "Virksomhed", "Organisation", "Organization", "Firmanavn",
                     "Company name", "Arbejdsplads", "Institution"),
    "title": ("Job title", "Title", "Titel", "Stilling", "Position title", "Berufsbezeichnung", "Title or task",
              "Titel eller opgave"),
    "phone": ("Phone", "Phone number", "Telephone", "Telefon", "Telefonnummer", "Mobil", "Mobile", "Tlf", "Tlf nr",
              "Telefonnr", "Mobilnummer", "Mobiltelefon", "Telephone on the day", "Telefon på dagen"),
    "product": ("Product", "Produkt", "Billet", "Ticket", "Item", "Comes as", "Kommer som", "Art", "Billettype",
                "Ticket type", "Tickettyp", "Deltagertype"),
    "language": ("Order locale", "Bestellsprache", "Ordresprog", "Sprog", "Language", "Sprache"),
    "meets": ("Takes booked meetings", "1:1 meetings", "1:1-møder", "Tager bookede møder", "Matchmaking"),
}  # fmt: skip

_LOST = ("canceled", "cancelled", "expired", "storniert", "abgelaufen", "annulleret", "aflyst", "udløbet", "afbestilt",
         "has cancelled", "har meldt afbud", "c", "e")  # fmt: skip
_UNPAID = ("pending", "payment pending", "ausstehend", "offen", "afventer", "afventer betaling", "ikke betalt",
           "approval pending", "on the waiting list", "på venteliste", "waiting", "n")  # fmt: skip
_KINDS = (
    (PeopleKind.EXHIBITOR, ("exhibitor", "stand", "booth", "udstiller", "aussteller")),
    (PeopleKind.SPEAKER, ("speaker", "oplægsholder", "taler", "referent", "vortragende")),
    (PeopleKind.STUDENT, ("student", "studerende", "phd", "studierende")),
    (PeopleKind.INVESTOR, ("investor", "investering")),
    (PeopleKind.EXPERT, ("expert", "ekspert", "experte")),
)
_YES = frozenset({"yes", "ja", "true", "1", "x", "sand", "wahr"})


def plain_heading(raw: str) -> str:
    """A heading without case, punctuation and blanks."""
    return re.sub(r"[\W_]+", "", raw.casefold())


_FIELD_OF = {
    plain_heading(heading): (field, rank)
    for field, headings in reversed(HEADINGS.items())
    for rank, heading in enumerate(headings)
}


def columns_of(header: list[str]) -> dict[str, list[int]]:
    """Field -> its columns, the best heading first, then from left to right."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for column, heading in enumerate(header):
        if found := _FIELD_OF.get(plain_heading(heading)):
            ranked.setdefault(found[0], []).append((found[1], column))
    return {field: [column for _rank, column in sorted(places)] for field, places in ranked.items()}


def unread_headings(header: list[str]) -> list[str]:
    """The named columns that no field is read from, in the order of the file."""
    return [heading for heading in header if heading and plain_heading(heading) not in _FIELD_OF]


def state_of(status: str) -> ParticipantState:
    """What a status means for coming: cancelled and expired orders do not come, unpaid ones wait."""
    written = status.casefold().strip()
    if named := {str(state.label).casefold(): state for state in ParticipantState}.get(written):
        return ParticipantState.WAITING if named is ParticipantState.STANDBY else named
    if written in _LOST:
        return ParticipantState.CANCELLED
    return ParticipantState.WAITING if written in _UNPAID else ParticipantState.REGISTERED


def kind_of(product: str) -> PeopleKind:
    """What somebody comes as, by the name of the ticket."""
    written = product.casefold()
    if named := {str(kind.label).casefold(): kind for kind in PeopleKind}.get(written.strip()):
        return named
    return next((kind for kind, words in _KINDS if any(word in written for word in words)), PeopleKind.PARTICIPANT)


def is_yes(written: str) -> bool:
    """Whether a cell says yes."""
    return written.casefold() in _YES
