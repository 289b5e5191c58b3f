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
    "senior": ("Senior", "Senior researcher or clinician", "Senior researcher", "Senior clinician", "Is senior",
               "Erfaren forsker eller kliniker", "Seniorforsker", "Seniorforsker eller kliniker",
               "Erfahrene Forschende"),
    "access_needs": ("Access needs", "What you need to take part", "Special needs", "Særlige behov", "Tilgængelighed",
                     "Hvad du har brug for at kunne deltage", "Tilgængelighedsbehov", "Barrierefreiheit",
                     "Besondere Bedürfnisse"),
    "most_meetings": ("Meetings at most", "At most so many meetings", "Most meetings", "Max meetings",
                      "Maximum number of meetings", "Møder højst", "Højst antal møder", "Maks møder",
                      "Højst så mange møder", "Treffen höchstens", "Höchstzahl der Treffen", "Max Treffen"),
    "organisation_kind": ("Kind of organisation", "Type of organisation", "Organisation type", "Organization type",
                          "Type of organization", "Organisationstype", "Organisationens art", "Type organisation",
                          "Virksomhedstype", "Art der Organisation", "Organisationsart"),
    "offer": ("What we offer", "Offer", "Offers", "Tilbud", "Udbud", "Angebot"),
    "need": ("What we seek", "Need", "Needs", "Behov", "Bedarf", "Gesuch"),
    "meets": ("Takes booked meetings", "1:1 meetings", "1:1-møder", "Tager bookede møder", "Matchmaking"),
}  # fmt: skip

# pretix names a column by the words of a question, which are free: headings that begin like this count too. A verb says
# nothing of what: “Søger du parkering?” is about parking, and “We are looking for volunteers” is a question of the
# organiser's own. So no word of its own may follow.
_BEGINNINGS: dict[str, tuple[str, ...]] = {
    "offer": ("What we offer", "What do you offer", "What you offer", "Hvad vi tilbyder", "Hvad tilbyder",
              "Hvad udbyder", "Was wir bieten", "Was bieten", "We offer", "Vi tilbyder", "Det tilbyder", "Wir bieten",
              "Tilbyder", "Udbyder"),
    "need": ("What we seek", "What do you seek", "What you seek", "What we look for", "What are you looking for",
             "Hvad vi søger", "Hvad søger", "Hvad efterspørger", "Was wir suchen", "Was suchen", "We seek",
             "We are looking for", "Vi søger", "Det søger", "Vi efterspørger", "Wir suchen", "Looking for", "Søger",
             "Efterspørger"),
}  # fmt: skip
# These ask for all that there is; brackets behind them explain: “What do you offer (services, data)?”.
_WHAT = frozenset(("what", "hvad", "was"))
# Who, whom, when, and what one offers or seeks at any such event: of what kind in particular, these do not say.
_SAYING_NOTHING = frozenset(
    """
    en et a one i jer jeres du din dit de man noget nogen på til med om af som og andre dagen arrangementet
    medico bazar bazaren bazaar messen fair messe auf matchmaking
    you your our company organisation organization anything something at on the this that day event with to as and
    other others participants deltagere øvrige sie ihr ihre uns etwas am an dem der die tag
    veranstaltung mit zu als und andere
    virksomhed virksomheden firma firmaet organisation organisationen afdeling afdelingen enhed enheden gruppe gruppen
    forskningsgruppe kommune kommunen hospital hospitalet projekt projektet dag department unit team group project today
    abteilung projekt unternehmen kontakt samarbejde partner partnere samarbejdspartner samarbejdspartnere
    viden kompetencer produkter ydelser løsninger contact contacts cooperation collaboration partners
    knowledge expertise products services solutions kontakte zusammenarbeit wissen kompetenzen produkte leistungen
    lösungen
    """.split()
)

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
_NO = frozenset({"", "no", "nej", "nein", "false", "0", "-", "falsk", "falsch"})
# Words that, alone or among themselves, answer a question and tell nothing.
_NOTHING = frozenset(
    """
    ingen intet ingenting ikke noget relevant none nothing not any applicable n a na keine keiner keines nichts nicht
    relevant tak mange please thanks thank you danke vielen dank bitte gerne
    desværre unfortunately sorry leider vi har we have wir haben endnu yet
    """.split()
)


def plain_heading(raw: str) -> str:
    """A heading without case, punctuation and blanks."""
    return re.sub(r"[\W_]+", "", raw.casefold())


_FIELD_OF = {
    plain_heading(heading): (field, rank)
    for field, headings in reversed(HEADINGS.items())
    for rank, heading in enumerate(headings)
}


_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def _words(heading: str) -> list[str]:
    """The words of a heading without case and numbers; what is behind its question mark, or its colon, explains it."""
    said = re.split(r"[?]" if "?" in heading else r":", heading, maxsplit=1)[0]
    return re.findall(r"[^\W\d_]+", said.casefold())


# What may follow a beginning: nothing that says of what, or the same again in another language.
_FILLERS = {
    field: _SAYING_NOTHING.union(*map(_words, (*HEADINGS[field], *_BEGINNINGS[field]))) for field in _BEGINNINGS
}


def _is_begun(field: str, heading: str) -> bool:
    """Whether a heading that is none of the known ones asks for that all the same."""
    if plain_heading(heading) in map(plain_heading, _BEGINNINGS[field]):
        return True
    words = _words(_ASIDE.sub(" ", heading))
    if "?" in heading and not _WHAT.intersection(words[:1]):
        # In brackets as well: “Søger du (evt. handicap-) parkering?” asks of its own.
        words = _words(heading)
    begun = [each for each in map(_words, _BEGINNINGS[field]) if words[: len(each)] == each]
    return any(_FILLERS[field].issuperset(words[len(each) :]) for each in begun)


def _field_of(heading: str) -> tuple[str, int] | None:
    """The field that a column is read as, and how well its heading names it."""
    begun = ((field, len(HEADINGS[field])) for field in _BEGINNINGS if _is_begun(field, heading))
    return _FIELD_OF.get(plain_heading(heading)) or next(begun, None)


def columns_of(header: list[str]) -> dict[str, list[int]]:
    """Field -> its columns, the best heading first, then from left to right."""
    ranked: dict[str, list[tuple[int, int]]] = {}
    for column, heading in enumerate(header):
        if found := _field_of(heading):
            ranked.setdefault(found[0], []).append((found[1], column))
    return {field: [column for _rank, column in sorted(places)] for field, places in ranked.items()}


def unread_headings(header: list[str]) -> list[str]:
    """The named columns that no field is read from, in the order of the file."""
    return [heading for heading in header if heading and _field_of(heading) is None]


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


def is_no(written: str) -> bool:
    """Whether a cell says no, or nothing."""
    return written.casefold() in _NO


def says_nothing(written: str) -> bool:
    """Whether a text answers with yes, no or none, however politely, and has no word of its own."""
    return set(re.findall(r"[^\W_]+", written.casefold())) <= _YES | _NO | _NOTHING
