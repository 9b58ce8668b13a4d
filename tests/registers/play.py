"""All registers on loopback at once, as a program of its own: `prospekt demo --network` starts it and talks to it.

They are filled with the made-up world of `enrich/demo` and the samples of the connectors. It says in one line of JSON which
variables lead there, at which port web sites answer, and what was planted that no file of ours may ever hold, hears words
on its standard input, one a line (`tomorrow`: a day passes; `counts`: who was asked how often), answers each with a line,
and ends with its input.
"""

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sources.registry import source
from tests.registers import (
    companies_house_server,
    cvr_server,
    datafordeler_server,
    hubspot_server,
    hvd_server,
    jobtech_server,
    nav_server,
    prh_server,
    sweden_server,
    tender_server,
)
from tests.registers.brreg_server import BrregServer, filed, unit
from tests.registers.files_server import FilesServer, zipped
from tests.registers.gleif_server import GleifServer
from tests.registers.klass_server import KlassServer
from tests.registers.loopback import Asked, LoopbackRegister, Said
from tests.registers.numbered_servers import SecServer
from tests.registers.play_numbered import (
    ZEFIX_LOGIN,
    play_annuaire,
    play_czechia,
    play_filers,
    play_poland,
    play_sites,
    play_switzerland,
    play_vies,
)
from tests.registers.play_world import ABROAD, NOW, Played, Row, crm_companies, read_world, sample_of
from tests.registers.text_files import as_written
from tests.registers.web import Web
from tests.registers.wikidata_server import WikidataServer, address, text

MOST_ITEMS = 300
CANARIES = (24256790, 22756214, 61126228)
BORN = "1931-07-13"
PLANTED = (
    *(BORN, "Sentinelverge", "Sentinelsen", cvr_server.CPR, "191212121212", "19121212-1212", "1212121212"),
    *(*nav_server.SENTINELS, *jobtech_server.SENTINELS),
    *tender_server.SENTINELS,
    *(companies_house_server.PERSON, "Personsdottir", "Private Close", "Mari Testperson", "49001010001"),
    *(hubspot_server.TOKEN, cvr_server.PASSWORD, hvd_server.SECRET, tender_server.KEY),
    *(companies_house_server.API_KEY, companies_house_server.STREAM_KEY),
    *(datafordeler_server.KEY, ZEFIX_LOGIN[1], "Sentinelgammel", "Sentinel c/o"),
    *("Jan Sentinelník", "SENTINELLE", "kari.sentinel@"),
)
"""Birth dates, personal numbers, persons whom nobody asked for, and logins."""
ESTONIAN = "sites/default/files/avaandmed/ettevotja_rekvisiidid__yldandmed.json.zip"
IRISH = "dataset/bf6f837d-0946-4c14-9a99-82cd6980c121/resource/3fef41bc-b8f4-4b10-8434-ce51c29b1bba/download/companies.csv.zip"
BUSY = Said(status=503, body=b"busy", headers={"Retry-After": "1"})


def as_csv(name: str, layout: str) -> bytes:
    """The rows of a sample as a file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, source(name).SOURCE.layout(layout).columns, quoting=csv.QUOTE_ALL, restval="")
    writer.writeheader()
    writer.writerows(case["row"] for case in sample_of(name)[layout])
    return text.getvalue().encode()


def board(name: str) -> dict[str, Any]:
    """The roles of a company: one person, with what may never be kept of her."""
    named = {"fornavn": "Kari", "etternavn": name.partition(" ")[0].title()}
    guarded = {"begrensetRettsligHandleevne": {"note": "Sentinelverge"}}
    person = {"fodselsdato": BORN, "navn": named, "erDoed": False} | guarded
    role = {"type": {"kode": "LEDE"}, "person": person, "fratraadt": False, "rekkefolge": 0}
    return {"rollegrupper": [{"type": {"kode": "STYR"}, "sistEndret": "2026-02-17", "roller": [role]}]}


# --- each of them ------------------------------------------------------------------------------------------------
def norwegian_companies(most: int | None) -> list[Row]:
    """The companies of the world in the file's order, all or so many beside those that the CRM has."""
    rows = list(csv.DictReader(io.StringIO(read_world("no_brreg.csv.gz"))))
    linked = {row["organisasjonsnummer"] for row in csv.DictReader(io.StringIO(read_world("true_links.csv")))}
    return [
        row for place, row in enumerate(rows) if most is None or place < most or row["organisasjonsnummer"] in linked
    ]


