"""The polite client: pace, bounds, and secrets that reach the server alone."""

import gzip
import itertools
import json
import logging
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sources import resume
from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.http import PoliteClient, user_agent
from sources.registers.no_brreg import SOURCE
from sources.secret import Secret, basic_login, bearer
from tests.registers.echo_server import Echo
from tests.registers.loopback import Said
from tests.sources.conftest import MakeClient, Pauses

SENTINEL = "s3cr3t-0451"
BIRTH_DATE = "1970-01-02"


@pytest.fixture
def client(echo: Echo, make_client: MakeClient) -> PoliteClient:
    return make_client(environ={"PROSPEKT_NO_BRREG_URL": echo.origin})


def test_it_introduces_itself(echo: Echo, client: PoliteClient) -> None:
    client.get(SOURCE, "x")
    assert echo.asked[0].headers["user-agent"] == "prospekt/0 (test)"
    assert user_agent("ops@firma.no").endswith(" (ops@firma.no)")
    assert user_agent().startswith("prospekt/")


def test_threads_share_one_pace(echo: Echo, client: PoliteClient, pauses: Pauses) -> None:
    source = replace(SOURCE, requests_per_minute=60)
    threads = [threading.Thread(target=client.get, args=(source, "x")) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(echo.asked) == 5
    gaps = [later - sooner for sooner, later in itertools.pairwise(sorted(pauses.seconds))]
    assert len(pauses.seconds) == 4
    assert all(0.5 < gap < 1.5 for gap in gaps)


# --- bounds ------------------------------------------------------------------------------------------------------
def test_an_answer_over_the_limit_is_not_read_on(echo: Echo, client: PoliteClient, tmp_path: Path) -> None:
    echo.pages["/big"] = Said(body=b"x" * 5000)
    with pytest.raises(SourceAborted, match="more than 1,000 bytes"):
        client.get(SOURCE, "big", most_bytes=1000)
    with pytest.raises(SourceAborted, match="more than 1,000 bytes"):
        client.download(SOURCE, "big", tmp_path / "big", most_bytes=1000)
    assert list(tmp_path.iterdir()) == []


def test_a_web_page_in_the_place_of_data_is_refused(echo: Echo, client: PoliteClient) -> None:
    echo.pages["/page"] = Said(body=b"\n<!DOCTYPE html><p>Logg inn")
    echo.pages["/typed"] = Said(body=b"Logg inn", headers={"Content-Type": "text/html; charset=utf-8"})
    for path in ("page", "typed"):
        with pytest.raises(SourceAborted, match="web page in the place of data"):
            client.get(SOURCE, path)


def test_only_declared_hosts_are_asked_or_followed(echo: Echo, client: PoliteClient) -> None:
    with pytest.raises(SourceAborted, match=r"example\.org is not a host of this source"):
        client.get(SOURCE, "https://example.org/x")
    echo.pages["/away"] = Said(status=302, headers={"Location": "https://example.org/x"})
    with pytest.raises(SourceAborted, match=r"redirects to example\.org"):
        client.get(SOURCE, "away")
    echo.pages["/round"] = Said(status=302, headers={"Location": "/round"})
    with pytest.raises(SourceAborted, match="in circles"):
        client.get(SOURCE, "round")
    echo.pages["/near"] = Said(status=307, headers={"Location": "/x?y=1"})
    assert json.loads(client.get(SOURCE, "near").body) == {"params": {"y": "1"}}


def test_a_known_etag_answers_with_nothing_even_where_the_server_ignores_it(
    echo: Echo, client: PoliteClient, tmp_path: Path
) -> None:
    echo.pages["/file"] = Said(body=b"a,b", headers={"ETag": '"1"'})
    first = client.download(SOURCE, "file", tmp_path / "file")
    assert first is not None
    assert (first.etag, first.path.read_bytes()) == ('"1"', b"a,b")
    assert client.download(SOURCE, "file", tmp_path / "again", etag=first.etag) is None
    assert not (tmp_path / "again").exists()


# --- what never touches the disk ---------------------------------------------------------------------------------
PERSONS = json.dumps([{"navn": f"P{n}", "fodselsdato": BIRTH_DATE, "n": n} for n in range(40)]).encode()


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_streamed_file_is_redacted_before_the_disk(
    packed: bool, echo: Echo, client: PoliteClient, tmp_path: Path
) -> None:
    echo.pages["/roles"] = Said(body=gzip.compress(PERSONS) if packed else PERSONS)
    kept = client.download(SOURCE, "roles", tmp_path / "roles", redact_json=True)
    assert kept is not None
    persons = json.loads(kept.path.read_text())
    assert [person["navn"] for person in persons] == [f"P{n}" for n in range(40)]
    assert {person["fodselsdato"] for person in persons} == {None}


def test_a_stream_cut_anywhere_leaves_no_birth_date_on_the_disk(
    echo: Echo, make_client: MakeClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_client(environ={"PROSPEKT_NO_BRREG_URL": echo.origin}, attempts=1)
    written: list[bytes] = []
    monkeypatch.setattr(resume, "CHUNK", 7)
    monkeypatch.setattr(Path, "rename", lambda part, target: None)
    monkeypatch.setattr(Path, "unlink", lambda part, missing_ok: written.append(part.read_bytes()))
    body = PERSONS[:130]
    for cut_at in range(0, len(body), 3):
        echo.spoil(Said(body=body, cut_at=cut_at))
        with pytest.raises(RetryableError):
            client.download(SOURCE, "roles", tmp_path / "roles", redact_json=True)
    assert any(b"fodselsdato" in left for left in written)
    assert not any(BIRTH_DATE[:4].encode() in left for left in written)


# --- secrets -----------------------------------------------------------------------------------------------------
def test_a_secret_reaches_the_server_and_no_log_answer_or_error(
    echo: Echo, client: PoliteClient, caplog: pytest.LogCaptureFixture
) -> None:
    secret = Secret(f" {SENTINEL}\n")
    caplog.set_level(logging.DEBUG)
    answer = client.get(
        SOURCE, "x", params={"q": "1"}, hidden_params={"key": secret}, hidden_headers={"Authorization": secret}
    )
    assert echo.asked[0].params == {"q": "1", "key": SENTINEL}
    assert echo.asked[0].headers["authorization"] == SENTINEL
    assert answer.url.endswith("/x?q=1")
    echo.spoil(Said(status=403, body=f"key {SENTINEL} is wrong".encode()))
    with pytest.raises(LoginRefused, match=r"key \*\*\* is wrong") as refused:
        client.get(SOURCE, "x", hidden_params={"key": secret})
    echo.spoil(*[Said(status=503)] * 6)
    with pytest.raises(RetryableError) as busy:
        client.get(SOURCE, "x", hidden_headers={"Authorization": secret})
    told = (caplog.text, repr(secret), str(secret), str(refused.value), str(busy.value), str(busy.value.url))
    assert "HTTP Request: GET" in caplog.text
    assert not any(SENTINEL in text for text in told)
    assert SENTINEL not in repr([vars(record) for record in caplog.records])


@pytest.mark.parametrize(
    "said", ["hunter2+/=", "hunter2%2B%2F%3D", "kari", "a2FyaTpodW50ZXIyKy89", "Bearer hunter2+/="]
)
@pytest.mark.parametrize("padding", [0, 290])
def test_no_part_of_a_login_is_quoted(echo: Echo, client: PoliteClient, said: str, padding: int) -> None:
    token = Secret("hunter2+/=")
    for header in (basic_login(Secret("kari"), token), bearer(token)):
        if said in ("kari", "a2FyaTpodW50ZXIyKy89") and header.reveal().startswith("Bearer"):
            continue
        echo.spoil(Said(status=403, body=f"{'x' * padding}login {said} is wrong".encode()))
        with pytest.raises(LoginRefused, match="HTTP 403") as refused:
            client.get(SOURCE, "x", hidden_headers={"Authorization": header})
        told = str(refused.value)
        assert not any(part in told for part in ("hunter", "kari", "a2Fy"))


def test_a_secret_does_not_follow_a_redirect_to_another_host(echo: Echo, make_client: MakeClient) -> None:
    with Echo() as other:
        source = replace(SOURCE, hosts=frozenset({"127.0.0.1"}))
        client = make_client(environ={"PROSPEKT_NO_BRREG_URL": echo.origin})
        echo.pages["/away"] = Said(status=302, headers={"Location": f"{other.origin}/x"})
        echo.pages["/near"] = Said(status=302, headers={"Location": "/x"})
        for path in ("away", "near"):
            client.get(source, path, hidden_params={"key": Secret(SENTINEL)})
        assert other.asked[0].params == {}
        assert echo.asked[-1].params == {"key": SENTINEL}


@pytest.mark.parametrize("value", ["a\nb", "nøkkel", "\x00"])
def test_a_secret_that_http_cannot_carry_is_refused_unseen(value: str) -> None:
    with pytest.raises(ValueError, match="pasted whole") as caught:
        Secret(value)
    assert value not in str(caught.value)
