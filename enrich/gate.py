"""The gate: what may leave prospekt, and the key by which it knows whom to hold back."""

import hmac
import os
import secrets
from pathlib import Path

from db.errors import FolderReadOnly
from db.journal import read_decisions
from enrich.config import Config
from enrich.errors import ContractBroken


def read_key(config: Config) -> bytes:
    """The key of every HMAC (32 bytes), made with mode 0600 where there is none yet.

    Raises `ContractBroken` where the key is gone but suppressions or erasures were made with it: a new one would
    silently let everybody back in.
    """
    path = config.key_file
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError:
        if any(decision.kind in ("suppression", "erasure") for decision in read_decisions(config.journal)):
            raise ContractBroken(
                f"The key {path} is missing, but suppressions were made with it. Restore it from your copy; "
                "without it nobody can be held back, so nothing is shown."
            ) from None
        return _make_key(path)


def hmac_of(key: bytes, scheme: str, value: str) -> str:
    """Keyed HMAC-SHA256 of `scheme:value` in hex; the value already normalised.

    >>> hmac_of(b"k", "email", "a@example.no")[:16]
    '2a5aa10405c44056'
    """
    return hmac.digest(key, f"{scheme}:{value}".encode(), "sha256").hex()


def _make_key(path: Path) -> bytes:
    key = secrets.token_bytes(32)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key.hex())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise FolderReadOnly(path.parent) from error
    try:
        os.link(unfinished, path)  # never overwrites: of two processes, both end up with the key of the first
    except FileExistsError:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    finally:
        unfinished.unlink()
    return key
