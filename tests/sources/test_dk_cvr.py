"""CVR over a real socket: all companies, what changed, single ones, a login refused, and an index that answers in part."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from db.warehouse import Warehouse
from enrich.land import land_delivery
from enrich.progress import silent
from enrich.runs import new_run_id
from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.kinds import search_index
from sources.record import SourceRecord
from sources.registers import dk_cvr as register
from sources.source import Coverage, Delivery, Expect, Known
from tests.registers.cvr_server import CPR, PASSWORD, USER, CvrServer, company
from tests.registers.loopback import Said, said_json
from tests.sources.conftest import MakeClient, Pauses

NOVO, MAERSK, DANSKE, A, B = 24256790, 22756214, 61126228, 25052943, 36238208
ALL = (NOVO, MAERSK, DANSKE, A, B)
BUSY = Said(status=503, body=b"busy")
LOGIN = {"PROSPEKT_DK_CVR_USER": USER, "PROSPEKT_DK_CVR_PASSWORD": PASSWORD}
NOTHING_OF_PERSONS = ("Per", "Personsen", CPR, "1970-01-01", "55555555", "tegnes")


@pytest.fixture
def cvr(monkeypatch: pytest.MonkeyPatch) -> Iterator[CvrServer]:
    monkeypatch.setattr(register, "SOURCE", replace(register.SOURCE, expect=Expect(min_rows=3, max_rows=100)))
    monkeypatch.setattr(search_index, "PAGE", 2)
    with CvrServer() as server:
        server.put(*(company(number, f"Firma {number} ApS") for number in ALL))
        yield server


@pytest.fixture
def client(make_client: MakeClient, cvr: CvrServer) -> PoliteClient:
    return make_client(environ=LOGIN | {register.SOURCE.base_url_env: cvr.url})


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    with Warehouse.open_to_write(tmp_path_factory.mktemp("data"), command="test") as opened:
        yield opened


def read_all(client: PoliteClient, folder: Path, known: Known | None = None) -> Delivery:
    delivery = register.fetch_bulk(client, landing=folder, known=known or Known())
    assert delivery is not None
    return delivery


def numbers(delivery: Delivery) -> list[object]:
    return list(pq.read_table(delivery.rows)["cvrNummer"].to_pylist())


def text_of(folder: Path) -> str:
    """Every value in every file that was kept."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert all(path.suffix == ".parquet" for path in files)
    return str([pq.read_table(path).to_pylist() for path in files])


