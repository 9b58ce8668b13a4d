"""What the tests of pulls share: a filled account, and what is held of it here."""

from pathlib import Path
from typing import Any

from db.warehouse import Warehouse
from enrich.config import Config, CrmConfig, SourceConfig
from enrich.refresh import RefreshReport
from tests.registers.hubspot_server import HubspotServer


def make_config(data: Path, **crm: Any) -> Config:
    sources = {"hubspot": SourceConfig(secret_env="HUBSPOT_TOKEN")}
    return Config(who="kari@team.example", data=data, crm=CrmConfig(country="NO", **crm), sources=sources)


def held(config: Config, kind: str, *, every: bool = False) -> list[dict[str, Any]]:
    """The open records of a kind, less what says when and by which import they came; with `every`, all versions."""
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        rows = warehouse.ask(
            f"SELECT * EXCLUDE (import_id, known_from, closed_by, row_hash, key_hmac) FROM core.crm_{kind} "
            + ("" if every else "WHERE known_to IS NULL ")
            + "ORDER BY crm_id, known_to"
        )
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def everything(config: Config) -> dict[str, list[dict[str, Any]]]:
    return {kind: held(config, kind) for kind in ("owner", "company", "contact", "deal")}


def figures(report: RefreshReport) -> dict[str, tuple[int, ...]]:
    """Per kind: rows in, created, updated, unchanged, closed, rejected."""
    found: dict[str, tuple[int, ...]] = {}
    for one in report.deliveries:
        assert one.landed is not None
        of = one.landed
        assert of.rows_in == of.landed + of.rejected == of.added + of.changed + of.unchanged + of.rejected
        found[one.layout] = (of.rows_in, of.added, of.changed, of.unchanged, of.closed, of.rejected)
    return found


def fill(server: HubspotServer) -> tuple[str, str, str]:
    """A company with a contact and a won deal; their ids."""
    server.owners["7"] = {"email": "ola@team.example", "firstName": "Ola", "lastName": "Hansen"}
    server.owners["8"] = {"email": "eva@team.example", "firstName": "Eva", "lastName": "Berg", "archived": True}
    company = server.put(
        "companies",
        name="Fjordkode AS",
        domain="fjordkode.no",
        country="Norway",
        numberofemployees="12",
        annualrevenue="1234567.5",
        hubspot_owner_id="7",
        lifecyclestage="customer",
    )
    contact = server.put(
        "contacts",
        email="kari.nordmann@fjordkode.no",
        firstname="Kari",
        lastname="Nordmann",
        phone="22 22 55 55",
        hubspot_owner_id="8",
        lifecyclestage="918273",
        date_of_birth="1970-01-02",
    )
    deal = server.put(
        "deals",
        dealname="Fjordkode 2026",
        dealstage="4711",
        hs_is_closed="true",
        hs_is_closed_won="true",
        amount="1000.50",
        deal_currency_code="NOK",
        closedate="2026-02-01T10:00:00Z",
    )
    server.link("contacts", contact, company)
    server.link("deals", deal, company)
    return company, contact, deal


def bytes_anywhere(config: Config, *needles: str) -> list[Path]:
    """Files of the data folder that hold one of the texts, in any case."""
    wanted = [needle.lower().encode() for needle in needles]
    files = [path for path in config.data.rglob("*") if path.is_file()]
    return [path for path in files if any(needle in path.read_bytes().lower() for needle in wanted)]