def play_norway(server: BrregServer, companies: list[Row]) -> Played:
    limited = [row for row in companies if row["organisasjonsform.kode"] == "AS"]
    first = limited[0]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(first), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(companies)
    server.publish(text.getvalue().encode())
    server.publish(as_csv("no_brreg", "underenheter_2024"), collection="underenheter")
    server.tell(1, first["organisasjonsnummer"], "Ny")
    server.tell(1, first["organisasjonsnummer"], "Ny", collection="underenheter")
    server.roles = {row["organisasjonsnummer"]: board(row["navn"]) for row in limited}
    server.accounts = {row["organisasjonsnummer"]: [filed(row["organisasjonsnummer"])] for row in limited}

    def tomorrow() -> str:
        number, name = first["organisasjonsnummer"], f"NYE {first['navn']}"
        server.units["enheter"][number] = unit(number, name)
        server.tell(2, number, "Endring", date=datetime.now(UTC).isoformat())
        server.spoil(BUSY)
        return f"no_brreg: {first['navn']} is now {name}; the register answers 'busy' once"

    return Played(name="no_brreg", server=server, environ={"PROSPEKT_NO_BRREG_URL": server.url}, tomorrow=tomorrow)


def play_gleif(server: GleifServer) -> Played:
    server.publish("lei2", read_world("gleif.csv.gz").encode())
    server.publish("rr", as_csv("gleif", "rr_golden_copy"))
    server.publish("repex", as_csv("gleif", "repex_golden_copy"))
    led = {"PROSPEKT_GLEIF_URL": server.url, "PROSPEKT_GLEIF_URL_BULK": server.bulk_url}
    return Played(name="gleif", server=server, environ=led)


def play_finland(server: prh_server.PrhServer) -> Played:
    companies = [case["answer"] for case in sample_of("fi_prh")["company_json"]]
    server.publish(companies)
    number = companies[0]["businessId"]["value"]
    server.file(
        number, "2025-12-31", prh_server.statement(number, "2025-01-01", "2025-12-31", prh_server.USUAL.items())
    )
    return Played(name="fi_prh", server=server, environ={"PROSPEKT_FI_PRH_URL": server.url})


def play_denmark(server: cvr_server.CvrServer) -> Played:
    server.put(*(cvr_server.company(number, f"Kendt {number} A/S") for number in CANARIES))
    loaded = {"sidstIndlaest": cvr_server.LOADED}
    sampled = (case["answer"] | loaded for case in sample_of("dk_cvr")["virksomhed_json"])
    server.put(*(one for one in sampled if one.get("cvrNummer")))
    led = {
        "PROSPEKT_DK_CVR_URL": server.url,
        "PROSPEKT_DK_CVR_USER": cvr_server.USER,
        "PROSPEKT_DK_CVR_PASSWORD": cvr_server.PASSWORD,
    }

    def tomorrow() -> str:
        loaded = (NOW + timedelta(hours=2)).isoformat(timespec="milliseconds")
        server.put(cvr_server.company(CANARIES[0], "Kendt Gruppen A/S", loaded=loaded))
        return "dk_cvr: one company has another name"

    return Played(name="dk_cvr", server=server, environ=led, tomorrow=tomorrow)


def play_datafordeler(server: datafordeler_server.DatafordelerServer) -> Played:
    companies = [case["answer"] for case in sample_of("dk_datafordeler")["virksomhed_files"]]
    server.publish(345, companies, made=(NOW - timedelta(days=7)).isoformat())
    led = {
        "PROSPEKT_DK_DATAFORDELER_URL": server.url,
        source("dk_datafordeler").SOURCE.login_envs[0]: datafordeler_server.KEY,
    }

    def tomorrow() -> str:
        moved_on = [one | {"virksomhedOphoersdato": f"{NOW:%Y-%m-%d}"} for one in companies[:1]]
        server.publish(346, [*moved_on, *companies[1:]], made=NOW.isoformat())
        return "dk_datafordeler: the files of a new week are there, in which one company has ended"

    return Played(name="dk_datafordeler", server=server, environ=led, tomorrow=tomorrow)


