"""VIES over a real socket: valid with a name, without one, not valid, and member states that are away."""

import json
from collections.abc import Callable, Iterator

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.lookup import CompanyAsked, KnowledgeAnswer, Outcome
from sources.registers import eu_vies
from tests.registers.loopback import said_json
from tests.registers.numbered_servers import ViesServer
from tests.sources.conftest import MakeClient

Ask = Callable[..., list[KnowledgeAnswer]]


@pytest.fixture
def vies() -> Iterator[ViesServer]:
    with ViesServer() as server:
        server.names |= {"FI01120389": "Alfa Oyj", "DE811115368": "", "SE556016068001": "Beta AB"}
        yield server


@pytest.fixture
def ask(vies: ViesServer, make_client: MakeClient) -> Ask:
    def asking(*numbers: tuple[str, str], requester: str | None = None) -> list[KnowledgeAnswer]:
        environ = {"PROSPEKT_EU_VIES_URL": vies.origin} | ({eu_vies.REQUESTER_ENV: requester} if requester else {})
        wanted = [CompanyAsked(source_key=str(place), numbers=(one,)) for place, one in enumerate(numbers)]
        return list(eu_vies.ask_about(make_client(environ=environ), wanted))

    return asking


def told(answers: list[KnowledgeAnswer]) -> list[tuple[Outcome, str | None]]:
    return [(one.outcome, one.code) for one in answers]


@pytest.mark.parametrize(
    ("number", "asked"),
    [
        (("FI-YTUNNUS", "0112038-9"), ("FI", "01120389")),
        (("DK-CVR", "10403782"), ("DK", "10403782")),
        (("SE-ORGNR", "5560160680"), ("SE", "556016068001")),
        (("VAT", "GR094014201"), ("EL", "094014201")),
        (("VAT", "de 811 115 368"), ("DE", "811115368")),
    ],
)
def test_a_number_is_spelled_as_vies_does(number: tuple[str, str], asked: tuple[str, str], ask: Ask, vies: ViesServer) -> None:  # fmt: skip
    ask(number)
    assert vies.questions == [{"countryCode": asked[0], "vatNumber": asked[1]}]


def test_a_valid_number_with_a_name_is_a_record(ask: Ask) -> None:
    [answer] = ask(("FI-YTUNNUS", "0112038-9"))
    [found] = answer.records
    assert (found.key, found.names, found.country) == ("FI01120389", ("Alfa Oyj",), "FI")
    assert found.payload["valid"] is True


def test_valid_without_a_name_is_no_name_and_not_valid_is_no_record(ask: Ask) -> None:
    answers = ask(("VAT", "DE811115368"), ("VAT", "DE000000000"))
    assert told(answers) == [(Outcome.HIT, "valid_without_name"), (Outcome.NO_DATA, "not_valid")]
    assert not any(one.records for one in answers)


@pytest.mark.parametrize("number", ["NO923609016MVA", "CHE123456788", "GB999999973", "X"])
def test_a_number_of_no_member_state_is_not_asked_for(number: str, ask: Ask, vies: ViesServer) -> None:
    assert told(ask(("VAT", number))) == [(Outcome.INVALID_INPUT, "no_usable_number")]
    assert vies.asked == []


def test_a_member_state_that_is_away_is_left_alone_and_the_others_answer(ask: Ask, vies: ViesServer) -> None:
    vies.errors["DE"] = "MS_UNAVAILABLE"
    german = [("VAT", f"DE81111536{last}") for last in range(4)]
    answers = ask(*german, ("FI-YTUNNUS", "0112038-9"))
    assert told(answers) == [(Outcome.RATE_LIMITED, "state_unavailable")] * 4 + [(Outcome.HIT, None)]
    assert [one["countryCode"] for one in vies.questions] == ["DE", "DE", "FI"]


def test_an_error_beside_valid_false_is_not_invalid(ask: Ask, vies: ViesServer) -> None:
    said = {"countryCode": "FI", "vatNumber": "01120389", "valid": False, "userError": "MS_UNAVAILABLE", "name": "---"}
    vies.spoil(said_json(said))
    assert told(ask(("FI-YTUNNUS", "0112038-9"))) == [(Outcome.RATE_LIMITED, "state_unavailable")]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("TIMEOUT", Outcome.TIMED_OUT),
        ("INVALID_INPUT", Outcome.INVALID_INPUT),
        ("VAT_BLOCKED", Outcome.BLOCKED),
        ("MS_MAX_CONCURRENT_REQ", Outcome.RATE_LIMITED),
        ("GLOBAL_MAX_CONCURRENT_REQ", Outcome.RATE_LIMITED),
    ],
)
def test_every_error_has_its_outcome(error: str, outcome: Outcome, ask: Ask, vies: ViesServer) -> None:
    vies.errors["FI01120389"] = error
    assert [one.outcome for one in ask(("FI-YTUNNUS", "0112038-9"))] == [outcome]


def test_a_service_that_is_busy_for_all_is_left_alone(ask: Ask, vies: ViesServer) -> None:
    vies.errors["FI"] = "SERVICE_UNAVAILABLE"
    with pytest.raises(RetryableError, match="busy"):
        ask(*[("FI-YTUNNUS", "0112038-9")] * 5)
    assert len(vies.asked) == 3


@pytest.mark.parametrize("error", ["INVALID_REQUESTER_INFO", "IP_BLOCKED"])
def test_what_every_question_would_be_told_ends_it(error: str, ask: Ask, vies: ViesServer) -> None:
    vies.errors["FI"] = error
    with pytest.raises(SourceAborted, match=f"{error}.*PROSPEKT_EU_VIES_REQUESTER"):
        ask(("FI-YTUNNUS", "0112038-9"))


def test_our_own_number_makes_a_check_that_can_be_proven(ask: Ask, vies: ViesServer) -> None:
    [answer] = ask(("FI-YTUNNUS", "0112038-9"), requester="SE556016068001")
    assert json.loads(vies.asked[0].body)["requesterMemberStateCode"] == "SE"
    assert answer.records[0].payload["requestIdentifier"] == "WAPIAAAAW1"


def test_an_answer_about_another_number_is_not_taken(ask: Ask, vies: ViesServer) -> None:
    vies.spoil(said_json({"countryCode": "FI", "vatNumber": "99999999", "valid": True, "name": "Other Oy"}))
    assert told(ask(("FI-YTUNNUS", "0112038-9"))) == [(Outcome.FAILED, "other_number")]
