"""Who may sign, over a real socket: of companies of the CRM only, beside their roles, withheld where its holder is."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.warehouse import Row
from enrich import decide
from enrich.config import Config, SourceConfig
from enrich.gate import open_readers
from enrich.search import read_company
from sources.registers import no_brreg
from tests.enrich.land import test_refresh_roles as roles
from tests.enrich.land.test_refresh_roles import (  # noqa: F401 - fixtures
    A,
    B,
    SmallRegister,
    _matched_once,
    ask,
    board,
    brreg,
    matched,
    refresh,
)
from tests.registers.brreg_server import BrregServer, signing

BIRTH_DATE = "13.12.1901"
RULE = ("R0001", "Daglig leder alene eller to styremedlemmer i fellesskap")


def tell_who_signs(server: BrregServer, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SmallRegister, "fetch_mandates", staticmethod(no_brreg.fetch_mandates), raising=False)
    for number in (A, B):
        name = "Kari Nord" if number == A else "Nobody Else"
        told = signing(number, (*RULE, (name,)), (*RULE, (name, "Ola Nord")), words=f"{name} f. {BIRTH_DATE}")
        server.mandates[f"{number}/signatur"] = told


@pytest.fixture
def signed(matched: Config, brreg: BrregServer, monkeypatch: pytest.MonkeyPatch) -> Config:  # noqa: F811
    """The two entities of the roles' tests, each with who may sign."""
    tell_who_signs(brreg, monkeypatch)
    return matched