def play_sweden(
    server: sweden_server.SwedenServer, name: str, path: str, reports: hvd_server.HvdServer | None
) -> Played:
    connector = source(name)
    layout = connector.SOURCE.layouts[0]  # the weekly file; others are of lookups
    cases = sample_of(name)[layout.name]
    text = as_written(connector.TEXT, layout, [case["row"] for case in cases])  # type: ignore[attr-defined]
    server.publish(path, text, changed="Mon, 02 Nov 2026 06:00:00 GMT")
    led = {connector.SOURCE.base_url_env: server.origin}
    if reports is not None:
        for number in (case["record"]["source_key"] for case in cases if "record" in case):
            reports.file(number, hvd_server.archive(hvd_server.usual(number)))
        led |= {key: value for key, value in reports.environ().items() if key not in led}
    return Played(name=name, server=server, environ=led)


def play_nav(server: nav_server.NavServer, companies: list[Row]) -> Played:
    hiring = [row["organisasjonsnummer"] for row in companies if row["organisasjonsform.kode"] == "AS"][:12]
    for place, number in enumerate(hiring):
        server.tell(_key(place), _nav_ad(place, number), NOW - timedelta(hours=40 - place))

    def tomorrow() -> str:
        server.tell(_key(0), None, NOW)
        server.tell(_key(99), _nav_ad(99, hiring[1]), NOW + timedelta(seconds=1))
        return "no_nav_jobs: one ad ended, a new one came"

    return Played(
        name="no_nav_jobs", server=server, environ={"PROSPEKT_NO_NAV_JOBS_URL": server.origin}, tomorrow=tomorrow
    )


def _key(place: int) -> str:
    return f"0a1b2c3d-0000-4000-8000-{place:012}"


def _nav_ad(place: int, number: str) -> dict[str, Any]:
    published, expires = (NOW + timedelta(days=days) for days in (-3, 20))
    return nav_server.ad(_key(place), number, published=published.isoformat(), expires=expires.isoformat())


def play_jobtech(server: jobtech_server.JobtechServer) -> Played:
    numbers = [case["record"]["source_key"] for case in sample_of("se_scb")["scb_bulkfil"] if "record" in case]
    for place, number in enumerate(numbers):
        server.tell(str(place), jobtech_server.ad(str(place), number), NOW - timedelta(days=1))
    return Played(name="se_jobtech", server=server, environ={"PROSPEKT_SE_JOBTECH_URL": server.origin})


def play_britain(server: companies_house_server.CompaniesHouseServer) -> Played:
    house = companies_house_server
    numbers = [f"0000000{place}" for place in range(1, 6)]
    day = f"{NOW:%Y-%m}-01"
    companies = house.table(*(house.row(number, f"MILL LANE {number} LTD") for number in numbers))
    server.publish("en_output.html", f"BasicCompanyDataAsOneFile-{day}.zip", house.archive(companies))
    parent = {"registration_number": numbers[1], "country_registered": "United Kingdom"}
    person = house.owner(numbers[2], "individual-person-with-significant-control")
    owners = house.archive(house.lines(person, house.owner(numbers[0], identification=parent)), "psc.txt")
    server.publish("en_pscdata.html", f"persons-with-significant-control-snapshot-{day}.zip", owners)

    def tomorrow() -> str:
        server.change(numbers[1], house.profile(numbers[1], "MILL LANE GROUP LTD"), at=f"{NOW:%Y-%m-%dT%H:%M:%S}")
        server.live = 1
        return "gb_coh: the stream tells that a company has another name"

    return Played(name="gb_coh", server=server, environ=server.environ(), tomorrow=tomorrow)


def play_ted(companies: list[Row]) -> Played:
    parties = {"winner-identifier": [companies[2]["organisasjonsnummer"]]}
    server = tender_server.TedServer([tender_server.ted_notice("1-2026", NOW.date() - timedelta(days=5), **parties)])
    return Played(name="eu_ted", server=server, environ={"PROSPEKT_EU_TED_URL": server.origin})


