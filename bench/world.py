"""Makes a world to demonstrate, test and measure with: registers of any size, a CRM with known truth; all of it invented.

    python -m bench.world --companies 1170000 --out DIR [--seed 7]

writes `no_brreg.csv.gz` (the Norwegian bulk register of 2026, 90 columns), `gleif.csv.gz` (a share of its companies),
`crm_companies.csv`, `crm_customers.csv`, `crm_contacts.csv`, `crm_deals.csv`, `crm_owners.csv` and `true_links.csv`;
with `--changes` also `no_brreg_next.csv.gz`, the register a night later. With `--registers` GLEIF and `wikidata.csv.gz`
are views of one truth (`bench/registers.py`), GLEIF's relationships come in `gleif_relationships.csv.gz`, and
`true_records.csv` says which record is which entity; `--rate renamed=0.1` (repeatable) makes a fault more common. With `--noise` names in the CRM differ from registered ones
as real ones do, and `true_links.csv` names the kind of noise.
The same arguments give the same rows on any machine. `--demo` renews the small world that the product ships.
"""

import argparse
import csv
import gzip
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from itertools import repeat
from pathlib import Path

from bench.companies import CHUNK, Row, draw_companies, draw_next_night
from bench.crm import draw_crm
from bench.gleif import GOLDEN_COPY, draw_gleif
from bench.noise import noise_rates
from bench.registers import RELATIONSHIP, TRUTH, Rates, Views, draw_views
from bench.wikidata import COLUMNS as WIKIDATA

REGISTER = tuple((Path(__file__).parent / "enheter_columns.txt").read_text(encoding="utf-8").split())
"""The header of the bulk file of 2026; kept apart from the connector's own list, so that the two check each other."""
SEED = 7
CRM_POOL_PER_CHUNK = 1_000
"""Companies of a chunk that the CRM may draw from."""
GZIP_LEVEL = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a world shall hold: companies in the register, rows in the CRM, the share that GLEIF knows."""

    companies: int
    seed: int = SEED
    crm_rows: int = 2_000
    gleif_share: float = 0.10
    changes: int = 0
    """Companies that change until the next night; with 0 there is no file of it."""
    noise: bool = False
    """Whether names in the CRM differ as real ones do (`bench/noise.py`), the kind told in the truth."""
    registers: Rates | None = None
    """How three registers show one truth; without, GLEIF is a share of Norway's register and there is no Wikidata."""


DEMO = Plan(companies=3_000, crm_rows=240, gleif_share=0.25)
"""The world that the product ships for `prospekt demo`."""
DEMO_FOLDER = Path(__file__).parent.parent / "enrich" / "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    register: bytes
    next_night: bytes
    gleif: bytes
    crm_pool: list[Row]
    relationships: bytes
    wikidata: bytes
    truth: bytes


def make_world(plan: Plan, folder: Path, *, processes: int | None = None) -> None:
    """Write all files of a world into a folder; a chunk of companies a process at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    crm_pool: list[Row] = []
    with ExitStack() as files:
        register = files.enter_context(_gzip(folder / "no_brreg.csv.gz", REGISTER))
        gleif = files.enter_context(_gzip(folder / "gleif.csv.gz", GOLDEN_COPY))
        night = files.enter_context(_gzip(folder / "no_brreg_next.csv.gz", REGISTER)) if plan.changes else None
        if plan.registers is not None:
            relationships = files.enter_context(_gzip(folder / "gleif_relationships.csv.gz", RELATIONSHIP))
            wikidata = files.enter_context(_gzip(folder / "wikidata.csv.gz", WIKIDATA))
            truth = files.enter_context((folder / "true_records.csv").open("wb"))
            truth.write(_csv_line(TRUTH))
        for chunk in _draw_chunks(plan, processes or os.cpu_count() or 1):
            register.write(chunk.register)
            gleif.write(chunk.gleif)
            if plan.registers is not None:
                relationships.write(chunk.relationships)
                wikidata.write(chunk.wikidata)
                truth.write(chunk.truth)
            if night is not None:
                night.write(chunk.next_night)
            crm_pool += chunk.crm_pool
    if plan.changes:
        _date_a_night_apart(folder / "no_brreg.csv.gz", folder / "no_brreg_next.csv.gz")
    crm = draw_crm(plan.seed, crm_pool, plan.crm_rows, noise_rates() if plan.noise else None)
    _write_csv(folder / "crm_companies.csv", crm.companies, encoding="utf-8-sig")
    _write_csv(folder / "crm_customers.csv", crm.customers, encoding="cp1252", delimiter=";")
    _write_csv(folder / "crm_contacts.csv", crm.contacts)
    _write_csv(folder / "crm_deals.csv", crm.deals)
    _write_csv(folder / "crm_owners.csv", crm.owners)
    names = ("kind", "record_id", "organisasjonsnummer", *(("noise",) if plan.noise else ()))
    _write_csv(folder / "true_links.csv", [dict(zip(names, link, strict=False)) for link in crm.truth])


def _date_a_night_apart(register: Path, next_night: Path) -> None:
    """Set the register's date a night before the next: a file by hand is dated by its own time, and the later wins."""
    written = next_night.stat().st_mtime
    os.utime(register, (written - 86_400, written - 86_400))


