"""Norway's register over a real socket: bulk, feeds, lookups, roles, with its limits and errors."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sources.errors import RetryableError, SourceAborted, UnknownLayout
from sources.http import PoliteClient
from sources.kinds import hal_register
from sources.registers import no_brreg
from sources.source import Coverage, Delivery, Known
from tests.registers.brreg_server import BrregServer, unit
from tests.registers.loopback import Said
from tests.sources.conftest import Pauses

Client = Callable[[BrregServer], PoliteClient]
HEADER = list(no_brreg.ENHETER_2026.columns)
EQUINOR, BANK, KIOSK, FARM = "923609016", "984851006", "974760673", "810034882"


def bulk(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADER, quoting=csv.QUOTE_ALL, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def rows_of(delivery: Delivery) -> list[dict[str, str | None]]:
    assert not isinstance(delivery.rows, Path)
    return list(delivery.rows.to_pylist())


def numbers_in(delivery: Delivery) -> list[str | None]:
    return [row["organisasjonsnummer"] for row in rows_of(delivery)]


def test_the_bulk_file_arrives_complete_with_its_etag_and_the_feeds_position(
    brreg: BrregServer, client: Client, tmp_path: Path
) -> None:
    brreg.tell(41, EQUINOR, "Ny")
    brreg.tell(57, EQUINOR, "Endring")
    brreg.publish(bulk({"organisasjonsnummer": EQUINOR, "forretningsadresse.adresse": "Forusbeen 50\n2. etasje"}))
    first = no_brreg.fetch_bulk(client(brreg), landing=tmp_path / "1", known=Known(cursor="underenheter=7"))
    assert first is not None
    assert (first.layout.name, first.form, first.coverage) == ("enheter_2026", "csv.gz", Coverage.COMPLETE)
    assert first.cursor == "enheter=57 underenheter=7"
    assert isinstance(first.rows, Path)
    assert first.rows.read_bytes() == brreg.bulk["enheter"]
    assert set((tmp_path / "1").iterdir()) == {first.rows, first.unpacked}
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    brreg.tell(63, EQUINOR, "Endring", date=an_hour_ago.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    made_before_that = no_brreg.fetch_bulk(client(brreg), landing=tmp_path / "3", known=Known())
    assert made_before_that is not None
    assert made_before_that.cursor == "enheter=62"
    again = no_brreg.fetch_bulk(client(brreg), landing=tmp_path / "2", known=Known(etag=first.etag))
    assert again is None
    assert brreg.asked[-1].headers["if-none-match"] == first.etag


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(
            Said(body=b"<html>Vi er snart tilbake</html>"), "web page in the place of data", id="HTML, status 200"
        ),
        pytest.param(Said(body=b""), "is empty", id="nothing"),
        pytest.param(Said(status=403, body=b"nei"), "HTTP 403 Forbidden: nei", id="forbidden"),
        pytest.param(Said(body=bulk()[:100]), "fits no known layout", id="half a header"),
    ],
)
def test_a_bulk_answer_that_is_no_bulk_file_stops_the_source_and_leaves_nothing(
    answer: Said, sentence: str, brreg: BrregServer, client: Client, tmp_path: Path
) -> None:
    brreg.spoil(Said(body=b"{}"), Said(body=b"{}"), answer)
    with pytest.raises(SourceAborted, match=sentence):
        no_brreg.fetch_bulk(client(brreg), landing=tmp_path, known=Known())
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_gzip_and_a_connection_that_breaks_are_told_apart(
    brreg: BrregServer, client: Client, tmp_path: Path
) -> None:
    brreg.publish(bulk({"organisasjonsnummer": EQUINOR}))
    whole = brreg.bulk["enheter"]
    brreg.spoil(Said(body=b"{}"), Said(body=b"{}"), Said(body=whole[:-10]))
    with pytest.raises(SourceAborted, match="cut short"):
        no_brreg.fetch_bulk(client(brreg), landing=tmp_path, known=Known())
    brreg.spoil(Said(body=b"{}"), Said(body=b"{}"), Said(body=whole, cut_at=20))
    assert no_brreg.fetch_bulk(client(brreg), landing=tmp_path, known=Known()) is not None


def test_a_changed_header_is_refused_with_what_changed(brreg: BrregServer, client: Client, tmp_path: Path) -> None:
    brreg.publish(bulk().replace(b'"mobil"', b'"mobiltelefon"'))
    with pytest.raises(UnknownLayout, match=r"missing column: mobil; unknown column: mobiltelefon"):
        no_brreg.fetch_bulk(client(brreg), landing=tmp_path, known=Known())


def test_the_feeds_are_walked_by_position_and_tell_what_became_of_each(
    brreg: BrregServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brreg.units["enheter"] = {
        EQUINOR: unit(EQUINOR, "EQUINOR ASA"),
        FARM: unit(FARM, "GÅRDEN AS"),
        BANK: unit(BANK, "BANK"),
    }
    brreg.units["underenheter"] = {KIOSK: unit(KIOSK, "KIOSKEN", "BEDR", overordnetEnhet=EQUINOR)}
    for position, number, change in (
        (11, FARM, "Ny"),
        (25, EQUINOR, "Endring"),
        (26, BANK, "Endring"),
        (90, FARM, "Sletting"),
        (91, BANK, "Fjernet"),
    ):
        brreg.tell(position, number, change)
    brreg.tell(5, KIOSK, "Ny", collection="underenheter")
    brreg.delete(FARM, "2026-09-20")
    brreg.remove(BANK, "2026-09-21")
    known = Known(cursor="enheter=11 underenheter=2")
    deliveries = list(
        hal_register.walk_changes(
            client(brreg),
            no_brreg.SOURCE,
            tuple(no_brreg.COLLECTIONS.values()),
            landing=tmp_path,
            known=known,
            page=2,
        )
    )
    assert [
        (each.layout.name, each.coverage.value, numbers_in(each), each.gone, each.cursor) for each in deliveries
    ] == [
        ("enhet_json", "delta", [EQUINOR], (BANK,), "enheter=26 underenheter=2"),
        ("enhet_json", "delta", [FARM], (BANK,), "enheter=91 underenheter=2"),
        ("underenhet_json", "delta", [KIOSK], (), "enheter=91 underenheter=5"),
    ]
    (deleted,) = rows_of(deliveries[1])
    assert (deleted["respons_klasse"], deleted["slettedato"], deleted["navn"]) == (
        "SlettetEnhet",
        "2026-09-20",
        "GÅRDEN AS",
    )
    assert (
        list(no_brreg.fetch_changes(client(brreg), landing=tmp_path, known=Known(cursor=deliveries[-1].cursor))) == []
    )
    assert not any("page" in asked.params for asked in brreg.asked)


def test_without_a_cursor_the_feed_starts_a_day_before_it_was_loaded_and_only_where_it_was(
    brreg: BrregServer, client: Client, tmp_path: Path
) -> None:
    brreg.units["enheter"] = {EQUINOR: unit(EQUINOR, "EQUINOR ASA")}
    brreg.tell(11, EQUINOR, "Endring")
    brreg.tell(5, KIOSK, "Ny", collection="underenheter")
    (delivery,) = no_brreg.fetch_changes(
        client(brreg), landing=tmp_path, known=Known(loaded={"enheter": 1_700_000_000_000})
    )
    assert delivery.cursor == "enheter=11"
    assert brreg.asked[0].params["dato"] == "2023-11-13T22:13:20.000Z"
    assert list(no_brreg.fetch_changes(client(brreg), landing=tmp_path, known=Known())) == []

    dropped = Known(cursor="underenheter=5", loaded={"enheter": 1_700_000_000_000})
    (again,) = no_brreg.fetch_changes(client(brreg), landing=tmp_path, known=dropped)
    assert again.cursor == "enheter=11 underenheter=5"


def test_a_feed_that_does_not_move_is_not_walked_for_ever(brreg: BrregServer, client: Client, tmp_path: Path) -> None:
    stuck = {
        "_embedded": {"oppdaterteEnheter": [{"oppdateringsid": 9, "organisasjonsnummer": BANK, "endringstype": "Ny"}]}
    }
    brreg.spoil(Said(body=json.dumps(stuck).encode()))
    with pytest.raises(SourceAborted, match="does not move beyond position 9"):
        list(no_brreg.fetch_changes(client(brreg), landing=tmp_path, known=Known(cursor="enheter=9")))


@pytest.mark.parametrize(
    "body",
    ['{"_embedded": null}', '{"_embedded": {"oppdaterteEnheter": null}}', '{"_embedded": {"oppdaterteEnheter": [{}]}}'],
)
def test_a_feed_that_cannot_be_read_is_refused_and_is_not_taken_for_an_empty_one(
    body: str, brreg: BrregServer, client: Client, tmp_path: Path
) -> None:
    brreg.spoil(Said(body=body.encode()))
    with pytest.raises(SourceAborted, match="without a list 'oppdaterteEnheter'"):
        list(no_brreg.fetch_changes(client(brreg), landing=tmp_path, known=Known(cursor="enheter=9")))


def test_look_up_tells_known_deleted_gone_and_unknown_apart(brreg: BrregServer, client: Client, tmp_path: Path) -> None:
    brreg.units["enheter"] = {number: unit(number, f"N{number}") for number in (EQUINOR, FARM, BANK)}
    brreg.delete(FARM, "2026-09-20")
    brreg.remove(BANK, "2026-09-21")
    delivery = no_brreg.look_up(client(brreg), [EQUINOR, FARM, BANK, KIOSK], landing=tmp_path)
    assert numbers_in(delivery) == [EQUINOR, FARM]
    assert (delivery.gone, delivery.unknown) == ((BANK,), (KIOSK,))
    assert delivery.coverage is Coverage.PARTIAL


def test_one_number_is_asked_for_once_and_many_in_batches(
    brreg: BrregServer, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    brreg.units["enheter"] = {str(number): unit(str(number), "N") for number in range(900_000_000, 900_000_005)}
    no_brreg.look_up(client(brreg), ["900000000"], landing=tmp_path)
    assert [asked.path.rsplit("/", 1)[1] for asked in brreg.asked] == ["900000000"]
    monkeypatch.setattr(hal_register, "BATCH", 2)
    delivery = no_brreg.look_up(client(brreg), list(brreg.units["enheter"]), landing=tmp_path)
    assert len(rows_of(delivery)) == 5
    assert [asked.params.get("organisasjonsnummer") for asked in brreg.asked[1:]] == [
        "900000000,900000001",
        "900000002,900000003",
        None,
    ]


def test_an_unknown_key_is_told_and_the_others_are_kept(brreg: BrregServer, client: Client, tmp_path: Path) -> None:
    brreg.units["enheter"] = {
        EQUINOR: unit(EQUINOR, "EQUINOR ASA", antallAnsatte=21408, kapital={"belop": 6392018780.0, "valuta": "NOK"}),
        BANK: unit(BANK, "BANK", baerekraft={"rapport": "ja", "tom": None}),
    }
    delivery = no_brreg.look_up(client(brreg), [EQUINOR, BANK], landing=tmp_path)
    assert delivery.warnings == ("1 of 2 answers have the unknown key 'baerekraft.rapport'",)
    (equinor, _) = rows_of(delivery)
    assert (equinor["antallAnsatte"], equinor["kapital.belop"], equinor["konkurs"]) == (
        "21408",
        "6392018780.0",
        "false",
    )
    (kept,) = tmp_path.iterdir()
    assert [json.loads(line)["navn"] for line in kept.read_text().splitlines()] == ["EQUINOR ASA", "BANK"]


def test_bursts_of_503_are_waited_out_and_retry_after_is_obeyed(
    brreg: BrregServer, client: Client, pauses: Pauses, tmp_path: Path
) -> None:
    brreg.units["enheter"] = {EQUINOR: unit(EQUINOR, "EQUINOR ASA")}
    brreg.spoil(Said(status=503), Said(status=503), Said(status=429, headers={"Retry-After": "17"}))
    assert len(rows_of(no_brreg.look_up(client(brreg), [EQUINOR], landing=tmp_path))) == 1
    assert 17 in pauses.seconds
    brreg.spoil(*[Said(status=503)] * 6)
    with pytest.raises(RetryableError, match="is busy"):
        no_brreg.look_up(client(brreg), [EQUINOR], landing=tmp_path)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        pytest.param({"size": "500", "page": "20"}, "kan ikke overstige 10_000", id="deeper than 10,000"),
        pytest.param({"name": "x"}, "Ukjent parameter name", id="unknown parameter"),
    ],
)
def test_what_the_register_refuses_is_quoted(
    params: dict[str, str], sentence: str, brreg: BrregServer, client: Client
) -> None:
    with pytest.raises(SourceAborted, match=sentence):
        client(brreg).get(no_brreg.SOURCE, "enheter", params=params)


def test_roles_come_without_birth_dates_and_legal_capacity(brreg: BrregServer, client: Client) -> None:
    kari = {"fodselsdato": "1970-01-02", "navn": {"fornavn": "Kari", "etternavn": "Nord"}, "erDoed": False}
    auditor = {"organisasjonsnummer": BANK, "navn": ["REVISOR AS"], "erSlettet": False}
    brreg.roles[EQUINOR] = {
        "rollegrupper": [
            {
                "type": {"kode": "STYR"},
                "sistEndret": "2026-02-17",
                "roller": [
                    {
                        "type": {"kode": "LEDE"},
                        "person": kari,
                        "fratraadt": False,
                        "rekkefolge": 0,
                        "valgtAv": {"kode": "AREP"},
                        "begrensetRettsligHandleevne": True,
                    },
                    {"type": {"kode": "REVI"}, "enhet": auditor, "fratraadt": True},
                ],
            }
        ]
    }
    stated, none = no_brreg.fetch_roles(client(brreg), [EQUINOR, KIOSK])
    chair, audit = stated.roles
    assert (none.roles, none.rejects, stated.unknown_keys) == ((), (), ())
    assert (chair.holder_name, chair.role_code, chair.group_code, chair.position) == ("Kari Nord", "LEDE", "STYR", 0)
    assert (chair.holder_kind, chair.elected_by_code, str(chair.changed_date)) == ("person", "AREP", "2026-02-17")
    assert (audit.holder_kind, audit.holder_scheme, audit.holder_value) == ("entity", "NO-ORGNR", BANK)
    assert audit.has_resigned
    raw = client(brreg).get(no_brreg.SOURCE, f"enheter/{EQUINOR}/roller").body
    assert b"1970" not in raw
    assert json.loads(raw)["rollegrupper"][0]["roller"][0]["begrensetRettsligHandleevne"] is None
