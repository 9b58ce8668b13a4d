"""Whole files of the registers, made once and kept in bench/.cache: the rows drawn in processes, the file as it is published.

    python -m bench.bulk.files se_scb --rows 1820000 [--seed 7] --out FILE

The same arguments give the same rows on any machine.
"""

import argparse
import hashlib
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.bulk import britain, finland, golden_copy, sweden
from bench.cache import CACHE
from bench.world import SEED
from enrich.processes import share_work

CHUNK = 20_000
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a register's whole file is written: the name in its archive, what stands around and between, rows today.

    `draw` gives the rows of a chunk: seed, chunk, place of its first row, how many. `read` is how DuckDB is told to
    read the unpacked file, all columns (`$path`).
    """

    member: str
    rows: int
    draw: Callable[[int, int, int, int], bytes]
    read: str
    before: bytes = b""
    between: bytes = b""
    after: bytes = b""


FORMS = {
    "se_bolagsverket": Form(
        member="bolagsverket_bulkfil.txt",
        rows=2_960_000,
        draw=sweden.draw_bolagsverket,
        before=";".join(sweden.BOLAGSVERKET).encode() + b"\n",
        read="read_csv($path)",
    ),
    "se_scb": Form(
        member="scb_bulkfil_JE_20260706T120000_1.txt",
        rows=1_820_000,
        draw=sweden.draw_scb,
        before="\t".join(sweden.SCB).encode() + b"\n",
        read="read_csv($path, encoding = 'latin-1', delim = '\t', quote = '')",
    ),
    "fi_prh": Form(
        member="data_20260804.json",
        rows=461_000,
        draw=finland.draw_companies,
        before=b"[",
        between=b",",
        after=b"]",
        read="read_json($path)",
    ),
    "gb_coh": Form(
        member="BasicCompanyDataAsOneFile-2026-09-01.csv",
        rows=5_000_000,
        draw=britain.draw_companies,
        before=britain.HEADER.encode() + b"\r\n",
        read="read_csv($path)",
    ),
    "gleif": Form(
        member="20260705-0800-gleif-goldencopy-lei2-golden-copy.csv",
        rows=3_000_000,
        draw=golden_copy.draw_records,
        before=('"' + '","'.join(golden_copy.GOLDEN_COPY) + '"\n').encode(),
        read="read_csv($path)",
    ),
}


def cached_file(source: str, rows: int) -> Path:
    """The register's file of so many rows, made where it is not there yet, in place of those that older generators made."""
    folder = CACHE / f"bulk-{source}-{rows}-{_fingerprint(source)}"
    path = folder / f"{source}.zip"
    if not folder.exists():
        for outdated in CACHE.glob(f"bulk-{source}-{rows}-*"):
            shutil.rmtree(outdated)
        unfinished = folder.with_suffix(".part")
        unfinished.mkdir(parents=True)
        write_file(FORMS[source], rows, unfinished / path.name)
        unfinished.rename(folder)
    return path


def write_file(form: Form, rows: int, path: Path, *, seed: int = SEED, processes: int | None = None) -> None:
    """Write the archive of one member, a chunk of rows a process at a time."""
    about = zipfile.ZipInfo(form.member, (2026, 7, 6, 12, 0, 0))
    about.compress_type = zipfile.ZIP_DEFLATED
    starts = range(0, rows, CHUNK)
    parts = ((form, seed, place, start, min(CHUNK, rows - start)) for place, start in enumerate(starts))
    with zipfile.ZipFile(path, "w") as archive, archive.open(about, "w", force_zip64=True) as member:
        member.write(form.before)
        for place, chunk in enumerate(share_work(_draw, parts, processes=processes)):
            if place:
                member.write(form.between)
            member.write(chunk)
        member.write(form.after)


def _draw(part: tuple[Form, int, int, int, int]) -> bytes:
    form, *chunk = part
    return form.draw(*chunk)


def _fingerprint(source: str) -> str:
    made_by = {FORMS[source].draw.__module__.rpartition(".")[2], "files"}
    digest = hashlib.sha256(str(CHUNK).encode())
    for name in sorted(made_by):
        digest.update((HERE / f"{name}.py").read_bytes())
    return digest.hexdigest()[:10]


def main(arguments: Sequence[str]) -> None:
    """Read the command line and write one file."""
    parser = argparse.ArgumentParser(prog="python -m bench.bulk.files", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("source", choices=sorted(FORMS))
    parser.add_argument("--rows", type=int, help="as many as the register has, unless told otherwise")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another register")
    parser.add_argument("--out", type=Path, required=True, help="the archive to write")
    asked = parser.parse_args(arguments)
    form = FORMS[asked.source]
    write_file(form, asked.rows or form.rows, asked.out, seed=asked.seed)


if __name__ == "__main__":
    main(sys.argv[1:])
