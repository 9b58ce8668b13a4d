import pytest

from enrich.crm.labels import KINDS, fields_of, labels_of
from enrich.crm.map import guess_kind, map_columns
from enrich.errors import InputInvalid

HUBSPOT = {
    "companies, internal names": (
        "companies",
        "hs_object_id,name,domain,hubspot_owner_id,numberofemployees,lifecyclestage,createdate",
        ["record_id", "name", "domain", "owner", "employees", "lifecycle_stage", "created"],
    ),
    "companies, English": (
        "companies",
        "Record ID,Company name,Company Domain Name,Company owner,Number of Employees,Lifecycle Stage,Create Date",
        ["record_id", "name", "domain", "owner", "employees", "lifecycle_stage", "created"],
    ),
    "companies, Swedish": (
        "companies",
        "Post-ID,Företagsnamn,Företagets domännamn,Företagsägare,Antal anställda,Livscykelfas,Skapandedatum",
        ["record_id", "name", "domain", "owner", "employees", "lifecycle_stage", "created"],
    ),
    "companies, Finnish": (
        "companies",
        "Tietueen ID,Yrityksen nimi,Yrityksen verkkotunnus,Yrityksen omistaja,Työntekijöiden määrä,Elinkaaren vaihe,Luontipäivä",
        ["record_id", "name", "domain", "owner", "employees", "lifecycle_stage", "created"],
    ),
    "contacts, English": (
        "contacts",
        "Record ID,First Name,Last Name,Email,Job Title,Contact owner,Associated Company ID,Unsubscribed from all email",
        ["record_id", "first_name", "last_name", "email", "job_title", "owner", "company_key", "opted_out"],
    ),
    "contacts, Swedish": (
        "contacts",
        "Förnamn,Efternamn,E-post,Jobbtitel,Mobilnummer,Kontaktägare",
        ["first_name", "last_name", "email", "job_title", "mobile", "owner"],
    ),
    "contacts, Finnish": (
        "contacts",
        "Etunimi,Sukunimi,Sähköposti,Tehtävänimike,Matkapuhelin,Yhteystiedon omistaja",
        ["first_name", "last_name", "email", "job_title", "mobile", "owner"],
    ),
    "deals, English": (
        "deals",
        "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Deal owner,Associated Company IDs",
        ["record_id", "name", "stage", "pipeline", "amount", "closed", "owner", "company_keys"],
    ),
    "deals, Finnish": (
        "deals",
        "Kaupan nimi,Kaupan vaihe,Summa,Sulkemispäivä,Kaupan omistaja",
        ["name", "stage", "amount", "closed", "owner"],
    ),
    "deals, all four columns of associated companies": (
        "deals",
        "Deal Stage,Associated Company,Associated Company IDs,Associated Company (Primary),Associated Company IDs (Primary)",
        ["stage", "company_name", "company_keys", "primary_company_name", "primary_company_keys"],
    ),
    "contacts, all four columns of associated companies": (
        "contacts",
        "First Name,Last Name,Associated Company,Associated Company IDs,Associated Company (Primary),Associated Company IDs (Primary)",
        [
            "first_name",
            "last_name",
            "associated_company",
            "company_keys",
            "primary_company_name",
            "primary_company_keys",
        ],
    ),
    "owners": ("owners", "Owner ID,Email,First name,Last name", ["owner_id", "email", "first_name", "last_name"]),
    "companies, Mautic": (
        "companies",
        "companyname,companyemail,companycity,companynumber_of_employees,companywebsite",
        ["name", "email", "city", "employees", "website"],
    ),
}


@pytest.mark.parametrize(("kind", "header", "fields"), HUBSPOT.values(), ids=HUBSPOT)
def test_exports_are_told_and_mapped_by_names_and_labels(kind: str, header: str, fields: list[str]) -> None:
    columns = header.split(",")
    found = map_columns(columns)
    assert found.kind == kind
    assert dict(found.columns) == dict(zip(columns, fields, strict=True))


def test_a_plain_list_of_names_is_one_of_companies_and_the_rest_is_listed_as_not_read() -> None:
    found = map_columns(["qid", "name", "country", "lei"])
    assert (found.kind, dict(found.places), found.not_read) == ("companies", {"name": 1, "country": 2}, ("qid", "lei"))
    assert "no column of contacts" in found.kind_reason


