"""The SEC's submissions over a real socket: by padded CIK, to a named asker, companies only."""

from collections.abc import Callable, Iterator

import pytest

from sources.errors import RetryableError
from sources.lookup import CompanyAsked, KnowledgeAnswer, Outcome
from sources.registers import us_sec
from tests.registers.loopback import Said
from tests.registers.numbered_servers import TOO_FAST, SecServer, filer
from tests.sources.conftest import MakeClient

AGENT = "prospekt/0 (kari@team.example)"
Ask = Callable[..., list[KnowledgeAnswer]]


@pytest.fixture
def sec() -> Iterator[SecServer]:
    with SecServer() as server:
        server.filers["320193"] = filer("0000320193", "Apple Inc.", formerNames=[{"name": "APPLE COMPUTER INC"}])
        yield server


@pytest.fixture
def ask(sec: SecServer, make_client: MakeClient) -> Ask:
    def asking(*numbers: str, agent: str = AGENT) -> list[KnowledgeAnswer]:
        client = make_client(environ={"PROSPEKT_US_SEC_URL": sec.origin}, user_agent=agent)
        wanted = [CompanyAsked(source_key=number, numbers=(("CIK", number),)) for number in numbers]
        return list(us_sec.ask_about(client, wanted))

    return asking


@pytest.mark.parametrize("number", ["320193", "0000320193"])
def test_a_filer_is_asked_for_by_its_padded_number_and_its_filings_are_dropped(
    number: str, ask: Ask, sec: SecServer
) -> None:
    [answer] = ask(number)
    [found] = answer.records
    assert (answer.outcome, found.key, found.country) == (Outcome.HIT, "320193", "US")
    assert found.names == ("Apple Inc.", "APPLE COMPUTER INC")
    assert "filings" not in found.payload
    assert sec.asked[0].path == "/submissions/CIK0000320193.json"
    assert sec.asked[0].headers["user-agent"] == "prospekt kari@team.example"


def test_a_person_who_trades_in_shares_is_no_company(ask: Ask, sec: SecServer) -> None:
    person: dict[str, object] = {
        "entityType": "other",
        "sic": "",
        "ein": None,
        "stateOfIncorporation": "",
        "tickers": [],
    }
    sec.filers["1214156"] = filer("0001214156", "TESTPERSON ETT", **person)
    [answer] = ask("1214156")
    assert (answer.outcome, answer.code, answer.records) == (Outcome.NO_DATA, "no_company", ())


def test_who_does_not_file_and_what_is_no_number_stop_nobody(ask: Ask, sec: SecServer) -> None:
    answers = ask("99", "none", "320193")
    assert [one.code for one in answers] == ["not_found", "no_usable_number", None]
    assert len(sec.asked) == 2


def test_another_filers_answer_is_not_taken(ask: Ask, sec: SecServer) -> None:
    sec.filers["5"] = filer("0000320193", "Apple Inc.")
    assert [one.code for one in ask("5")] == ["other_number"]


def test_a_shut_door_is_left_alone_at_once(ask: Ask, sec: SecServer) -> None:
    sec.spoil(TOO_FAST)
    with pytest.raises(RetryableError, match="refuses us for some minutes"):
        ask("320193", "320193")
    assert len(sec.asked) == 1


def test_one_that_stays_busy_is_waited_for_then_the_others_go_on(ask: Ask, sec: SecServer) -> None:
    sec.spoil(*[Said(status=503)] * 6)
    assert [one.outcome for one in ask("320193", "320193")] == [Outcome.RATE_LIMITED, Outcome.HIT]
    sec.spoil(*[Said(status=503)] * 18)
    with pytest.raises(RetryableError):
        ask("320193", "320193", "320193", "320193")


@pytest.mark.parametrize(
    ("agent", "missing"), [(AGENT, False), ("prospekt/0 (team.example)", True), ("prospekt/0", True)]
)
def test_the_sec_wants_an_e_mail_address(agent: str, missing: bool, make_client: MakeClient) -> None:
    assert (us_sec.missing_credentials(make_client(user_agent=agent)) is not None) is missing