# --- the whole register ------------------------------------------------------------------------------------------
def test_the_index_is_read_whole_in_order_of_its_numbers(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    delivery = read_all(client, tmp_path)
    assert (delivery.coverage, delivery.form, delivery.warnings) == (Coverage.COMPLETE, "parquet", ())
    assert numbers(delivery) == sorted(map(str, ALL))
    assert before <= delivery.fetched_at <= datetime.now(UTC)
    assert delivery.made_seq == delivery.source_seq
    assert list(tmp_path.iterdir()) == [delivery.rows]
    assert [question.get("search_after") for question in cvr.questions()][2:] == [
        ["24256790"],
        ["36238208"],
        ["61126228"],
    ]
    assert not [asked for asked in cvr.asked if "scroll" in asked.path or "scroll" in asked.params]


@pytest.mark.parametrize("heeds_source", [True, False], ids=["what is asked for", "whole documents"])
def test_persons_and_what_is_secret_reach_no_file(
    heeds_source: bool, cvr: CvrServer, client: PoliteClient, tmp_path: Path
) -> None:
    cvr.heeds_source = heeds_source
    read_all(client, tmp_path / "bulk")
    register.look_up(client, [str(A)], landing=tmp_path / "asked")
    list(register.fetch_changes(client, landing=tmp_path / "feed", known=Known(loaded={"virksomhed": 0})))
    text = text_of(tmp_path)
    assert "Firma 25052943 ApS" in text
    assert not [word for word in NOTHING_OF_PERSONS if word in text]
    whole, *asked = cvr.questions()
    assert "_source" not in whole  # the known companies, of which all is looked at and nothing kept
    assert all("deltager" not in str(question) and "conavn" not in str(question) for question in asked)


def test_an_index_that_knows_no_known_company_is_not_read(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    cvr.types = ["company"]
    with pytest.raises(SourceAborted, match="knows none of 24256790, 22756214, 61126228"):
        read_all(client, tmp_path)
    assert len(cvr.asked) == 1
    assert list(tmp_path.rglob("*")) == []


def test_an_index_with_too_few_companies_is_not_read(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    del cvr.documents[MAERSK], cvr.documents[A], cvr.documents[B]
    with pytest.raises(SourceAborted, match=r"holds 2 records, expected are at least 3\..* last good data stays"):
        read_all(client, tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_pages_that_lose_companies_are_no_complete_load(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    cvr.hidden = {A, B}
    with pytest.raises(SourceAborted, match="2 records came, and the index says that it holds 5"):
        read_all(client, tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_a_page_that_comes_again_is_told(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    hits = [{"_source": {"Vrvirksomhed": company(A, "Firma")}, "sort": ["1"]}]
    page = said_json({"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": 5, "hits": hits}})
    known = [{"_source": {"Vrvirksomhed": company(NOVO, "Firma")}}]
    canary = said_json({"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": 1, "hits": known}})
    cvr.spoil(canary, page, page)
    with pytest.raises(SourceAborted, match=r"does not move beyond \['1'\]"):
        read_all(client, tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_a_burst_of_errors_costs_requests_and_no_company(
    cvr: CvrServer, client: PoliteClient, pauses: Pauses, tmp_path: Path
) -> None:
    whole = read_all(client, tmp_path / "whole")
    cvr.spoil(BUSY, BUSY, Said(status=502), Said(status=429, headers={"Retry-After": "7"}))
    cvr.spoil(Said(body=b'{"took": 3, "hits": ', headers={"Content-Type": "application/json"}, cut_at=5))
    again = read_all(client, tmp_path / "again")
    assert numbers(again) == numbers(whole)
    assert 7 in pauses.seconds


def test_a_register_that_stays_busy_is_left_for_later(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    cvr.spoil(*[BUSY] * 10)
    with pytest.raises(RetryableError):
        read_all(client, tmp_path)


def test_half_an_answer_is_asked_for_again_and_never_used(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    half = {"took": 3, "timed_out": True, "_shards": {"total": 6, "failed": 0}, "hits": {"total": 1, "hits": []}}
    cvr.spoil(said_json(half), said_json(half | {"timed_out": False, "_shards": {"total": 6, "failed": 1}}))
    assert numbers(read_all(client, tmp_path / "whole")) == sorted(map(str, ALL))
    cvr.failed_shards = 2
    with pytest.raises(RetryableError, match=r"a part of what it has \(shards failed, or it timed out\)"):
        read_all(client, tmp_path / "half")
    assert list((tmp_path / "half").rglob("*")) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(Said(body=b"<html>log in</html>", headers={"Content-Type": "text/html"}), "web page", id="a page"),
        pytest.param(Said(body=b"ok"), "did not answer with JSON", id="no JSON"),
        pytest.param(said_json({"acknowledged": True}), "did not answer as a search does", id="another answer"),
        pytest.param(
            said_json({"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": 1, "hits": [{"_source": {"Vr": {}}}]}}),
            "is not in 'Vrvirksomhed'",
            id="another record",
        ),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told(
    said: Said, words: str, cvr: CvrServer, client: PoliteClient, tmp_path: Path
) -> None:
    cvr.spoil(said)
    with pytest.raises(SourceAborted, match=words):
        read_all(client, tmp_path)


def test_what_nobody_declared_is_told_in_any_nesting(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    novo = company(NOVO, "Firma", stjerner=5, binavne=[{"navn": "X", "periode": {"gyldigFra": None, "sikker": "ja"}}])
    novo["virksomhedMetadata"]["sammensatStatus"] = "SVÆVENDE"
    cvr.put(novo)
    expected = {
        "1 of 3 answers have the unknown key 'stjerner'",
        "1 of 3 answers have the unknown key 'binavne[].periode.sikker'",
        "1 of 3 answers have the unknown value 'SVÆVENDE' of 'virksomhedMetadata.sammensatStatus'",
        "1 of 5 answers have the unknown value 'SVÆVENDE' of 'virksomhedMetadata.sammensatStatus'",
    }
    assert set(read_all(client, tmp_path).warnings) == expected


# --- the login ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("missing", sorted(LOGIN))
def test_without_a_login_nothing_is_asked(
    missing: str, cvr: CvrServer, make_client: MakeClient, tmp_path: Path
) -> None:
    environ = {name: value for name, value in LOGIN.items() if name != missing}
    client = make_client(environ=environ | {register.SOURCE.base_url_env: cvr.url})
    with pytest.raises(SourceAborted, match=rf"{missing} is not set\. docs/sources/dk_cvr\.md says how to get a login"):
        read_all(client, tmp_path)
    assert cvr.asked == []


def test_a_login_that_is_refused_is_told_without_it(cvr: CvrServer, make_client: MakeClient, tmp_path: Path) -> None:
    environ = LOGIN | {"PROSPEKT_DK_CVR_PASSWORD": "wrong-0451", register.SOURCE.base_url_env: cvr.url}
    with pytest.raises(LoginRefused, match="refused the login") as caught:
        read_all(make_client(environ=environ), tmp_path)
    message = str(caught.value)
    assert "PROSPEKT_DK_CVR_PASSWORD" in message
    assert not [secret for secret in (USER, "wrong-0451") if secret in message]


@pytest.mark.parametrize("same_host", [True, False], ids=["the same host", "another host"])
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(
    status: int, same_host: bool, cvr: CvrServer, client: PoliteClient, tmp_path: Path
) -> None:
    with CvrServer() as other:
        target = (cvr if same_host else other).url + "/virksomhed/_search"
        cvr.spoil(Said(status=status, headers={"Location": target}))
        with pytest.raises(SourceAborted, match="redirects a question"):
            read_all(client, tmp_path)
        assert (len(cvr.asked), other.asked) == (1, [])


# --- changes -----------------------------------------------------------------------------------------------------
def at(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def test_changes_are_followed_from_a_day_before_the_load_and_then_from_the_last(
    cvr: CvrServer, client: PoliteClient, tmp_path: Path
) -> None:
    begun = datetime(2026, 6, 1, 12, tzinfo=UTC)
    known = Known(loaded={"virksomhed": int(begun.timestamp() * 1000)})
    assert list(register.fetch_changes(client, landing=tmp_path, known=known)) == []
    cvr.put(company(A, "Ny ApS", loaded=at(begun - timedelta(hours=20))), company(B, "Nyere ApS", loaded=at(begun)))
    cvr.put(company(DANSKE, "Nyest", loaded="2026-06-01T14:00:00.001+02:00"))
    [delivery] = register.fetch_changes(client, landing=tmp_path, known=known)
    assert (delivery.coverage, numbers(delivery)) == (Coverage.DELTA, [str(A), str(B), str(DANSKE)])
    assert delivery.cursor == f"virksomhed={int(begun.timestamp() * 1000) + 1}"
    # again what was loaded an hour before: the index may have shown it late
    cvr.put(company(A, "Sen ApS", loaded=at(begun - timedelta(minutes=30))))
    [again] = register.fetch_changes(client, landing=tmp_path, known=replace(known, cursor=delivery.cursor))
    assert numbers(again) == [str(A), str(B), str(DANSKE)]
    assert list(register.fetch_changes(client, landing=tmp_path, known=Known())) == []  # never loaded


def test_a_company_loaded_anew_while_we_read_comes_once_as_it_is_last(
    cvr: CvrServer, client: PoliteClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = 0
    answer = cvr.answer

    def loads_anew(asked: Any) -> Said:
        nonlocal pages
        pages += 1
        if pages == 2:
            cvr.put(company(MAERSK, "Nyt Navn A/S", loaded="2026-02-01T00:00:00.000+01:00"))
        return answer(asked)

    monkeypatch.setattr(cvr, "answer", loads_anew)
    [delivery] = register.fetch_changes(client, landing=tmp_path, known=Known(loaded={"virksomhed": 0}))
    rows = pq.read_table(delivery.rows).to_pylist()
    assert len(rows) == len(ALL)
    [maersk] = [row for row in rows if row["cvrNummer"] == str(MAERSK)]
    assert maersk["virksomhedMetadata.nyesteNavn.navn"] == "Nyt Navn A/S"


def test_a_load_time_that_is_none_is_told(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    hits = [{"_source": {"Vrvirksomhed": company(A, "Firma", loaded="soon")}, "sort": [1, "1"]}]
    cvr.spoil(said_json({"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": 1, "hits": hits}}))
    with pytest.raises(SourceAborted, match=r"sidstIndlaest is no time \('soon'\)"):
        list(register.fetch_changes(client, landing=tmp_path, known=Known(loaded={"virksomhed": 0})))


FIELDS = ", ".join(name for name in SourceRecord.__dataclass_fields__)


def state(warehouse: Warehouse) -> list[dict[str, object]]:
    return warehouse.ask(
        f"SELECT {FIELDS} FROM core.source_record WHERE known_to IS NULL AND NOT is_closed ORDER BY source_key"
    )


def emptied(warehouse: Warehouse) -> Callable[[Delivery], None]:
    """Lands deliveries in a warehouse that has nothing yet."""
    for table in ("core.source_record", "core.relation", "core.change", "core.code", "core.run", "raw.reject"):
        warehouse.execute(f"DELETE FROM {table}")

    def land(delivery: Delivery) -> None:
        land_delivery(warehouse, register.SOURCE, delivery, run_id=new_run_id(), progress=silent)

    return land


def changed(chance: random.Random, number: int, moment: datetime) -> dict[str, Any]:
    """A company in some state of its life: named anew, moved, grown, ended, back, registered by mistake, protected."""
    ended = chance.choice([None, None, "2026-01-31"])
    return company(
        number,
        f"{chance.choice(['Alfa', 'Beta', 'Gamma'])} {number}",
        loaded=at(moment),
        reklamebeskyttet=chance.random() < 0.5,
        fejlRegistreret=chance.random() < 0.1,
        livsforloeb=[{"periode": {"gyldigFra": "2001-01-01", "gyldigTil": ended}}],
        meta={
            "sammensatStatus": chance.choice(["NORMAL", "UNDER KONKURS", "TVANGSOPLØST"]),
            "nyesteKvartalsbeskaeftigelse": {"aar": 2026, "kvartal": 1, "antalAnsatte": chance.choice([None, 0, 7])},
        },
    )


@pytest.mark.parametrize("seed", range(2))
def test_changes_on_top_of_a_load_equal_a_fresh_load(
    seed: int, cvr: CvrServer, client: PoliteClient, warehouse: Warehouse, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    now = datetime.now(UTC)
    many = [number for number in range(30_000_000, 30_000_400) if is_valid(number)]
    cvr.put(*(changed(chance, number, now) for number in many[:20]))
    land = emptied(warehouse)
    loaded = read_all(client, tmp_path / "load")
    land(loaded)
    known = Known(loaded={"virksomhed": loaded.source_seq}, cursor=loaded.cursor)
    told: list[Delivery] = []
    for step in range(2):
        moment = now + timedelta(minutes=step)
        for number in chance.sample(many[: 20 + 3 * step], 8):
            cvr.put(changed(chance, number, moment))
        for delivery in register.fetch_changes(client, landing=tmp_path / f"feed{step}", known=known):
            land(delivery)
            if chance.random() < 0.7:  # else it was killed before the cursor was kept: all comes again
                known = replace(known, cursor=delivery.cursor)
            told.append(delivery)
    for late in chance.sample(told, 1):  # landed again, in another order
        land(late)
    followed = state(warehouse)
    land = emptied(warehouse)
    land(read_all(client, tmp_path / "fresh"))
    assert followed == state(warehouse)
    assert len(followed) > 20


def is_valid(number: int) -> bool:
    return (
        sum(int(digit) * weight for digit, weight in zip(str(number), (2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0
    )


# --- single companies --------------------------------------------------------------------------------------------
def test_a_lookup_says_what_it_does_not_know(cvr: CvrServer, client: PoliteClient, tmp_path: Path) -> None:
    delivery = register.look_up(client, [str(A), "10403782", "no number"], landing=tmp_path)
    assert (numbers(delivery), delivery.unknown) == ([str(A)], ("10403782", "no number"))
    hits = [{"_source": {"Vrvirksomhed": company(B, "Firma")}}]
    cvr.spoil(said_json({"timed_out": False, "_shards": {"failed": 0}, "hits": {"total": 1, "hits": hits}}))
    other = register.look_up(client, [str(A)], landing=tmp_path)
    assert (numbers(other), other.unknown) == ([], (str(A),))