def test_the_own_mapping_outranks_labels_and_can_ignore() -> None:
    own = {"companies": {"Navn i CRM": "name", "Name": "", "Kundenr": "crm_key", "Gammelt felt": "city"}}
    found = map_columns(["Name", "Navn i CRM", "Kundenr", "lei"], kind="companies", own=own)
    assert dict(found.columns) == {"Navn i CRM": "name", "Kundenr": "crm_key"}
    assert (found.ignored, found.not_read, found.missing) == (("Name",), ("lei",), ("Gammelt felt",))


def test_a_column_that_the_own_mapping_replaces_is_not_read() -> None:
    found = map_columns(["Company name", "Brand"], kind="companies", own={"companies": {"Brand": "name"}})
    assert (dict(found.columns), found.not_read) == ({"Brand": "name"}, ("Company name",))


def test_birth_dates_and_personal_numbers_are_dropped() -> None:
    found = map_columns(["First name", "Last name", "Födelsedatum", "Personnummer"])
    assert found.never_stored == ("Födelsedatum", "Personnummer")


@pytest.mark.parametrize(
    ("header", "kind", "own", "says"),
    [
        (["Owner", "Company owner", "name"], "companies", {}, "'Owner' and 'Company owner' are both owner"),
        (["name", "name (column 2)"], "companies", {}, "are both name"),
        (["name1", "colour"], "companies", {}, r"'name1' \(near to name\), 'colour'"),
        (["name1", "name2", "is_match"], None, {}, "No column is known"),
        (["Acme AS", "post@acme.no", "923 609 016"], None, {}, "The first row holds values"),
        (["name", "email"], None, {}, "--as companies"),
        (["name"], "firms", {}, "companies, contacts, deals, owners"),
        (["x", "name"], "companies", {"companies": {"x": "emplyees"}}, "Did you mean 'employees'"),
    ],
)
def test_headers_that_cannot_be_used_are_refused(
    header: list[str], kind: str | None, own: dict[str, dict[str, str]], says: str
) -> None:
    with pytest.raises(InputInvalid, match=says):
        map_columns(header, kind=kind, own=own)


CONTACTS = ["Record ID", "First Name", "Last Name", "Email", "Job Title", "Phone Number", "Company name"]


def test_a_file_that_is_plainly_of_another_kind_is_refused_with_the_guess() -> None:
    with pytest.raises(InputInvalid, match=r"no list of deals.*--as contacts.*crm\.deals"):
        map_columns(CONTACTS, kind="deals")


def test_the_own_mapping_makes_it_of_the_kind_said() -> None:
    found = map_columns(CONTACTS, kind="deals", own={"deals": {"Job Title": "stage"}})
    assert dict(found.columns) == {"Record ID": "record_id", "Job Title": "stage", "Company name": "company_name"}


@pytest.mark.parametrize(
    ("kind", "header"),
    [
        ("owners", ["Email", "First name", "Last name", "Phone"]),
        ("companies", ["Record ID", "Name", "Email", "Phone", "City", "Owner"]),
        ("deals", ["Deal ID", "Deal", "Company", "Email", "First name"]),
    ],
)
def test_what_may_be_of_the_kind_said_is_taken_as_it(kind: str, header: list[str]) -> None:
    assert map_columns(header, kind=kind).kind == kind


def test_values_in_place_of_a_header_are_not_repeated() -> None:
    with pytest.raises(InputInvalid) as caught:
        map_columns(["Kari Nordmann", "kari@example.no"], kind="contacts")
    assert "kari" not in str(caught.value).lower()


def test_the_guess_says_by_which_columns() -> None:
    assert (
        guess_kind(["Deal Name", "Amount", "Deal Stage"], {})[1] == "its columns Amount, Deal Stage are those of deals"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_of_the_data_file_is_one_that_rows_read(kind: str) -> None:
    from pathlib import Path

    folder = Path(__file__).parents[3] / "enrich" / "crm"
    code = "".join((folder / name).read_text(encoding="utf-8") for name in ("rows.py", "row_reader.py"))
    assert [field for field in fields_of(kind) if f'"{field}"' not in code] == []
    assert set(labels_of(kind).values()) == set(fields_of(kind))
