"""Sources that are asked company by company, on loopback, as `play.py` starts them: registers by number, filers, web sites."""

import csv
import io

from sources.registry import source
from tests.registers.numbered_servers import AnnuaireServer, SecServer, ViesServer, filer
from tests.registers.numbers_server import NumbersServer
from tests.registers.play_world import ABROAD, Played, crm_companies, read_world, sample_of
from tests.registers.web import Web, moved, page

ZEFIX_LOGIN = ("prospekt-demo", "Geheim-der-Zefix")
SWITCHBOARD = "+4722334455"
MOBILE = "91827364"
"""Of a person, on a company's own site."""
FORBIDDING = page("User-agent: *\nDisallow: /", kind="text/plain")


def known_numbers(name: str, path: str, *, made: str = "") -> NumbersServer:
    """A register that knows what its connector's sample does; `made` is a key of it that no answer has."""
    server = NumbersServer()
    for cases in sample_of(name).values():
        for case in (case for case in cases if "record" in case):
            said = {key: value for key, value in case["answer"].items() if key != made}
            server.answers[path.format(case["record"]["source_key"])] = said
    return server


def play_czechia() -> Played:
    server = known_numbers("cz_ares", "/ekonomicke-subjekty/{}", made="res")
    trader = {"ico": ABROAD[1][3], "obchodniJmeno": "Jan Sentinelník", "pravniForma": "101"}
    server.answers[f"/ekonomicke-subjekty/{trader['ico']}"] = trader
    return Played(name="cz_ares", server=server, environ={"PROSPEKT_CZ_ARES_URL": server.origin})


def play_poland() -> Played:
    server = known_numbers("pl_krs", "/OdpisAktualny/{}?rejestr=P", made="proceedings")
    return Played(name="pl_krs", server=server, environ={"PROSPEKT_PL_KRS_URL": server.origin})


def play_switzerland() -> Played:
    server = known_numbers("ch_zefix", "/company/uid/{}")
    server.login = ZEFIX_LOGIN
    login = dict(zip(source("ch_zefix").SOURCE.login_envs, ZEFIX_LOGIN, strict=True))
    return Played(name="ch_zefix", server=server, environ={"PROSPEKT_CH_ZEFIX_URL": server.origin} | login)


def play_filers() -> Played:
    server = SecServer()
    server.filers["9000001"] = filer("0009000001", "ALFA DEVICES INC")
    return Played(name="us_sec", server=server, environ={"PROSPEKT_US_SEC_URL": server.origin})


def play_vies() -> Played:
    server = ViesServer()
    server.names = {"FI01120389": "Esimerkki Oyj"}
    return Played(name="eu_vies", server=server, environ={"PROSPEKT_EU_VIES_URL": server.origin})


def play_annuaire() -> Played:
    server = AnnuaireServer()
    [number] = [one for _, country, _, one in ABROAD if country == "France"]
    known = sample_of("fr_annuaire")["result_json"][0]["answer"]
    named = dict.fromkeys(("nom_complet", "nom_raison_sociale"), "EXEMPLE LOGISTIQUE")
    server.companies[number] = known | named | {"siren": number}
    return Played(name="fr_annuaire", server=server, environ={"PROSPEKT_FR_ANNUAIRE_URL": server.origin})


def play_sites(web: Web) -> Played:
    """Sites of the CRM's companies: most are their own, some forbid it, lead astray, or are somebody else's."""
    linked = csv.DictReader(io.StringIO(read_world("true_links.csv")))
    numbers = {row["record_id"]: row["organisasjonsnummer"] for row in linked}
    rows = [row for row in crm_companies() if row["Company Domain Name"] and row["Record ID"] in numbers]
    for place, row in enumerate(rows):
        name, domain, number = row["Company name"], row["Company Domain Name"], numbers[row["Record ID"]]
        own = page(
            "<html lang='nb'><meta name='description' content='Vi leverer utstyr og tjenester langs hele kysten. "
            f"Grunnlagt i 1987 av Kari Sentinelsen, mobil {MOBILE}.'>"
            f"<p>{name}, Org.nr. {number}<p>post@{domain}, kari.sentinel@{domain}"
            f"<p>Daglig leder Kari Sentinelsen, <a href='tel:+47{MOBILE}'>mobil {MOBILE}</a>"
            f"<a href='tel:{SWITCHBOARD}'>Sentralbord</a>"
            "<script src='/wp-content/themes/x/main.js'></script>"
        )
        odd = {
            1: {"/robots.txt": FORBIDDING, "/": own},
            2: {"/": moved("http://169.254.169.254/latest/meta-data/")},
            3: {"/": page("<p>Domenet er til salgs")},
        }
        web.sites[domain] = odd.get(place, {"/": own})
    return Played(name="company_site", server=web, environ={})
