"""France's Annuaire over a real socket: the seat of a company by its SIREN, and nothing of its officers."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.knowledge import fr_annuaire
from sources.lookup import CompanyAsked, KnowledgeAnswer, Outcome
from tests.registers.loopback import Said, said_json
from tests.registers.numbered_servers import AnnuaireServer
from tests.sources.conftest import MakeClient, Pauses

ALFA = "999000102"
Ask = Callable[..., list[KnowledgeAnswer]]


def company(siren: str, **more: Any) -> dict[str, Any]:
    return {"siren": siren, "nom_raison_sociale": "ALFA CONSEIL", "sigle": "ALFA", "nature_juridique": "5710"} | more


@pytest.fixture
def annuaire() -> Iterator[AnnuaireServer]:
    with AnnuaireServer() as server:
        server.companies[ALFA] = company(ALFA, siege={"libelle_commune": "PARIS 15"})
        yield server


@pytest.fixture
def ask(annuaire: AnnuaireServer, make_client: MakeClient) -> Ask:
    def asking(*numbers: str) -> list[KnowledgeAnswer]:
        client = make_client(environ={"PROSPEKT_FR_ANNUAIRE_URL": annuaire.origin}, attempts=2)
        wanted = [CompanyAsked(source_key=number, numbers=(("FR-SIREN", number),)) for number in numbers]
        return list(fr_annuaire.ask_about(client, wanted))

    return asking


def test_a_company_is_asked_for_by_its_number_and_nothing_of_its_officers_comes_in(
    ask: Ask, annuaire: AnnuaireServer
) -> None:
    [answer] = ask(ALFA)
    [found] = answer.records
    assert (answer.outcome, found.key, found.names, found.country) == (
        Outcome.HIT,
        ALFA,
        ("ALFA CONSEIL", "ALFA"),
        "FR",
    )
    assert found.payload["siege"] == {"libelle_commune": "PARIS 15"}
    assert not [text for text in ("TESTPERSON", "1931-07-13", "Gérant") if text in json.dumps(found.payload)]
    assert annuaire.asked[0].params == {"q": ALFA, "minimal": "true", "include": "siege"}


@pytest.mark.parametrize("form", ["1000", "", None])
def test_a_sole_trader_and_who_has_no_form_are_not_taken(form: str | None, ask: Ask, annuaire: AnnuaireServer) -> None:
    annuaire.companies[ALFA] = company(ALFA, nature_juridique=form)
    [answer] = ask(ALFA)
    assert (answer.outcome, answer.code, answer.records) == (Outcome.NO_DATA, "no_company", ())


def test_who_is_not_there_and_what_is_no_number_stop_nobody(ask: Ask, annuaire: AnnuaireServer) -> None:
    annuaire.companies["111111118"] = company("222222226")  # a search that found somebody else
    answers = ask("999000300", "12345678X", "111111118", ALFA)
    assert [one.code for one in answers] == ["not_found", "no_usable_number", "not_found", None]
    assert len(annuaire.asked) == 3


def test_an_answer_of_another_form_ends_the_run(ask: Ask, annuaire: AnnuaireServer) -> None:
    annuaire.spoil(said_json({"resultats": []}))
    with pytest.raises(SourceAborted, match="without a list of results"):
        ask(ALFA)


def test_a_service_that_stays_busy_is_left_for_later(ask: Ask, annuaire: AnnuaireServer, pauses: Pauses) -> None:
    annuaire.spoil(Said(status=429, headers={"Retry-After": "2"}))
    assert [one.outcome for one in ask(ALFA)] == [Outcome.HIT]
    assert 2 in pauses.seconds
    annuaire.spoil(*[Said(status=429)] * 20)
    with pytest.raises(RetryableError):
        ask(ALFA, ALFA, ALFA)
