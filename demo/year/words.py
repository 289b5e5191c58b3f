"""The few sentences that the simulated parties write: Danish, as their statements mostly are."""

from collections.abc import Mapping, Sequence

import numpy as np

from matching.enums import Rung

SCREENED = (
    "Klart formuleret, og tiden står mål med udbyttet.",
    "Nyheden er sikret; de har talt med en sygeplejerske før.",
    "Lidt tidligt, men afdelingen har selv bedt om at se noget på dette trin.",
    "",
)
RETURNED = (
    "Hvor lang tid tager det afdelingen i alt, og hvem skal være med?",
    "Skriv, hvad der er nyt i forhold til det, de bruger i dag.",
    "Er patentet søgt? Ellers venter vi med at fortælle om mekanikken.",
)
DECLINED = (
    "Tak, men vi står midt i en flytning.",
    "God idé. Vi kan bare ikke se, hvem der skulle betale den.",
    "Vi har lige valgt et andet produkt.",
    "Prøv naboafdelingen, de leder efter netop det.",
)
NOT_NOW = (
    "Vi mangler to kolleger indtil da. Skriv igen.",
    "Efter ferien er der plads til jer.",
    "Vi er i gang med en afprøvning og tager én ad gangen.",
)
INTERESTS = (
    "En kollega har været lønnet konsulent for firmaet i fjor.",
    "Vores leder sidder i virksomhedens faglige råd.",
)
NOTES = (
    "Ringet op: begge var glade for mødet og aftalte selv det næste.",
    "Mødet blev kortere end ventet; de mangler en hos dem, der kan beslutte.",
    "Vil gerne have hjælp til at finde en forsker, der kan regne på det.",
)
CLOSED = (
    "Vi har fået det, vi kom efter.",
    "Vi taler selv videre herfra.",
    "Der kom ikke mere ud af det denne gang.",
)
TOLD: Mapping[str, tuple[str, ...]] = {
    Rung.MEETING_HELD: ("Et godt møde, vi taler sammen igen.", "En time, der var det hele værd."),
    Rung.INPUT_RECEIVED: (
        "De fandt to fejl, vi selv var blevet blinde for.",
        "Vi ændrede håndgrebet efter det, de sagde.",
    ),
    Rung.TEST_OR_EVIDENCE: ("Afprøvningen gav tal, vi kan vise til andre.", "Otte patienter, fire uger, én rapport."),
    Rung.PROJECT_FORMED: ("Vi søger penge sammen til efteråret.", "Tre parter er med, og en fjerde er på vej."),
    Rung.FUNDING_RAISED: ("Ansøgningen gik igennem i første forsøg.",),
    Rung.COMMERCIAL_RESULT: ("Den første ordre er lille, men den er der.",),
    Rung.STOPPED_WITH_LEARNING: (
        "Vi stoppede, da det viste sig at tage længere tid end det gamle. Godt at vide nu.",
        "Patienterne ville ikke have det på. Det sparede os et år.",
    ),
}
NOTHING = ("Vi passede ikke sammen alligevel.", "Der blev aldrig tid til at følge op.")


def one_of(sentences: Sequence[str], generator: np.random.Generator) -> str:
    """One of them, drawn."""
    return sentences[int(generator.integers(len(sentences)))]
