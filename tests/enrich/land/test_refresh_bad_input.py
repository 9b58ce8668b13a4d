"""Bad files, bad rows, bad places: each a clear message with its exit code, and nothing lost."""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.errors import DiskFull, FolderReadOnly, WarehouseBusy
from db.warehouse import Row, Warehouse
from enrich.cli.exits import exit_code_of
from enrich.config import Config
from enrich.errors import ContractBroken, InputInvalid, NotFound
from enrich.progress import silent
from enrich.refresh import RefreshReport, refresh
from sources.errors import SourceAborted, UnknownLayout
from sources.source import Coverage
from tests.enrich.land.enheter_file import HEADER, as_csv, entity, orgnrs

NUMBERS = orgnrs(40)
GOOD = as_csv([entity(number, f"FIRMA {number} AS") for number in NUMBERS[:3]])
Refresh = Callable[..., RefreshReport]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(who="kari@team.example", data=tmp_path / "data")


@pytest.fixture
def load(config: Config, tmp_path: Path) -> Refresh:
    """Loads bytes as a file of Norway's register."""

    def load_bytes(content: bytes, *, name: str = "enheter.csv", coverage: Coverage | None = None) -> RefreshReport:
        path = tmp_path / name
        path.write_bytes(content)
        return refresh(config, names=["no_brreg"], file=path, coverage=coverage, progress=silent, say=lambda _: None)

    return load_bytes


def ask(config: Config, sql: str) -> list[Row]:
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        return warehouse.ask(sql)


