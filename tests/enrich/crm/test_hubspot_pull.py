"""A HubSpot account pulled over a real socket: all of it once, what changes from then on, who is gone, who was erased."""

import random
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich import decide
from enrich import refresh as refreshing
from enrich.cli.exits import LATER, exit_code_of
from enrich.config import Config, CrmConfig, SourceConfig
from enrich.crm.take_in import import_file, undo_import
from enrich.erase import erase
from enrich.errors import ConfirmationNeeded, InputInvalid
from enrich.progress import silent
from enrich.refresh import RefreshReport
from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.source import Coverage
from tests.registers.hubspot_server import PORTAL, TOKEN, HubspotServer, too_many
from tests.registers.loopback import Asked, Said, said_json

Pull = Callable[..., RefreshReport]


@pytest.fixture(scope="module")
def client() -> Iterator[PoliteClient]:
    with PoliteClient(user_agent="prospekt/0 (test)", sleep=lambda _: None) as opened:
        yield opened


@pytest.fixture
def hubspot(client: PoliteClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubspotServer]:
    with HubspotServer() as server:
        monkeypatch.setenv("PROSPEKT_HUBSPOT_URL", server.origin)
        monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
        monkeypatch.setattr(refreshing, "PoliteClient", lambda **_: nullcontext(client))
        yield server


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return make_config(tmp_path / "data")


def make_config(data: Path, **crm: Any) -> Config:
    sources = {"hubspot": SourceConfig(secret_env="HUBSPOT_TOKEN")}
    return Config(who="kari@team.example", data=data, crm=CrmConfig(country="NO", **crm), sources=sources)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def pull(config: Config, said: list[str]) -> Pull:
    def run(of: Config = config, **options: Any) -> RefreshReport:
        return refreshing.refresh(of, names=["hubspot"], progress=silent, say=said.append, **options)

    return run


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


