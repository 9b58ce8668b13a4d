"""A busy server is asked again, at the pauses it names or at growing ones; a refusal and a host without a way are not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from sources.errors import NoConnection, RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.registers.no_brreg import SOURCE
from sources.retry import NextTry
from tests.registers.echo_server import Echo
from tests.registers.loopback import Said
from tests.sources.conftest import MakeClient, Pauses


@pytest.fixture
def client(echo: Echo, make_client: MakeClient) -> PoliteClient:
    return make_client(environ={"PROSPEKT_NO_BRREG_URL": echo.origin})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int, echo: Echo, client: PoliteClient) -> None:
    echo.spoil(Said(status=status), Said(status=status))
    assert client.get(SOURCE, "x").status == 200
    assert len(echo.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 410, 501])
def test_a_refusal_is_not_repeated(status: int, echo: Echo, client: PoliteClient) -> None:
    echo.spoil(Said(status=status))
    with pytest.raises(SourceAborted, match=f"HTTP {status}"):
        client.get(SOURCE, "x")
    assert len(echo.asked) == 1


def test_pauses_grow_and_end(echo: Echo, make_client: MakeClient, pauses: Pauses) -> None:
    client = make_client(environ={"PROSPEKT_NO_BRREG_URL": echo.origin}, attempts=4)
    echo.spoil(*[Said(status=503)] * 9)
    with pytest.raises(RetryableError, match="is busy"):
        client.get(replace(SOURCE, requests_per_minute=10**9), "x")
    assert len(echo.asked) == 4
    waits = [seconds for seconds in pauses.seconds if seconds >= 1]
    assert len(waits) == 3
    assert 4 <= waits[-1] <= 5


def test_patience_ends_before_it_is_overdrawn(echo: Echo, make_client: MakeClient) -> None:
    client = make_client(environ={"PROSPEKT_NO_BRREG_URL": echo.origin}, patience_seconds=0.5)
    echo.spoil(Said(status=503))
    with pytest.raises(RetryableError):
        client.get(SOURCE, "x")
    assert len(echo.asked) == 1


def in_seconds(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        pytest.param("17", 17, 17, id="seconds"),
        pytest.param(in_seconds(3600), 100, 3600, id="HTTP date"),
        pytest.param("soon", 1, 3, id="neither: our own pause"),
    ],
)
def test_retry_after_is_obeyed(
    header: str, low: float, high: float, echo: Echo, make_client: MakeClient, pauses: Pauses
) -> None:
    client = make_client(
        environ={"PROSPEKT_NO_BRREG_URL": echo.origin}, longest_pause_seconds=4000, patience_seconds=9000
    )
    echo.spoil(Said(status=503, headers={"Retry-After": header}))
    client.get(SOURCE, "x")
    assert low <= pauses.longest() <= high


def test_a_server_that_asks_for_too_long_a_pause_is_left_alone(echo: Echo, client: PoliteClient) -> None:
    echo.spoil(Said(status=429, headers={"Retry-After": "86400"}))
    with pytest.raises(RetryableError) as caught:
        client.get(SOURCE, "x")
    assert caught.value.retry_after_seconds == 86400
    assert len(echo.asked) == 1


def test_a_server_that_is_away_is_retryable(make_client: MakeClient) -> None:
    with Echo() as gone:
        pass
    client = make_client(environ={"PROSPEKT_NO_BRREG_URL": gone.origin}, attempts=2)
    with pytest.raises(RetryableError, match=r"did not answer \(ConnectError\)") as caught:
        client.get(SOURCE, "x")
    assert not isinstance(caught.value, NoConnection)  # its machine is there and refuses


def test_a_name_that_nobody_resolves_is_tried_twice_and_told_before_each_pause(
    make_client: MakeClient, pauses: Pauses
) -> None:
    told: list[NextTry] = []
    client = make_client(environ={"PROSPEKT_NO_BRREG_URL": "http://register.invalid"}, tell_next=told.append)
    with pytest.raises(
        NoConnection, match=r"no connection to register\.invalid \(its name cannot be resolved\)"
    ) as caught:
        client.get(replace(SOURCE, requests_per_minute=10**9), "x")
    assert caught.value.url == "http://register.invalid/x"
    assert [(each.attempt, each.attempts) for each in told] == [(2, 2)]
    assert pauses.longest() == told[0].pause_seconds
    assert not client.has_reached


def test_who_waits_hears_of_every_further_try(echo: Echo, make_client: MakeClient) -> None:
    told: list[NextTry] = []
    client = make_client(environ={"PROSPEKT_NO_BRREG_URL": echo.origin}, attempts=4, tell_next=told.append)
    echo.spoil(Said(status=503), Said(status=503, headers={"Retry-After": "17"}))
    assert client.get(SOURCE, "x").status == 200
    assert [(each.attempt, each.attempts) for each in told] == [(2, 4), (3, 4)]
    assert told[1].pause_seconds == 17
    assert "is busy (HTTP 503" in str(told[0].error)
    assert client.has_reached
