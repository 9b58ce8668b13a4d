"""A register that has no file of all, and answers for one number at a time."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sources.errors import AnswerUnreadable
from sources.kinds.one_by_one import ask_each
from sources.kinds.sifted_json import JsonForm, at, of_company
from sources.lookup import NumberAnswer, Outcome
from sources.source import Source


def look_up_each(
    source: Source, form: JsonForm, keys: Sequence[str], ask: Callable[[str], dict[str, Any] | None]
) -> Iterator[NumberAnswer]:
    """The records of these numbers, asked one by one; `ask` gives null for one that the register does not know.

    Nothing is kept of a natural person's record, and an answer about another number than the one asked for is none.
    One number that the register cannot answer stops no other; raises as `ask_each`.
    """

    def answer(key: str) -> NumberAnswer | None:
        try:
            record = ask(key)
        except AnswerUnreadable:
            return None
        if record is None or _digits(at(record, form.number)) != _digits(key):
            return NumberAnswer(source_key=key, outcome=Outcome.NO_DATA)
        company = of_company(form, record)
        if company is None:
            return NumberAnswer(source_key=key, outcome=Outcome.NO_DATA, is_person=True)
        return NumberAnswer(source_key=key, outcome=Outcome.HIT, payload=company)

    return ask_each(source, keys, answer, _nothing, service="the register", tells_busy=True)


def _nothing(key: str, outcome: Outcome) -> NumberAnswer:
    return NumberAnswer(source_key=key, outcome=outcome)


def _digits(number: object) -> str:
    return re.sub(r"\D", "", str(number)).lstrip("0")
