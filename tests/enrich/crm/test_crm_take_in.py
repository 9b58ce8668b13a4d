import csv
import gzip
import os
import stat
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from db.errors import FolderReadOnly, WarehouseBusy
from db.warehouse import Warehouse
from enrich.config import Config, CrmConfig
from enrich.crm.take_in import import_file
from enrich.errors import ConfirmationNeeded, InputInvalid
from enrich.gate import hmac_of, read_key
from tests.enrich.crm.conftest import CurrentRows, Snapshot, WriteFile

HUBSPOT = """Record ID;Company name;Company Domain Name;Country/Region;Number of Employees;Annual Revenue;Org nr;Company owner;Lifecycle Stage;Lead Status;Last Contacted;Phone Number
9001;Nordlys Bygg AS;nordlysbygg.no;Norge;11-50;12 500 000,50;923 609 016;Kari Nordmann;Kund;Åpen;25.12.2023;22 33 44 55
9002;Göteborgs Åkeri AB;akeri.se; Sverige ;50+;1.234,50;556703-7485;ola@example.no;Lead;Ny;03.04.2024;08-123 456 78
9003;Helsingin Leipä Oy;leipa.fi;Suomi;120;;2077474-0;;Asiakas;;;
"""


def figures(report: Any) -> tuple[int, int, int, int, int, int]:
    assert report.rows_in == (
        report.rows_created + report.rows_updated + report.rows_unchanged + report.rows_duplicate + report.rows_rejected
    )
    return (
        report.rows_created,
        report.rows_updated,
        report.rows_unchanged,
        report.rows_duplicate,
        report.rows_rejected,
        report.rows_closed,
    )


def rejects_of(report: Any) -> list[dict[str, str]]:
    with report.reject_file.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_hubspot_export_becomes_typed_records(config: Config, write: WriteFile, current: CurrentRows) -> None:
    report = import_file(config, write(HUBSPOT, encoding="cp1252"))
    assert (report.kind, report.encoding, report.separator) == ("companies", "cp1252", "semicolon")
    assert figures(report) == (3, 0, 0, 0, 0, 0)
    first, second, third = current("crm_company")
    assert first["crm_id"] == "hubspot:0:company:9001"
    assert (first["registration_scheme"], first["registration_number"]) == ("NO-ORGNR", "923609016")
    assert (first["employees_low"], first["employees_high"]) == (11, 50)
    assert first["revenue_amount"] == Decimal("12500000.50")
    assert (first["country_code"], first["phone"], first["domains"]) == ("NO", "+4722334455", ["nordlysbygg.no"])
    assert (first["lifecycle_stage"], first["lead_status"]) == ("customer", "OPEN")
    assert (first["last_contacted_date"], second["last_contacted_date"]) == (date(2023, 12, 25), date(2024, 4, 3))
    assert (second["registration_scheme"], second["registration_number"]) == ("SE-ORGNR", "5567037485")
    assert (second["phone"], second["employees_low"], second["employees_high"]) == ("+46812345678", 50, None)
    assert (third["registration_number"], third["lifecycle_stage"]) == ("2077474-0", "customer")


def test_the_same_file_again_changes_nothing(config: Config, write: WriteFile, snapshot: Snapshot) -> None:
    path = write(HUBSPOT)
    import_file(config, path)
    before = snapshot()
    assert figures(import_file(config, path)) == (0, 0, 3, 0, 0, 0)
    after = snapshot()
    assert {name for name in after if after[name] != before[name]} == {"core.import", "core.run"}


def test_records_without_an_id_of_their_own_keep_ours(config: Config, write: WriteFile, current: CurrentRows) -> None:
    import_file(config, write("name,country,city\nNordlys AS,NO,Bodø\nSørlys AS,NO,Arendal\n"))
    ids = {row["name"]: row["crm_id"] for row in current("crm_company")}
    report = import_file(config, write("city,Company,country\nArendal,SØRLYS AS,Norway\nBodø,Nordlys AS,NO\n"))
    assert figures(report) == (0, 1, 1, 0, 0, 0)  # a name in other letters is another value of the same record
    assert {row["name"].title(): row["crm_id"] for row in current("crm_company")} == {
        name.title(): crm_id for name, crm_id in ids.items()
    }
    assert not any("nordlys" in crm_id or "@" in crm_id for crm_id in ids.values())


