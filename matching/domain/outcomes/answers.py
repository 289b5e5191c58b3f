"""The shape of what somebody says came of a contact, and the rules that every answer keeps, whoever records it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.utils.translation import gettext as _

from kernel.errors import InvalidInput
from matching.enums import AnswerKind, Attribution, Counterfactual, QuestionForm, Rung, Standing
from matching.models import HubQuestion
from matching.models.outcomes import MAX_ANSWER_CHARACTERS
from profiles.texts import clean_line, clean_text

MOST_DKK = 10**12
MOST_NUMBER = 10**12
MAX_HUB_ANSWER = 500
# Only these rungs are counted in kroner.
MONEY_RUNGS = frozenset({Rung.FUNDING_RAISED, Rung.COMMERCIAL_RESULT})


@dataclass(frozen=True)
class ToldOutcome:
    """One rung that was named; the amount is in whole kroner, where it is known and the rung is about money."""

    rung: str
    standing: str = Standing.ACHIEVED
    amount_dkk: int | None = None


@dataclass(frozen=True)
class Answer:
    """What one side says; `hub_answers` maps the public ids of the hub's own questions to what was written."""

    kind: str
    outcomes: tuple[ToldOutcome, ...] = ()
    attribution: str = ""
    counterfactual: str = ""
    text: str = ""
    hub_answers: Mapping[UUID, str] = field(default_factory=dict)

    def cleaned(self) -> "Answer":
        """The answer as it is stored; without an outcome there is nothing to attribute to anybody.

        Raises:
            InvalidInput: nothing is said, two things are said that exclude each other, or a code or amount is unknown.
        """
        _require_one_answer(self)
        _require_known(self)
        has_outcomes = self.kind == AnswerKind.OUTCOMES
        return replace(
            self,
            attribution=self.attribution if has_outcomes else "",
            counterfactual=self.counterfactual if has_outcomes else "",
            text=clean_text(self.text, field="text", max_length=MAX_ANSWER_CHARACTERS),
        )


def _require_one_answer(answer: Answer) -> None:
    if answer.kind not in AnswerKind.values or (answer.kind == AnswerKind.OUTCOMES and not answer.outcomes):
        raise InvalidInput(
            _("Tick what came of it. If nothing did, or you do not know yet, tick that instead."), field="outcomes"
        )
    if answer.kind != AnswerKind.OUTCOMES and answer.outcomes:
        raise contradiction()


def contradiction() -> InvalidInput:
    """The refusal of an answer that says two things at once."""
    return InvalidInput(
        _("“No benefit” and “Do not know” each stand alone. Keep only the ticks that hold."), field="outcomes"
    )


def _require_known(answer: Answer) -> None:
    rungs = [told.rung for told in answer.outcomes]
    if len(set(rungs)) != len(rungs) or not set(rungs) <= set(Rung.values):
        raise InvalidInput(_("Choose the outcomes from the list, each of them once."), field="outcomes")
    for told in answer.outcomes:
        _require_told(told)
    if answer.attribution not in {"", *Attribution.values}:
        raise InvalidInput(_("Choose one of the answers shown."), field="attribution")
    if answer.counterfactual not in {"", *Counterfactual.values}:
        raise InvalidInput(_("Choose one of the answers shown."), field="counterfactual")


def _require_told(told: ToldOutcome) -> None:
    if told.standing not in Standing.values:
        raise InvalidInput(_("Choose one of the answers shown."), field=f"standing_{told.rung}")
    if told.amount_dkk is None:
        return
    if told.rung not in MONEY_RUNGS or not 0 <= told.amount_dkk <= MOST_DKK:
        raise InvalidInput(
            _("Write whole kroner, such as 250,000, or leave the amount empty."), field=f"amount_{told.rung}"
        )


def clean_hub_answers(answers: Mapping[UUID, str], *, questions: Iterable[HubQuestion]) -> dict[HubQuestion, str]:
    """Answers to the hub's own questions, without the empty ones.

    Raises:
        InvalidInput: a question is not one of those asked, or the answer has not its form.
    """
    asked = {question.public_id: question for question in questions}
    cleaned: dict[HubQuestion, str] = {}
    for public_id, written in answers.items():
        if not written.strip():
            continue
        if public_id not in asked:
            raise InvalidInput(
                _("One of the questions is no longer asked. Reload the page and answer once more."), field="hub_answers"
            )
        cleaned[asked[public_id]] = _clean_value(asked[public_id], written)
    return cleaned


def _clean_value(question: HubQuestion, written: str) -> str:
    name = f"question_{question.public_id.hex}"
    if question.form == QuestionForm.YES_NO:
        if written not in {"yes", "no"}:
            raise InvalidInput(_("Choose one of the answers shown."), field=name)
        return written
    if question.form == QuestionForm.NUMBER:
        return str(_whole_number(written, name))
    return clean_line(written, field=name, max_length=MAX_HUB_ANSWER)


def _whole_number(written: str, name: str) -> int:
    digits = written.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= len(str(MOST_NUMBER))):
        raise InvalidInput(_("Write a whole number with digits, such as 12."), field=name)
    return int(digits)
