"""A world of companies of five countries as published files: Norway, Sweden, Denmark, Finland and Britain.

    python -m bench.countries.world --companies 5000000

Names, sentences, places, forms and sizes are drawn by hashes from the small tables beside this file, so that a company is
the same in a world of any size. They are written as golden records; publishing is the product's own.
"""

import argparse
import csv
import hashlib
import shutil
import sys
import tomllib
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path

import pyarrow as pa

from bench.cache import CACHE
from bench.words import build_pools
from db.warehouse import Warehouse
from enrich.config import Config, load_config
from enrich.icp.model import Criteria, Icp
from enrich.progress import silent
from enrich.publish import publish
from enrich.rates import land_shipped_rates
from enrich.runs import new_run_id

HERE = Path(__file__).parent
COUNTRIES = ("NO", "SE", "DK", "FI", "GB")
LANGUAGES = {"NO": "nb", "SE": "sv", "DK": "da", "FI": "fi", "GB": "en"}
FORMS = {
    "NO": {"AS": 62, "FLI": 12, "NUF": 6, "ASA": 1, "DA": 3, "SA": 4, "STI": 4, "ORGL": 4, "BRL": 4},
    "SE": {"AB": 66, "HB": 10, "KB": 4, "EK": 10, "BRF": 8, "S": 2},
    "DK": {"ApS": 58, "A/S": 16, "I/S": 14, "K/S": 4, "FMBA": 4, "FON": 4},
    "FI": {"OY": 66, "KY": 8, "AY": 4, "OYJ": 1, "OSK": 3, "AOY": 16, "RY": 2},
    "GB": {"LIMITED": 84, "LLP": 4, "PLC": 1, "CIC": 3, "LP": 3, "LTD BY GUARANTEE": 5},
}
"""Legal forms by country, how many of a hundred have each."""
SLOTS = 1_000
"""Rows from which each country's places, trades, forms and sentences are drawn."""
BENCH_ICP = Icp(must=Criteria(country=("FI",), employees="1000-", industry=("03.21",)))
"""Publishing keeps the answers of each ICP: one that hardly anybody fits, for what is timed is the search."""


def made_world(companies: int) -> Config:
    """The configuration of a world of so many companies (natural persons apart), made where it is not there: a warehouse,
    of which nothing is published yet.
    """
    folder = CACHE / f"countries-{companies}-{_fingerprint()}"
    if not folder.exists():
        for outdated in CACHE.glob(f"countries-{companies}-*"):
            shutil.rmtree(outdated)
        unfinished = folder.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        with Warehouse.open_to_write(unfinished, command="bench") as warehouse:
            write_companies(warehouse, companies)
        unfinished.rename(folder)
    config = load_config(HERE.parent.parent / "enrich" / "demo" / "config.toml", data=folder, environ={})
    return config.model_copy(update={"icp": {"bench": BENCH_ICP}, "territory": {}})


def publish_world(companies: int) -> Config:
    """The world as `made_world` gives it, published by the program as it is now."""
    config = made_world(companies)
    with Warehouse.open_to_write(config.data, command="bench") as warehouse:
        publish(warehouse, config, new_run_id(), silent)
    return config


def write_companies(warehouse: Warehouse, companies: int) -> None:
    """Fill the golden records of a warehouse with that many made-up companies, and sole traders besides."""
    warehouse.run("normalise/create")
    land_shipped_rates(warehouse)
    stems = build_pools().stems
    with ExitStack() as lent:
        for name, table in _drawn(stems).items():
            lent.enter_context(warehouse.lend(f"drawn_{name}", table))
        warehouse.execute(_RATES)
        sql = (HERE / "companies.sql").read_text(encoding="utf-8")
        with warehouse.joins_as_written():  # of lent tables DuckDB knows no sizes, and would cross them first
            warehouse.execute(sql, companies=companies, stems=len(stems))
    warehouse.execute(_COVERAGE)


