"""Who may sign for Norway's entities, over a real socket: combinations, rules in words, and what nobody says."""

from collections.abc import Callable
from typing import Any

import pytest

from sources.errors import RetryableError
from sources.http import PoliteClient
from sources.lookup import MandatesAnswer, Outcome
from sources.record import Mandate, MandateHolder
from sources.registers import no_brreg
from tests.registers.brreg_server import BrregServer, signing
from tests.registers.loopback import Said
from tests.sources.conftest import Pauses

Client = Callable[[BrregServer], PoliteClient]
EQUINOR = "923609016"
RULE = ("R0012", "Styrets leder alene eller to styremedlemmer i fellesskap")
KARI, OLA = (MandateHolder(name=name, role_code="MEDL") for name in ("Kari Nord", "Ola Nord"))


def mandate(kind: str, state: str, **more: Any) -> Mandate:
    return Mandate(source_key=EQUINOR, kind=kind, state=state, **more)


def ask(client: PoliteClient) -> MandatesAnswer:
    [answer] = no_brreg.fetch_mandates(client, [EQUINOR])
    return answer


def test_each_combination_is_one_row_in_one_order_and_nobody_is_an_answer(brreg: BrregServer, client: Client) -> None:
    both, alone = (*RULE, ("Ola Nord", "Kari  Nord")), (*RULE, ("Kari Nord",))
    expected = (
        mandate("signature", "combination", rule_code="R0012", rule_text=RULE[1], holders=(KARI,)),
        mandate("signature", "combination", rule_code="R0012", rule_text=RULE[1], holders=(KARI, OLA)),
        mandate("procuration", "none"),
    )
    for order in ((both, alone), (alone, both, alone)):
        brreg.mandates[f"{EQUINOR}/signatur"] = signing(EQUINOR, *order)
        brreg.mandates[f"{EQUINOR}/prokura"] = signing(EQUINOR)
        assert ask(client(brreg)) == MandatesAnswer(source_key=EQUINOR, outcome=Outcome.HIT, mandates=expected)


def test_a_rule_in_words_is_said_to_be_there_and_its_words_are_not_kept(brreg: BrregServer, client: Client) -> None:
    words = "Kari Nord f. 13.12.1901 alene."
    told = signing(EQUINOR, ("STYR", "Styret i fellesskap", ("Kari Nord",)), words=words)
    told["status"]["regelStatus"]["kode"] = "RI"  # not understood by machine: it may add to the board's joint signature
    brreg.mandates[f"{EQUINOR}/signatur"] = told
    brreg.mandates[f"{EQUINOR}/prokura"] = signing(EQUINOR, words=words)
    answer = ask(client(brreg))
    assert [(one.kind, one.state) for one in answer.mandates] == [
        ("signature", "combination"),
        ("signature", "in_words"),
        ("procuration", "in_words"),
    ]
    assert "1901" not in repr(answer)
    assert answer.unknown_keys == ()


@pytest.mark.parametrize("text", ["Kari Nord alene", "Født 13.12.1901 alene"])
def test_free_words_in_the_place_of_a_rule_are_not_kept(text: str, brreg: BrregServer, client: Client) -> None:
    brreg.mandates[f"{EQUINOR}/signatur"] = signing(EQUINOR, ("P0001", text, ("Kari Nord",)))
    first = ask(client(brreg)).mandates[0]
    assert (first.rule_code, first.rule_text, first.holders) == ("P0001", None, (KARI,))


def test_what_the_service_cannot_answer_is_unknown_and_not_nobody(brreg: BrregServer, client: Client) -> None:
    not_supported = signing(EQUINOR)
    not_supported["status"]["rutineStatus"]["kode"] = "NA"
    brreg.mandates[f"{EQUINOR}/signatur"] = not_supported
    answer = ask(client(brreg))
    assert (answer.mandates, answer.unanswered) == ((mandate("signature", "not_told"),), ("procuration",))
    del brreg.mandates[f"{EQUINOR}/signatur"]
    answer = ask(client(brreg))
    assert (answer.outcome, answer.mandates) == (Outcome.NO_DATA, ())


def test_an_answer_about_another_company_is_rejected_and_a_new_key_told(brreg: BrregServer, client: Client) -> None:
    brreg.mandates[f"{EQUINOR}/signatur"] = signing("984851006", (*RULE, ("Kari Nord",))) | {"versjon": 2}
    answer = ask(client(brreg))
    assert [code for code, _ in answer.rejects] == ["other_company"]
    assert (answer.outcome, answer.mandates) == (Outcome.FAILED, ())
    assert answer.unknown_keys == ("versjon",)


def test_a_service_that_fails_on_one_company_stops_nobody(brreg: BrregServer, client: Client) -> None:
    brreg.fails_on = {"984851006"}
    brreg.mandates[f"{EQUINOR}/signatur"] = signing(EQUINOR, (*RULE, ("Kari Nord",)))
    answers = list(no_brreg.fetch_mandates(client(brreg), ["984851006", EQUINOR]))
    assert [(one.source_key, one.outcome, len(one.mandates)) for one in answers] == [
        ("984851006", Outcome.FAILED, 0),
        (EQUINOR, Outcome.HIT, 1),
    ]


def test_a_service_that_fails_on_all_says_nothing_of_anybody(brreg: BrregServer, client: Client) -> None:
    keys = [f"98485100{digit}" for digit in range(6)]
    brreg.fails_on = set(keys)
    with pytest.raises(RetryableError, match="fails on every company"):
        list(no_brreg.fetch_mandates(client(brreg), keys))


def test_a_burst_of_503_is_waited_out(brreg: BrregServer, client: Client, pauses: Pauses) -> None:
    brreg.mandates[f"{EQUINOR}/signatur"] = signing(EQUINOR, (*RULE, ("Kari Nord",)))
    brreg.spoil(*[Said(status=503)] * 2)
    assert ask(client(brreg)).mandates[0].holders == (KARI,)
    assert len(pauses.seconds) >= 2
