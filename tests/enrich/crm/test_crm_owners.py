from pathlib import Path

from db.warehouse import Warehouse
from enrich.config import Config
from enrich.crm.take_in import import_file, undo_import
from enrich.merge import merge_companies
from enrich.progress import silent
from enrich.publish import publish
from tests.enrich.crm.conftest import CurrentRows, Snapshot, WriteFile

RUN = "0198f3c2-0d5e-7c41-a5b0-3f1f0a6c9d11"
ONE_COMPANY = """
INSERT INTO core.company BY NAME
SELECT uuid() AS company_id, 'NO:923609016' AS id_label, 'NORDLYS AS' AS name, 'legal_entity' AS entity_kind,
    false AS is_natural_person, 'active' AS status, 'not_supplied' AS employees_state, false AS is_customer,
    false AS has_open_deal, false AS is_customer_group, false AS is_in_crm, 'no_brreg:923609016' AS anchor_record_id,
    ['no_brreg'] AS sources, ['no_brreg:923609016'] AS record_ids, now() AS first_known_at, now() AS last_known_at
"""
COMPANIES = """Record ID;Company name;Company owner
1;A AS;Kari Nordmann
2;B AS;KARI@example.no
3;C AS;71
4;D AS;Kari Nordmann (Deactivated User)
5;E AS;Ola Hansen
6;F AS;Nobody Known
7;G AS;
8;H AS;nobody  known
"""
OWNERS = "Owner ID,Email,First name,Last name\n71,kari@example.no,Kari,Nordmann\n72,ola1@example.no,Ola,Hansen\n73,ola2@example.no,Ola,Hansen\n"


def owner_ids(rows: CurrentRows) -> list[str | None]:
    return [row["owner_id"] for row in rows("crm_company")]


def test_owners_by_name_e_mail_or_id_are_settled_by_a_later_list_and_unsettled_by_its_undo(
    config: Config, write: WriteFile, current: CurrentRows, snapshot: Snapshot
) -> None:
    import_file(config, write(COMPANIES))
    before = owner_ids(current)
    assert before[6] is None
    assert before[2] == "71"  # the CRM's own number says nobody's name
    assert before[5] == before[7]
    assert len(set(before)) == 7
    assert not any("kari" in str(owner).lower() for owner in before)
    crm = snapshot()["core.crm_company"]

    owners = import_file(config, write(OWNERS, "owners.csv"))
    assert (owners.kind, owners.rows_created) == ("owners", 3)
    after = owner_ids(current)
    assert after[:4] == ["71", "71", "71", "71"]
    assert after[4:] == before[4:]  # two owners have the name: nobody guesses which one

    assert import_file(config, write(COMPANIES)).rows_unchanged == 8
    undo_import(config, owners.import_id)
    assert snapshot()["core.crm_company"] == crm


def test_every_owner_of_a_record_is_published_by_name_for_people_only(config: Config, write: WriteFile) -> None:
    import_file(config, write(COMPANIES))
    import_file(config, write(OWNERS, "owners.csv"))
    with Warehouse.open_to_write(config.data, command="publish") as warehouse:
        warehouse.run("normalise/create")
        merge_companies(warehouse, config, RUN, silent)
        warehouse.execute(ONE_COMPANY)  # nothing is published without any
        done = publish(warehouse, config, RUN, silent)
    people: Path = done.people
    with Warehouse.open_to_read(people) as published:
        names = {
            str(row["name"]): str(row["owner_id"]) for row in published.ask("SELECT owner_id, name FROM mart.owner")
        }
        listed = published.ask("SELECT count(*) AS n, count(DISTINCT owner_id) AS ids FROM mart.owner")
    assert names["Kari Nordmann"] == "71"
    assert {name.lower() for name in names} >= {"nobody known", "ola hansen"}
    assert listed[0]["n"] == listed[0]["ids"] == 5