def play_doffin(companies: list[Row]) -> Played:
    number, day = companies[3]["organisasjonsnummer"], NOW.date() - timedelta(days=5)
    won = {"id": "w", "organizationId": number, "name": "Sentinelvinner"}
    lots = [{"heading": "Del", "description": "Sentineltekst", "winner": [won]}]
    server = tender_server.DoffinServer([tender_server.doffin_notice("2026-100001", day, lots=lots)])
    led = {"PROSPEKT_NO_DOFFIN_URL": server.origin, source("no_doffin").SOURCE.login_envs[0]: tender_server.KEY}
    return Played(name="no_doffin", server=server, environ=led)


def play_wikidata(companies: list[Row]) -> Played:
    server = WikidataServer()
    server.properties = dict(source("wikidata").NUMBERS)  # type: ignore[attr-defined]
    limited = [row for row in companies if row["organisasjonsform.kode"] == "AS"]
    for place, row in enumerate(limited[:MOST_ITEMS], start=1):
        stated = {"NO-ORGNR": [text(row["organisasjonsnummer"])], "label": [text(row["navn"], "nb")]}
        server.items[f"Q{place}"] = stated | {
            "country": [text("NO")],
            "website": [address(f"https://q{place}.example/")],
        }
    return Played(name="wikidata", server=server, environ={"PROSPEKT_WIKIDATA_URL": server.url})


def play_tickers() -> Played:
    server = SecServer()
    server.tickers = [(9000001, "ALFA", "ALFA DEVICES INC"), (9000002, "BETA", "BETA ASA")]
    return Played(name="us_sec_tickers", server=server, environ={"PROSPEKT_US_SEC_TICKERS_URL": server.origin})


def play_file(name: str, path: str, body: bytes) -> Played:
    """A register that is one file."""
    server = FilesServer()
    server.publish(path, body)
    return Played(name=name, server=server, environ={source(name).SOURCE.base_url_env: server.origin})


def rows_of(name: str) -> bytes:
    """The rows of a sample as the register writes its file."""
    connector = source(name)
    layout = connector.SOURCE.layouts[0]
    return as_written(connector.TEXT, layout, [case["row"] for case in sample_of(name)[layout.name]])  # type: ignore[attr-defined]


def records_of_estonia() -> bytes:
    """A sole trader among the companies of the sample."""
    means = [{"liik": "EMAIL", "sisu": "mari@testperson.example"}]
    general = {"oiguslik_vorm": "FIE", "sidevahendid": means, "isikukood": "49001010001"}
    trader = {"ariregistri_kood": 12999026, "nimi": "Mari Testperson FIE", "yldandmed": general}
    companies = [case["answer"] for cases in sample_of("ee_ariregister").values() for case in cases]
    return json.dumps([trader, *companies], ensure_ascii=False, indent=1).encode()


DAY_OF_RATES = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<Cube><Cube time="{day}"><Cube currency="USD" rate="1.1172"/><Cube currency="NOK" rate="10.312"/></Cube></Cube>
</gesmes:Envelope>"""


class Bank(LoopbackRegister):
    """The bank's history of rates: those that come with the program, as a bank packs them."""

    def __init__(self, rates: str) -> None:
        super().__init__()
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("eurofxref-hist.csv", rates)
        self._packed = buffer.getvalue()
        self._day = DAY_OF_RATES.format(day=NOW.date()).encode()

    def answer(self, asked: Asked) -> Said:
        bodies = {"/eurofxref-hist.zip": self._packed, "/eurofxref-hist-90d.xml": self._day}
        return Said(body=bodies[asked.path]) if asked.path in bodies else Said(status=404)


def play_bank() -> Played:
    path = Path(str(source("ecb_fx").__file__)).with_suffix(".csv")  # type: ignore[attr-defined]
    server = Bank(path.read_text(encoding="utf-8"))
    return Played(name="ecb_fx", server=server, environ={"PROSPEKT_ECB_FX_URL": server.origin})


