"""Wikidata over a real socket: items by number, questions halved when seconds run out, values that are none."""

from collections.abc import Callable, Iterator

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.knowledge import wikidata
from sources.lookup import CompanyAsked, KnowledgeAnswer, Outcome
from tests.registers.loopback import Said
from tests.registers.wikidata_server import WikidataServer, address, said_results, text
from tests.sources.conftest import MakeClient, Pauses

NUMBER, OTHER = "999001645", "999001653"
Ask = Callable[..., list[KnowledgeAnswer]]


@pytest.fixture
def base() -> Iterator[WikidataServer]:
    with WikidataServer() as server:
        server.properties = dict(wikidata.NUMBERS)
        server.items["Q1"] = {
            "NO-ORGNR": [text(NUMBER)],
            "label": [text("Fjord Elektro", "en"), text("Fjord Elektro AS", "nb")],
            "website": [address("https://www.fjord.example/")],
            "country": [text("NO")],
        }
        yield server


@pytest.fixture
def ask(base: WikidataServer, make_client: MakeClient) -> Ask:
    """Asks about companies of these numbers, named a, b, c…, in their order."""

    def asking(*numbers: tuple[str, str], **options: object) -> list[KnowledgeAnswer]:
        client = make_client(environ={"PROSPEKT_WIKIDATA_URL": base.url}, **options)
        wanted = [CompanyAsked(source_key=chr(97 + place), numbers=(one,)) for place, one in enumerate(numbers)]
        return list(wikidata.ask_about(client, wanted))

    return asking


def test_an_item_is_found_by_number_and_read_in_two_questions(ask: Ask, base: WikidataServer) -> None:
    [answer] = ask(("NO-ORGNR", NUMBER))
    [found] = answer.records
    assert (answer.source_key, answer.outcome, found.key, found.country) == ("a", Outcome.HIT, "Q1", "NO")
    assert (found.names, found.website) == (("Fjord Elektro", "Fjord Elektro AS"), "https://www.fjord.example/")
    assert found.payload["label"][1] == {"value": "Fjord Elektro AS", "language": "nb"}
    assert [asked.method for asked in base.asked] == ["POST", "POST"]
    assert base.asked[0].headers["accept"] == "application/sparql-results+json"
    assert base.asked[0].headers["user-agent"] == "prospekt/0 (test)"


def test_only_statements_of_the_best_rank_that_still_hold_are_asked_for_and_nothing_of_humans() -> None:
    assert "MINUS { ?item wdt:P31 wd:Q5 }" in wikidata.BASE.find
    described = wikidata.BASE.describe
    assert described.count("a wikibase:BestRank") == 3
    assert described.count("MINUS { ?owned pq:P582 ?ended }") == 2
    for person in ("P169", "P112", "P488", "P3320", "P127"):
        assert f":{person} " not in described


@pytest.mark.parametrize("spelt", ["556016-0680", "5560160680"])
def test_a_swedish_number_is_found_in_either_spelling(spelt: str, ask: Ask, base: WikidataServer) -> None:
    base.items["Q2"] = {"SE-ORGNR": [text(spelt)], "label": [text("Ericsson", "sv")]}
    [answer] = ask(("SE-ORGNR", "5560160680"))
    assert [found.key for found in answer.records] == ["Q2"]


def test_a_number_that_several_items_state_tells_nobody(ask: Ask, base: WikidataServer) -> None:
    base.items["Q2"] = {"NO-ORGNR": [text(NUMBER)], "label": [text("Fjord Group", "en")]}
    [answer] = ask(("NO-ORGNR", NUMBER))
    assert (answer.outcome, answer.code, answer.records) == (Outcome.NO_DATA, "several_items", ())


def test_an_item_with_several_numbers_of_one_register_is_none_of_their_holders(ask: Ask, base: WikidataServer) -> None:
    base.items["Q1"]["NO-ORGNR"].append(text(OTHER))
    answers = ask(("NO-ORGNR", NUMBER), ("NO-ORGNR", OTHER), ("NO-ORGNR", "999001661"))
    assert [one.code for one in answers] == ["several_numbers", "several_numbers", "not_found"]


def test_two_values_of_what_has_one_are_none(ask: Ask, base: WikidataServer) -> None:
    base.items["Q1"] |= {"country": [text("NO"), text("SE")], "founded": [text("1977-06-15T00:00:00Z")] * 2}
    [answer] = ask(("NO-ORGNR", NUMBER))
    assert answer.records[0].country is None
    assert answer.records[0].payload["founded"] == "1977-06-15T00:00:00Z"


