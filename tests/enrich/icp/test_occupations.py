"""Groups of occupations against the lists that their codes are of: titles copied from STYRK-08 and SSYK 2012."""

import pytest

from enrich.icp.occupations import GROUPS

STYRK08 = {
    "1211": "Finans- og økonomisjefer",
    "1212": "Personalsjefer",
    "1221": "Salgs- og markedssjefer",
    "1222": "PR- og informasjonssjefer",
    "1324": "Ledere av logistikk og transport mv.",
    "2411": "Revisorer, regnskapsrådgivere",
    "2412": "Finans- og investeringsrådgivere",
    "2413": "Finansanalytikere",
    "2423": "Personal- og karriererådgivere",
    "2431": "Reklame- og markedsføringsrådgivere",
    "2432": "Informasjonsrådgivere",
    "2433": "Salgskonsulenter innen tekniske og medisinske produkter",
    "2434": "Salgskonsulenter innen IKT-produkter",
    "2511": "Systemanalytikere/-arkitekter",
    "2512": "Programvareutviklere",
    "2513": "Nett- og multimediautviklere",
    "2514": "Applikasjonsprogrammerere",
    "2519": "Andre programvare- og applikasjonsutviklere",
    "2521": "Databasedesignere og -administratorer",
    "2522": "Systemadministratorer",
    "2523": "Nettverksansvarlige",
    "2529": "Sikkerhetsanalytikere mv.",
    "3313": "Regnskapsførere",
    "3322": "Selgere (engros)",
    "3323": "Innkjøpere",
    "3511": "Driftsteknikere, IKT",
    "3512": "Brukerstøtte, IKT",
    "3513": "Nettverks- og systemteknikere, IKT",
    "3514": "Internett-teknikere",
}
SSYK2012 = {
    "1211": "Ekonomi- och finanschefer, nivå 1",
    "1212": "Ekonomi- och finanschefer, nivå 2",
    "1221": "Personal- och HR-chefer, nivå 1",
    "1222": "Personal- och HR-chefer, nivå 2",
    "1241": "Informations-, kommunikations- och PR-chefer, nivå 1",
    "1242": "Informations-, kommunikations- och PR-chefer, nivå 2",
    "1251": "Försäljnings- och marknadschefer, nivå 1",
    "1252": "Försäljnings- och marknadschefer, nivå 2",
    "1321": "Inköps-, logistik- och transportchefer, nivå 1",
    "1322": "Inköps-, logistik- och transportchefer, nivå 2",
    "2411": "Revisorer m.fl.",
    "2412": "Controller",
    "2413": "Finansanalytiker och investeringsrådgivare m.fl.",
    "2414": "Traders och fondförvaltare",
    "2423": "Personal- och HR-specialister",
    "2431": "Marknadsanalytiker och marknadsförare m.fl.",
    "2432": "Informatörer, kommunikatörer och PR-specialister",
    "2511": "Systemanalytiker och IT-arkitekter m.fl.",
    "2512": "Mjukvaru- och systemutvecklare m.fl.",
    "2513": "Utvecklare inom spel och digitala media",
    "2514": "Systemtestare och testledare",
    "2515": "Systemförvaltare m.fl.",
    "2516": "IT-säkerhetsspecialister",
    "2519": "Övriga IT-specialister",
    "3313": "Redovisningsekonomer",
    "3322": "Företagssäljare",
    "3323": "Inköpare och upphandlare",
    "3511": "Drifttekniker, IT",
    "3512": "Supporttekniker, IT",
    "3513": "Systemadministratörer",
    "3514": "Nätverks- och systemtekniker m.fl.",
    "3515": "Webbmaster och webbadministratörer",
}


@pytest.mark.parametrize(("scheme", "titles"), [("STYRK08", STYRK08), ("SSYK2012", SSYK2012)])
def test_a_group_asks_for_codes_that_its_list_has(scheme: str, titles: dict[str, str]) -> None:
    assert {code for group in GROUPS.values() for code in group[scheme]} == titles.keys()


@pytest.mark.parametrize(
    ("code", "group"), [("2516", "it_operations"), ("2519", "it_operations"), ("1241", "marketing")]
)
def test_a_code_that_each_list_places_elsewhere_is_in_the_group_of_its_title(code: str, group: str) -> None:
    assert [name for name, codes in GROUPS.items() if code in codes["SSYK2012"]] == [group]


def test_no_group_asks_for_a_code_that_does_not_exist() -> None:
    assert "1323" not in GROUPS["procurement"]["SSYK2012"]
