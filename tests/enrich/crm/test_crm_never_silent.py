"""What an import must never do in silence: bring back the erased, drop an opt-out, close or lose what it could not read."""

import pytest

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.errors import ConfirmationNeeded
from enrich.gate import hmac_of, read_key
from enrich.subject import make_subject
from tests.enrich.crm.conftest import CurrentRows, WriteFile
from tests.enrich.crm.test_crm_take_in import figures, rejects_of


@pytest.mark.parametrize(
    "unreadable", [pytest.param("9,23609E+08;Nordlys AS\n", id="ruined number"), pytest.param("1;2;3;4\n", id="cells")]
)
def test_a_complete_file_with_rows_of_nobody_asks_before_it_closes(
    config: Config, write: WriteFile, current: CurrentRows, unreadable: str
) -> None:
    others = "".join(f";Firma {number}\n" for number in range(20))
    import_file(config, write(f"Org nr;Company name\n923609016;Nordlys AS\n{others}"), kind="companies")
    path = write(f"Org nr;Company name\n{unreadable}{others}", "later.csv")
    with pytest.raises(ConfirmationNeeded, match="1 of 21 companies are not in it; 1 of its rows cannot be read"):
        import_file(config, path, kind="companies", complete=True)
    assert len(current("crm_company")) == 21
    report = import_file(config, path, kind="companies", complete=True, yes=True)
    assert figures(report) == (0, 0, 20, 0, 1, 1)


def test_a_file_without_a_column_of_domains_clears_none(config: Config, write: WriteFile, current: CurrentRows) -> None:
    import_file(config, write("Record ID;Company name;Company Domain Name\n1;A;a.no\n2;B;b.no\n3;C;c.no\n"))
    path = write("Record ID;Company name;Website URL;Email\n1;A;;x@gmail.com\n2;B;https://bb.no;\n3;C;;\n", "later.csv")
    import_file(config, path, kind="companies")
    assert [row["domains"] for row in current("crm_company")] == [["a.no"], ["bb.no"], ["c.no"]]
    import_file(config, write("Record ID;Company name;Company Domain Name\n1;A;\n", "last.csv"))
    assert [row["domains"] for row in current("crm_company")] == [None, ["bb.no"], ["c.no"]]


def test_two_records_of_one_company_number_are_taken_and_told(config: Config, write: WriteFile) -> None:
    path = write("Record ID;Company name;Org nr\n1;Nordlys;923609016\n2;Nordlys AS;NO 923 609 016 MVA\n3;Rema;\n")
    report = import_file(config, path, kind="companies")
    assert figures(report) == (3, 0, 0, 0, 0, 0)
    assert report.warnings == {"registration_number: another record has it too; both were taken": 1}
    assert [(row["row"], row["outcome"], row["reason"]) for row in rejects_of(report)] == [
        ("3", "taken", "the record in row 2 has the same company number")
    ]


def test_an_opt_out_that_cannot_be_read_counts_as_one(config: Config, write: WriteFile, current: CurrentRows) -> None:
    path = write(
        "Record ID;Email;First name;Unsubscribed from all email\n1;a@b.no;A;on 2024-05-01\n2;c@b.no;C;\n3;d@b.no;D;no\n"
    )
    report = import_file(config, path, kind="contacts")
    assert [row["has_opted_out"] for row in current("crm_contact")] == [True, None, False]
    assert report.warnings == {"opted_out: it is neither yes nor no, and was taken for yes": 1}


def test_a_deal_with_a_rounded_company_id_is_not_tied_to_nobody(
    config: Config, write: WriteFile, current: CurrentRows
) -> None:
    path = write(
        "Record ID;Deal Name;Deal Stage;Associated Company IDs\n1;A;Won;9001;\n".replace("9001;", '"9001;9,001E+09"')
    )
    report = import_file(config, path, kind="deals")
    assert [row["company_crm_keys"] for row in current("crm_deal")] == [None]
    assert [warning for warning in report.warnings if warning.startswith("company_keys: a spreadsheet rounded it")]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        pytest.param("FI:2077474-0", "2077474-0", id="Finnish, with its hyphen"),
        pytest.param("fi: 20774740", "FI20774740", id="Finnish, as a VAT number"),
        pytest.param("SE:556703-7485", "5567037485", id="Swedish"),
    ],
)
def test_an_erased_organisation_is_known_however_its_number_is_written(
    config: Config, write: WriteFile, said: str, number: str
) -> None:
    subject = make_subject("organisation", said)
    hashed = hmac_of(read_key(config), "organisation", subject.value)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        warehouse.execute("INSERT INTO core.tombstone VALUES ('organisation', $hmac, 'erasure', now())", hmac=hashed)
    country = said[:2].upper()
    report = import_file(config, write(f"Company name,Org nr,Country\nX,{number},{country}\n"), kind="companies")
    assert figures(report) == (0, 0, 0, 0, 1, 0)


def test_somebody_who_was_erased_does_not_come_back(config: Config, write: WriteFile, current: CurrentRows) -> None:
    hashed = hmac_of(read_key(config), "email", "kari@example.no")
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        warehouse.execute("INSERT INTO core.tombstone VALUES ('email', $hmac, 'erasure', now())", hmac=hashed)
    report = import_file(config, write("Email,First name,Last name\nkari@example.no,Karianne,N\nola@example.no,O,N\n"))
    assert figures(report) == (1, 0, 0, 0, 1, 0)
    assert list(report.rejects) == ["the row is about somebody who was erased"]
    assert [row["email"] for row in current("crm_contact")] == ["ola@example.no"]
    kept = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file())
    assert b"Karianne" not in kept
