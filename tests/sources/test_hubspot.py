"""HubSpot's declaration and sample, and the asking of its API: what is read, in which order, and what is loud."""

import ast
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db.warehouse import Warehouse
from enrich import refresh as refreshing
from enrich import refresh_source
from enrich.config import Config, CrmConfig, SourceConfig
from enrich.crm.labels import KINDS, fold_label, labels_of, never_stored
from enrich.crm.stage_rows import TABLE_OF
from enrich.progress import silent
from sources.crm import hubspot as connector
from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.http import Answer, PoliteClient
from sources.kinds.crm_api import CrmApi, CrmConnector, CrmObject
from sources.registry import source
from sources.secret import Secret
from sources.source import Source
from tests.registers.hubspot_server import PORTAL, TOKEN, Held, HubspotServer
from tests.registers.loopback import Asked, Said, said_json

FOLDER = Path(__file__).parents[2]
SAMPLE: dict[str, list[dict[str, Any]]] = json.loads(
    (FOLDER / "sources" / "crm" / "hubspot.sample.json").read_text(encoding="utf-8")
)
COMPANIES, CONTACTS, DEALS = connector.OBJECTS


@pytest.fixture
def hubspot() -> Iterator[HubspotServer]:
    with HubspotServer() as server:
        yield server


@pytest.fixture
def api(hubspot: HubspotServer, make_client: Callable[..., PoliteClient]) -> CrmApi:
    client = make_client(environ={connector.SOURCE.base_url_env: hubspot.origin})
    return CrmApi(client=client, source=connector.SOURCE, token=Secret(TOKEN), secret_env="HUBSPOT_TOKEN")


# --- the declaration ----------------------------------------------------------------------------------------------
def test_it_is_found_and_says_what_it_may() -> None:
    found = source("hubspot")
    assert found is connector
    assert isinstance(found, CrmConnector)
    assert found.SOURCE.privacy.purpose
    assert found.SOURCE.privacy.retention_days > 0
    assert (FOLDER / "docs" / "sources" / "hubspot.md").is_file()
    assert SAMPLE.keys() == {"owners", *(of.kind for of in found.OBJECTS)} == set(KINDS)


@pytest.mark.parametrize("of", connector.OBJECTS, ids=lambda of: of.kind)
def test_every_property_is_read_and_once(of: CrmObject) -> None:
    fields = [labels_of(of.kind)[fold_label(name)] for name in of.properties]
    assert len(set(fields)) == len(fields)
    assert of.modified in of.properties
    assert not of.opt_outs or of.opt_outs[0] in of.properties
    assert not {fold_label(name) for name in of.properties} & never_stored()


def test_the_declaration_is_data() -> None:
    text = (FOLDER / "sources" / "crm" / "hubspot.py").read_text(encoding="utf-8")
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.For | ast.If | ast.FunctionDef)]


