"""Registers that answer for one number at a time, over a real socket: no person is kept, no other's answer is taken."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
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
    delivery = cz_ares.look_up(client, ["12345008", "12345016"], landing=tmp_path)
    assert rows(delivery, "res.kategoriePoctuPracovniku") == ["240"]
    assert rows(delivery, "res.czNacePrevazujici") == ["62100"]
    assert (delivery.coverage, delivery.unknown, delivery.warnings) == (Coverage.PARTIAL, ("12345016",), ())


def test_a_subject_without_an_entry_in_the_statistical_register_is_told_without(
    server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    czech(server, {"ico": "12345008", "obchodniJmeno": "Vzor a.s.", "pravniForma": "121"})
    delivery = cz_ares.look_up(client, ["12345008"], landing=tmp_path)
    assert rows(delivery, "res.kategoriePoctuPracovniku") == [None]


@pytest.mark.parametrize("form", ["101", "105", "424", None])
def test_a_person_in_business_is_never_written(
    form: str | None, server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    czech(server, {"ico": "12345008", "obchodniJmeno": "Jan Testperson", "pravniForma": form, "dic": "CZ7103192745"})
    delivery = cz_ares.look_up(client, ["12345008"], landing=tmp_path)
    assert "Testperson" not in written(tmp_path)
    assert "7103192745" not in written(tmp_path)
    assert "Testperson" not in json.dumps(rows(delivery, "obchodniJmeno"))
    assert len(delivery.warnings) == (form is not None)


def test_an_answer_about_another_number_is_none(server: NumbersServer, client: PoliteClient, tmp_path: Path) -> None:
    server.answers["/ekonomicke-subjekty/12345008"] = {"ico": "12345016", "pravniForma": "112", "obchodniJmeno": "Jiná"}
    assert cz_ares.look_up(client, ["12345008"], landing=tmp_path).unknown == ("12345008",)


def test_what_the_declaration_does_not_know_is_told(
    server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    czech(server, {"ico": "12345008", "obchodniJmeno": "Vzor", "pravniForma": "112", "majitel": "x"})
    assert cz_ares.look_up(client, ["12345008"], landing=tmp_path).warnings == (
        "1 of 1 answers have the unknown key 'majitel'",
    )


def test_a_register_that_stays_busy_is_left_for_later(
    server: NumbersServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.spoil(*[Said(status=429, headers={"Retry-After": "1"})] * 3)
    with pytest.raises(RetryableError):
        cz_ares.look_up(client, ["12345008"], landing=tmp_path)


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
    delivery = pl_krs.look_up(client, [KRS, "0000000001"], landing=tmp_path)
    assert rows(delivery, "proceedings") == ["likwidacja"]
    assert delivery.unknown == ("0000000001",)
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
    delivery = ch_zefix.look_up(client, ["CHE105962823", "CHE105962800"], landing=tmp_path)
    assert rows(delivery, "name") == ["Muster Handel AG"]
    assert delivery.unknown == ("CHE105962800",)
    assert "von Bern" not in written(tmp_path)


def test_a_sole_proprietorship_is_never_written(server: NumbersServer, client: PoliteClient, tmp_path: Path) -> None:
    server.answers["/company/uid/CHE-105.962.823"] = {
        "uid": "CHE105962823",
        "name": "Testperson Malerei",
        "legalForm": {"uid": "0101"},
    }
    delivery = ch_zefix.look_up(client, ["CHE105962823"], landing=tmp_path)
    assert len(delivery.rows) == 0  # type: ignore[arg-type]
    assert "Testperson" not in written(tmp_path)


def test_a_wrong_login_is_told_without_it(server: NumbersServer, client: PoliteClient, tmp_path: Path) -> None:
    server.login = ("team", "other")
    with pytest.raises(SourceAborted) as raised:
        ch_zefix.look_up(client, ["CHE105962823"], landing=tmp_path)
    assert "401" in str(raised.value)
    assert LOGIN[1] not in str(raised.value)
