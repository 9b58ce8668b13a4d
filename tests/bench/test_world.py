"""The made-up world: the same everywhere, at least as varied as the real register, true to its own truth."""

import csv
import gzip
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from stdnum.no import orgnr

from bench.companies import Row, draw_companies
from bench.gleif import GOLDEN_COPY, draw_gleif
from bench.registers import Rates, Views, draw_views
from bench.wikidata import COLUMNS as WIKIDATA
from bench.world import DEMO, DEMO_FOLDER, REGISTER, Plan, make_world
from enrich.config import load_config

EXTRACT_ROWS = 4_924
SHARED_COLUMNS = ("navn", "forretningsadresse.adresse", "vedtektsfestetFormaal", "aktivitet")


@pytest.fixture(scope="module")
def companies() -> list[Row]:
    return draw_companies(seed=7, chunk=0, count=EXTRACT_ROWS)


def test_the_shipped_demo_is_what_the_generator_writes(tmp_path: Path) -> None:
    make_world(DEMO, tmp_path, processes=1)
    assert _contents(tmp_path) == _contents(DEMO_FOLDER)
    assert sum(path.stat().st_size for path in DEMO_FOLDER.iterdir()) < 2_000_000


def _contents(folder: Path) -> dict[str, bytes]:
    """Unpacked, because each zlib packs in its own way."""
    return {
        path.name: gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for path in folder.iterdir()
        if path.suffix != ".toml"
    }


def test_the_demo_configuration_is_valid_and_its_owners_are_in_the_crm() -> None:
    config = load_config(DEMO_FOLDER / "config.toml", data=None, environ={})
    owners = (DEMO_FOLDER / "crm_owners.csv").read_text(encoding="utf-8")
    assert config.territory
    assert all(territory.owner in owners for territory in config.territory.values())


def test_numbers_are_valid_and_never_given_twice(companies: list[Row]) -> None:
    numbers = [row["organisasjonsnummer"] for row in companies + draw_companies(seed=7, chunk=1, count=EXTRACT_ROWS)]
    assert all(map(orgnr.is_valid, numbers))
    assert len(set(numbers)) == len(numbers)


def test_every_value_stands_in_a_column_of_the_register(companies: list[Row]) -> None:
    assert len(REGISTER) == 90
    assert set().union(*companies) <= set(REGISTER)


def test_some_addresses_have_line_breaks(companies: list[Row]) -> None:
    broken = sum("\n" in row["forretningsadresse.adresse"] for row in companies)
    assert 0.05 < broken / len(companies) < 0.20


def test_legal_forms_and_sizes_are_spread_as_in_the_open_register(companies: list[Row]) -> None:
    forms = Counter(row["organisasjonsform.kode"] for row in companies)
    assert 0.40 < forms["AS"] / len(companies) < 0.47
    assert 0.33 < forms["ENK"] / len(companies) < 0.41
    limited = [row for row in companies if row["organisasjonsform.kode"] == "AS"]
    exact = sum("antallAnsatte" in row for row in limited)
    withheld = sum(row["harRegistrertAntallAnsatte"] == "true" for row in limited) - exact
    assert 0.2 < exact / len(limited) < 0.35
    assert 0.18 < withheld / len(limited) < 0.32


def test_gleif_has_the_faults_of_the_real_one(companies: list[Row]) -> None:
    records = draw_gleif(7, 0, companies, share=1.0)
    own = {row["organisasjonsnummer"] for row in companies}
    number = "Entity.RegistrationAuthority.RegistrationAuthorityEntityID"
    wrong = sum(record[number].replace(" ", "") not in own for record in records)
    assert 0.01 < wrong / len(records) < 0.04
    assert {" " in record[number] for record in records} == {True, False}
    assert any("Entity.OtherEntityNames.OtherEntityName.1" in record for record in records)


