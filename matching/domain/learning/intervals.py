"""How far a share or an AUC of a model card may be off, given how little it rests on: 90 % intervals."""

from math import sqrt

# The normal quantile of a two-sided 90 % interval.
Z90 = 1.6448536269514722


def share_interval(share: float, count: int) -> tuple[float, float]:
    """90 % interval of a share seen in `count` cases; (0, 1) for none.

    Source: E. Wilson, JASA 22 (1927).
    """
    if count <= 0:
        return 0.0, 1.0
    held = min(max(share, 0.0), 1.0)
    scale = 1.0 + Z90**2 / count
    middle = (held + Z90**2 / (2.0 * count)) / scale
    half = Z90 / scale * sqrt(held * (1.0 - held) / count + Z90**2 / (4.0 * count**2))
    # At the ends rounding must not leave the share itself outside.
    return max(min(middle - half, held), 0.0), min(max(middle + half, held), 1.0)


def auc_interval(auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """90 % interval of an area under the curve from so many cases of either kind; (0, 1) without both.

    The variance is that of an area drawn a little towards a half, since a perfect order of few cases proves little.
    Source: J. Hanley, B. McNeil, Radiology 143 (1982), equation 1.
    """
    if positives <= 0 or negatives <= 0:
        return 0.0, 1.0
    pairs = positives * negatives
    area = (auc * pairs + 0.5) / (pairs + 1.0)
    one, two = area / (2.0 - area), 2.0 * area**2 / (1.0 + area)
    spread = area * (1.0 - area) + (positives - 1) * (one - area**2) + (negatives - 1) * (two - area**2)
    half = Z90 * sqrt(max(spread, 0.0) / pairs)
    return max(auc - half, 0.0), min(auc + half, 1.0)