def _draw_chunks(plan: Plan, processes: int) -> Iterator[_Chunk]:
    counts = [min(CHUNK, plan.companies - start) for start in range(0, plan.companies, CHUNK)]
    arguments = (repeat(plan), range(len(counts)), counts)
    if processes == 1 or len(counts) == 1:
        yield from map(_draw_chunk, *arguments)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(_draw_chunk, *arguments)


def _draw_chunk(plan: Plan, chunk: int, count: int) -> _Chunk:
    companies = draw_companies(plan.seed, chunk, count)
    if plan.registers is None:
        views = Views(norway=companies, gleif=draw_gleif(plan.seed, chunk, companies, plan.gleif_share))
    else:
        views = draw_views(plan.seed, chunk, companies, plan.registers)
    norway = views.norway
    changes = -(-plan.changes * count // plan.companies)
    return _Chunk(
        register=_csv_lines(REGISTER, norway),
        next_night=_csv_lines(REGISTER, draw_next_night(plan.seed, chunk, norway, changes)) if changes else b"",
        gleif=_csv_lines(GOLDEN_COPY, views.gleif),
        crm_pool=norway if plan.companies <= CHUNK else norway[:CRM_POOL_PER_CHUNK],
        relationships=_csv_lines(RELATIONSHIP, views.relationships),
        wikidata=_csv_lines(WIKIDATA, views.wikidata),
        truth=b"".join(map(_csv_line, views.truth)),
    )


def _csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    return b"".join(_csv_line([row.get(name, "") for name in columns]) for row in rows)


def _csv_line(values: Iterable[str]) -> bytes:
    """All fields quoted, as the register writes them."""
    return ('"' + "\x00".join(values).replace('"', '""').replace("\x00", '","') + '"\n').encode()


@contextmanager
def _gzip(path: Path, header: Sequence[str]) -> Iterator[gzip.GzipFile]:
    """A gzip file without name and time in its header, so that the same rows give the same bytes with the same zlib."""
    with path.open("wb") as file, gzip.GzipFile("", "wb", GZIP_LEVEL, file, mtime=0) as packed:
        packed.write(_csv_line(header))
        yield packed


def _write_csv(path: Path, rows: Sequence[Row], *, encoding: str = "utf-8", delimiter: str = ",") -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def _rate(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    if name not in {each.name for each in fields(Rates)}:
        raise argparse.ArgumentTypeError(f"{name!r} is no rate of bench.registers.Rates")
    return name, float(share)


def main(arguments: Sequence[str]) -> None:
    """Read the command line and write the world."""
    parser = argparse.ArgumentParser(prog="python -m bench.world", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--companies", type=int, default=3_000, help="companies in the Norwegian register")
    parser.add_argument("--out", type=Path, help="folder to write into")
    parser.add_argument("--demo", action="store_true", help=f"renew the shipped world in {DEMO_FOLDER.name}/")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world")
    parser.add_argument("--crm-rows", type=int, default=2_000, help="companies in the CRM")
    parser.add_argument("--gleif-share", type=float, default=0.10, help="share of limited companies that have an LEI")
    parser.add_argument("--changes", type=int, default=0, help="companies that change until the next night")
    parser.add_argument("--noise", action="store_true", help="names in the CRM differ as measured in noise_rates.toml")
    parser.add_argument("--registers", action="store_true", help="GLEIF and Wikidata as views of one truth")
    parser.add_argument(
        "--rate",
        action="append",
        type=_rate,
        default=[],
        metavar="NAME=SHARE",
        help=f"with --registers: {', '.join(each.name for each in fields(Rates))}",
    )
    asked = parser.parse_args(arguments)
    if asked.demo:
        make_world(DEMO, DEMO_FOLDER)
        return
    if asked.out is None:
        parser.error("--out is needed")
    make_world(
        Plan(
            companies=asked.companies,
            seed=asked.seed,
            crm_rows=asked.crm_rows,
            gleif_share=asked.gleif_share,
            changes=asked.changes,
            noise=asked.noise,
            registers=Rates(**dict(asked.rate)) if asked.registers else None,
        ),
        asked.out,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
