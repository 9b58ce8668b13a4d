"""A service that is asked for one number at a time, and tells of each what it has."""

from collections.abc import Callable, Iterator, Sequence

from sources.errors import NoConnection, RetryableError
from sources.lookup import CompanyAsked, KnowledgeAnswer, Outcome

MOST_BUSY_IN_A_ROW = 3
"""So many companies of which a service is too busy to tell, one after another: it is left alone."""
LONG_PAUSE_SECONDS = 120.0
"""A service that asks for a pause as long as this is left alone at once."""


def ask_numbers(
    wanted: Sequence[CompanyAsked], ask: Callable[[CompanyAsked, str, str], KnowledgeAnswer]
) -> Iterator[KnowledgeAnswer]:
    """For each company what is told of its numbers (scheme, value), in order, down to the first that is known.

    Raises RetryableError where the service is busy for one after another, or for long.
    """
    busy_in_a_row = 0
    for company in wanted:
        try:
            answer = _ask_one(company, ask)
            busy_in_a_row = 0
        except NoConnection:  # there is no way to any of them
            raise
        except RetryableError as error:
            busy_in_a_row += 1
            if busy_in_a_row >= MOST_BUSY_IN_A_ROW or (error.retry_after_seconds or 0) > LONG_PAUSE_SECONDS:
                raise
            answer = nothing(company, Outcome.RATE_LIMITED, "busy")
        yield answer


def nothing(company: CompanyAsked, outcome: Outcome, code: str) -> KnowledgeAnswer:
    """The answer that brings no record, and why."""
    return KnowledgeAnswer(source_key=company.source_key, outcome=outcome, code=code)


def _ask_one(company: CompanyAsked, ask: Callable[[CompanyAsked, str, str], KnowledgeAnswer]) -> KnowledgeAnswer:
    answers = []
    for scheme, value in company.numbers:
        answers.append(ask(company, scheme, value))
        if answers[-1].outcome is Outcome.HIT:
            return answers[-1]
    # of several numbers of which none is known, what may still become known counts
    undecided = [one for one in answers if one.outcome not in (Outcome.NO_DATA, Outcome.INVALID_INPUT)]
    return (undecided or answers or [nothing(company, Outcome.INVALID_INPUT, "no_usable_number")])[0]