def play_crm(server: hubspot_server.HubspotServer) -> Played:
    rows = crm_companies()
    ids = [
        server.put(
            "companies",
            name=row["Company name"],
            domain=row["Company Domain Name"] or None,
            city=row["City"] or None,
            zip=row["Postal Code"] or None,
            country="Norway",
        )
        for row in rows
    ]
    for name, country, city, number in ABROAD:
        server.put("companies", name=name, country=country, city=city or None, orgnr=number or None)

    contact = server.put("contacts", firstname="Kari", lastname="Nordmann", date_of_birth=BORN, jobtitle="Daglig leder")
    server.link("contacts", contact, ids[2])
    deal = server.put("deals", dealname="Avtale", dealstage="closedwon", hs_is_closed_won="true", hs_is_closed="true")
    server.link("deals", deal, ids[3])
    server.owners["7"] = {"email": "ola@team.example", "firstName": "Ola", "lastName": "Hansen"}

    def tomorrow() -> str:
        server.tick(hours=24)
        server.change("companies", ids[0], name=f"{rows[0]['Company name']} Holding")
        server.archive("companies", ids[1])
        return "hubspot: a salesperson renames one company and deletes another"

    led = {"PROSPEKT_HUBSPOT_URL": server.origin, "PROSPEKT_DEMO_HUBSPOT_TOKEN": hubspot_server.TOKEN}
    return Played(name="hubspot", server=server, environ=led, tomorrow=tomorrow)


def play_all(most_companies: int | None) -> Iterator[Played]:
    companies = norwegian_companies(most_companies)
    yield play_crm(hubspot_server.HubspotServer())
    yield play_norway(BrregServer(), companies)
    yield play_gleif(GleifServer())
    yield play_finland(prh_server.PrhServer())
    yield play_denmark(cvr_server.CvrServer())
    yield play_datafordeler(datafordeler_server.DatafordelerServer())
    reports = hvd_server.HvdServer()
    yield Played(name="", server=reports, environ={})
    bolagsverket, scb = sweden_server.MEMBERS
    yield play_sweden(sweden_server.SwedenServer(), "se_bolagsverket", bolagsverket, reports)
    yield play_sweden(sweden_server.SwedenServer(), "se_scb", scb, None)
    yield play_nav(nav_server.NavServer(), companies)
    yield play_jobtech(jobtech_server.JobtechServer())
    yield play_bank()
    yield play_britain(companies_house_server.CompaniesHouseServer())
    yield play_ted(companies)
    yield play_doffin(companies)
    klass = KlassServer()
    yield Played(name="no_ssb_klass", server=klass, environ={"PROSPEKT_NO_SSB_KLASS_URL": klass.origin})
    yield play_wikidata(companies)
    yield play_tickers()
    yield play_file("ee_ariregister", ESTONIAN, zipped(records_of_estonia()))
    yield play_file("lv_ur", "register/register.csv", rows_of("lv_ur"))
    yield play_file("fr_sirene", "StockUniteLegale_utf8.zip", zipped(rows_of("fr_sirene")))
    yield play_file("ie_cro", IRISH, zipped(rows_of("ie_cro")))
    yield play_czechia()
    yield play_poland()
    yield play_switzerland()
    yield play_filers()
    yield play_vies()
    yield play_annuaire()
    yield play_sites(Web())


def main() -> None:
    say = partial(print, flush=True)
    with ExitStack() as opened:
        played = list(play_all(int(sys.argv[2]) if len(sys.argv) > 2 else None))
        for one in played:
            opened.enter_context(one.server)
        led = {name: value for one in played for name, value in one.environ.items()}
        names = [one.name for one in played if one.name]
        [web] = [one.server.port for one in played if isinstance(one.server, Web)]
        say(json.dumps({"sources": names, "environ": led, "planted": PLANTED, "web": web}))
        for word in sys.stdin:
            match word.strip():
                case "tomorrow":
                    say(json.dumps([told for one in played if (told := one.tomorrow()) is not None]))
                case "counts":
                    say(json.dumps({one.name or "reports": len(one.server.asked) for one in played}))


if __name__ == "__main__":
    main()