_RATES = """
CREATE OR REPLACE TEMP TABLE drawn_rate AS
SELECT currency, asked_date, max(rate_date) AS rate_date, arg_max(per_euro, rate_date) AS per_euro
FROM core.exchange_rate
JOIN (SELECT unnest([DATE '2023-12-31', DATE '2024-12-31', DATE '2025-12-31']) AS asked_date) ON rate_date BETWEEN asked_date - 7 AND asked_date
GROUP BY currency, asked_date
"""

_COVERAGE = """
INSERT INTO core.signal_coverage VALUES
    ('no_nav', 'job_ad', 'NO', DATE '2025-06-01', now()), ('se_jobtech', 'job_ad', 'SE', DATE '2025-06-01', now())
"""


def _drawn(stems: Sequence[str]) -> dict[str, pa.Table]:
    """The tables that a company is drawn from, by name; each has a row a slot (and country)."""
    texts = tomllib.loads((HERE / "texts.toml").read_text(encoding="utf-8"))
    trades = list(_read(HERE / "trades.csv"))
    endings = build_pools().endings
    return {
        "stem": pa.table({"slot": list(range(len(stems))), "word": list(stems)}),
        "ending": pa.table({"slot": list(range(200)), "word": [endings[slot % len(endings)] for slot in range(200)]}),
        "form": _slots(
            ({"country_code": c, "code": code}, share) for c in COUNTRIES for code, share in FORMS[c].items()
        ),
        "trade": _slots(
            ({"country_code": c, "code": row["code"], "words": row[LANGUAGES[c]].split()}, int(row["weight"]))
            for c in COUNTRIES
            for row in trades
        ),
        "place": _slots(_places()),
        "frame": _slots(
            ({"country_code": c, "text": text}, 1) for c in COUNTRIES for text in texts[c]["frames"].split("|")
        ),
        # most companies say no more than one sentence
        "extra": _slots(
            ({"country_code": c, "text": text}, share)
            for c in COUNTRIES
            for text, share in ((None, 12), *((text, 1) for text in texts[c]["extras"].split("|")))
        ),
    }


def _slots(drawn: Iterable[tuple[Mapping[str, object], int]]) -> pa.Table:
    """`SLOTS` rows a country: each of the values as often as its weight of all of that country."""
    of_country: dict[object, list[tuple[Mapping[str, object], int]]] = {}
    for values, weight in drawn:
        of_country.setdefault(values["country_code"], []).append((values, weight))
    rows = []
    for listed in of_country.values():
        ends, total = list(accumulate(weight for _, weight in listed)), sum(weight for _, weight in listed)
        rows += [{**listed[bisect(ends, slot * total / SLOTS)][0], "slot": slot} for slot in range(SLOTS)]
    return pa.Table.from_pylist(rows)


def _places() -> Iterator[tuple[dict[str, object], int]]:
    norwegian = (
        row
        | {
            "country": "NO",
            "municipality_code": row["code"],
            "municipality_name": row["name"],
            "city": row["name"],
            "region_code": row["code"][:2],
        }
        for row in _read(HERE.parent / "places.csv")
    )
    for row in (*norwegian, *_read(HERE / "places.csv")):
        first, last = int(row["postal_from"]), int(row["postal_to"])
        columns = ("municipality_code", "municipality_name", "region_code", "city")
        told = {name: row[name] or None for name in columns}
        yield (
            {"country_code": row["country"], **told, "postal_code": first, "span": last - first + 1},
            int(row["weight"]),
        )


def _read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(HERE.iterdir()):
        if path.suffix in (".csv", ".toml", ".sql"):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def main(arguments: Sequence[str]) -> None:
    """Read the command line, make the world, and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m bench.countries.world", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--companies", type=int, default=1_000_000)
    print(publish_world(parser.parse_args(arguments).companies).published)


if __name__ == "__main__":
    main(sys.argv[1:])