def test_a_value_that_is_stated_to_be_unknown_is_none(ask: Ask, base: WikidataServer) -> None:
    base.items["Q1"] |= {
        "website": [address("http://www.wikidata.org/.well-known/genid/0a1b")],
        "dissolved": [{"type": "bnode", "value": "t1"}],
    }
    [answer] = ask(("NO-ORGNR", NUMBER))
    assert not {"website", "dissolved"} & answer.records[0].payload.keys()


def test_a_question_that_runs_out_of_seconds_is_halved_and_never_repeated_as_it_was(
    ask: Ask, base: WikidataServer, pauses: Pauses
) -> None:
    numbers = [f"9990{place:05}" for place in range(8)]
    for place, number in enumerate(numbers):
        base.items[f"Q{place + 10}"] = {"NO-ORGNR": [text(number)], "label": [text(f"Nr {place}", "en")]}
    base.most = 3
    answers = ask(*(("NO-ORGNR", number) for number in numbers))
    assert {one.outcome for one in answers} == {Outcome.HIT}
    assert len(base.questions) == len(set(base.questions)) == 14
    assert len(pauses.seconds) == 13  # its turn, each time, and nothing else


def test_a_company_that_is_never_in_time_stops_no_other(ask: Ask, base: WikidataServer) -> None:
    base.items["Q2"] = {"NO-ORGNR": [text(OTHER)], "label": [text("Slow", "en")]}
    base.never_in_time = {"Q2", "999001661"}
    answers = ask(("NO-ORGNR", NUMBER), ("NO-ORGNR", OTHER), ("NO-ORGNR", "999001661"))
    assert [one.outcome for one in answers] == [Outcome.HIT, Outcome.TIMED_OUT, Outcome.TIMED_OUT]


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(Said(status=504, body=b"<html>504</html>", headers={"Content-Type": "text/html"}), id="gateway"),
        pytest.param(
            Said(body=b'{"results": {"bindings": [ {}, \njava.util.concurrent.TimeoutException at'), id="begun well"
        ),
    ],
)
def test_every_way_of_being_late_is_heard(late: Said, ask: Ask, base: WikidataServer) -> None:
    base.spoil(late)
    answers = ask(("NO-ORGNR", NUMBER), ("NO-ORGNR", OTHER))
    assert [one.outcome for one in answers] == [Outcome.HIT, Outcome.NO_DATA]


def test_a_busy_service_is_asked_again_when_it_said(ask: Ask, base: WikidataServer, pauses: Pauses) -> None:
    base.spoil(Said(status=429, headers={"Retry-After": "7"}), Said(status=500, body=b"out of memory"))
    [answer] = ask(("NO-ORGNR", NUMBER))
    assert answer.outcome is Outcome.HIT
    assert 7 in pauses.seconds


def test_a_service_that_wants_a_long_pause_is_left_alone(ask: Ask, base: WikidataServer) -> None:
    base.spoil(Said(status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(RetryableError):
        ask(("NO-ORGNR", NUMBER))
    assert len(base.asked) == 1


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"results": {"bindings": [1]}}', b"item,label"])
def test_what_is_no_result_is_refused(body: bytes, ask: Ask, base: WikidataServer) -> None:
    base.spoil(Said(body=body))
    with pytest.raises(SourceAborted, match="did not answer with SPARQL results"):
        ask(("NO-ORGNR", NUMBER))


def test_a_result_that_lacks_what_was_asked_for_is_refused(ask: Ask, base: WikidataServer) -> None:
    base.spoil(Said(body=b'{"results": {"bindings": [{}]}}'))
    with pytest.raises(SourceAborted, match="rows without property or number or item"):
        ask(("NO-ORGNR", NUMBER))


def test_a_number_that_is_none_never_stands_in_a_question(ask: Ask, base: WikidataServer) -> None:
    [answer] = ask(("NO-ORGNR", '9") } DROP {'))
    assert (answer.outcome, answer.code) == (Outcome.INVALID_INPUT, "no_usable_number")
    assert base.asked == []


def test_nobody_is_asked_without_whom_to_write_to(make_client: MakeClient) -> None:
    assert wikidata.missing_credentials(make_client()) is None
    assert "config.toml" in (wikidata.missing_credentials(make_client(user_agent="prospekt/0")) or "")


def test_what_nobody_has_is_no_item(ask: Ask, base: WikidataServer) -> None:
    base.spoil(said_results([]))
    assert [one.code for one in ask(("LEI", "999900ALFA0000000033"))] == ["not_found"]
