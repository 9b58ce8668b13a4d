"""The waterfall: in order, down to the first that answers, within a budget, and what was fetched is landed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from db.warehouse import Warehouse
from enrich.progress import silent
from enrich.waterfall import Budget, Landing, LookupReport, ask_in_order
from sources.errors import RetryableError
from sources.lookup import Outcome


@dataclass(frozen=True, kw_only=True)
class Said:
    source_key: str
    outcome: Outcome
    step: int


Steps = Sequence[Callable[[Sequence[str]], Iterator[Said]]]


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


def knows(number: int, **said: Outcome) -> Callable[[Sequence[str]], Iterator[Said]]:
    """A step that answers for the companies it has a word on."""
    return lambda keys: (Said(source_key=key, outcome=said[key], step=number) for key in keys if key in said)


def run(
    warehouse: Warehouse, steps: Steps, keys: Sequence[str], *, not_due: float = 0, **budget: float
) -> tuple[LookupReport, list[Said]]:
    landed: list[Said] = []

    def land(taken: Sequence[Said], _run_id: str) -> tuple[int, int]:
        landed.extend(taken)
        return len(taken), 0

    most = Budget(companies=int(budget.get("companies", 99)), seconds=budget.get("seconds", 60), requests=int(budget["requests"]) if "requests" in budget else None)  # fmt: skip
    report = ask_in_order(
        warehouse,
        steps,
        keys,
        Landing(land=land),
        what="sites",
        source="x",
        budget=most,
        progress=silent,
        batch=2,
        not_due=int(not_due),
    )
    return report, landed


def test_each_further_source_is_asked_only_of_those_of_whom_the_ones_before_had_nothing(warehouse: Warehouse) -> None:
    first = knows(1, a=Outcome.HIT, b=Outcome.TIMED_OUT, c=Outcome.NO_DATA)
    second = knows(2, b=Outcome.HIT, c=Outcome.FAILED)
    third = knows(3, a=Outcome.HIT, b=Outcome.HIT)
    report, landed = run(warehouse, [first, second, third], ["a", "b", "c"])
    assert [(one.source_key, one.step) for one in landed] == [("a", 1), ("b", 1), ("b", 2), ("c", 1), ("c", 2)]
    assert report.outcomes == {Outcome.HIT: 2, Outcome.FAILED: 1}  # each company once
    assert (report.waiting, str(report)) == (0, "sites of 3 companies asked for = 1 failed + 2 hit")


@pytest.mark.parametrize(("budget", "asked"), [({"companies": 3}, 3), ({"requests": 1}, 2), ({"seconds": 0}, 0)])
def test_a_budget_ends_it_and_the_rest_waits(budget: dict[str, float], asked: int, warehouse: Warehouse) -> None:
    keys = ["a", "b", "c", "d", "e"]
    report, landed = run(warehouse, [knows(1, **dict.fromkeys(keys, Outcome.HIT))], keys, **budget)
    assert [one.source_key for one in landed] == keys[:asked]
    assert report.waiting == 5 - asked


def test_who_found_a_source_busy_is_counted_once(warehouse: Warehouse) -> None:
    keys = ["a", "b", "c"]
    report, _ = run(warehouse, [knows(1, a=Outcome.HIT, b=Outcome.RATE_LIMITED)], keys, companies=2, not_due=1)
    assert sum(report.outcomes.values()) + report.waiting == len(keys) + 1
    assert (
        str(report)
        == "sites of 2 companies asked for = 1 hit + 1 rate limited; 1 not due; 1 more in the next refreshes"
    )


def test_who_is_not_due_is_counted_once_and_not_asked(warehouse: Warehouse) -> None:
    report, landed = run(warehouse, [knows(1, a=Outcome.HIT)], ["a"], not_due=4)
    assert (report.asked, len(landed), report.outcomes) == (1, 1, {Outcome.HIT: 1, Outcome.NOT_DUE: 4})
    assert str(report) == "sites of 1 company asked for = 1 hit; 4 not due"
    nobody, _ = run(warehouse, [knows(1)], [], not_due=1)
    assert (nobody.asked, nobody.waiting, str(nobody)) == (0, 0, "sites of 0 companies asked for; 1 not due")


def test_a_source_that_answers_for_fewer_ends(warehouse: Warehouse) -> None:
    report, landed = run(warehouse, [knows(1, a=Outcome.HIT)], ["a", "b", "c"])
    assert (len(landed), report.waiting) == (1, 2)


def test_what_was_fetched_before_a_source_broke_is_landed(warehouse: Warehouse) -> None:
    def breaks(_keys: Sequence[str]) -> Iterator[Said]:
        yield Said(source_key="a", outcome=Outcome.HIT, step=1)
        raise RetryableError("busy", source="x")

    landed: list[Said] = []

    def land(taken: Sequence[Said], _run_id: str) -> tuple[int, int]:
        landed.extend(taken)
        return len(taken), 0

    with pytest.raises(RetryableError):
        ask_in_order(
            warehouse,
            [breaks],
            ["a", "b"],
            Landing(land=land),
            what="sites",
            source="x",
            budget=Budget(companies=9),
            progress=silent,
        )
    assert [one.source_key for one in landed] == ["a"]
