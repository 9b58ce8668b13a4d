"""Norway's roles over a real socket: one by one, out of the file of all, and the feed of what changed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.errors import RetryableError, SourceAborted
from sources.http import PoliteClient
from sources.kinds.role_api import read_role_file
from sources.record import Role
from sources.registers import no_brreg
from sources.registers._no_brreg.roles import ROLES
from sources.source import Expect
from tests.registers.brreg_server import BrregServer
from tests.registers.loopback import Said
from tests.sources.conftest import Pauses

Client = Callable[[BrregServer], PoliteClient]
EQUINOR, BANK, KIOSK = "923609016", "984851006", "974760673"
SINCE = datetime(2026, 9, 1, tzinfo=UTC)
SMALL = replace(ROLES, expect=Expect(min_rows=1, max_rows=20))
SENTINEL = "1901-12-13"


def person(first: str, last: str, *, died: bool = False, code: str = "MEDL", **more: Any) -> dict[str, Any]:
    name = {"fornavn": first, "etternavn": last}
    held = {"type": {"kode": code}, "person": {"fodselsdato": SENTINEL, "navn": name, "erDoed": died}}
    return (
        held | {"fratraadt": False, "avregistrert": False, "rekkefolge": 0, "begrensetRettsligHandleevne": True} | more
    )


def group(*roles: dict[str, Any], code: str = "STYR", changed: str = "2026-02-17") -> dict[str, Any]:
    return {"type": {"kode": code}, "sistEndret": changed, "roller": list(roles)}


def of(*groups: dict[str, Any]) -> dict[str, Any]:
    return {"rollegrupper": list(groups), "_links": {"self": {"href": "…"}}}


def test_a_role_of_an_organisation_carries_its_number_and_one_of_the_dead_is_rejected(
    brreg: BrregServer, client: Client
) -> None:
    holder = {
        "organisasjonsnummer": BANK,
        "organisasjonsform": {"kode": "AS", "beskrivelse": "Aksjeselskap", "_links": {}},
        "navn": ["REVISOR", "NORD AS"],
        "erSlettet": True,
    }
    auditor = {"type": {"kode": "REVI"}, "enhet": holder, "ansvarsandel": "50%", "rekkefolge": 3}
    brreg.roles[EQUINOR] = of(
        group(person("Kari", "Nord"), person("Ola", "Død", died=True)),
        group(auditor, code="REVI", changed="2026-02-30"),
    )
    [answer] = no_brreg.fetch_roles(client(brreg), [EQUINOR])
    assert answer.roles == (
        Role(
            source_key=EQUINOR,
            role_code="MEDL",
            group_code="STYR",
            holder_kind="person",
            holder_name="Kari Nord",
            position=0,
            changed_date=date(2026, 2, 17),
        ),
        Role(
            source_key=EQUINOR,
            role_code="REVI",
            group_code="REVI",
            holder_kind="entity",
            holder_name="REVISOR NORD AS",
            holder_scheme="NO-ORGNR",
            holder_value=BANK,
            position=3,
        ),
    )
    assert answer.rejects == (("holder_died", "a role is held by somebody who died"),)
    assert answer.unknown_keys == ()


def test_what_cannot_be_used_is_rejected_and_unknown_keys_are_named_at_any_depth(
    brreg: BrregServer, client: Client
) -> None:
    empty = {"type": {"kode": "MEDL"}, "person": None}
    nameless = person("Kari", "Nord") | {"type": None}
    new = person("Eva", "Ny") | {"stemmerett": {"andel": "1/3"}}
    brreg.roles[EQUINOR] = of(group(empty, nameless, new)) | {"versjon": 2}
    [answer] = no_brreg.fetch_roles(client(brreg), [EQUINOR])
    assert [role.holder_name for role in answer.roles] == ["Eva Ny"]
    assert [code for code, _ in answer.rejects] == ["missing_holder", "missing_role_code"]
    assert answer.unknown_keys == ("rollegrupper.roller.stemmerett.andel", "versjon")


def test_an_entity_withdrawn_from_open_data_has_no_roles(brreg: BrregServer, client: Client) -> None:
    brreg.spoil(Said(status=410, body=b'{"organisasjonsnummer": "923609016"}'))
    assert [answer.roles for answer in no_brreg.fetch_roles(client(brreg), [EQUINOR])] == [()]


# --- the file of all roles ---------------------------------------------------------------------------------------
def test_the_file_gives_what_asking_one_by_one_gives(brreg: BrregServer, client: Client, tmp_path: Path) -> None:
    brreg.roles |= {EQUINOR: of(group(person("Kari", "Nord"))), BANK: of(group(person("Ola", "Sør")))}
    brreg.publish_roles()
    keys = [BANK, KIOSK, EQUINOR]
    from_file = list(read_role_file(client(brreg), no_brreg.SOURCE, SMALL, keys, landing=tmp_path))
    one_by_one = list(no_brreg.fetch_roles(client(brreg), keys))
    assert sorted(from_file, key=str) == sorted(one_by_one, key=str)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_other_entities_and_no_birth_date_is_on_the_disk_at_any_moment(
    brreg: BrregServer, client: Client, tmp_path: Path
) -> None:
    brreg.roles |= {EQUINOR: of(group(person("Kari", "Nord"))), BANK: of(group(person("Somebody", "Else")))}
    brreg.publish_roles()
    answers = read_role_file(client(brreg), no_brreg.SOURCE, SMALL, [EQUINOR], landing=tmp_path)
    next(answers)
    [kept] = tmp_path.iterdir()
    text = kept.read_text(encoding="utf-8")
    assert "Kari" in text
    assert not [word for word in ("Somebody", SENTINEL, "begrensetRettsligHandleevne", "fodselsdato") if word in text]
    answers.close()  # type: ignore[attr-defined]  # a generator
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("expect", [Expect(min_rows=3, max_rows=9), Expect(min_rows=0, max_rows=1)])
def test_a_file_with_too_few_or_too_many_roles_is_refused_whole(
    expect: Expect, brreg: BrregServer, client: Client, tmp_path: Path
) -> None:
    brreg.roles[BANK] = of(group(person("Kari", "Nord"), person("Ola", "Sør")))
    brreg.publish_roles()
    register = replace(ROLES, expect=expect)
    with pytest.raises(SourceAborted, match="its file of roles holds 2, expected are"):
        list(read_role_file(client(brreg), no_brreg.SOURCE, register, [EQUINOR], landing=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_breaks_off_is_fetched_again(
    brreg: BrregServer, client: Client, tmp_path: Path, pauses: Pauses
) -> None:
    brreg.roles[EQUINOR] = of(group(person("Kari", "Nord")))
    brreg.publish_roles()
    assert brreg.role_file is not None
    brreg.spoil(Said(status=503), Said(body=brreg.role_file, cut_at=60), Said(body=brreg.role_file[:60]))
    [answer] = read_role_file(client(brreg), no_brreg.SOURCE, SMALL, [EQUINOR], landing=tmp_path)
    assert [role.holder_name for role in answer.roles] == ["Kari Nord"]
    assert len(pauses.seconds) >= 3


# --- the feed ----------------------------------------------------------------------------------------------------
def changes(client: PoliteClient, position: int | None) -> Iterator[tuple[int, frozenset[str]]]:
    return no_brreg.fetch_role_changes(client, position=position, since=SINCE)


def test_the_feed_is_walked_by_position_from_where_it_was_left(
    brreg: BrregServer, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    brreg.tell_roles(3, KIOSK, time="2026-08-01T00:00:00.000Z")
    for position, number in ((7, EQUINOR), (9, EQUINOR), (40, BANK)):
        brreg.tell_roles(position, number)
    monkeypatch.setattr(no_brreg, "ROLES", replace(ROLES, page=2))
    assert list(changes(client(brreg), None)) == [(9, frozenset({EQUINOR})), (40, frozenset({BANK}))]
    assert list(changes(client(brreg), 9)) == [(40, frozenset({BANK}))]
    assert list(changes(client(brreg), 40)) == []


def test_a_feed_that_stands_still_ends_instead_of_turning(brreg: BrregServer, client: Client) -> None:
    event = {"id": "40", "data": {"organisasjonsnummer": BANK}}
    brreg.spoil(Said(body=json.dumps([event]).encode()))
    with pytest.raises(SourceAborted, match="does not move beyond position 40"):
        list(changes(client(brreg), 40))


def test_events_without_a_number_are_refused(brreg: BrregServer, client: Client) -> None:
    brreg.spoil(Said(body=b'[{"id": "uuid-1", "data": {}}]'))
    with pytest.raises(SourceAborted, match="events without a number"):
        list(changes(client(brreg), 40))


def test_a_busy_feed_says_to_come_back(brreg: BrregServer, client: Client) -> None:
    brreg.spoil(*[Said(status=503)] * 6)
    with pytest.raises(RetryableError, match="busy"):
        list(changes(client(brreg), 40))
