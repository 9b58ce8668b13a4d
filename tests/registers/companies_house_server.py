"""Companies House on loopback: the pages of links and their archives, single companies, the stream that never ends."""

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from sources.registers._gb_coh.columns import TABLE, TABLE_IGNORED
from tests.registers.loopback import Asked, LoopbackRegister, Said, said_json

API_KEY, STREAM_KEY = "rest-4711-key", "stream-0815-key"
BORN = "1970-01-02"
PERSON = "Jane Ann Personsdottir"
Profile = dict[str, Any]
SPACED = {"CompanyNumber", "RegAddress.AddressLine2", "PreviousName_1.CompanyName", "ConfStmtLastMadeUpDate"}
"""Columns with a blank before their names."""
HEADER = ",".join(f" {name}" if name in SPACED else name for name in (*TABLE, *TABLE_IGNORED))


def archive(text: str | bytes, name: str = "data.csv") -> bytes:
    """An archive of one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, text)
    return packed.getvalue()


def row(number: str, name: str, **more: str) -> str:
    """A line of the table as the register writes it: quotes around what there is, nothing where there is nothing."""
    said = {
        "CompanyNumber": number,
        "CompanyName": name,
        "CompanyStatus": "Active",
        "CompanyCategory": "Private Limited Company",
        "IncorporationDate": "03/02/2001",
        "RegAddress.CareOf": PERSON,
        "RegAddress.AddressLine1": "1 Mill Lane",
        "RegAddress.PostTown": "LEEDS",
        "RegAddress.PostCode": "LS1 1AA",
        "SICCode.SicText_1": "62012 - Business and domestic software development",
    } | more
    values = [said.get(name, "").replace('"', '""') for name in (*TABLE, *TABLE_IGNORED)]
    return ",".join(f'"{value}"' if value else "" for value in values)


def table(*rows: str) -> str:
    """The table of these lines."""
    return "".join(f"{line}\r\n" for line in (HEADER, *rows))


def profile(number: str, name: str, **more: Any) -> Profile:
    """A company as the API and the stream tell it."""
    return {
        "company_number": number,
        "company_name": name,
        "company_status": "active",
        "type": "ltd",
        "date_of_creation": "2001-02-03",
        "sic_codes": ["62012"],
        "registered_office_address": {
            "care_of": PERSON,
            "address_line_1": "1 Mill Lane",
            "locality": "LEEDS",
            "postal_code": "LS1 1AA",
            "country": "England",
        },
    } | more


def owner(number: str, kind: str = "corporate-entity-person-with-significant-control", **more: Any) -> dict[str, Any]:
    """A line of the snapshot of owners."""
    data = {
        "kind": kind,
        "name": PERSON,
        "name_elements": {"surname": "Personsdottir"},
        "date_of_birth": {"month": 1, "year": 1970, "said": BORN},
        "nationality": "British",
        "country_of_residence": "England",
        "address": {"address_line_1": "9 Private Close"},
        "natures_of_control": ["ownership-of-shares-75-to-100-percent"],
        "notified_on": "2016-04-06",
    } | more
    return {"company_number": number, "data": data}


def lines(*objects: Mapping[str, Any]) -> str:
    """Objects one a line, without blanks, as the register writes them."""
    return "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in objects)


class CompaniesHouseServer(LoopbackRegister):
    """`files` are the downloads by name, `links` what the pages name, `profiles` the live register.

    The stream begins at `oldest`; it hangs up after it has told all, with two heartbeats, since a test does not wait.
    """

    def __init__(self) -> None:
        super().__init__()
        self.url = self.origin
        self.files: dict[str, bytes] = {}
        self.links: dict[str, list[str]] = {"en_output.html": [], "en_pscdata.html": []}
        self.profiles: dict[str, Profile] = {}
        self.events: list[tuple[int, dict[str, Any]]] = []
        self.oldest = 0
        self.timepoint = 1000
        self.live = 0
        """So many of the last events are told to who names no timepoint."""
        self.most_events = 1_000_000
        """After so many events it hangs up."""

    def environ(self) -> dict[str, str]:
        return {
            "PROSPEKT_GB_COH_URL": self.url,
            "PROSPEKT_GB_COH_URL_BULK": self.url,
            "PROSPEKT_GB_COH_URL_STREAM": self.url + "/stream",
            "PROSPEKT_GB_COH_KEY": API_KEY,
            "PROSPEKT_GB_COH_STREAM_KEY": STREAM_KEY,
        }

    def publish(self, page: str, name: str, body: bytes) -> None:
        self.files[name] = body
        self.links[page].append(name)

    def change(self, number: str, data: Profile | None, *, at: str = "2026-11-10T12:00:00", **more: Any) -> None:
        """A company changes, or without data is deleted: the stream tells it."""
        self.timepoint += 1
        if data is None:
            self.profiles.pop(number, None)
        else:
            self.profiles[number] = data
        kind = "deleted" if data is None else "changed"
        event = {
            "resource_kind": "company-profile",
            "resource_uri": f"/company/{number}",
            "resource_id": number,
            "data": data or {},
            "event": {"timepoint": self.timepoint, "published_at": at, "type": kind},
        } | more
        self.events.append((self.timepoint, event))

    def answer(self, asked: Asked) -> Said:
        path = asked.path.strip("/")
        match path.split("/"):
            case [page] if page in self.links:
                body = "".join(f'<li><a href="{name}">{name} (1Mb)</a></li>' for name in self.links[page])
                return Said(body=f"<!DOCTYPE html><html>{body}</html>".encode(), headers={"Content-Type": "text/html"})
            case [name] if name in self.files:
                return Said(body=self.files[name], headers={"Content-Type": "application/zip"})
            case ["company", number]:
                return self._company(asked, number)
            case ["stream", "companies"]:
                return self._stream(asked)
        return Said(status=404, body=b"not found")

    def _company(self, asked: Asked, number: str) -> Said:
        if not _is_let_in(asked, API_KEY):
            return said_json({"error": "Invalid Authorization", "type": "ch:service"}, 401)
        if number not in self.profiles:
            return said_json({"errors": [{"error": "company-profile-not-found", "type": "ch:service"}]}, 404)
        return said_json(self.profiles[number])

    def _stream(self, asked: Asked) -> Said:
        if not _is_let_in(asked, STREAM_KEY):
            return said_json({"error": "Invalid Authorization", "type": "ch:service"}, 401)
        since = int(asked.params.get("timepoint", self.timepoint + 1 - self.live))
        if since < self.oldest or ("timepoint" in asked.params and since > self.timepoint):
            return Said(status=416, body=b"timepoint out of range")
        told = [event for timepoint, event in self.events if timepoint >= since]
        is_cut = len(told) > self.most_events
        text = "\n" + "".join(json.dumps(event) + "\n" for event in told[: self.most_events])
        # a connection that breaks does so in the middle of an event
        return Said(body=(text + ('{"resource_kind": "comp' if is_cut else "\n\n")).encode())


def _is_let_in(asked: Asked, key: str) -> bool:
    return asked.headers.get("authorization") == f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}"