PACKED = gzip.compress(as_csv([entity(number, os.urandom(400).hex()) for number in NUMBERS]))
WHOLE_FILES: dict[str, tuple[bytes, type[Exception], str]] = {
    "empty file": (b"", SourceAborted, r"is empty \(0 bytes\)"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(400), SourceAborted, "not"),
    "workbook": (b"PK\x03\x04" + bytes(400), SourceAborted, "Excel workbook"),
    "truncated gzip": (PACKED[: len(PACKED) // 2], SourceAborted, "cut short"),
    "web page": (b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>", SourceAborted, "web page"),
    "missing column": (as_csv([], [name for name in HEADER if name != "navn"]), UnknownLayout, r"missing column: navn"),
    "unknown column": (as_csv([], [*HEADER, "fodselsnummer"]), UnknownLayout, "unknown column: fodselsnummer"),
    "wrong encoding": (
        as_csv([entity(number, "BØ ÅRSMØTE AS") for number in NUMBERS]).decode().encode("latin-1"),
        SourceAborted,
        "not UTF-8: 40 of 41 lines",
    ),
}


@pytest.mark.parametrize("case", WHOLE_FILES)
def test_a_file_that_is_none_is_refused_and_leaves_nothing(case: str, load: Refresh, config: Config) -> None:
    content, kind, message = WHOLE_FILES[case]
    with pytest.raises(kind, match=message) as refused:
        load(content)
    assert exit_code_of(refused.value) == 5
    assert ask(config, "SELECT * FROM core.source_record") == []
    assert [path for path in config.landing.rglob("*") if path.is_file()] == []


def test_damage_throughout_a_file_is_refused_as_a_whole(load: Refresh) -> None:
    short_lines = b"".join(b'"%s","KORT AS"\n' % number.encode() for number in NUMBERS[3:])
    with pytest.raises(ContractBroken, match="37 of 40 lines cannot be read") as refused:
        load(GOOD + short_lines)
    assert exit_code_of(refused.value) == 5


ODD_NAMES = {
    "formula": '=HYPERLINK("http://x.example";"A")',
    "html": "<script>alert(1)</script> AS",
    "right to left": "\u202eSA AMRIF\u202c \u05d0\u05d1",
    "sql": "'); DROP TABLE core.run; --",
    "line end": "TO\nLINJER AS",
}


def test_odd_rows_are_kept_as_they_are_or_rejected_with_the_reason_and_their_place(
    load: Refresh, config: Config
) -> None:
    odd = [entity(number, name) for number, name in zip(NUMBERS, ODD_NAMES.values(), strict=False)]
    lines = [
        *odd,  # 2 to 6
        entity("123456789", "UGYLDIG NUMMER AS"),  # 7
        entity("", "UTEN NUMMER AS"),  # 8
        entity(NUMBERS[0], "SAMME NUMMER AS"),  # 9
        entity(NUMBERS[10], "N" * 10_000),  # 10
        entity(NUMBERS[11], ""),  # 11
        entity(NUMBERS[12], "MED\0NULL AS"),  # 12, kept without the byte
    ]
    damaged = as_csv([entity(NUMBERS[13], "ØDELAGT AS")], HEADER).split(b"\n")[1].replace("Ø".encode(), b"\xd8")  # 13
    rest = as_csv([entity(NUMBERS[14], "FOR KORT AS")]).split(b"\n")[1][:60] + b'"\n'  # 14
    content = as_csv(lines) + damaged + b"\n" + rest + as_csv([entity(NUMBERS[15], "SIST AS")]).split(b"\n")[1] + b"\n"

    report = load(content)

    [landed] = [delivery.landed for delivery in report.deliveries]
    assert landed is not None
    assert (landed.rows_in, landed.landed, landed.rejected) == (14, 7, 7)
    assert landed.reasons == {
        "duplicate_id": 1,
        "invalid_encoding": 1,
        "invalid_number": 1,
        "missing_columns": 1,
        "missing_name": 1,
        "missing_number": 1,
        "name_too_long": 1,
    }
    names = [row["name"] for row in ask(config, "SELECT name FROM core.source_record ORDER BY source_key")]
    assert names == [*ODD_NAMES.values(), "MEDNULL AS", "SIST AS"]
    rejects = ask(config, "SELECT line_number, reason_code, length(row_json) AS kept FROM raw.reject ORDER BY 1")
    assert [(row["line_number"], row["reason_code"]) for row in rejects] == [
        (7, "invalid_number"),
        (8, "missing_number"),
        (9, "duplicate_id"),
        (10, "name_too_long"),
        (11, "missing_name"),
        (13, "invalid_encoding"),
        (14, "missing_columns"),
    ]
    assert all(0 < int(str(row["kept"])) <= 4000 for row in rejects)


def test_a_complete_file_below_its_expectation_keeps_the_last_good_data(load: Refresh, config: Config) -> None:
    load(GOOD)
    published = (config.published / "companies.duckdb").resolve()
    with pytest.raises(
        ContractBroken, match=r"3 usable rows, expected are at least [\d,]+\. The last good data stays"
    ) as refused:
        load(GOOD, coverage=Coverage.COMPLETE)
    assert exit_code_of(refused.value) == 5
    assert (config.published / "companies.duckdb").resolve() == published
    assert [row["n"] for row in ask(config, "SELECT count(*) AS n FROM core.source_record WHERE known_to IS NULL")] == [
        3
    ]
    outcomes = ask(config, "SELECT outcome FROM core.run WHERE stage = 'refresh' ORDER BY started_at")
    assert [row["outcome"] for row in outcomes] == ["ok", "failed"]


@pytest.mark.parametrize(
    ("names", "with_file", "kind", "code"),
    [(["no_breg"], False, NotFound, 3), ([], True, InputInvalid, 5), (["no_brreg", "gleif"], True, InputInvalid, 5)],
    ids=["misspelt source", "file for no source", "file for two sources"],
)
def test_what_is_asked_for_must_be_one_thing(
    config: Config, tmp_path: Path, names: list[str], with_file: bool, kind: type[Exception], code: int
) -> None:
    file = tmp_path / "enheter.csv"
    file.write_bytes(GOOD)
    with pytest.raises(kind) as refused:
        refresh(config, names=names, file=file if with_file else None, progress=silent, say=lambda _: None)
    assert exit_code_of(refused.value) == code


# --- places --------------------------------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from db.warehouse import Warehouse
with Warehouse.open_to_write(Path(sys.argv[1]), command="refresh no_brreg"):
    print("holding", flush=True)
    sys.stdin.read()
"""


@pytest.mark.usefixtures("only_landed")
def test_a_second_refresh_is_told_who_is_at_it(load: Refresh, config: Config) -> None:
    command = [sys.executable, "-c", HOLD, str(config.data)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"holding\n"
        with pytest.raises(WarehouseBusy, match=rf"`refresh no_brreg` \(process {first.pid}\) since") as refused:
            load(GOOD)
    assert exit_code_of(refused.value) == 75
    assert load(GOOD).deliveries[0].outcome == "ok"


@contextmanager
def _without_privileges() -> Iterator[None]:
    """Root may write everywhere; as nobody it may not."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("is_new", [True, False], ids=["no data folder yet", "with a warehouse"])
def test_a_data_folder_that_cannot_be_written_is_named(open_folder: Path, is_new: bool) -> None:
    config = Config(who="kari@team.example", data=open_folder / "data")
    file = open_folder / "enheter.csv"
    file.write_bytes(GOOD)
    if not is_new:
        Warehouse.open_to_write(config.data, command="test").close()
        for path in config.data.iterdir():
            path.chmod(0o444)
        config.data.chmod(0o555)
    open_folder.chmod(0o555)
    with _without_privileges(), pytest.raises(FolderReadOnly, match="--data") as refused:
        refresh(config, names=["no_brreg"], file=file, progress=silent, say=lambda _: None)
    assert exit_code_of(refused.value) == 1
    if config.data.exists():
        config.data.chmod(0o755)


FILL = """
import sys
from pathlib import Path
from db.errors import DiskFull
from enrich.config import Config
from enrich.progress import silent
from enrich.refresh import refresh
try:
    refresh(Config(who="x", data=Path(sys.argv[1])), names=["no_brreg"], file=Path(sys.argv[2]), progress=silent, say=print)
except DiskFull as full:
    print("DiskFull:", full)
"""


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 16,000 companies (14 MB) that does not pack well."""
    file = tmp_path_factory.mktemp("large") / "enheter.csv"
    file.write_bytes(
        as_csv(entity(number, f"FIRMA {number} AS", aktivitet=os.urandom(300).hex()) for number in orgnrs(16_000))
    )
    return file


@pytest.mark.parametrize("megabytes", [8, 24], ids=["while the file is copied", "while it is landed"])
def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path, large_file: Path, megabytes: int) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = f"mount -t tmpfs -o size={megabytes}m tmpfs '{small}' && exec \"$@\""
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mounted, "sh"]
    if (
        shutil.which("unshare") is None
        or subprocess.run([*command, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("needs a small file system of its own (unshare, mount)")
    done = subprocess.run(
        [*command, sys.executable, "-c", FILL, str(small / "data"), str(large_file)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert "is full. Nothing of this run was kept" in done.stdout, done.stderr
    assert exit_code_of(DiskFull(small)) == 1