def test_three_crm_companies_in_ten_are_of_no_company(tmp_path: Path) -> None:
    make_world(DEMO, tmp_path, processes=1)
    with (tmp_path / "true_links.csv").open(encoding="utf-8", newline="") as file:
        companies = [link for link in csv.DictReader(file) if link["kind"] == "company"]
    without = sum(not link["organisasjonsnummer"] for link in companies)
    assert 0.26 < without / len(companies) < 0.32
    with gzip.open(tmp_path / "no_brreg.csv.gz", "rt", encoding="utf-8", newline="") as file:
        known = {row["organisasjonsnummer"] for row in csv.DictReader(file)}
    assert {link["organisasjonsnummer"] for link in companies} - {""} <= known


def _variety(values: Sequence[str]) -> tuple[float, int]:
    """Compressed size as a share, and the number of distinct words."""
    text = "\n".join(values).encode()
    return len(gzip.compress(text, 6)) / len(text), len(set(re.findall(r"\w+", text.decode().lower())))


@pytest.mark.real_data
@pytest.mark.parametrize("column", SHARED_COLUMNS)
def test_texts_are_at_least_as_varied_as_real_ones(column: str, companies: list[Row], real_data: Path) -> None:
    with (real_data / "no_brreg" / "enheter_2024_extract.csv").open(encoding="utf-8-sig", newline="") as file:
        # the extract's sole proprietors carry test values
        real = [row[column] for row in csv.DictReader(file) if row["organisasjonsform.kode"] != "ENK" and row[column]]
    ours = [row[column] for row in companies if row["organisasjonsform.kode"] != "ENK" and row.get(column)]
    count = min(len(real), len(ours))
    real_ratio, real_words = _variety(real[:count])
    our_ratio, our_words = _variety(ours[:count])
    assert our_ratio >= real_ratio
    assert our_words >= real_words


@pytest.fixture(scope="module")
def views(companies: list[Row]) -> Views:
    return draw_views(7, 0, companies, Rates())


def test_every_record_of_three_registers_has_one_true_entity(views: Views) -> None:
    said = [record_id for record_id, _ in views.truth]
    records = (
        [f"no_brreg:{row['organisasjonsnummer']}" for row in views.norway]
        + [f"gleif:{row['LEI']}" for row in views.gleif]
        + [f"wikidata:{row['item']}" for row in views.wikidata]
    )
    assert sorted(said) == sorted(records)
    assert len(set(said)) == len(said)
    assert set().union(*views.gleif) <= set(GOLDEN_COPY)
    assert set().union(*views.wikidata) == set(WIKIDATA)


def test_the_views_have_the_faults_that_their_rates_say(views: Views) -> None:
    entity_of = dict(views.truth)
    number = "Entity.RegistrationAuthority.RegistrationAuthorityEntityID"
    national = [row for row in views.gleif if row["Entity.LegalAddress.Country"] == "NO" and row[number]]
    wrong = sum(f"NO:{row[number].replace(' ', '')}" != entity_of[f"gleif:{row['LEI']}"] for row in national)
    assert 0.005 < wrong / len(national) < 0.04
    known = {row["organisasjonsnummer"] for row in views.norway}
    leis = Counter(entity_of[f"gleif:{row['LEI']}"] for row in views.gleif)
    assert any(entity.startswith("NO:") and entity[3:] not in known for entity in leis), "dead ones"
    assert max(leis.values()) == 2, "duplicates"
    branches = [row for row in views.norway if "registreringsnummerIHjemlandet" in row]
    offices = {row["underlagtLovgivningLandKode"] + ":" + row["registreringsnummerIHjemlandet"] for row in branches}
    assert len(offices & set(leis)) / len(offices) == pytest.approx(Rates().head_office, abs=0.25)
    assert views.relationships


def test_a_world_of_registers_is_the_same_each_time_and_another_with_other_rates(tmp_path: Path) -> None:
    for name, rates in (("one", Rates()), ("same", Rates()), ("other", Rates(renamed=0.5))):
        make_world(Plan(companies=400, crm_rows=20, registers=rates), tmp_path / name, processes=1)
    assert _contents(tmp_path / "one") == _contents(tmp_path / "same")
    assert _contents(tmp_path / "one") != _contents(tmp_path / "other")
