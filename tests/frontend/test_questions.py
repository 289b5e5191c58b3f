"""A question as its address says it, read back and written anew."""

from uuid import uuid4

import pytest
from django.http import QueryDict

from frontend.questions import Question, read_public_id, read_question
from matching.results import SearchFilters


def test_address_read_back_is_the_same_question() -> None:
    question = Question("tryk & sår", SearchFilters(("firm", "clinician"), ("1082",), ("ai",), ("prototype",)))

    assert read_question(QueryDict(question.address[1:])) == question


def test_words_count_before_a_text_to_be_like() -> None:
    question = read_question(QueryDict("q=sensor&like=abc"))

    assert (question.is_like, question.address) == (False, "?q=sensor")


def test_space_is_no_words() -> None:
    assert read_question(QueryDict("q=++&like=abc")).address == "?like=abc"


def test_one_filter_is_opened_and_the_others_stay() -> None:
    question = Question("sensor", SearchFilters(kinds=("firm",), regions=("1082",)))

    assert question.without_filter("regions") == "?q=sensor&kind=firm"
    assert question.without_filters == "?q=sensor"


def test_other_words_keep_the_filters() -> None:
    assert Question("sensr", SearchFilters(stages=("idea",))).instead("sensor") == "?q=sensor&stage=idea"


@pytest.mark.parametrize("written", ["", "1", "../etc/passwd", "é" * 40, "\x00", "g" * 32, "'; drop table x; --"])
def test_what_is_no_public_id_is_none(written: str) -> None:
    assert read_public_id(written) is None


def test_public_id_is_read() -> None:
    public_id = uuid4()

    assert read_public_id(str(public_id)) == public_id
