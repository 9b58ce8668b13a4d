"""Klass on loopback: lists by day, and what changed between them: a table from the new list to the old, or day by day."""

from datetime import date
from typing import Any

from enrich.icp.gazetteer import read_divisions
from sources.registers.no_brreg import SOURCE
from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

PAIRS = frozenset((old + "0", new + "0") for _, old, _, new in SOURCE.correspondences)
"""Classes as they are, with a fifth digit."""


CHANGES = (
    ("2018-01-01", "1601", "5001"),
    # Halden: another number twice
    ("2020-01-01", "0101", "3001"),
    ("2024-01-01", "3001", "3101"),
    # Spydeberg and Askim: one with others, and then another number
    ("2020-01-01", "0123", "3014"),
    ("2020-01-01", "0124", "3014"),
    ("2024-01-01", "3014", "3118"),
    # Tysfjord: in two, each joined to one that has another number since, or the same
    ("2020-01-01", "1850", "1806"),
    ("2020-01-01", "1850", "1875"),
    ("2020-01-01", "1805", "1806"),
    ("2020-01-01", "1849", "1875"),
    # Rennesøy: joined to Stavanger, which has no row; and a part of Volda that went elsewhere (made up)
    ("2020-01-01", "1142", "1103"),
    ("2020-01-01", "1519", "1577"),
    ("2022-01-01", "1577", "1520"),
    # another name only
    ("2020-01-01", "1804", "1804"),
)
"""Of municipalities: day, number until then, and from then on."""


class KlassServer(LoopbackRegister):
    """`pairs` are (old, new); the table has those of new codes that are not what they were, as the true one has."""

    def __init__(self) -> None:
        super().__init__()
        # a class in two, of which each went its own way: what four digits cannot say
        self.pairs = {pair for pair in PAIRS if pair[0] != "62.010"} | {("62.011", "62.101"), ("62.012", "62.102")}
        self.extra: list[dict[str, Any]] = []
        self.table = "2919"
        self.changes: tuple[tuple[str, str, str], ...] = CHANGES

    def answer(self, asked: Asked) -> Said:
        match asked.path.strip("/").split("/"):
            case ["classifications", "6", "codesAt"] if asked.params["language"] == "nb":
                is_new = date.fromisoformat(asked.params["date"]) >= date(2025, 1, 1)
                return said_json({"codes": self._codes(sorted({pair[is_new] for pair in self.pairs}))})
            case ["classifications", "131", "codesAt"]:
                numbers = self._numbers(date.fromisoformat(asked.params["date"]))
                return said_json(
                    {"codes": [{"code": each, "parentCode": "", "name": f"Navn {each}"} for each in numbers]}
                )
            case ["classifications", "131", "changes"]:
                first, last = asked.params["from"], asked.params["to"]
                fields = ("changeOccurred", "oldCode", "newCode")
                changed = [dict(zip(fields, each, strict=True)) for each in self.changes if first <= each[0] < last]
                return said_json({"codeChanges": changed})
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

    def _numbers(self, on: date) -> list[str]:
        """Those in force on a day: today's, and those of before each change since in the place of those of after."""
        numbers = {each.code for each in read_divisions() if (each.country, each.level) == ("NO", "municipality")}
        begun = {after for _, _, after in CHANGES} - {"1103", "1520", "1804"}
        later = [change for change in CHANGES if change[0] > on.isoformat()]
        numbers -= {after for _, _, after in later} & begun
        numbers |= {
            before for _, before, _ in later if before not in {after for _, _, after in later} or before not in begun
        }
        return [*sorted(numbers), "9999"]

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