def test_ids_and_keys_of_persons_hold_no_address(config: Config, write: WriteFile, current: CurrentRows) -> None:
    import_file(config, write("Email,First name,Last name\nKari@Example.no,Kari,Nordmann\n"))
    (row,) = current("crm_contact")
    assert row["email"] == "kari@example.no"
    assert row["key_hmac"] == hmac_of(read_key(config), "crm_contact", "email|kari@example.no")
    assert len(row["crm_id"]) == 36
    import_file(config, write("Email,First name,Last name\nkari@example.no,Kari,Nordmann Hansen\n"))
    (changed,) = current("crm_contact")
    assert (changed["crm_id"], changed["last_name"]) == (row["crm_id"], "Nordmann Hansen")


def test_what_a_file_has_no_column_for_stays_and_an_empty_cell_clears(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    import_file(config, write(HUBSPOT))
    report = import_file(config, write("Record ID,Company name,Industry,Company owner\n9001,Nordlys Bygg AS,Bygg,\n"))
    assert figures(report) == (0, 1, 0, 0, 0, 0)
    row = current("crm_company")[0]
    assert (row["industry"], row["owner_original"]) == ("Bygg", None)
    assert (row["employees_low"], row["domains"], row["phone"]) == (11, ["nordlysbygg.no"], "+4722334455")


@pytest.mark.parametrize("again", [False, True], ids=["new", "known"])
def test_a_dry_run_gives_the_figures_of_the_real_run_and_writes_nothing(
    config: Config, write: WriteFile, snapshot: Snapshot, again: bool
) -> None:
    if again:
        import_file(config, write(HUBSPOT))
    path = write(
        HUBSPOT.replace("Kund;", "Lead;") + "9004;Ny AS;;;;;;;;;;\n9004;Annen AS;;;;;;;;;;\n;;;;;;;Ola;;;;\n",
        "next.csv",
    )
    before = snapshot()
    files = sorted(config.data.rglob("*"))
    dry = import_file(config, path, complete=True, dry_run=True)
    assert snapshot() == before
    assert sorted(config.data.rglob("*")) == files
    real = import_file(config, path, complete=True)
    assert figures(dry) == figures(real)
    assert (dry.rejects, dry.warnings, dry.examples) == (real.rejects, real.warnings, real.examples)
    assert (dry.is_dry_run, real.is_dry_run, dry.reject_file) == (True, False, None)
    assert figures(real)[:3] == ((1, 1, 2) if again else (4, 0, 0))


def test_a_dry_run_before_anything_else_leaves_no_trace(config: Config, write: WriteFile) -> None:
    assert figures(import_file(config, write(HUBSPOT), dry_run=True)) == (3, 0, 0, 0, 0, 0)
    assert not config.data.exists()


def test_the_same_company_twice_is_skipped_or_refused_but_never_mixed(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    path = write("name,country,phone\nNordlys AS,NO,22334455\nNordlys AS,NO,22334455\nNordlys AS,NO,99887766\n")
    report = import_file(config, path, kind="companies")
    assert figures(report) == (1, 0, 0, 1, 1, 0)
    assert [row["phone"] for row in current("crm_company")] == ["+4722334455"]
    assert [(row["row"], row["outcome"], row["reason"]) for row in rejects_of(report)] == [
        ("3", "duplicate", "the same row stands above, in row 2"),
        ("4", "rejected", "the same record stands above with other values, and the one above was taken: row 2"),
    ]
    with Warehouse.open_to_write(config.data, command="test") as warehouse:  # status says what the import said
        run = warehouse.ask("SELECT rows_in, rows_landed, rows_rejected FROM core.run")
    assert run == [{"rows_in": 3, "rows_landed": 2, "rows_rejected": 1}]


def test_numbers_that_a_spreadsheet_ruined_are_dropped_and_ruined_ids_reject_their_row(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    path = write(
        "Record ID;Company name;Org nr\n9001;Nordlys AS;9,23609E+08\n9002;Sørlys AS;92360901\n"
        "9,00E+03;Vestlys AS;923609016\n9004;Østlys AS;923609000\n9005;Midtlys AS;923609016\n"
    )
    report = import_file(config, path)
    assert figures(report) == (4, 0, 0, 0, 1, 0)
    assert [row["registration_number"] for row in current("crm_company")] == [None, None, None, "923609016"]
    told = {(row["row"], row["outcome"]): row["reason"] for row in rejects_of(report)}
    assert set(told) == {
        ("2", "value left out"),
        ("3", "value left out"),
        ("4", "rejected"),
        ("5", "value left out"),
    }
    assert "rounded" in told["2", "value left out"]
    assert "7 digits" in told["3", "value left out"] or "8 of 9 digits" in told["3", "value left out"]


def test_a_ruined_number_in_a_row_without_a_record_id_rejects_the_row(config: Config, write: WriteFile) -> None:
    path = write("Org nr;Company name\n9,23609E+08;Nordlys AS\n923609016;Sørlys AS\n")
    report = import_file(config, path, kind="companies")
    assert figures(report) == (1, 0, 0, 0, 1, 0)
    assert [reason.partition(":")[0] for reason in report.rejects] == ["registration_number"]


def test_personal_numbers_and_birth_dates_are_on_no_disk(config: Config, write: WriteFile) -> None:
    path = write(
        "Company name;Organisationsnummer;Country;Födelsedatum;Note\n"
        "Kari Nordmanns Åkeri;811228-9874;SE;1981-12-28;811228-9874\n;;SE;1981-12-28;8112289874\n"
    )
    report = import_file(config, path)
    assert report.columns_never_stored == ("Födelsedatum",)
    assert figures(report) == (1, 0, 0, 0, 1, 0)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT is_natural_person, registration_number FROM core.crm_company") == [
            {"is_natural_person": True, "registration_number": None}
        ]
    kept = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    for sentinel in (b"811228-9874", b"8112289874", b"1981-12-28"):
        assert sentinel not in kept


def test_rows_that_cannot_be_used_go_to_a_file_that_nothing_computes(config: Config, write: WriteFile) -> None:
    path = write('Company name,City,Note\n,Bodø,=HYPERLINK("http://x")\n=cmd|x,Oslo,\nA,B\nNordlys AS,Oslo,a,b\n')
    report = import_file(config, path, kind="companies")
    assert figures(report) == (1, 0, 0, 0, 3, 0)
    rows = rejects_of(report)
    assert [row["row"] for row in rows] == ["2", "4", "5"]
    assert rows[0]["Note"] == '\'=HYPERLINK("http://x")'
    assert report.reject_file is not None
    assert stat.S_IMODE(report.reject_file.stat().st_mode) == 0o600
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        kept = warehouse.ask("SELECT line_number, reason_code FROM raw.reject ORDER BY 1")
        assert [tuple(row.values()) for row in kept] == [(2, "no_identity"), (4, "cell_count"), (5, "cell_count")]
        assert warehouse.ask("SELECT name FROM core.crm_company") == [{"name": "=cmd|x"}]
        run = warehouse.ask("SELECT rows_in, rows_landed, rows_rejected FROM core.run")
        assert run == [{"rows_in": 4, "rows_landed": 1, "rows_rejected": 3}]


def test_a_mended_reject_file_can_be_imported(config: Config, write: WriteFile, current: CurrentRows) -> None:
    report = import_file(config, write("Company name;Phone number\n;+47 22 33 44 55\nFjord AS;\n"), kind="companies")
    assert report.reject_file is not None
    typed = report.reject_file.read_text(encoding="utf-8-sig").replace('",,', '",Nordlys AS,')
    report.reject_file.write_text(typed, encoding="utf-8-sig")
    mended = import_file(config, report.reject_file, kind="companies")
    assert figures(mended) == (1, 0, 0, 0, 0, 0)
    assert mended.columns_not_read == ("row", "outcome", "reason")
    assert {row["name"]: row["phone"] for row in current("crm_company")}["Nordlys AS"] == "+4722334455"


def test_names_that_are_meant_to_hurt(config: Config, write: WriteFile, current: CurrentRows) -> None:
    names = {
        "9001": "=1+1",
        "9002": "<script>alert(1)</script> AS",
        "9003": "\u202eSA sylhtroN\u200f",
        "9004": "Nord\0lys AS",
        "9005": "x" * 10_240,
        "9006": "'; DROP TABLE core.crm_company; --",
    }
    text = "Record ID;Company name\n" + "".join(f'{key};"{name}"\n' for key, name in names.items())
    report = import_file(config, write(text))
    assert figures(report) == (5, 0, 0, 0, 1, 0)
    assert list(report.rejects) == ["name: it has 10240 characters, more than 1000"]
    assert {row["crm_key"]: row["name"] for row in current("crm_company")} == {
        "9001": "=1+1",
        "9002": "<script>alert(1)</script> AS",
        "9003": "SA sylhtroN",
        "9004": "Nordlys AS",
        "9006": "'; DROP TABLE core.crm_company; --",
    }


def test_dates_in_doubt_stay_unknown_and_the_report_says_so(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    path = write(
        "Record ID;Company name;Last contacted;Create date\n1;A AS;03/04/2024;12/25/2023\n2;B AS;05/05/2024;x\n"
    )
    report = import_file(config, path)
    assert report.date_orders == {"last_contacted": "undecided", "created": "mdy"}
    assert [row["last_contacted_date"] for row in current("crm_company")] == [None, date(2024, 5, 5)]
    assert sum(report.warnings.values()) == 2
    assert any("day and month" in warning for warning in report.warnings)
    told = config.model_copy(update={"crm": CrmConfig(date_order="dmy")})
    assert figures(import_file(told, path))[:2] == (0, 1)
    assert current("crm_company")[0]["last_contacted_date"] == date(2024, 4, 3)


@pytest.mark.parametrize(("kind", "who"), [("companies", "Company name;Domain"), ("contacts", "Last name;Email")])
def test_a_last_contact_to_come_is_left_out_and_told(
    kind: str, who: str, config: Config, write: WriteFile, current: CurrentRows
) -> None:
    today = datetime.now(UTC).date()
    days = [today + timedelta(days=ahead) for ahead in (-1, 1, 40)]
    rows = [f"{number};Nes;nes{number}@nes.no;{day.isoformat()}" for number, day in enumerate(days)]
    path = write("\n".join([f"Record ID;{who};Last contacted", *rows, "9;Ås;aas@aas.no;01.01.2099"]))
    report = import_file(config, path, kind=kind)
    table = {"companies": "crm_company", "contacts": "crm_contact"}[kind]
    assert [row["last_contacted_date"] for row in current(table)] == [*days[:2], None, None]
    assert report.rows_created == 4
    [told] = [warning for warning in report.warnings if "the date lies in the future" in warning]
    assert report.warnings[told] == 2


def test_a_spreadsheet_with_typed_cells(config: Config, write_sheet: WriteFile, current: CurrentRows) -> None:
    path = write_sheet(
        [
            ["Record ID", "Company name", "Org nr", "Annual revenue", "Last contacted", "Number of employees"],
            [9001000001, "Nordlys AS", 923609016, 1234.567, date(2024, 3, 4), 12],
            [9001000002, "Sørlys AS", None, 1e7, 45356, date(2024, 10, 1)],
        ]
    )
    report = import_file(config, path)
    assert figures(report) == (2, 0, 0, 0, 0, 0)
    first, second = current("crm_company")
    assert (first["crm_key"], first["registration_number"]) == ("9001000001", "923609016")
    assert (first["revenue_amount"], second["revenue_amount"]) == (Decimal("1234.57"), Decimal("10000000.00"))
    assert (first["last_contacted_date"], second["last_contacted_date"]) == (date(2024, 3, 4), date(2024, 3, 5))
    assert (first["employees_low"], second["employees_low"]) == (12, None)


def test_a_complete_file_closes_what_it_lacks_but_asks_above_ten_percent(
    config: Config, write: WriteFile, snapshot: Snapshot, current: CurrentRows
) -> None:
    rows = [f"{number};Firma {number} AS" for number in range(20)]
    import_file(config, write("\n".join(["Record ID;Company name", *rows])))
    import_file(config, write("\n".join(["Record ID;Company name", *rows[:5]])))
    assert len(current("crm_company")) == 20  # a partial file closes nothing
    report = import_file(config, write("\n".join(["Record ID;Company name", *rows[2:]])), complete=True)
    assert (report.rows_closed, report.records_before, report.needs_confirmation) == (2, 20, False)
    before = snapshot()
    path = write("\n".join(["Record ID;Company name", *rows[4:19], f'19;"{"x" * 2000}"']))
    with pytest.raises(ConfirmationNeeded, match="2 of 18 companies"):
        import_file(config, path, complete=True)
    assert snapshot() == before
    assert list(config.rejects.glob("*")) == []
    assert import_file(config, path, complete=True, dry_run=True).needs_confirmation
    assert import_file(config, path, complete=True, yes=True).rows_closed == 2
    assert "19" in {row["crm_key"] for row in current("crm_company")}  # its row was refused, not absent
    again = import_file(config, write("\n".join(["Record ID;Company name", *rows])))
    assert figures(again) == (4, 0, 16, 0, 0, 0)
    assert len({row["crm_id"] for row in current("crm_company")}) == 20


def test_record_ids_under_a_header_of_ones_own_are_hubspots_only_where_that_is_said(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    path = write("Kundenr,Navn,Telefon\n1134,Fjordkode AS,22334455\n")
    own = config.crm.model_copy(update={"companies": {"Kundenr": "record_id", "Navn": "name"}})
    import_file(config.model_copy(update={"crm": own}), path, kind="companies")
    assert [row["crm_id"] for row in current("crm_company")] == ["crm:company:1134"]
    of_account = own.model_copy(update={"portal": "77"})
    import_file(
        config.model_copy(update={"crm": of_account}),
        write("Kundenr,Navn\n1134,Fjordkode AS\n1135,Ny AS\n"),
        kind="companies",
    )
    assert {row["crm_id"] for row in current("crm_company")} == {"crm:company:1134", "hubspot:77:company:1135"}


def test_contacts_with_their_company_and_consent(config: Config, write: WriteFile, current: CurrentRows) -> None:
    path = write(
        "Record ID,First Name,Last Name,Email,Associated Company ID,Associated Company IDs,Unsubscribed from all email,Mobile\n"
        '1,Kari,Nordmann,"Kari@Example.no; kari@gmail.com",9001,9001;9002,true,98765432\n'
        "2,Ola,Hansen,ola-at-example,,9001;9002,nei,\n"
    )
    report = import_file(config, path)
    assert report.kind == "contacts"
    first, second = current("crm_contact")
    assert (first["email"], first["company_crm_key"], first["has_opted_out"]) == ("kari@example.no", "9001", True)
    assert (first["mobile"], first["crm_id"]) == ("+4798765432", "hubspot:0:contact:1")
    assert (second["email"], second["company_crm_key"], second["has_opted_out"]) == (None, None, False)
    assert dict(report.warnings) == {
        "email: it holds several addresses; the first was taken": 1,
        "email: it is no e-mail address": 1,
        "company_keys: it names several companies and no first one": 1,
    }


@pytest.mark.parametrize(
    ("stage", "won", "closed", "read"),
    [
        ("closedwon", "", "", "won"),
        ("Closed Lost", "", "", "lost"),
        ("Affär vunnen", "", "", "unknown"),
        ("Kontrakt signert", "", "", "won"),
        ("Lagt på is", "", "", "lost"),
        ("contractsent", "true", "true", "won"),  # portals rename stages and keep their internal names
        ("closedwon", "false", "true", "lost"),
        ("Hva som helst", "", "false", "open"),
        ("", "", "", "unknown"),
    ],
)
def test_deal_stages(
    config: Config, write: WriteFile, current: CurrentRows, stage: str, won: str, closed: str, read: str
) -> None:
    crm = CrmConfig(won_stages=("Kontrakt signert",), lost_stages=("lagt på is",))
    path = write(
        "Record ID,Deal Name,Deal Stage,Is closed won,Is deal closed?,Amount,Currency,Associated Company IDs,Associated Company\n"
        f'7,Stor avtale,{stage},{won},{closed},"1.234.567,50",nok,9001; 9002,Nordlys AS\n'
    )
    report = import_file(config.model_copy(update={"crm": crm}), path)
    (deal,) = current("crm_deal")
    assert (report.kind, deal["stage"], deal["stage_original"]) == ("deals", read, stage or None)
    assert (deal["amount"], deal["currency"]) == (Decimal("1234567.50"), "NOK")
    assert (deal["company_crm_keys"], deal["company_name"]) == (["9001", "9002"], "Nordlys AS")


def test_only_a_few_unknown_labels_are_named(config: Config, write: WriteFile) -> None:
    rows = "".join(f"{number};Firma {number} AS;Fase {number}\n" for number in range(12))
    report = import_file(config, write("Record ID;Company name;Lifecycle stage\n" + rows))
    assert len(report.warnings) == 6
    assert report.warnings["lifecycle_stage: further labels that are not known"] == 7


def test_several_domains_mailbox_providers_and_shared_sites(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    path = write(
        "Record ID;Company name;Domain;Additional domains;Website;Email\n"
        "1;A AS;www.a.no;https://a.com/x;facebook.com/a;post@mail.alfa.se\n2;B AS;gmail.com;;;b@hotmail.com\n3;C AS;ingen;;;\n"
    )
    path.write_text(path.read_text().replace("https://a.com/x", '"https://a.com/x;a.no; b.no"'))
    report = import_file(config, path)
    assert [row["domains"] for row in current("crm_company")] == [["a.no", "a.com", "b.no", "alfa.se"], None, None]
    assert dict(report.warnings) == {"domain: it is no domain": 1}


def test_a_person_typed_in_as_a_company_is_kept_apart(config: Config, write: WriteFile, current: CurrentRows) -> None:
    path = write(
        "Record ID;Company name;Email\n1;Ola Nordmann;ola.nordmann@gmail.com\n2;Ola Nordmann;ola@nordmann.no\n3;Rema 1000;\n"
    )
    import_file(config, path, kind="companies")
    assert [row["is_natural_person"] for row in current("crm_company")] == [True, False, False]


@pytest.mark.parametrize(
    "text",
    ["", "<html></html>", "name1,colour\na,b\n", "name,name\na,b\n"],
    ids=["empty", "html", "unknown", "doubled"],
)
def test_a_file_that_cannot_be_used_changes_nothing(config: Config, write: WriteFile, text: str) -> None:
    with pytest.raises(InputInvalid, match=r"[Nn]othing was imported"):
        import_file(config, write(text))
    assert not config.data.exists()


def test_while_somebody_else_writes_the_import_says_so(config: Config, write: WriteFile) -> None:
    with Warehouse.open_to_write(config.data, command="refresh"), pytest.raises(WarehouseBusy, match="refresh"):
        import_file(config, write(HUBSPOT))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_reject_file_that_cannot_be_written_stops_the_import(
    config: Config, write: WriteFile, snapshot: Snapshot
) -> None:
    before = snapshot()
    config.rejects.mkdir(mode=0o500)
    with pytest.raises(FolderReadOnly):
        import_file(config, write("name;city\nA AS;Oslo\n;Oslo\n"), kind="companies")
    assert snapshot() == before


def test_a_reject_folder_that_is_a_file_stops_the_import(config: Config, write: WriteFile, snapshot: Snapshot) -> None:
    before = snapshot()
    config.rejects.write_text("")
    with pytest.raises(FolderReadOnly):
        import_file(config, write("name;city\nA AS;Oslo\n;Oslo\n"), kind="companies")
    assert snapshot() == before


def test_progress_counts_rows(config: Config, write: WriteFile) -> None:
    said: list[tuple[str, int, int | None]] = []
    import_file(config, write(HUBSPOT), progress=lambda *step: said.append(step))
    assert ("read rows", 3, 3) in said


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "rows"), [("sbti_dev", 3317), ("sbti_unlabelled", 5482)])
def test_real_names_import_with_their_truth_left_unread(config: Config, real_data: Path, name: str, rows: int) -> None:
    path = real_data / "gold" / f"{name}.csv"
    report = import_file(config, path, kind="companies")
    assert dict(report.columns) == {"name": "name", "country": "country"}
    assert figures(report) == (rows, 0, 0, 0, 0, 0)
    assert dict(report.warnings) == {}
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT count(*) AS n FROM core.crm_company WHERE is_natural_person") == [{"n": 0}]
    assert figures(import_file(config, path, kind="companies")) == (0, 0, rows, 0, 0, 0)


@pytest.mark.real_data
def test_a_real_file_of_pairs_is_refused_with_the_nearest_names(config: Config, real_data: Path) -> None:
    with pytest.raises(InputInvalid, match=r"'name1' \(near to name\)"):
        import_file(config, real_data / "gold" / "organisation_name_pairs.csv")


def test_a_postal_code_and_town_in_one_cell_are_taken_apart(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    """No letter of the town is lost, and a later file of postal codes alone does not clear the towns."""
    path = write(
        "Record ID;Company name;Postnr/sted;Sted\n1;A;4020 Stavanger;\n2;B;7760 Snåsa;\n3;C;4020 Stavanger;Sandnes\n4;D;4020;Oslo\n"
    )
    report = import_file(config, path, kind="companies")
    assert [(row["postal_code"], row["city"]) for row in current("crm_company")] == [
        ("4020", "Stavanger"),
        ("7760", "Snåsa"),
        ("4020", "Sandnes"),
        ("4020", "Oslo"),
    ]
    assert report.warnings == {"postal_code: it names another town than the city, which was taken": 1}
    import_file(
        config, write("Record ID;Company name;Postnr\n1;A;4021\n2;B;7760 Snåsa\n", "later.csv"), kind="companies"
    )
    assert [(row["postal_code"], row["city"]) for row in current("crm_company")][:2] == [
        ("4021", "Stavanger"),
        ("7760", "Snåsa"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "gzip"])
def test_a_text_is_taken_in_whatever_it_is_encoded_and_packed_as(
    config: Config, tmp_path: Path, encoding: str, is_packed: bool
) -> None:
    text = "Record ID;Company name\r\n1;Snåsa Bygg\r\n".encode(encoding)
    path = tmp_path / ("export.csv.gz" if is_packed else "export.csv")
    path.write_bytes(gzip.compress(text) if is_packed else text)
    report = import_file(config, path)
    assert (report.kind, report.file_name, report.rows_created) == ("companies", path.name, 1)


def test_a_packed_file_that_was_cut_short_is_refused(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(b"Record ID;Company name\n1;A\n")[:-9])
    with pytest.raises(InputInvalid, match="a part of it may be missing"):
        import_file(config, path)
