"""A slow second Unigram tokenizer over the packed file, to compare token for token."""

import re

from matching.encoder_build.packed_weights import PackedModel

_SPACE = "▁"
_UNKNOWN_PENALTY = 10.0


class UnigramReference:
    """The most likely pieces by dynamic programming over characters; unknown characters one by one."""

    def __init__(self, model: PackedModel) -> None:
        self._normalisation = model.normalisation
        self._unknown_id = model.unknown_id
        self._ids = {piece: index for index, piece in enumerate(model.pieces) if index != model.unknown_id}
        self._scores = [float(score) for score in model.scores]
        self._unknown_score = min(self._scores) - _UNKNOWN_PENALTY
        self._longest = max(map(len, model.pieces))
        self._ends = (model.beginning_id, model.end_id)

    def tokenise(self, text: str) -> list[int]:
        """Token ids with the special ones around them."""
        mapped = "".join(self._normalisation.get(character, character) for character in text)
        spaced = re.sub(" {2,}", " ", mapped).replace(" ", _SPACE)
        return [
            self._ends[0],
            *self._best_pieces(spaced if spaced.startswith(_SPACE) else _SPACE + spaced),
            self._ends[1],
        ]

    def _best_pieces(self, text: str) -> list[int]:
        best = [0.0] + [float("-inf")] * len(text)
        steps: list[tuple[int, int]] = [(0, 0)] * (len(text) + 1)
        for start in range(len(text)):
            for end in range(start + 1, min(start + self._longest, len(text)) + 1):
                piece = self._ids.get(text[start:end])
                if piece is None and end > start + 1:
                    continue
                score = best[start] + (self._unknown_score if piece is None else self._scores[piece])
                if score > best[end]:
                    best[end], steps[end] = score, (start, self._unknown_id if piece is None else piece)
        found: list[int] = []
        position = len(text)
        while position:
            position, piece = steps[position]
            found.append(piece)
        return found[::-1]
