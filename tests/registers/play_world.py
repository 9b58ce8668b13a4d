"""What is played on loopback: the made-up world of `enrich/demo`, and the samples of the connectors."""

import csv
import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from sources.registry import source
from tests.registers.loopback import LoopbackRegister
from tests.registers.web import Web

NOW = datetime.now(UTC).replace(microsecond=0)
CRM_COMPANIES = 60
Row = dict[str, str]
ABROAD = (
    ("Vzorová logistika, a.s.", "Czech Republic", "Praha", "12345008"),
    ("Autoservis u mostu", "Czech Republic", "Brno", "12345016"),
    ("Wzór SA", "Poland", "Warszawa", "0000725647"),
    ("Muster Handel AG", "Switzerland", "Zürich", "CHE105962823"),
    ("Exemple Logistique", "France", "", "900000019"),
    ("Esimerkki Oyj", "Finland", "Helsinki", "0112038-9"),
    ("Alfa Devices Inc", "United States", "", ""),
)
"""Customers abroad, whom registers without a file of all are asked about by number; the second is a sole trader there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One source on loopback: the variables that lead to it, and what happens there when a day passes."""

    name: str
    server: LoopbackRegister | Web
    environ: dict[str, str]
    tomorrow: Callable[[], str | None] = field(default=lambda: None)


def read_world(name: str) -> str:
    data = files("enrich").joinpath("demo", name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8-sig")


def sample_of(name: str) -> dict[str, list[dict[str, Any]]]:
    path = Path(str(source(name).__file__))  # type: ignore[attr-defined]
    return dict(json.loads(path.with_name(f"{name}.sample.json").read_text(encoding="utf-8")))


def crm_companies() -> list[Row]:
    return list(csv.DictReader(io.StringIO(read_world("crm_companies.csv"))))[:CRM_COMPANIES]
