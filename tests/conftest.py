"""What every test gets: no network but loopback, and the places of shipped and real data."""

import os
import socket
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
_connect = socket.socket.connect


def _connect_to_loopback_only(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = str(address[0])
        if not (host.startswith("127.") or host in ("::1", "localhost")):
            raise PermissionError(f"tests may only reach loopback, not {host}")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Any:
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _connect_to_loopback_only)
    patch.setattr(socket.socket, "connect_ex", lambda self, address: _connect_to_loopback_only(self, address) or 0)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real data; the test is skipped where it is missing."""
    folder = Path(os.environ.get("PROSPEKT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}; set PROSPEKT_SHARED_DATA to its folder")
    return folder
