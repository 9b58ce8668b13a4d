"""A file that was given to the wrong command: whose it is, and where it belongs."""

from pathlib import Path

from enrich.crm.map import guess_kind
from enrich.crm.read import open_file
from enrich.errors import InputInvalid
from sources.recognise import name_source_of


def tell_register(path: Path) -> str | None:
    """That the file is a register's, and how to load it; null where it is none that we know."""
    name = name_source_of(path)
    if name is None:
        return None
    return f"{path.name} is a file of {name}: load it with `prospekt refresh {name} --file {path}`."


def tell_owner(path: Path, *, but: str) -> str | None:
    """That the file is of another source than `but`, or of a CRM, and how to load it; null where nobody can tell."""
    name = name_source_of(path)
    if name is not None:
        return None if name == but else tell_register(path)
    try:
        kind, reason = guess_kind(open_file(path).header, {})
    except InputInvalid:
        return None
    return f"{path.name} looks like {kind} of a CRM ({reason}): take it in with `prospekt import {path}`."