@pytest.fixture(scope="module")
def _known_once(_matched_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    data = tmp_path_factory.mktemp("known") / "data"
    shutil.copytree(_matched_once, data, symlinks=True)
    with roles.serve_two() as server, pytest.MonkeyPatch.context() as patch:
        server.roles |= {A: board("Kari", "Ola"), B: board("Nobody")}
        tell_who_signs(server, patch)
        refresh(roles.with_roles_from(data))
    return data


@pytest.fixture
def known(_known_once: Path, brreg: BrregServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:  # noqa: F811
    """The same after a refresh: who signs for the one in the CRM was asked; a copy a test."""
    shutil.copytree(_known_once, tmp_path / "data", symlinks=True)
    brreg.roles |= {A: board("Kari", "Ola"), B: board("Nobody")}
    tell_who_signs(brreg, monkeypatch)
    return roles.with_roles_from(tmp_path / "data")


def age(config: Config, days: int) -> None:
    ask(config, f"UPDATE core.mandate_inquiry SET asked_at = asked_at - INTERVAL {days} DAY RETURNING 1")


def mandates(config: Config) -> list[Row]:
    with open_readers(config) as readers:
        company_id = str(
            readers.warehouse.ask("SELECT company_id FROM mart.company WHERE name = 'ALFA AS'")[0]["company_id"]
        )
        return list(read_company(readers, company_id).mandates)


def who(config: Config) -> list[tuple[object, list[str], object]]:
    return [
        (row["state"], [one["name"] for one in row["holders"]], row["holder_count"])  # type: ignore[attr-defined]
        for row in mandates(config)
    ]


EVERYBODY = [("combination", ["Kari Nord"], 1), ("combination", ["Kari Nord", "Ola Nord"], 2), ("not_told", [], 0)]


def test_who_may_sign_comes_of_companies_of_the_crm_and_goes_to_the_people_file_only(signed: Config) -> None:
    said: list[str] = []
    refresh(signed, said.append)
    assert "no_brreg: mandates of 1 company asked for = 1 hit" in said
    assert who(signed) == EVERYBODY
    assert [row["rule_text"] for row in mandates(signed)] == [RULE[1], RULE[1], None]
    assert b"Daglig leder alene" not in (signed.published / "companies.duckdb").read_bytes()
    for path in filter(Path.is_file, signed.data.rglob("*")):
        text = path.read_bytes()
        assert BIRTH_DATE.encode() not in text, path
        assert b"Nobody Else" not in text, path
    said.clear()
    refresh(signed, said.append)
    assert not [line for line in said if "mandates" in line]


def test_roles_and_mandates_do_not_close_each_other(known: Config, brreg: BrregServer) -> None:  # noqa: F811
    names = "SELECT holder_name FROM core.role WHERE known_to IS NULL AND combination IS {} NULL ORDER BY ALL"
    proper, signs = ask(known, names.format("")), ask(known, names.format("NOT"))
    assert [len(proper), len(signs)] == [2, 3]
    ask(known, "UPDATE core.role_inquiry SET asked_at = asked_at - INTERVAL 31 DAY RETURNING 1")
    brreg.roles[A] = board("Eva")
    refresh(known)
    assert ask(known, names.format("")) == [{"holder_name": "Eva Nord"}]
    assert ask(known, names.format("NOT")) == signs
    age(known, 31)
    brreg.mandates[f"{A}/signatur"] = signing(A, (*RULE, ("Eva Nord",)))
    refresh(known)
    assert who(known) == [("combination", ["Eva Nord"], 1), ("not_told", [], 0)]
    assert ask(known, names.format("")) == [{"holder_name": "Eva Nord"}]
    assert ask(known, "SELECT count(*) AS n FROM core.role WHERE combination IS NOT NULL AND known_to IS NOT NULL") == [
        {"n": 3}
    ]


def test_who_signs_is_asked_for_again_at_once_where_roles_changed(known: Config, brreg: BrregServer) -> None:  # noqa: F811
    brreg.tell_roles(70, A, time=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    brreg.mandates[f"{A}/signatur"] = signing(A, (*RULE, ("Eva Nord",)))
    refresh(known)
    assert who(known)[0] == ("combination", ["Eva Nord"], 1)


def test_a_holder_who_is_held_back_is_counted_and_not_named(known: Config) -> None:
    decide.suppress(known, "person", "Ola Nord", why="asked us to")
    held = [("combination", ["Kari Nord"], 1), ("combination", ["Kari Nord"], 2), ("not_told", [], 0)]
    assert who(known) == held  # laid over the file
    refresh(known)
    assert who(known) == held  # published
    assert b"Ola Nord" not in (known.published / "people.duckdb").read_bytes()


def test_mandates_of_a_company_that_is_matched_no_more_go(known: Config) -> None:
    crm_id = str(ask(known, "SELECT crm_id FROM core.match")[0]["crm_id"])
    decide.judge(known, crm_id=crm_id, record_id=f"no_brreg:{A}", verdict="different")
    refresh(known)
    assert ask(known, "SELECT count(*) AS n FROM core.mandate") == [{"n": 0}]
    assert roles.holders(known) == []


@pytest.mark.usefixtures("only_landed")
def test_a_budget_of_none_asks_nobody_and_a_company_that_the_service_fails_on_is_unknown(
    signed: Config,
    brreg: BrregServer,  # noqa: F811
) -> None:
    refresh(signed.model_copy(update={"sources": {"no_brreg": SourceConfig(most_lookups=0)}}))
    assert not [asked for asked in brreg.asked if asked.path.endswith("/signatur")]
    brreg.fails_on = {A}
    refresh(signed)  # one company alone is no service that fails
    assert {row["state"] for row in ask(signed, "SELECT state FROM core.mandate")} == {"not_told"}


@pytest.mark.parametrize("failing", ["both", "missing", "another company's"])
def test_an_answer_that_never_came_takes_nothing_away(
    failing: str,
    known: Config,
    brreg: BrregServer,  # noqa: F811
) -> None:
    if failing == "both":
        brreg.fails_on = {A}
    elif failing == "missing":
        del brreg.mandates[f"{A}/signatur"]
    else:
        brreg.mandates[f"{A}/signatur"] = signing(B, (*RULE, ("Nobody Else",)))
    before = ask(known, "FROM core.mandate ORDER BY ALL")
    age(known, 31)
    refresh(known)
    assert ask(known, "FROM core.mandate ORDER BY ALL") == before
    assert ask(known, "SELECT DISTINCT known_to FROM core.role WHERE combination IS NOT NULL") == [{"known_to": None}]
    assert who(known) == EVERYBODY
    brreg.asked.clear()
    refresh(known)  # noted as asked, so that it is not the first in every refresh
    assert not [asked for asked in brreg.asked if asked.path.endswith("/signatur")]


def test_one_kind_is_renewed_where_the_service_fails_on_the_other(
    signed: Config,
    brreg: BrregServer,  # noqa: F811
) -> None:
    brreg.mandates[f"{A}/prokura"] = signing(A, (*RULE, ("Ola Nord",)))
    refresh(signed)
    brreg.mandates[f"{A}/signatur"] = signing(A, (*RULE, ("Eva Nord",)))
    brreg.fails_on = {f"{A}/prokura"}
    age(signed, 31)
    refresh(signed)
    assert who(signed) == [("combination", ["Eva Nord"], 1), ("combination", ["Ola Nord"], 1)]
    assert ask(signed, "SELECT outcome FROM core.mandate_inquiry") == [{"outcome": "failed"}]
