"""Registers that answer for one number at a time, over a real socket: no person is kept, no other's answer is taken."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.errors import LoginRefused, RetryableError
from sources.http import PoliteClient
from sources.kinds.json_api import deliver
from sources.lookup import NumberAnswer, Outcome
from sources.registers import ch_zefix, cz_ares, pl_krs
from sources.source import Coverage, Delivery
from tests.registers.loopback import Said
from tests.registers.numbers_server import NumbersServer

LOGIN = ("team", "Geheim%Wort")
KRS, PERSONS_EXTRACT = "0000725647", {"sklad": [{"nazwisko": "Testperson", "identyfikator": {"pesel": "44051401359"}}]}


@pytest.fixture
def server() -> Iterator[NumbersServer]:
    with NumbersServer() as serving:
        yield serving


@pytest.fixture
def client(make_client: Callable[..., PoliteClient], server: NumbersServer) -> PoliteClient:
    addresses = {one.SOURCE.base_url_env: server.origin for one in (cz_ares, pl_krs, ch_zefix)}
    return make_client(attempts=2, environ=addresses | dict(zip(ch_zefix.SOURCE.login_envs, LOGIN, strict=True)))


def answers(register: Any) -> list[dict[str, Any]]:
    path = Path(register.__file__).with_suffix("").with_suffix(".sample.json")
    [cases] = json.loads(path.read_text(encoding="utf-8")).values()
    return [case["answer"] for case in cases]


def rows(delivery: Delivery, column: str) -> list[object]:
    assert not isinstance(delivery.rows, Path)
    return list(delivery.rows[column].to_pylist())


def look_up(register: Any, client: PoliteClient, keys: list[str], *, landing: Path) -> Delivery:
    """What lands of the answers."""
    found = [one.payload for one in register.look_up_numbers(client, keys) if one.payload is not None]
    return deliver(
        register.SOURCE,
        register.SOURCE.layouts[0],
        found,
        coverage=Coverage.PARTIAL,
        landing=landing,
        fetched_at=datetime.now(UTC),
        url="",
    )


def nothing(key: str) -> NumberAnswer:
    return NumberAnswer(source_key=key, outcome=Outcome.NO_DATA)


def written(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())


# --- Czechia -----------------------------------------------------------------------------------------------------
def czech(server: NumbersServer, subject: dict[str, Any], *entries: dict[str, Any]) -> None:
    server.answers[f"/ekonomicke-subjekty/{subject['ico']}"] = subject
    if entries:
        server.answers[f"/ekonomicke-subjekty-res/{subject['ico']}"] = {"icoId": subject["ico"], "zaznamy": entries}


def test_a_subject_is_told_with_its_band_of_employees(
    server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    said = {name: value for name, value in answers(cz_ares)[0].items() if name != "res"}
    old = {
        "czNacePrevazujici": "47110",
        "statistickeUdaje": {"kategoriePoctuPracovniku": "110"},
        "primarniZaznam": False,
    }
    main = {
        "czNacePrevazujici": "62100",
        "statistickeUdaje": {"kategoriePoctuPracovniku": "240"},
        "primarniZaznam": True,
    }
    czech(server, said, old, main)
    delivery = look_up(cz_ares, client, ["12345008", "12345016"], landing=tmp_path)
    assert rows(delivery, "res.kategoriePoctuPracovniku") == ["240"]
    assert rows(delivery, "res.czNacePrevazujici") == ["62100"]
    assert delivery.warnings == ()
    assert next(cz_ares.look_up_numbers(client, ["12345016"])) == nothing("12345016")


def test_a_subject_without_an_entry_in_the_statistical_register_is_told_without(
    server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    czech(server, {"ico": "12345008", "obchodniJmeno": "Vzor a.s.", "pravniForma": "121"})
    delivery = look_up(cz_ares, client, ["12345008"], landing=tmp_path)
    assert rows(delivery, "res.kategoriePoctuPracovniku") == [None]


@pytest.mark.parametrize("form", ["101", "105", "424", None])
def test_a_person_in_business_is_never_written(
    form: str | None, server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    czech(server, {"ico": "12345008", "obchodniJmeno": "Jan Testperson", "pravniForma": form, "dic": "CZ7103192745"})
    delivery = look_up(cz_ares, client, ["12345008"], landing=tmp_path)
    assert "Testperson" not in written(tmp_path)
    assert "7103192745" not in written(tmp_path)
    assert "Testperson" not in json.dumps(rows(delivery, "obchodniJmeno"))
    [answer] = cz_ares.look_up_numbers(client, ["12345008"])
    assert answer.is_person == (form is not None)


def test_an_answer_about_another_number_is_none(server: NumbersServer, client: PoliteClient) -> None:
    server.answers["/ekonomicke-subjekty/12345008"] = {"ico": "12345016", "pravniForma": "112", "obchodniJmeno": "Jiná"}
    assert list(cz_ares.look_up_numbers(client, ["12345008"])) == [nothing("12345008")]


def test_what_the_declaration_does_not_know_is_told(
    server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    czech(server, {"ico": "12345008", "obchodniJmeno": "Vzor", "pravniForma": "112", "majitel": "x"})
    assert look_up(cz_ares, client, ["12345008"], landing=tmp_path).warnings == (
        "1 of 1 answers have the unknown key 'majitel'",
    )


def test_a_number_on_which_the_register_stays_busy_stops_no_other(server: NumbersServer, client: PoliteClient) -> None:
    czech(server, {"ico": "12345016", "obchodniJmeno": "Vzor a.s.", "pravniForma": "121"})
    server.spoil(*[Said(status=429, headers={"Retry-After": "1"})] * 2)
    answers = list(cz_ares.look_up_numbers(client, ["12345008", "12345016"]))
    assert [one.outcome for one in answers] == [Outcome.RATE_LIMITED, Outcome.HIT]
    server.spoil(Said(body=b"[half"))
    answers = list(cz_ares.look_up_numbers(client, ["12345008", "12345016"]))
    assert [one.outcome for one in answers] == [Outcome.FAILED, Outcome.HIT]


def test_a_register_that_stays_busy_is_left_for_later(server: NumbersServer, client: PoliteClient) -> None:
    numbers = [f"1234500{digit}" for digit in range(8)]
    server.spoil(*[Said(status=429, headers={"Retry-After": "1"})] * 20)
    said: list[NumberAnswer] = []
    with pytest.raises(RetryableError):
        said.extend(cz_ares.look_up_numbers(client, numbers))
    assert len(server.asked) == 10
    assert [(one.source_key, one.outcome) for one in said] == [(key, Outcome.RATE_LIMITED) for key in numbers[:5]]


def test_saved_answers_are_read_without_their_persons(tmp_path: Path) -> None:
    person = {"ico": "12345024", "obchodniJmeno": "Jan Testperson", "pravniForma": "101"}
    given = tmp_path / "saved.json"
    given.write_text(json.dumps([*answers(cz_ares)[:2], person], ensure_ascii=False), encoding="utf-8")
    delivery = cz_ares.read_given(given, coverage=Coverage.PARTIAL, landing=tmp_path / "landing")
    assert delivery.warnings[0].startswith("1 of 3 rows are about natural persons")
    assert b"Testperson" not in Path(str(delivery.rows)).read_bytes()


# --- Poland ------------------------------------------------------------------------------------------------------
def test_an_extract_is_told_without_those_who_represent_it(
    server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    extract = json.loads(json.dumps({"odpis": answers(pl_krs)[0]["odpis"]}))
    extract["odpis"]["dane"] |= {
        "dzial2": {"reprezentacja": PERSONS_EXTRACT},
        "dzial4": {"wierzytelnosci": [{"wierzyciel": "Testperson"}]},
        "dzial6": {
            "likwidacja": [{"otwarcie": {"data": "01.01.2026"}, "likwidatorzy": PERSONS_EXTRACT}],
            "zawieszenie": [],
        },
    }
    server.answers[f"/OdpisAktualny/{KRS}?rejestr=S"] = extract
    delivery = look_up(pl_krs, client, [KRS, "0000000001"], landing=tmp_path)
    assert rows(delivery, "proceedings") == ["likwidacja"]
    assert [asked.params["rejestr"] for asked in server.asked] == ["P", "S", "P", "S"]
    for secret in ("Testperson", "44051401359"):
        assert secret not in written(tmp_path)
    assert delivery.warnings == ()


# --- Switzerland -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("spelling", ["CHE-105.962.823", "CHE105962823"])
@pytest.mark.parametrize("is_listed", [True, False])
def test_an_entry_is_found_by_either_spelling_and_kept_without_notices(
    spelling: str, is_listed: bool, server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.login = LOGIN
    entry = answers(ch_zefix)[0] | {"sogcPub": [{"message": "Testperson, von Bern, in Chur"}]}
    server.answers[f"/company/uid/{spelling}"] = [entry] if is_listed else entry
    delivery = look_up(ch_zefix, client, ["CHE105962823", "CHE105962800"], landing=tmp_path)
    assert rows(delivery, "name") == ["Muster Handel AG"]
    assert "von Bern" not in written(tmp_path)


def test_a_sole_proprietorship_is_never_written(server: NumbersServer, client: PoliteClient, tmp_path: Path) -> None:
    server.answers["/company/uid/CHE-105.962.823"] = {
        "uid": "CHE105962823",
        "name": "Testperson Malerei",
        "legalForm": {"uid": "0101"},
    }
    delivery = look_up(ch_zefix, client, ["CHE105962823"], landing=tmp_path)
    assert len(delivery.rows) == 0  # type: ignore[arg-type]
    assert "Testperson" not in written(tmp_path)


def test_a_wrong_login_is_told_without_it(server: NumbersServer, client: PoliteClient, tmp_path: Path) -> None:
    server.login = ("team", "other")
    with pytest.raises(LoginRefused) as raised:
        look_up(ch_zefix, client, ["CHE105962823"], landing=tmp_path)
    assert "401" in str(raised.value)
    assert LOGIN[1] not in str(raised.value)