def test_everything_is_taken_in_as_an_import_takes_it(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    company, contact, deal = fill(hubspot)
    planned = pull(dry_run=True)
    assert {one.landed and one.landed.added for one in planned.deliveries} == {1, 2}
    report = pull()
    assert (
        figures(report)
        == figures(planned)
        == {
            "owners": (2, 2, 0, 0, 0, 0),
            "companies": (1, 1, 0, 0, 0, 0),
            "contacts": (1, 1, 0, 0, 0, 0),
            "deals": (1, 1, 0, 0, 0, 0),
        }
    )
    found = everything(config)
    [firm], [person], [sale] = found["company"], found["contact"], found["deal"]
    assert [(one["name"], one["is_active"]) for one in found["owner"]] == [("Ola Hansen", True), ("Eva Berg", False)]
    assert firm["crm_id"] == f"hubspot:{PORTAL}:company:{company}"
    assert (firm["domains"], firm["employees_low"], str(firm["revenue_amount"])) == (
        ["fjordkode.no"],
        12,
        "1234567.50",
    )
    assert (firm["owner_id"], firm["lifecycle_stage"], firm["country_code"]) == ("7", "customer", "NO")
    assert person["crm_id"] == f"hubspot:{PORTAL}:contact:{contact}"
    assert (person["company_crm_key"], person["phone"], person["owner_id"]) == (company, "+4722225555", "8")
    assert person["lifecycle_stage"] == "918273", "a stage of the team's own stays as it is"
    assert sale["crm_id"] == f"hubspot:{PORTAL}:deal:{deal}"
    assert (sale["stage"], sale["stage_original"], sale["company_crm_keys"]) == ("won", "4711", [company])
    assert (str(sale["amount"]), sale["currency"], str(sale["closed_date"])) == ("1000.50", "NOK", "2026-02-01")
    assert not bytes_anywhere(config, TOKEN, "1970-01-02")
    assert not list((config.data / "landing").rglob("*.parquet"))
    hubspot.tick(days=1)
    assert {one.outcome for one in pull().deliveries} == {"unchanged"}


def test_a_dry_run_keeps_nothing(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    fill(hubspot)
    pull(dry_run=True)
    assert everything(config) == {"owner": [], "company": [], "contact": [], "deal": []}
    assert pull().deliveries[1].coverage == "complete"


@pytest.mark.parametrize(
    ("properties", "heard"),
    [
        ({"hs_email_optout": "true"}, True),
        ({"hs_email_optout": "false"}, False),
        ({}, None),
        ({"hs_email_optout": "false", "unsubscribed": "true"}, True),
        ({"hs_email_optout": "perhaps"}, True),
    ],
)
def test_who_wants_no_mail_is_heard(
    properties: dict[str, str | None], heard: bool | None, hubspot: HubspotServer, config: Config, pull: Pull
) -> None:
    hubspot.put("contacts", email="kari@fjordkode.no", **properties)
    pull()
    [person] = held(config, "contact")
    assert person.get("has_opted_out") is heard


def test_what_changes_is_followed(hubspot: HubspotServer, config: Config, pull: Pull, said: list[str]) -> None:
    company, contact, deal = fill(hubspot)
    other = hubspot.put("companies", name="Havdata AS")
    pull()
    hubspot.tick(days=1)
    hubspot.change("companies", company, name="Fjordkode Norge AS")
    hubspot.link("contacts", contact, other)  # changes no date
    hubspot.archive("deals", deal)
    new = hubspot.put("contacts", email="per@havdata.no", firstname="Per", lastname="Olsen")
    hubspot.tick()
    report = pull()
    assert figures(report) == {
        "owners": (2, 0, 0, 2, 0, 0),
        "companies": (2, 0, 1, 1, 0, 0),  # the search reaches back
        "contacts": (2, 1, 1, 0, 0, 0),
        "deals": (0, 0, 0, 0, 1, 0),
    }
    people = {one["crm_key"]: one for one in held(config, "contact")}
    assert people.keys() == {contact, new}
    assert people[contact]["company_crm_key"] == other
    assert not held(config, "deal")
    assert any("1 closed (1 deleted there)" in line for line in said)
    hubspot.restore("deals", deal)  # changes no date either
    hubspot.tick(days=1)
    assert figures(pull())["deals"] == (1, 1, 0, 0, 0, 0)
    assert [one["crm_key"] for one in held(config, "deal")] == [deal]


@pytest.mark.parametrize("as_new", [False, True], ids=["into-the-older", "into-a-new-one"])
def test_merged_records_are_one(as_new: bool, hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    company, _, _ = fill(hubspot)
    double = hubspot.put("companies", name="Fjordkode", phone="22 33 44 55")
    pull()
    hubspot.tick(days=1)
    kept = hubspot.merge("companies", company, double, as_new=as_new)
    hubspot.tick()
    assert figures(pull())["companies"][4] == 1 + as_new
    [firm] = held(config, "company")
    assert (firm["crm_key"], firm["phone"]) == (kept, "+4722334455")
    assert held(config, "contact")[0]["company_crm_key"] == kept
    assert held(config, "deal")[0]["company_crm_keys"] == [kept]
    hubspot.tick(days=1)
    assert {one.outcome for one in pull().deliveries} == {"unchanged"}


def test_a_change_that_the_search_has_not_seen_yet_is_found(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    hubspot.tick(days=1)
    hubspot.lag = hubspot.lag.__class__(minutes=10)
    hubspot.change("contacts", contact, jobtitle="CEO")
    new = hubspot.put("contacts", email="ny@fjordkode.no")
    pull()
    people = {one["crm_key"]: one for one in held(config, "contact")}
    assert people[contact]["job_title"] == "CEO", "asked about by its id"
    assert new not in people
    hubspot.tick(minutes=11)
    pull()
    assert new in {one["crm_key"] for one in held(config, "contact")}, "the next search reaches back"


def test_more_changes_of_one_moment_than_a_search_shows(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    hubspot.window = 250
    pull()
    hubspot.tick(days=1)
    for number in range(420):
        hubspot.put("companies", name=f"Company {number} AS")
    assert figures(pull())["companies"] == (420, 420, 0, 0, 0, 0)


def test_records_that_change_while_pages_are_read_are_neither_lost_nor_doubled(
    hubspot: HubspotServer, config: Config, pull: Pull
) -> None:
    ids = [hubspot.put("companies", name=f"Company {number} AS") for number in range(250)]
    pull()
    hubspot.tick(days=1)
    for each in ids:
        hubspot.change("companies", each, city="Oslo")
    searched = 0

    def meanwhile(asked: Asked) -> None:
        nonlocal searched
        if asked.path.endswith("companies/search"):
            searched += 1
            hubspot.tick(seconds=10)
            hubspot.change("companies", ids[0], phone=f"22 33 44 0{searched}")  # twice, thrice
            hubspot.change("companies", ids[200], phone="22 33 44 55")

    hubspot.on_page = meanwhile
    assert figures(pull())["companies"] == (250, 0, 250, 0, 0, 0)
    assert searched >= 3
    hubspot.on_page = None
    hubspot.tick()
    pull()
    firms = {one["crm_key"]: one for one in held(config, "company")}
    assert firms[ids[0]]["phone"] == f"+472233440{searched}"
    assert {one["city"] for one in firms.values()} == {"Oslo"}


def test_a_listing_that_lost_its_place_is_begun_anew(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    for number in range(250):
        hubspot.put("contacts", email=f"{number}@fjordkode.no")
    hubspot.forgets_after = 1
    assert figures(pull())["contacts"] == (250, 250, 0, 0, 0, 0)


def test_who_was_erased_there_is_in_no_file_here(
    hubspot: HubspotServer, config: Config, pull: Pull, said: list[str]
) -> None:
    _, contact, _ = fill(hubspot)
    archived = hubspot.put("contacts", email="nils.archived@fjordkode.no", firstname="Nils", lastname="Archived")
    stays = hubspot.put("contacts", email="per@fjordkode.no", firstname="Per", lastname="Stays")
    pull()
    hubspot.tick(days=1)
    hubspot.change("contacts", contact, jobtitle="CEO")
    hubspot.archive("contacts", archived)
    pull()
    assert len(held(config, "contact", every=True)) == 4
    hubspot.tick(days=1)
    hubspot.erase("contacts", contact)
    hubspot.erase("contacts", archived)  # of one that was only deleted before
    planned = pull(dry_run=True)
    assert figures(planned)["contacts"][4] == 1
    assert "hubspot: 2 contacts deleted there for good would be erased here too, with every earlier version." in said
    pull()
    assert [one["crm_key"] for one in held(config, "contact", every=True)] == [stays]
    assert not bytes_anywhere(config, "kari.nordmann", "nordmann", "nils.archived", "+4722225555")
    hubspot.tick(days=1)
    again = hubspot.put("contacts", email="kari.nordmann@fjordkode.no", firstname="Kari", lastname="Nordmann")
    assert figures(pull())["contacts"] == (1, 0, 0, 0, 0, 1), "who was erased does not come back under another id"
    assert again not in {one["crm_key"] for one in held(config, "contact")}
    assert not bytes_anywhere(config, "kari.nordmann")


def test_who_was_erased_here_does_not_come_back(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    erase(config, "email", "kari.nordmann@fjordkode.no")
    pull(coverage=Coverage.COMPLETE)
    assert not held(config, "contact")
    other = hubspot.put("contacts", email="k.nordmann@other.no", firstname="K.")
    hubspot.tick(days=1)
    hubspot.merge("contacts", other, contact)
    hubspot.change("contacts", other, email="k.nordmann@other.no")
    assert figures(pull())["contacts"][5] == 1
    assert not held(config, "contact"), "nor merged into another record"
    assert not bytes_anywhere(config, "nordmann@")


def test_a_decision_of_a_person_outlasts_pulls(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    _, contact, _ = fill(hubspot)
    pull()
    decide.suppress(config, scheme="email", value="kari.nordmann@fjordkode.no", why="asked us to stop")
    hubspot.tick(days=1)
    hubspot.change("contacts", contact, hs_email_optout="false")
    pull(coverage=Coverage.COMPLETE)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        assert warehouse.ask("SELECT count(*) AS count FROM core.current_suppression")[0]["count"] == 1


def test_many_that_are_gone_at_once_are_asked_about(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    ids = [hubspot.put("contacts", email=f"{number}@fjordkode.no") for number in range(40)]
    pull()
    for each in ids[:21]:
        hubspot.erase("contacts", each)
    with pytest.raises(ConfirmationNeeded, match="21 of 40 contacts are no longer in HubSpot"):
        pull()
    assert len(held(config, "contact")) == 40
    pull(yes=True)
    assert len(held(config, "contact", every=True)) == 19


# --- refusals -----------------------------------------------------------------------------------------------------
def test_a_wrong_token_is_never_repeated(
    hubspot: HubspotServer, config: Config, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUBSPOT_TOKEN", "pat-eu1-wrong-000")
    with pytest.raises(SourceAborted, match=r"the token in HUBSPOT_TOKEN is refused \(HTTP 401\)") as refused:
        pull()
    assert "pat-eu1" not in repr(refused.value)
    assert not bytes_anywhere(config, "pat-eu1-wrong-000")


def test_a_missing_scope_is_named(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    fill(hubspot)
    hubspot.scopes.remove("crm.objects.deals.read")
    with pytest.raises(SourceAborted, match=r"lacks the scope crm\.objects\.deals\.read"):
        pull()
    assert len(held(config, "contact")) == 1, "what was taken in before stays"
    hubspot.scopes.add("crm.objects.deals.read")
    assert figures(pull())["deals"] == (1, 1, 0, 0, 0, 0)


def test_a_days_limit_ends_it_until_tomorrow(hubspot: HubspotServer, pull: Pull) -> None:
    hubspot.spoil(too_many("DAILY"))
    with pytest.raises(RetryableError, match="run the same command tomorrow") as refused:
        pull()
    assert exit_code_of(refused.value) == LATER
    assert len(hubspot.asked) == 1, "asking again would only use up more"


def test_bursts_are_waited_out(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    fill(hubspot)
    hubspot.spoil(too_many("TEN_SECONDLY_ROLLING"), Said(status=502), Said(status=503), too_many("SECONDLY"))
    assert figures(pull())["contacts"] == (1, 1, 0, 0, 0, 0)


def test_a_busy_server_is_left_for_later(hubspot: HubspotServer, pull: Pull) -> None:
    hubspot.spoil(*[Said(status=503)] * 6)
    with pytest.raises(RetryableError) as refused:
        pull()
    assert exit_code_of(refused.value) == LATER


def test_a_token_of_another_account_is_refused(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    fill(hubspot)
    pull()
    hubspot.spoil(said_json({"portalId": 999}))
    with pytest.raises(SourceAborted, match="belongs to account 999, and 12345678 is what was pulled"):
        pull()
    with pytest.raises(SourceAborted, match=r"and 777 is what config\.toml names"):
        pull(make_config(tmp_path / "other", portal="777"))


def test_without_a_token_it_says_what_to_do(
    hubspot: HubspotServer, config: Config, pull: Pull, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUBSPOT_TOKEN")
    with pytest.raises(InputInvalid, match=r"HUBSPOT_TOKEN, which config\.toml names"):
        pull()
    with pytest.raises(InputInvalid, match="secret_env"):
        pull(config.model_copy(update={"sources": {}}))
    with pytest.raises(InputInvalid, match=r"prospekt import companies\.csv"):
        pull(file=Path("companies.csv"))
    assert not hubspot.asked


def test_it_is_on_once_a_variable_is_named(config: Config) -> None:
    chosen = [one.SOURCE.name for one in refreshing._chosen(config, (), file=None)]
    without = [one.SOURCE.name for one in refreshing._chosen(Config(who="kari"), (), file=None)]
    assert ("hubspot" in chosen, "hubspot" in without) == (True, False)


# --- files and pulls of one CRM -----------------------------------------------------------------------------------
def test_records_of_an_earlier_file_are_the_same_records(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    company, _, _ = fill(hubspot)
    gone = "55"
    exported = tmp_path / "export.csv"
    exported.write_text(f"Record ID,Company name\n{company},Fjordkode\n{gone},Borte AS\n", encoding="utf-8")
    import_file(config, exported)
    pull()
    assert [(one["crm_id"], one["name"]) for one in held(config, "company")] == [
        (f"hubspot:0:company:{company}", "Fjordkode AS")
    ]


def test_a_record_of_another_crm_is_another_record(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    company, _, _ = fill(hubspot)
    exported = tmp_path / "other.csv"
    exported.write_text(f"id,name,domain\n{company},Another CRM AS,another.no\n", encoding="utf-8")
    import_file(config, exported, kind="companies")
    pull()
    assert {one["name"] for one in held(config, "company")} == {"Another CRM AS", "Fjordkode AS"}


def test_what_is_taken_back_is_pulled_again(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    company, _, _ = fill(hubspot)
    pull()
    hubspot.tick(days=1)
    hubspot.change("companies", company, name="Fjordkode Norge AS")
    hubspot.tick()
    pull()
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        [last] = warehouse.ask(
            "SELECT import_id FROM core.import WHERE kind = 'companies' ORDER BY imported_at DESC LIMIT 1"
        )
    undo_import(config, str(last["import_id"]))
    assert held(config, "company")[0]["name"] == "Fjordkode AS"
    hubspot.tick(days=1)
    report = pull()
    assert [one.coverage for one in report.deliveries if one.layout == "companies"] == ["complete"]
    assert held(config, "company")[0]["name"] == "Fjordkode Norge AS"


def test_another_mapping_asks_for_everything_anew(hubspot: HubspotServer, config: Config, pull: Pull) -> None:
    hubspot.put("companies", name="Fjordkode AS", orgnr="923 609 016", date_of_birth="1970-01-02")
    pull()
    assert "registration_number" not in held(config, "company")[0]
    mapped = make_config(config.data, companies={"orgnr": "registration_number", "date_of_birth": "city"})
    pull(mapped)
    [firm] = held(config, "company")
    assert firm["registration_number"] == "923609016"
    assert "city" not in firm
    assert not any(b"date_of_birth" in asked.body for asked in hubspot.asked)


# --- generated histories, and whoever is stopped ------------------------------------------------------------------
def happen(server: HubspotServer, chance: random.Random, known: set[str]) -> None:
    """Something that people do in a CRM; `known` are the records that a pull has seen, since only those are restored."""
    kind = chance.choice(["companies", "contacts", "deals"])
    there = [each for each, one in server.objects[kind].items() if not one.archived]
    archived = [each for each, one in server.objects[kind].items() if one.archived and each in known]
    what = chance.choice(["put", "put", "change", "change", "link", "archive", "restore", "merge", "erase"])
    server.tick(seconds=chance.randrange(1, 4000))
    if what == "put" or len(there) < 4:
        names = {"companies": "name", "contacts": "email", "deals": "dealname"}
        new = f"n{chance.randrange(10**9)}" + ("@fjordkode.no" if kind == "contacts" else "")
        server.put(kind, **{names[kind]: new})
    elif what == "change":
        server.change(
            kind,
            chance.choice(there),
            **{"amount" if kind == "deals" else "phone": f"2233{chance.randrange(10**4):04}"},
        )
    elif what == "link" and kind != "companies":
        companies = [each for each, one in server.objects["companies"].items() if not one.archived]
        if companies:
            server.link(kind, chance.choice(there), chance.choice(companies), primary=chance.random() < 0.7)
    elif what == "archive":
        server.archive(kind, chance.choice(there))
    elif what == "restore" and archived:
        server.restore(kind, chance.choice(archived))
    elif what == "merge":
        kept, other = chance.sample(there, 2)
        server.merge(kind, kept, other, as_new=chance.random() < 0.5)
    elif what == "erase":
        server.erase(kind, chance.choice(there))


@pytest.mark.parametrize("seed", range(2))
def test_changes_come_to_what_a_fresh_load_gives(
    seed: int, hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    known: set[str] = set()
    fill(hubspot)
    for _ in range(3):
        for _ in range(25):
            happen(hubspot, chance, known)
        pull()
        known |= {each for there in hubspot.objects.values() for each, one in there.items() if not one.archived}
    fresh = make_config(tmp_path / "fresh")
    pull(fresh)
    for kind, rows in everything(config).items():
        assert rows == held(fresh, kind)


class Stopped(BaseException):
    """What a killed process leaves, without the process."""


def test_whoever_is_stopped_loses_nothing(
    hubspot: HubspotServer, config: Config, pull: Pull, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    company, contact, deal = fill(hubspot)
    asked = PoliteClient.get
    ran = Warehouse.run
    for step in range(1, 30, 2):
        count = 0

        def get(*args: Any, **options: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:  # noqa: B023
                raise Stopped
            return asked(*args, **options)

        monkeypatch.setattr(PoliteClient, "get", get)
        try:
            pull()
        except Stopped:
            continue
        break
    else:
        raise AssertionError("it never came to its end")
    monkeypatch.setattr(PoliteClient, "get", asked)
    hubspot.tick(days=1)
    hubspot.change("companies", company, name="Fjordkode Norge AS")
    hubspot.erase("contacts", contact)
    hubspot.archive("deals", deal)
    queries = ["crm/judge_versions", "crm/record_pull", "erase/find", "erase/subjects", "crm/deal_company"]
    for name in queries:

        def run(self: Warehouse, query: str, /, **parameters: Any) -> None:
            if query == name:  # noqa: B023
                raise Stopped
            ran(self, query, **parameters)

        monkeypatch.setattr(Warehouse, "run", run)
        with pytest.raises(Stopped):
            pull()
    monkeypatch.setattr(Warehouse, "run", ran)
    pull()
    fresh = make_config(tmp_path / "fresh")
    pull(fresh)
    assert everything(config) == everything(fresh)
    assert not bytes_anywhere(config, "nordmann")