def test_the_sample_reads_as_the_hand_written_rows_say(
    hubspot: HubspotServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind, cases in SAMPLE.items():
        for case in cases:
            answer = case["answer"]
            if kind == "owners":
                hubspot.owners[answer["id"]] = answer
                continue
            held = Held(properties=answer["properties"], modified=datetime.now(UTC), indexed=datetime.now(UTC))
            held.companies = case.get("links", {})
            hubspot.objects[kind][answer["id"]] = held
            held.modified = datetime.fromisoformat(answer["updatedAt"])
    monkeypatch.setenv(connector.SOURCE.base_url_env, hubspot.origin)
    monkeypatch.setenv("HUBSPOT_TOKEN", TOKEN)
    monkeypatch.setattr(refresh_source, "PoliteClient", partial(PoliteClient, sleep=lambda _: None))
    config = Config(
        who="kari@team.no",
        data=tmp_path / "data",
        crm=CrmConfig(country="NO"),
        sources={"hubspot": SourceConfig(secret_env="HUBSPOT_TOKEN")},
    )
    refreshing.refresh(config, names=["hubspot"], progress=silent, say=lambda _: None)
    with Warehouse.open_to_write(config.data, command="test") as warehouse:
        for kind, cases in SAMPLE.items():
            rows = warehouse.ask(
                f"SELECT * EXCLUDE (import_id, known_from, row_hash, key_hmac) FROM core.crm_{TABLE_OF[kind]} ORDER BY crm_key"
            )
            read = [{name: as_written(value) for name, value in row.items() if value is not None} for row in rows]
            assert read == [case["row"] for case in cases]
        assert not warehouse.ask("SELECT reason FROM raw.reject")
    files = [path for path in config.data.rglob("*") if path.is_file()]
    assert not [path for path in files if b"1970-01-02" in path.read_bytes()]


def as_written(value: object) -> object:
    """A value as the sample writes it: numbers, yes and no and lists as they are, the rest as text."""
    return value if isinstance(value, bool | int | str | list) else str(value)


# --- asking -------------------------------------------------------------------------------------------------------
def test_the_account_says_who_and_when(api: CrmApi, hubspot: HubspotServer) -> None:
    account = api.account()
    assert (account.portal, account.at) == (PORTAL, hubspot.now), "by its own clock"


def test_nothing_of_the_token_is_told(api: CrmApi) -> None:
    assert TOKEN not in repr(api)
    assert TOKEN not in repr(api.token)


def test_a_search_is_walked_by_id(api: CrmApi, hubspot: HubspotServer) -> None:
    ids = [hubspot.put("contacts", email=f"{number}@fjordkode.no") for number in range(230)]
    found = [one.record_id for one in api.changed_records(CONTACTS, CONTACTS.properties, hubspot.now)]
    assert found == ids
    questions = [json.loads(asked.body) for asked in hubspot.asked]
    assert [one["filterGroups"][0]["filters"][1]["value"] for one in questions] == ["0", ids[99], ids[199]]
    assert not any("after" in one for one in questions)


def test_a_search_in_another_order_is_refused(api: CrmApi, hubspot: HubspotServer) -> None:
    hubspot.spoil(said_json({"total": 2, "results": [{"id": "9", "properties": {}}, {"id": "3", "properties": {}}]}))
    with pytest.raises(SourceAborted, match="not answer in the order of ids"):
        list(api.changed_records(CONTACTS, CONTACTS.properties, hubspot.now))


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ({"results": []}, "without 'total'"),
        ({"total": 1}, "without 'results'"),
        ({"total": 1, "results": [{"id": "4"}]}, "has no 'properties'"),
        ({"total": 1, "results": [{"id": "x", "properties": {}}]}, "no numeric 'id'"),
    ],
)
def test_an_answer_of_another_shape_is_refused(
    payload: dict[str, Any], told: str, api: CrmApi, hubspot: HubspotServer
) -> None:
    hubspot.spoil(said_json(payload))
    with pytest.raises(SourceAborted, match=told):
        list(api.changed_records(CONTACTS, CONTACTS.properties, hubspot.now))


def test_a_key_that_nobody_described_is_told(api: CrmApi, hubspot: HubspotServer) -> None:
    hubspot.spoil(said_json({"results": [{"id": "4", "properties": {}, "sensitivity": "high"}]}))
    list(api.all_records(COMPANIES, COMPANIES.properties))
    assert api.warnings() == ("hubspot: 1 records have the unknown key 'sensitivity'",)


def test_of_each_id_it_is_told_what_became_of_it(api: CrmApi, hubspot: HubspotServer) -> None:
    kept, merged, archived, erased = (hubspot.put("contacts", email=f"{each}@fjordkode.no") for each in "abcd")
    hubspot.merge("contacts", kept, merged)
    hubspot.archive("contacts", archived)
    hubspot.erase("contacts", erased)
    [found] = api.read_records(CONTACTS, ("email",), [kept, merged, archived, erased])
    assert [one.record_id for one in found.records] == [kept]
    assert found.merged == {merged}
    assert found.missing == {archived, erased}
    [gone] = api.read_records(CONTACTS, ("email",), [archived, erased], archived=True)
    assert [one.record_id for one in gone.records] == [archived]
    assert gone.missing == {erased}


