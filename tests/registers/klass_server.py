"""Klass on loopback: lists by day, and a table of what changed between them, from the new list to the old."""

from datetime import date
from typing import Any

from sources.registers.no_brreg import SOURCE
from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

PAIRS = frozenset((old + "0", new + "0") for _, old, _, new in SOURCE.correspondences)
"""Classes as they are, with a fifth digit."""


class KlassServer(LoopbackRegister):
    """`pairs` are (old, new); the table has those of new codes that are not what they were, as the true one has."""

    def __init__(self) -> None:
        super().__init__()
        # a class in two, of which each went its own way: what four digits cannot say
        self.pairs = {pair for pair in PAIRS if pair[0] != "62.010"} | {("62.011", "62.101"), ("62.012", "62.102")}
        self.extra: list[dict[str, Any]] = []
        self.table = "2919"

    def answer(self, asked: Asked) -> Said:
        match asked.path.strip("/").split("/"):
            case ["classifications", "6", "codesAt"] if asked.params["language"] == "nb":
                is_new = date.fromisoformat(asked.params["date"]) >= date(2025, 1, 1)
                return said_json({"codes": self._codes(sorted({pair[is_new] for pair in self.pairs}))})
            case ["correspondencetables", self.table]:
                olds: dict[str, set[str]] = {}
                for old, new in self.pairs:
                    olds.setdefault(new, set()).add(old)
                rows = [(new, old) for new, before in olds.items() if before != {new} for old in before]
                maps = [
                    {"sourceCode": new, "sourceName": new, "targetCode": old, "targetName": old} for new, old in rows
                ]
                contact = {"name": "Sentinella Kontaktperson", "email": "sentinella@kontakt.example"}
                table = {
                    "name": "SN2025 - SN2007",
                    "contactPerson": contact,
                    "correspondenceMaps": [*maps, *self.extra],
                }
                return said_json(table)
        return said_json({"message": "not found"}, 404)

    def _codes(self, finest: list[str]) -> list[dict[str, Any]]:
        seen: dict[str, dict[str, Any]] = {}
        for code in finest:
            parent = ""
            for level, length in enumerate((2, 4, 5, 6), 2):
                part = code[:length]
                seen.setdefault(
                    part,
                    {"code": part, "parentCode": parent, "level": str(level), "name": f"Tittel {part}", "notes": ""},
                )
                parent = part
        return list(seen.values())
