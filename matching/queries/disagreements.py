"""Where the two sides of a contact tell different things: named and kept, never settled and never averaged."""

from dataclasses import dataclass
from enum import StrEnum

from matching.enums import AnswerKind, Rung, Side, Standing
from matching.models import OutcomeReport

# What two parties do together: if it is there for one, it is there for the other. Input, funding or a sale may well
# have come to one side alone.
JOINT_RUNGS = frozenset({Rung.MEETING_HELD, Rung.TEST_OR_EVIDENCE, Rung.PROJECT_FORMED})


class Difference(StrEnum):
    """How two answers differ."""

    BENEFIT = "benefit"
    ONLY_ONE = "only_one"
    STANDING = "standing"


@dataclass(frozen=True)
class Disagreement:
    """One thing that the sides tell differently; `side` says it, or says it has been achieved, and the other not."""

    difference: Difference
    side: str
    rung: str = ""

    @property
    def rung_label(self) -> str:
        """The rung in words."""
        return str(Rung(self.rung).label) if self.rung else ""


def disagreements(seeker: OutcomeReport | None, receiver: OutcomeReport | None) -> tuple[Disagreement, ...]:
    """What the two answers of one moment tell differently; silence and “do not know” contradict nobody."""
    if seeker is None or receiver is None:
        return ()
    kinds = (seeker.kind, receiver.kind)
    if AnswerKind.DO_NOT_KNOW in kinds or kinds == (AnswerKind.NO_BENEFIT, AnswerKind.NO_BENEFIT):
        return ()
    if AnswerKind.NO_BENEFIT in kinds:
        told = Side.RECEIVER if seeker.kind == AnswerKind.NO_BENEFIT else Side.SEEKER
        return (Disagreement(Difference.BENEFIT, told.value),)
    ours, theirs = standings(seeker), standings(receiver)
    found = (_compare(rung.value, ours.get(rung.value), theirs.get(rung.value)) for rung in Rung)
    return tuple(each for each in found if each is not None)


def standings(report: OutcomeReport) -> dict[str, str]:
    """The rungs that a report names, each with its standing."""
    return {outcome.rung: outcome.standing for outcome in report.outcomes.all()}


def _compare(rung: str, ours: str | None, theirs: str | None) -> Disagreement | None:
    if ours == theirs:
        return None
    if ours and theirs:
        side = Side.SEEKER if ours == Standing.ACHIEVED else Side.RECEIVER
        return Disagreement(Difference.STANDING, side.value, rung) if rung in JOINT_RUNGS else None
    # To expect alone what the other does not expect is no contradiction.
    if rung not in JOINT_RUNGS or (ours or theirs) != Standing.ACHIEVED:
        return None
    return Disagreement(Difference.ONLY_ONE, (Side.SEEKER if ours else Side.RECEIVER).value, rung)