def test_a_batch_that_failed_in_part_says_nothing_of_anybody(api: CrmApi, hubspot: HubspotServer) -> None:
    hubspot.spoil(
        said_json({"results": [], "errors": [{"category": "INTERNAL_ERROR", "context": {"ids": ["1"]}}]}, 207)
    )
    with pytest.raises(RetryableError, match="a part of the batch failed"):
        list(api.read_records(CONTACTS, ("email",), ["1"]))


def test_many_links_come_in_pages(api: CrmApi, hubspot: HubspotServer) -> None:
    def link(company: int, type_id: int) -> dict[str, Any]:
        return {"toObjectId": company, "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": type_id}]}

    first = {"from": {"id": "4"}, "to": [link(12, 341)], "paging": {"next": {"after": "MTI="}}}
    hubspot.spoil(said_json({"results": [first]}), said_json({"results": [{"from": {"id": "4"}, "to": [link(7, 5)]}]}))
    assert api.companies_of(DEALS, ["4"]) == {"4": (("7",), ("7", "12"))}
    assert json.loads(hubspot.asked[1].body) == {"inputs": [{"id": "4", "after": "MTI="}]}


def test_a_question_is_not_carried_elsewhere(api: CrmApi, hubspot: HubspotServer) -> None:
    hubspot.spoil(Said(status=307, headers={"Location": "/elsewhere"}))
    with pytest.raises(SourceAborted, match="redirects a question"):
        list(api.changed_records(CONTACTS, CONTACTS.properties, hubspot.now))


def test_searches_keep_their_own_pace(api: CrmApi, monkeypatch: pytest.MonkeyPatch) -> None:
    paces = {}
    get = PoliteClient.get

    def note(self: PoliteClient, of: Source, path: str, **options: Any) -> Answer:
        paces[path.rpartition("/")[2]] = of.requests_per_minute
        return get(self, of, path, **options)

    monkeypatch.setattr(PoliteClient, "get", note)
    list(api.changed_records(CONTACTS, ("email",), datetime.now(UTC)))
    list(api.all_records(CONTACTS, ("email",)))
    assert paces == {"search": 240, "contacts": 480}


@pytest.mark.parametrize("status", [423, 477, 524])
def test_an_account_that_is_locked_or_moved_is_left_for_later(status: int, api: CrmApi, hubspot: HubspotServer) -> None:
    hubspot.spoil(*[Said(status=status, body=b"{}")] * 6)
    with pytest.raises(RetryableError, match=f"HTTP {status}"):
        api.account()


def test_scopes_that_hubspot_names_stand_beside_ours(api: CrmApi, hubspot: HubspotServer) -> None:
    context = {"requiredScopes": ["contacts", "<b>odd</b>"]}
    hubspot.spoil(said_json({"category": "MISSING_SCOPES", "errors": [{"context": context}]}, 403))
    with pytest.raises(LoginRefused, match=r"scope crm\.objects\.owners\.read \(HubSpot names contacts\)"):
        list(api.owners(connector.OWNERS_SCOPE))


def test_a_server_that_repeats_the_token_is_not_quoted(api: CrmApi, hubspot: HubspotServer) -> None:
    def repeat(asked: Asked) -> None:
        hubspot.spoil(Said(status=418, body=asked.headers["authorization"].encode()))

    hubspot.on_page = repeat
    hubspot.spoil(Said(status=418, body=f"no: Bearer {TOKEN}".encode()))
    with pytest.raises(SourceAborted) as refused:
        api.account()
    assert TOKEN not in str(refused.value)
