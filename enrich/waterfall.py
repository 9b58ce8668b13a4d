"""Asking sources company by company: in order, down to the first that answers, within a budget, landed batch by batch.

What was landed is not asked for again before it is due, whenever it is stopped: the next refresh goes on from there.
"""

import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, Protocol, TypeVar

from db.warehouse import Warehouse
from enrich.progress import Progress
from enrich.runs import log_run, new_run_id
from sources.lookup import Outcome

BATCH = 50
"""So many answers are landed at once."""


class Answered(Protocol):
    """An answer about one company, with what became of asking."""

    @property
    def source_key(self) -> str:
        """The company, as whoever asks names it."""

    @property
    def outcome(self) -> Outcome:
        """What became of it."""


_Answer = TypeVar("_Answer", bound=Answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much may be asked in a refresh: companies, seconds, and requests where what a company costs varies."""

    companies: int
    seconds: float = 300.0
    requests: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing(Generic[_Answer]):
    """What becomes of answers: `land` writes them and gives rows (landed, rejected); `requests` is what one cost."""

    land: Callable[[Sequence[_Answer], str], tuple[int, int]]
    requests: Callable[[_Answer], int] = lambda _: 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupReport:
    """What became of the companies that were wanted, and what is to be told.

    Each is counted once: in `outcomes`, or in `waiting`, if nobody came to ask about it. Of whom a source was too busy to answer
    (`RATE_LIMITED`) it was asked, and is in the next refresh again.
    """

    what: str
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    waiting: int = 0
    warnings: tuple[str, ...] = ()

    @property
    def asked(self) -> int:
        """How many companies were asked about."""
        return sum(self.outcomes.values()) - self.outcomes.get(Outcome.NOT_DUE, 0)

    def told(self, most: int, *, nobody: str) -> str:
        """As a person reads it where at most so many may be asked about; `nobody` is what is said where nobody was wanted."""
        if not most:
            return "nobody is asked (most_lookups is 0)."
        return str(self) if self.outcomes or self.waiting else nobody

    def __str__(self) -> str:
        """As a person reads it."""
        parts = [
            f"{count:,} {str(outcome).replace('_', ' ')}"
            for outcome, count in sorted(self.outcomes.items())
            if outcome is not Outcome.NOT_DUE
        ]
        not_due = self.outcomes.get(Outcome.NOT_DUE, 0)
        left = f"; {not_due:,} not due" if not_due else ""
        rest = f"; {self.waiting:,} more in the next refreshes" if self.waiting else ""
        companies = "company" if self.asked == 1 else "companies"
        became = f" = {' + '.join(parts)}" if parts else ""
        return f"{self.what} of {self.asked:,} {companies} asked for{became}{left}{rest}"


def resting(companies: int) -> Mapping[Outcome, int]:
    """What became of so many companies that are wanted and were asked about not long ago.

    >>> resting(3), resting(0)
    ({<Outcome.NOT_DUE: 'not_due'>: 3}, {})
    """
    return {Outcome.NOT_DUE: companies} if companies else {}


def ask_in_order(
    warehouse: Warehouse,
    steps: Sequence[Callable[[Sequence[str]], Iterator[_Answer]]],
    wanted: Sequence[str],
    landing: Landing[_Answer],
    *,
    what: str,
    source: str,
    budget: Budget,
    progress: Progress,
    batch: int = BATCH,
    due_count: int | None = None,
    not_due: int = 0,
) -> LookupReport:
    """Ask the first step of all, each further one of those of whom the steps before had nothing.

    `wanted` are those that are due, in the order to ask, or the first of them where `due_count` says how many there are; `not_due` counts
    the others, who are not asked about. A step
    need not answer for every company it is asked of; the last that did says what became of it. All that was fetched is
    landed, also where a source stops answering in between; its error is raised then. `warnings` are left to whoever
    lands.
    """
    asked, due_count = wanted[: budget.companies], len(wanted) if due_count is None else due_count
    if not asked:
        return LookupReport(what=what, outcomes=resting(not_due), waiting=due_count)
    until = time.monotonic() + budget.seconds
    outcomes, answered, spent = Counter(resting(not_due)), 0, 0
    first, *others = steps
    answers = first(asked)
    try:
        while (
            answered < len(asked) and time.monotonic() < until and (budget.requests is None or spent < budget.requests)
        ):
            taken: list[_Answer] = []
            last: dict[str, _Answer] = {}
            run_id = new_run_id()
            with log_run(warehouse, run_id, command="refresh", stage=what, source=source) as run:
                try:
                    for answer in islice(answers, batch):
                        taken.append(answer)
                        last[answer.source_key] = answer
                        progress(f"{source}: {what} of companies", answered + len(last), len(asked))
                    for step in others:
                        for answer in step([key for key, each in last.items() if each.outcome is not Outcome.HIT]):
                            taken.append(answer)
                            last[answer.source_key] = answer
                finally:
                    landed, rejected = landing.land(taken, run_id)
                run.figures |= {"rows_in": landed + rejected, "rows_landed": landed, "rows_rejected": rejected}
            if not last:  # a source that ends before it answered for all would be asked for ever
                break
            answered += len(last)
            spent += sum(landing.requests(answer) for answer in taken)
            outcomes.update(answer.outcome for answer in last.values())
    finally:
        if isinstance(answers, Generator):
            answers.close()
    return LookupReport(what=what, outcomes=outcomes, waiting=due_count - answered)
