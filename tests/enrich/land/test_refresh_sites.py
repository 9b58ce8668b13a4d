"""Companies' own sites over real sockets: whose are asked, what is attached, kept, shown, and let go of again."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from db.warehouse import Row, Warehouse
from enrich import refresh as refreshing
from enrich import sites as asking
from enrich.cli.app import app
from enrich.config import Config
from enrich.crm.take_in import import_file
from enrich.errors import InputInvalid
from enrich.gate import open_readers
from enrich.icp.model import Icp
from enrich.pipeline import is_behind, run_stages
from enrich.progress import silent
from enrich.purge import purge_records
from enrich.retention import keep_retention
from enrich.runs import new_run_id
from enrich.search import find
from enrich.why import explain_found
from sources.registers import no_brreg
from sources.sites import company_site
from sources.source import Expect
from tests.enrich.land.enheter_file import as_csv, entity, orgnrs
from tests.registers.brreg_server import BrregServer
from tests.registers.web import Web, page, status

IN_CRM, REACHED, OTHER, TRADER = orgnrs(4)
ALFA_PAGE = (
    '<html lang="nb"><title>Alfa – havbruk</title><meta name="generator" content="WordPress 6.6">'
    f"<p>Org.nr. {IN_CRM[:3]} {IN_CRM[3:6]} {IN_CRM[6:]}</p><a href='tel:+4722334455'>ring</a>"
    "<p>post@alfa-example.no, info@agency-example.no, kari.nordmann@alfa-example.no</p>"
    '<a href="https://www.linkedin.com/company/alfa/">LinkedIn</a>'
)
ALFA = page(ALFA_PAGE)
BETA = page(f"<title>Beta</title><p>Beta AS, org.nr. {REACHED}")
WRONG = page(f"<title>Alfa</title><p>Org.nr. {OTHER}")


class SmallRegister:
    """Norway's register, expected to be as small as the one on loopback is."""

    SOURCE = replace(no_brreg.SOURCE, parts=("enheter",), expect=Expect(min_rows=2, max_rows=100))
    fetch_bulk = staticmethod(no_brreg.fetch_bulk)
    fetch_changes = staticmethod(no_brreg.fetch_changes)


