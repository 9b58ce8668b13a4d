"""What every test gets: no network but loopback, and the places of shipped and real data."""

import gc
import os
import signal
import socket
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import settings

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # tests share the processors already
# how long an example takes is the machine's business; half the usual examples keep the suite within minutes
settings.register_profile("suite", deadline=None, max_examples=50)
settings.load_profile("suite")
# a suite that was started in the background ignores these, and so would every program that it tries them on
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

gc.disable()  # what is collected stays until the end: looking through it again and again took a fifth of collecting

ROOT = Path(__file__).parent.parent
_connect = socket.socket.connect
_open_database = duckdb.connect
_connect_ex = socket.socket.connect_ex


def _refuse_beyond_loopback(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        if not (host.startswith("127.") or host in ("::1", "localhost")):
            raise PermissionError(f"tests may only reach loopback, not {host}")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_beyond_loopback(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_beyond_loopback(self, address)
    return _connect_ex(self, address)


def _open_with_one_thread(*place: Any, **options: Any) -> duckdb.DuckDBPyConnection:
    return _open_database(*place, **options | {"config": {"threads": 1} | options.get("config", {})})


def pytest_collection_finish() -> None:
    gc.freeze()  # nor do the tests look through what was collected
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _guarded_connect)
    patch.setattr(socket.socket, "connect_ex", _guarded_connect_ex)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Any:
    """A database of three rows costs a third more where two threads share them; programs that tests start have all."""
    patch = pytest.MonkeyPatch()
    patch.setattr(duckdb, "connect", _open_with_one_thread)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real data; the test is skipped where it is missing."""
    folder = Path(os.environ.get("PROSPEKT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set PROSPEKT_SHARED_DATA to its folder")
    return folder
