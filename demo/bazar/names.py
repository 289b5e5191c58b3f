"""Names that nobody bears: Danish first names before surnames of places that are on no map."""

from collections.abc import Iterator

import numpy as np

_FIRST = (
    "Agnete", "Alma", "Anker", "Asger", "Astrid", "Aksel", "Bodil", "Birk", "Dagny", "Ebbe", "Edith", "Eskild",
    "Esther", "Frode", "Gerda", "Gorm", "Gudrun", "Halfdan", "Helga", "Inge", "Ingrid", "Ivar", "Johanne", "Karla",
    "Kjeld", "Laust", "Liva", "Magda", "Malthe", "Mynte", "Oda", "Olga", "Ove", "Palle", "Ragna", "Rigmor", "Sigurd",
    "Sofie", "Storm", "Svend", "Thyra", "Tove", "Troels", "Ulla", "Valborg", "Viggo", "Villum", "Ylva", "Yrsa",
)  # fmt: skip
_BEGINNING = (
    "Blanke", "Brusk", "Dryse", "Fjoler", "Fnugge", "Glimse", "Gnist", "Hvirvel", "Klarsyns", "Kvaster", "Lunte",
    "Muskat", "Nøgle", "Pusle", "Rimfrost", "Silke", "Sirup", "Skumpe", "Sneglehus", "Tindre", "Vante", "Vrimle",
)  # fmt: skip
_END = ("bæk", "dal", "fold", "gab", "havn", "holt", "kær", "led", "mark", "næs", "sig", "toft", "vig", "vænge")


def invented_names(generator: np.random.Generator) -> Iterator[str]:
    """One name after the other, none twice."""
    surnames = [f"{beginning}{end}" for beginning in _BEGINNING for end in _END]
    pairs = [(first, last) for first in _FIRST for last in surnames]
    for number in generator.permutation(len(pairs)):
        first, last = pairs[number]
        yield f"{first} {last}"