def configured(data: Path, most: int = 10) -> Config:
    return Config.model_validate(
        {
            "who": "kari@team.example",
            "data": data,
            "crm": {"country": "NO"},
            "sources": {"no_brreg": {"enabled": False}, "company_site": {"most_lookups": most}},
            "icp": {"software": {"must": {"industry": ["62"]}}},
        }
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with four entities: one in the CRM, one that the ICP reaches besides, and others; no site was asked."""
    folder = tmp_path_factory.mktemp("sites")
    with BrregServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv(no_brreg.SOURCE.base_url_env, server.url)
        patch.setattr(refreshing, "find_sources", lambda: {"no_brreg": SmallRegister()})
        server.tell(10, IN_CRM, "Ny")
        server.publish(
            as_csv(
                [
                    entity(IN_CRM, "ALFA AS", hjemmeside="www.gammel-example.no"),
                    entity(REACHED, "BETA AS", hjemmeside="beta-example.no"),
                    entity(OTHER, "GAMMA AS", hjemmeside="gamma-example.no", **{"naeringskode1.kode": "01.110"}),
                    entity(TRADER, "KARI NORD", hjemmeside="kari-example.no", **{"organisasjonsform.kode": "ENK"}),
                ]
            )
        )
        crm = folder / "companies.csv"
        crm.write_text(f"name,country,organisation number,domain\nAlfa,NO,{IN_CRM},alfa-example.no\n", encoding="utf-8")
        config = configured(folder / "data")
        refreshing.refresh(config, names=["no_brreg"], progress=silent, say=lambda _: None)
        import_file(config, crm, kind="companies", progress=silent)
        refreshing.refresh(config, names=["no_brreg"], progress=silent, say=lambda _: None)
    return folder / "data"


@pytest.fixture(scope="module")
def running() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def web(running: Web, monkeypatch: pytest.MonkeyPatch) -> Web:
    running.reset()
    running.sites = {"alfa-example.no": {"/": ALFA}, "beta-example.no": {"/": BETA}}
    monkeypatch.setattr("enrich.asking.WebClient", lambda **_: running.client())
    monkeypatch.setattr(refreshing, "find_sources", lambda: {"company_site": company_site})
    monkeypatch.setattr(refreshing, "is_behind", lambda *_: False)  # the stages run where a test asks for them
    return running


@pytest.fixture
def config(built: Path, tmp_path: Path, web: Web) -> Config:
    shutil.copytree(built, tmp_path / "data", symlinks=True)
    return configured(tmp_path / "data")


def refresh(config: Config) -> list[str]:
    said: list[str] = []
    refreshing.refresh(config, progress=silent, say=said.append)
    return said


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


def outcomes(config: Config) -> dict[str, tuple[object, object]]:
    rows = ask(config, "SELECT domain, outcome, reason_code FROM core.site_inquiry")
    return {str(row["domain"]): (row["outcome"], row["reason_code"]) for row in rows}


def asked_hosts(web: Web) -> list[str]:
    return list(dict.fromkeys(host for host, _ in web.asked))


def later(config: Config, days: int) -> None:
    ask(config, f"UPDATE core.site_inquiry SET asked_at = asked_at - INTERVAL {days} DAY RETURNING 1")


def test_addresses_are_asked_in_order_down_to_the_first_own_site(config: Config, web: Web) -> None:
    assert "company_site: sites of 2 companies asked for = 2 hit" in refresh(config)
    assert outcomes(config) == {
        "gammel-example.no": ("failed", "no_address"),
        "alfa-example.no": ("hit", "number"),
        "beta-example.no": ("hit", "number"),
    }
    assert set(asked_hosts(web)) == {"alfa-example.no", "beta-example.no"}  # neither who is not reached, nor a person's


def test_who_was_asked_is_not_asked_again_before_it_is_due(config: Config, web: Web) -> None:
    refresh(config)
    web.asked.clear()
    assert refresh(config) == ["company_site: sites of 0 companies asked for; 2 not due"]
    later(config, 31)  # what failed is due, but the company's site is known
    refresh(config)
    assert web.asked == []
    later(config, 60)
    assert "company_site: sites of 2 companies asked for = 2 hit" in refresh(config)
    assert len(ask(config, "SELECT 1 AS one FROM core.site")) == 2  # the same again is no new version


def test_the_crms_companies_come_first_within_the_budget_and_the_next_refresh_goes_on(config: Config, web: Web) -> None:
    first = refresh(configured(config.data, 1))
    assert "company_site: sites of 1 company asked for = 1 hit; 1 more in the next refreshes" in first
    assert asked_hosts(web) == ["alfa-example.no"]
    refresh(configured(config.data, 1))
    assert asked_hosts(web) == ["alfa-example.no", "beta-example.no"]
    assert refresh(configured(config.data, 0))


def test_of_more_companies_than_are_looked_at_that_is_said_and_who_was_asked_keeps_nobody_out(
    config: Config, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_COMPANIES", 1)
    assert any("were looked at of 1 of the 2 companies" in line for line in refresh(config))
    refresh(config)
    assert asked_hosts(web) == ["alfa-example.no", "beta-example.no"]


def test_no_time_and_no_requests_left_ask_nobody_further(
    config: Config, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "BATCH", 1)
    monkeypatch.setattr(asking, "MOST_REQUESTS", 1)
    said = refresh(config)
    assert "company_site: sites of 1 company asked for = 1 hit; 1 more in the next refreshes" in said


def test_a_wrong_site_is_not_attached_and_it_is_said_why(config: Config, web: Web) -> None:
    web.sites = {"www.gammel-example.no": {"/": page("<p>Domenet er til salgs")}, "alfa-example.no": {"/": WRONG}}
    said = refresh(config)
    assert "company_site: sites of 2 companies asked for = 1 failed + 1 no data" in said
    assert ask(config, "SELECT 1 AS one FROM core.site") == []
    assert outcomes(config)["gammel-example.no"] == ("no_data", "no_evidence")
    assert outcomes(config)["alfa-example.no"] == ("no_data", "other_company")


@pytest.mark.parametrize(
    ("now", "is_kept"),
    [
        pytest.param(WRONG, False, id="another company's now"),
        pytest.param(page("<p>Kjøp domenet"), False, id="parked now"),
        pytest.param(status("503 Service Unavailable"), True, id="away"),
        pytest.param(status("403 Forbidden"), True, id="forbidden"),
        pytest.param(status("500 Internal Server Error"), True, id="broken"),
    ],
)
def test_what_a_site_stated_ends_only_where_it_is_no_longer_own(
    now: bytes, is_kept: bool, config: Config, web: Web
) -> None:
    refresh(config)
    later(config, 91)
    web.sites["alfa-example.no"] = {"/": now}
    refresh(config)
    current = ask(config, f"SELECT known_to IS NULL AS is_current FROM core.site WHERE record_id = 'no_brreg:{IN_CRM}'")
    assert [row["is_current"] for row in current] == [is_kept]


def test_a_robots_txt_that_fails_forbids_for_a_week_one_that_forbids_for_longer(config: Config, web: Web) -> None:
    web.sites["alfa-example.no"] = {"/robots.txt": status("500 Internal Server Error"), "/": ALFA}
    web.sites["beta-example.no"] = {"/robots.txt": page("User-agent: *\nDisallow: /"), "/": BETA}
    assert "company_site: sites of 2 companies asked for = 2 blocked" in refresh(config)
    later(config, 8)
    web.asked.clear()
    refresh(config)
    assert asked_hosts(web) == ["alfa-example.no"]


def test_a_changed_site_is_a_new_version(config: Config, web: Web) -> None:
    refresh(config)
    later(config, 91)
    web.sites["alfa-example.no"] = {"/": ALFA.replace(b"22334455", b"22334466")}
    refresh(config)
    rows = ask(
        config,
        "SELECT phones[1] AS phone, known_to IS NULL AS is_current FROM core.site WHERE domain = 'alfa-example.no' ORDER BY known_from",
    )
    assert [tuple(row.values()) for row in rows] == [("+4722334455", False), ("+4722334466", True)]


def test_nothing_of_a_person_or_of_a_page_reaches_the_disk(config: Config, web: Web) -> None:
    refresh(config)
    [site] = ask(config, "SELECT emails, phones, language_code FROM core.site WHERE domain = 'alfa-example.no'")
    assert site == {"emails": ["post@alfa-example.no"], "phones": ["+4722334455"], "language_code": "no"}
    files = [path for path in config.data.rglob("*") if path.is_file() and not path.is_symlink()]
    for planted in (b"kari.nordmann", b"agency-example.no", b"havbruk"):
        assert [path.name for path in files if planted in path.read_bytes()] == []


def test_what_a_site_states_is_published_and_shown_with_where_it_comes_from(
    config: Config, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh(config)
    ask(config, "UPDATE core.source_record SET contact_points = [] WHERE name = 'ALFA AS' RETURNING 1")
    monkeypatch.undo()
    monkeypatch.setattr(refreshing, "find_sources", dict)
    refresh(config)
    with Warehouse.open_to_read(config.published / "companies.duckdb") as companies:
        [alfa] = companies.ask("SELECT website, domain, phone, other_origins FROM mart.company WHERE name = 'ALFA AS'")
        facts = companies.ask(
            "SELECT field, value, url, is_used FROM mart.fact JOIN mart.company USING (company_id) "
            "WHERE name = 'ALFA AS' AND source = 'company_site' ORDER BY field"
        )
        both = companies.ask(
            "SELECT source, value, is_used FROM mart.fact JOIN mart.company USING (company_id) "
            "WHERE name = 'BETA AS' AND field = 'website' ORDER BY source"
        )
        [made] = companies.ask("SELECT technology, category, seen_in, url FROM mart.technology")
        [source] = companies.ask(
            "SELECT row_count, last_delivery_at IS NOT NULL AS was_read FROM mart.source WHERE name = 'company_site'"
        )
    assert alfa == {
        "website": "http://alfa-example.no",
        "domain": "alfa-example.no",
        "phone": "+4722334455",
        "other_origins": {"website": "company_site:alfa-example.no", "phone": "company_site:alfa-example.no"},
    }
    assert [tuple(fact.values()) for fact in facts] == [
        ("domain", "alfa-example.no", "http://alfa-example.no", True),
        ("phone", "+4722334455", "http://alfa-example.no", True),
        ("website", "http://alfa-example.no", "http://alfa-example.no", True),
    ]
    # a register stands before the company's own word, and both stay visible
    assert [tuple(fact.values()) for fact in both] == [
        ("company_site", "http://beta-example.no", False),
        ("no_brreg", "beta-example.no", True),
    ]
    assert made == {
        "technology": "WordPress",
        "category": "content management",
        "seen_in": "generator",
        "url": "http://alfa-example.no",
    }
    assert source == {"row_count": 2, "was_read": True}
    written = tmp_path / "config.toml"
    written.write_text('who = "kari@team.example"\n', encoding="utf-8")
    shown = CliRunner().invoke(app, ["--config", str(written), "--data", str(config.data), "company", f"NO:{IN_CRM}"])
    assert shown.exit_code == 0, shown.output
    assert "Own web site" in shown.stdout
    assert f"prints NO-ORGNR {IN_CRM} (http://alfa-example.no)" in shown.stdout
    assert "WordPress" in shown.stdout


def saying(*scripts: str, head: str = "") -> bytes:
    told = "".join(f'<script type="application/ld+json">{script}</script>' for script in scripts)
    return page(ALFA_PAGE.replace("<p>Org", f"{head}{told}<p>Org"))


IN_HEAD = (
    '<meta name="description" content="Vi utvikler utstyr for oppdrett. Grunnlagt i 1987 av Kari Planted. '
    'Skriv til kari.planted@alfa-example.no.">'
)
OURS = '{"@type": "Organization", "name": "Alfa", "description": "Alfa bygger merder. Direkt\u00f8r: Kari Planted."}'
OTHERS = '{"@type": "Organization", "name": "Byr\u00e5", "description": "Vi lager nettsider for andre."}'


@pytest.mark.parametrize(
    ("start", "said"),
    [
        pytest.param(saying(head=IN_HEAD), "Vi utvikler utstyr for oppdrett. …", id="the head of the page"),
        pytest.param(saying(OURS, head=IN_HEAD), "Alfa bygger merder. …", id="the organisation that it is of"),
        pytest.param(
            saying(OURS, OTHERS, head=IN_HEAD), "Vi utvikler utstyr for oppdrett. …", id="several organisations"
        ),
        pytest.param(saying(OURS, OTHERS), None, id="several organisations and no head"),
        pytest.param(
            saying(head=IN_HEAD.replace('name="description"', 'property="og:description"')),
            "Vi utvikler utstyr for oppdrett. …",
            id="what networks are told",
        ),
        pytest.param(page(f"<title>Alfa</title>{IN_HEAD}<p>Org.nr. {OTHER}"), None, id="another company's site"),
    ],
)
def test_what_a_site_says_of_its_company_is_kept_without_persons(
    start: bytes, said: str | None, config: Config, web: Web
) -> None:
    web.sites["alfa-example.no"] = {"/": start}
    refresh(config)
    rows = ask(config, "SELECT description, description_url FROM core.site WHERE domain = 'alfa-example.no'")
    assert [row["description"] for row in rows if row["description"]] == ([said] if said else [])
    assert {row["description_url"] for row in rows} <= {"http://alfa-example.no" if said else None}
    files = [path for path in config.data.rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path.name for path in files if b"planted" in path.read_bytes().lower()] == []


def test_what_a_site_says_is_published_and_found_with_where_it_says_so(
    config: Config, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.sites["alfa-example.no"] = {"/": saying(head=IN_HEAD)}
    refresh(config)
    monkeypatch.undo()
    monkeypatch.setattr(refreshing, "find_sources", dict)
    refresh(config)
    for criteria in ({"words": ["oppdrett"]}, {"words": ["oppdrett"], "text_in": ["website"]}):
        asking_words = config.model_copy(update={"icp": {"made": Icp.model_validate({"must": criteria})}})
        with open_readers(config) as readers:
            found = find(readers, asking_words, "made", include={"customers", "little-known"})
            [first, *others] = [one.values["verdict"] for one in found.companies]
            [reason] = explain_found(readers, asking_words, found)[0]
        assert found.companies[0].values["name"] == "ALFA AS"
        assert (first, {*others} - {"maybe"}) == ("yes", set())
        assert (reason.value, reason.source, reason.url) == (
            "website: oppdrett", "Companies' own web sites", "http://alfa-example.no",
        )  # fmt: skip
    everybody = config.model_copy(update={"icp": {"made": Icp.model_validate({"must": {"country": ["NO"]}})}})
    with open_readers(config) as readers:
        [ranked] = find(readers, everybody, "made", words="oppdrett", include={"customers", "little-known"}).companies
    assert ranked.values["name"] == "ALFA AS"
    words: Any = ranked.values["words_found"]
    assert [(word["word"], word["fields"]) for word in words] == [("oppdrett", ["website"])]


def test_what_is_withdrawn_or_old_is_let_go_of(config: Config, web: Web) -> None:
    refresh(config)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        purge_records(warehouse, b"a key of thirty-two bytes, made up", [f"no_brreg:{REACHED}"])
        left = warehouse.ask(
            "SELECT domain FROM core.site UNION ALL SELECT domain FROM core.site_inquiry ORDER BY domain"
        )
        assert [row["domain"] for row in left] == ["alfa-example.no", "alfa-example.no", "gammel-example.no"]
        run_stages(warehouse, config, run_id=new_run_id(), progress=silent, say=lambda _: None, command="test")
        keep_retention(warehouse, config)
        assert not is_behind(warehouse, config), "nothing was old"
        warehouse.execute(
            "UPDATE core.site SET fetched_at = fetched_at - INTERVAL 401 DAY, known_from = known_from - INTERVAL 401 DAY"
        )
        warehouse.execute("UPDATE core.site_inquiry SET asked_at = asked_at - INTERVAL 401 DAY")
        keep_retention(warehouse, config)
        assert warehouse.ask("SELECT domain FROM core.site UNION ALL SELECT domain FROM core.site_inquiry") == []
        assert is_behind(warehouse, config), "what was let go of is published still"


def test_the_site_of_a_sub_unit_or_estate_of_a_person_is_not_asked(config: Config, web: Web) -> None:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        # a person by what stands above it: its own record does not say so
        warehouse.execute("UPDATE core.company SET is_natural_person = true WHERE name = 'ALFA AS'")
    refresh(config)
    assert {str(domain) for domain in outcomes(config)} == {"beta-example.no"}


def test_a_domain_that_only_one_contact_has_may_be_a_persons_and_is_not_asked(config: Config, web: Web) -> None:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        for contact, email in (
            ("a", "ann@kontor-example.no"),
            ("b", "ole@kontor-example.no"),
            ("c", "kari@nordmann-example.no"),
        ):
            warehouse.execute(
                "INSERT INTO core.crm_contact BY NAME SELECT $id AS crm_id, uuid() AS import_id, now() AS known_from, "
                "false AS is_closed, 0 AS row_hash, '' AS key_hmac, $email AS email",
                id=contact,
                email=email,
            )
            warehouse.execute(
                "INSERT INTO core.match BY NAME SELECT 'contact' AS crm_kind, $id AS crm_id, 'accepted' AS state, record_id, "
                "company_id, 'model' AS decided_by, '' AS model_version, now() AS matched_at "
                "FROM core.company_member WHERE record_id = $record",
                id=contact,
                record=f"no_brreg:{REACHED}",
            )
    web.sites["beta-example.no"] = {"/": page("<p>En annen")}
    refresh(config)
    assert set(outcomes(config)) == {"gammel-example.no", "alfa-example.no", "beta-example.no", "kontor-example.no"}


def test_sites_are_asked_only_where_somebody_says_so(config: Config, web: Web) -> None:
    silent_config = config.model_copy(update={"sources": {}})
    assert refresh(silent_config) == []
    assert web.asked == []


def test_before_any_register_is_loaded_nobody_is_asked(tmp_path: Path, web: Web) -> None:
    assert refresh(configured(tmp_path / "data")) == ["company_site: no company's site is due."]


def test_there_is_no_file_of_it(config: Config, tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match="has no file"):
        refreshing.refresh(config, names=["company_site"], file=tmp_path / "x.csv", progress=silent, say=lambda _: None)
