"""Datafordeler on loopback: weekly files that a listing names, a generation each, for whoever has a key in the address."""

import csv
import io
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sources.registers.dk_datafordeler import CURRENT, EXTRACT
from tests.registers.files_server import zipped
from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

KEY = "Kode%2Bfra-Datafordeler"
PERSON = ("4009999999", "Sentinelsen Privat")
"""A unit that is no company: the files of names and addresses tell of persons, too."""
Row = Mapping[str, str]


class DatafordelerServer(LoopbackRegister):
    """`url` is where files are listed and had; `forbidden` are entities that the key is not given, and nobody lists."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin + "/FileDownloads"
        self.files: dict[str, bytes] = {}
        self.entries: list[dict[str, object]] = []
        self.entries_a_page = 5
        self.forbidden: set[str] = set()

    def publish(
        self,
        generation: int,
        companies: Sequence[Mapping[str, object]],
        *,
        made: str | None = None,
        further: Mapping[int, Sequence[Row]] = MappingProxyType({}),
    ) -> None:
        """The files of these companies, each as the connector's sample writes it, with what was replaced and a person.

        `further` are more rows of the file of companies, by the place of the company that each is about.
        """
        for entity, rows in as_files(companies, further).items():
            name = f"CVR_V2_{entity.capitalize()}_TotalDownload_csv_Current_{generation}.zip"
            self.files[name] = zipped(as_csv(rows), name.replace(".zip", ".csv"))
            entry = {
                "fileName": name,
                "register": "CVR",
                "entityName": entity.capitalize(),
                "typeOfDownload": "TotalDownload",
                "typeOfData": "Current",
                "containedFileFormat": "csv",
                "outputFileFormat": "zip",
                "generationNumber": generation,
                "generationTime": made,
            }
            as_json = {"containedFileFormat": "json", "fileName": name.replace("_csv_", "_json_")}
            bitemporal = {"typeOfData": "Bitemporal", "fileName": name.replace("_Current_", "_Bitemporal_")}
            self.entries += [entry | as_json, entry, entry | bitemporal]

    def answer(self, asked: Asked) -> Said:
        if asked.params.get("apiKey") != KEY:
            return Said(status=401, body=f"unknown key {asked.params.get('apiKey')}".encode())
        match asked.path.strip("/").split("/"):
            case ["FileDownloads", "v2.0", "GetAvailableFileDownloads"]:
                return self._list(int(asked.params["PageNumber"]))
            case ["FileDownloads", "v1.0", "GetFile"] if asked.params.get("Filename") in self.files:
                return Said(body=self.files[asked.params["Filename"]], headers={"Content-Type": "application/zip"})
        return Said(status=404)

    def _list(self, page: int) -> Said:
        listed = [one for one in self.entries if str(one["entityName"]).lower() not in self.forbidden]
        start = (page - 1) * self.entries_a_page
        pages = -(-len(listed) // self.entries_a_page)
        shown = listed[start : start + self.entries_a_page]
        return said_json({"paginationMetadata": {"totalPages": pages}, "availableFileDownloads": shown})


def as_files(
    companies: Sequence[Mapping[str, object]], further: Mapping[int, Sequence[Row]]
) -> dict[str, list[dict[str, str]]]:
    """Rows by entity, the last company's first; a row of each file was replaced, and one is about a person."""
    files: dict[str, list[dict[str, str]]] = {part.file: [] for part in EXTRACT.parts}
    current = dict.fromkeys(CURRENT, "")
    for place, company in reversed(list(enumerate(companies))):
        unit = str(4_001_000_000 + place)
        plain = {name: str(value) for name, value in company.items() if not isinstance(value, list)}
        row = {"id": unit, "virkningFra": "2020-01-01T00:00:00.000000Z"} | plain | current
        files["virksomhed"] += [row, *(row | dict(version) for version in further.get(place, ()))]
        for part in EXTRACT.about.values():
            about = company.get(part.file, ())
            files[part.file] += [{"CVREnhedsId": unit} | each | current for each in about]  # type: ignore[attr-defined]
    number, name = PERSON
    for part in EXTRACT.about.values():
        told = dict.fromkeys(part.columns, name) | {"CVREnhedsId": number} | current
        replaced = files[part.file][0] | {part.columns[0]: "Sentinelgammel", "virkningTil": "2020-01-01"}
        files[part.file] = [told, *files[part.file], replaced]
        if part.file == "adressering":
            files[part.file] = [row | {"coNavn": "Sentinel c/o"} for row in files[part.file]]
    return files


def as_csv(rows: Sequence[Row]) -> bytes:
    """The rows with whatever columns any of them has."""
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(text, names, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
