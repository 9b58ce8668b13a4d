"""The SEC's list of tickers over a real socket and from a file: a company once, however many tickers it has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.registers import us_sec_tickers as register
from sources.source import Coverage, Delivery, Known
from tests.registers.loopback import said_json
from tests.registers.numbered_servers import TOO_FAST, SecServer
from tests.sources.conftest import MakeClient

AGENT = "prospekt/0 (kari@team.example)"


@pytest.fixture
def sec() -> Iterator[SecServer]:
    with SecServer() as server:
        server.tickers = [(1652044, "GOOGL", "Alphabet Inc."), (320193, "AAPL", "Apple Inc."), (1652044, "GOOG", "Alphabet Inc.")]  # fmt: skip
        yield server


def fetch(sec: SecServer, make_client: MakeClient, landing: Path, agent: str = AGENT) -> Delivery | None:
    client = make_client(environ={"PROSPEKT_US_SEC_TICKERS_URL": sec.origin}, user_agent=agent)
    return register.fetch_bulk(client, landing=landing, known=Known())


def rows(delivery: Delivery | None) -> list[tuple[str, str]]:
    assert delivery is not None
    assert not isinstance(delivery.rows, Path)
    return [(row["cik_str"], row["title"]) for row in delivery.rows.to_pylist()]


COMPANIES = [("320193", "Apple Inc."), ("1652044", "Alphabet Inc.")]


def test_a_company_with_two_tickers_is_one(sec: SecServer, make_client: MakeClient, tmp_path: Path) -> None:
    delivery = fetch(sec, make_client, tmp_path)
    assert sorted(rows(delivery)) == sorted(COMPANIES)
    assert delivery is not None
    assert (delivery.coverage, delivery.warnings) == (Coverage.COMPLETE, ())
    assert sec.asked[0].headers["user-agent"] == "prospekt kari@team.example"


def test_a_file_given_by_hand_is_read_alike(tmp_path: Path) -> None:
    given = tmp_path / "company_tickers.json"
    given.write_text('{"0": {"cik_str": 320193, "ticker": "AAPL", "title": "Apple Inc."}}', encoding="utf-8")
    delivery = register.read_given(given, coverage=Coverage.PARTIAL, landing=tmp_path)
    assert (rows(delivery), delivery.coverage) == (COMPANIES[:1], Coverage.PARTIAL)


@pytest.mark.parametrize("text", ["[]", "no list", '{"0": {"cik": 320193}}', '{"fields": [], "data": []}'])
def test_what_is_not_the_list_is_refused(text: str, tmp_path: Path) -> None:
    given = tmp_path / "other.json"
    given.write_text(text, encoding="utf-8")
    with pytest.raises(SourceAborted, match="is not the list"):
        register.read_given(given, coverage=Coverage.PARTIAL, landing=tmp_path)


def test_it_is_asked_for_by_name_and_e_mail_and_a_shut_door_is_left_alone(
    sec: SecServer, make_client: MakeClient, tmp_path: Path
) -> None:
    with pytest.raises(SourceAborted, match="wants an e-mail address"):
        fetch(sec, make_client, tmp_path, agent="prospekt/0")
    assert sec.asked == []
    sec.spoil(TOO_FAST)
    with pytest.raises(RetryableError, match="us_sec: the SEC refuses us"):
        fetch(sec, make_client, tmp_path)
    sec.spoil(said_json([]))
    with pytest.raises(SourceAborted):
        fetch(sec, make_client, tmp_path)
