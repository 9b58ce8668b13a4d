"""Finland's annual accounts over a real socket: which lines are read, and what is not believed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from sources.errors import RetryableError
from sources.http import PoliteClient
from sources.lookup import AccountsAnswer, Outcome
from sources.record import Account
from sources.registers import fi_prh as register
from tests.registers.loopback import Said
from tests.registers.prh_server import USUAL, PrhServer, statement
from tests.sources.conftest import MakeClient

A, B, C = "0112038-9", "0100002-9", "2283132-3"
FIRST, LAST = "2023-10-01", "2024-09-30"


@pytest.fixture
def prh() -> Iterator[PrhServer]:
    with PrhServer() as server:
        yield server


@pytest.fixture
def client(make_client: MakeClient, prh: PrhServer) -> PoliteClient:
    return make_client(environ={register.SOURCE.base_url_env: prh.url}, attempts=2)


def ask(client: PoliteClient, *keys: str) -> list[AccountsAnswer]:
    return list(register.fetch_accounts(client, keys))


def test_the_latest_accounts_are_read_and_nothing_of_the_year_before(prh: PrhServer, client: PoliteClient) -> None:
    before = [("md103/x673|x53", "1.00"), ("mi53/x360|x4", "2.00"), ("md103/x9999", "3.00"), ("mi53/x376", "4.00")]
    prh.file(A, "2023-09-30", statement(A, "2022-10-01", "2023-09-30", [("md103/x673", "9.00")]))
    prh.file(A, LAST, statement(A, FIRST, LAST, [*before, *USUAL.items()]))
    [answer] = ask(client, A)
    assert (answer.outcome, answer.rejects, answer.unknown_keys) == (Outcome.HIT, (), ())
    assert answer.accounts == (
        Account(
            source_key=A,
            kind="company",
            period_from=date(2023, 10, 1),
            period_to=date(2024, 9, 30),
            currency="EUR",
            revenue=Decimal("481773.33"),
            operating_result=Decimal(72_600),
            profit=Decimal("57560.30"),
            total_assets=Decimal("201064.55"),
        ),
    )
    assert [asked.path.rpartition("/")[2] for asked in prh.asked] == ["financials", "financial"]


def test_who_files_on_paper_has_no_accounts_here_and_is_not_said_to_have_none(
    prh: PrhServer, client: PoliteClient
) -> None:
    prh.file(B, LAST, statement(B, FIRST, LAST, [("md103/x740", "-5.5")]))  # small ones need not state their revenue
    nothing, loss = ask(client, A, B)
    assert nothing == AccountsAnswer(source_key=A, outcome=Outcome.NO_DATA)
    [account] = loss.accounts
    assert (account.revenue, account.profit) == (None, Decimal("-5.50"))


@pytest.mark.parametrize(
    ("document", "code"),
    [
        pytest.param(statement(B, FIRST, LAST, USUAL.items()), "other_company", id="of another company"),
        pytest.param(statement(A, FIRST, "2024-12-31", USUAL.items()), "bad_period", id="of another period"),
        pytest.param(statement(A, FIRST, LAST, [("mi53/x673", "1.00")]), "no_figures", id="an amount of a day in the place of one of a period"),
        pytest.param(statement(A, FIRST, LAST, USUAL.items()).replace(b"iso4217:EUR", b"fi_met:EUR"), "missing_currency", id="no currency"),
        pytest.param(statement(A, FIRST, LAST, USUAL.items()).replace(b"dict/met", b"dict/other"), "no_figures", id="another taxonomy"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]><xbrl/>', "report_unreadable", id="entities of its own"),
        pytest.param(b"{}", "report_unreadable", id="no XML"),
    ],
)  # fmt: skip
def test_what_cannot_be_the_companys_accounts_is_a_reject(
    document: bytes, code: str, prh: PrhServer, client: PoliteClient
) -> None:
    prh.file(A, LAST, document)
    [answer] = ask(client, A)
    assert (answer.outcome, answer.accounts, [one for one, _ in answer.rejects]) == (Outcome.FAILED, (), [code])


def test_a_figure_stated_twice_or_unreadably_is_left_out_and_told(prh: PrhServer, client: PoliteClient) -> None:
    lines = [("md103/x673", "10.00"), ("md103/x673", "10000.00"), ("md103/x740", "1 000,00"), ("mi53/x360", "7.00")]
    prh.file(A, LAST, statement(A, FIRST, LAST, lines))
    [answer] = ask(client, A)
    [account] = answer.accounts
    assert (account.revenue, account.profit, account.total_assets) == (None, None, Decimal(7))
    assert [code for code, _ in answer.rejects] == ["contradicting_figures", "unreadable_figure"]


def test_a_service_that_fails_on_one_stops_no_other_and_one_that_is_busy_is_left(
    prh: PrhServer, client: PoliteClient
) -> None:
    prh.file(B, LAST, statement(B, FIRST, LAST, USUAL.items()))
    prh.spoil(Said(status=500))
    assert [(one.source_key, one.outcome) for one in ask(client, A, B)] == [(A, Outcome.FAILED), (B, Outcome.HIT)]
    prh.spoil(*[Said(status=429)] * 20)
    with pytest.raises(RetryableError):
        ask(client, *[f"{number:07}-0" for number in range(6)])
