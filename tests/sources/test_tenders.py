"""TED and Doffin over real sockets: read to their end or not at all, day by day, by number only."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sources.errors import LoginRefused, RetryableError, SourceAborted
from sources.feed import SignalBatch
from sources.http import PoliteClient
from sources.kinds.notice_parties import Party, read_parties
from sources.signals import eu_ted, no_doffin
from sources.signals._numbers import NUMBERS
from tests.registers.loopback import Said, said_json
from tests.registers.tender_server import KEY, SENTINELS, DoffinServer, TedServer, doffin_notice, ted_notice

TODAY = datetime.now(ZoneInfo("Europe/Luxembourg")).date()


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


@pytest.fixture
def ted() -> Iterator[TedServer]:
    with TedServer([ted_notice(f"{number}-2026", day(number)) for number in range(1, 30)]) as server:
        yield server


@pytest.fixture
def doffin() -> Iterator[DoffinServer]:
    with DoffinServer([doffin_notice(f"2026-10{number:04}", day(number)) for number in range(1, 5)]) as server:
        yield server


@pytest.fixture
def client(make_client: Callable[..., PoliteClient], ted: TedServer, doffin: DoffinServer) -> PoliteClient:
    environ = {
        eu_ted.SOURCE.base_url_env: ted.origin,
        no_doffin.SOURCE.base_url_env: doffin.origin,
        no_doffin.KEY_ENV: KEY,
    }
    return make_client(attempts=3, environ=environ)


def fetch(of: Any, client: PoliteClient, folder: Path, cursor: str | None = None) -> list[SignalBatch]:
    return list(of.fetch_signals(client, landing=folder, cursor=cursor, secret=None))


def told(batches: list[SignalBatch], column: str = "publication-number") -> list[str]:
    return [row[column] for batch in batches for row in batch.rows.to_pylist()]


def test_the_first_run_reads_ninety_days_a_week_at_a_time(ted: TedServer, client: PoliteClient, tmp_path: Path) -> None:
    batches = fetch(eu_ted, client, tmp_path)
    assert set(told(batches)) == {f"{number}-2026" for number in range(1, 30)}
    assert len(ted.asked) == len(batches) == 13
    assert batches[0].covered_from is not None
    assert {batch.covered_from for batch in batches[1:]} == {None}
    assert batches[-1].covered_until is not None
    assert datetime.now(UTC) - batches[-1].covered_until < timedelta(minutes=1)


def test_the_next_run_asks_for_the_last_days_again_and_a_stopped_one_goes_on(
    ted: TedServer, client: PoliteClient, tmp_path: Path
) -> None:
    whole = fetch(eu_ted, client, tmp_path)
    walk = eu_ted.fetch_signals(client, landing=tmp_path, cursor=None, secret=None)
    begun = [next(walk) for _ in range(10)]
    assert set(told(begun + fetch(eu_ted, client, tmp_path, begun[-1].cursor))) == set(told(whole))
    late = ted_notice("99-2026", day(1))
    ted.notices.append(late)
    [again] = fetch(eu_ted, client, tmp_path, whole[-1].cursor)
    assert set(told([again])) == {"1-2026", "2-2026", "99-2026"}
    assert again.covered_from is None
    assert str(again.cursor) >= str(whole[-1].cursor)


def test_after_a_year_without_asking_the_days_between_are_not_known(client: PoliteClient, tmp_path: Path) -> None:
    first = next(iter(eu_ted.fetch_signals(client, landing=tmp_path, cursor=day(900).isoformat(), secret=None)))
    assert first.covered_from is not None
    assert first.covered_from >= day(402)


def test_all_tokens_are_followed_and_a_part_is_never_used(ted: TedServer, client: PoliteClient, tmp_path: Path) -> None:
    ted.most_a_page = 2
    assert len(set(told(fetch(eu_ted, client, tmp_path)))) == 29
    ted.lost = 1
    with pytest.raises(SourceAborted, match="are said to be found"):
        fetch(eu_ted, client, tmp_path, day(2).isoformat())


def test_a_search_that_ran_out_of_time_is_asked_again(ted: TedServer, client: PoliteClient, tmp_path: Path) -> None:
    part = said_json({"notices": [], "totalNoticeCount": 0, "timedOut": True})
    ted.spoil(part, part)
    assert told(fetch(eu_ted, client, tmp_path, day(2).isoformat()))
    ted.spoil(part, part, part)
    with pytest.raises(RetryableError, match="ran out of time"):
        fetch(eu_ted, client, tmp_path, day(2).isoformat())


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (said_json({"message": "Syntax error in expert query"}, 400), "does not understand the search: Syntax error"),
        (said_json({"notices": {}, "totalNoticeCount": 1}), "without notices or their number"),
        (said_json([1]), "answered with a list"),
        (Said(body=b"<html>Maintenance</html>", headers={"Content-Type": "text/html"}), "JSON|web page"),
    ],
)
def test_what_is_no_answer_of_the_search_is_refused(
    answer: Said, message: str, ted: TedServer, client: PoliteClient, tmp_path: Path
) -> None:
    ted.spoil(answer)
    with pytest.raises(SourceAborted, match=message):
        fetch(eu_ted, client, tmp_path)


def test_tokens_that_lead_nowhere_end_the_run(ted: TedServer, client: PoliteClient, tmp_path: Path) -> None:
    page = {"notices": [ted_notice("1-2026", day(1))], "totalNoticeCount": 9, "iterationNextToken": "t1"}
    ted.spoil(said_json(page), said_json(page))
    with pytest.raises(SourceAborted, match="does not move on"):
        fetch(eu_ted, client, tmp_path, day(2).isoformat())


@pytest.mark.parametrize("of", [eu_ted, no_doffin])
def test_a_service_that_does_not_hear_the_days_is_noticed(
    of: Any, ted: TedServer, doffin: DoffinServer, client: PoliteClient, tmp_path: Path
) -> None:
    ted.hears_days = doffin.hears_days = False
    with pytest.raises(SourceAborted, match="Its way of asking for days"):
        fetch(of, client, tmp_path, day(20).isoformat())


def test_doffin_is_asked_day_by_day_with_its_key(doffin: DoffinServer, client: PoliteClient, tmp_path: Path) -> None:
    batches = fetch(no_doffin, client, tmp_path, day(5).isoformat())
    assert set(told(batches, "id")) == {f"2026-10{number:04}" for number in range(1, 5)}
    assert {asked.params["numHitsPerPage"] for asked in doffin.asked} == {"100"}
    assert {batch.covers for batch in batches} == {(("tender_buyer", "NO"), ("tender_won", "NO"))}
    assert KEY not in "".join(str(batch) for batch in batches)


def test_a_day_with_more_notices_than_can_be_reached_is_refused(
    doffin: DoffinServer, client: PoliteClient, tmp_path: Path
) -> None:
    doffin.notices += [doffin_notice(f"2026-20{number:04}", day(1)) for number in range(250)]
    assert len(set(told(fetch(no_doffin, client, tmp_path, day(2).isoformat()), "id"))) > 250
    doffin.most_reachable = 200
    with pytest.raises(SourceAborted, match="shows 200 of them only"):
        fetch(no_doffin, client, tmp_path, day(2).isoformat())


def test_a_key_that_is_refused_or_missing_is_said_without_it(
    doffin: DoffinServer, make_client: Callable[..., PoliteClient], tmp_path: Path
) -> None:
    address = {no_doffin.SOURCE.base_url_env: doffin.origin}
    with pytest.raises(SourceAborted, match=no_doffin.KEY_ENV):
        fetch(no_doffin, make_client(environ=address), tmp_path)
    assert not doffin.asked
    with pytest.raises(LoginRefused, match="refuses the key") as refused:
        fetch(no_doffin, make_client(environ=address | {no_doffin.KEY_ENV: "wrong-key-0001"}), tmp_path)
    assert no_doffin.KEY_ENV in str(refused.value)
    assert "wrong-key-0001" not in str(refused.value)


def test_a_busy_service_is_waited_for(ted: TedServer, client: PoliteClient, tmp_path: Path, pauses: Any) -> None:
    ted.spoil(Said(status=429, headers={"Retry-After": "9"}), Said(status=503))
    assert told(fetch(eu_ted, client, tmp_path, day(2).isoformat()))
    assert 9 in pauses.seconds


def test_no_name_contact_or_text_reaches_a_file(
    ted: TedServer, doffin: DoffinServer, client: PoliteClient, tmp_path: Path
) -> None:
    ted.notices[0] |= {"winner-identifier": ["121212-1212"], "winner-country": ["SWE"]}
    batches = [
        *fetch(eu_ted, client, tmp_path / "ted"),
        *fetch(no_doffin, client, tmp_path / "doffin", day(5).isoformat()),
    ]
    kept = "".join(str(batch.rows.to_pylist()) for batch in batches)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert written
    assert sum(batch.left_out for batch in batches) == 1
    assert not [text for text in SENTINELS if text in kept or text.encode() in written]


ALIGNED = [
    pytest.param(["923609016"], ["NOR"], 1, [("923609016", None, True)], id="one"),
    pytest.param(["923609016", "923609016"], ["NOR", "NOR"], 1, [("923609016", None, True)], id="one in two lots"),
    pytest.param(["923609016"], ["NOR"], 2, [("923609016", None, False)], id="another without a number"),
    pytest.param(["923609016", "NO923609016MVA"], ["NOR"], 1, [("923609016", None, True)], id="two spellings"),
    pytest.param(
        ["0112038-9", "923609016"], ["FIN", "NOR"], 2,
        [("0112038-9", None, False), ("923609016", None, False)], id="as long as each other",
    ),
    pytest.param(["923609016"], ["NOR", "SWE"], 2, [(None, "not_aligned", False)], id="fewer numbers than countries"),
    pytest.param(["923609016", "5560360793"], ["NOR"], 2, [("923609016", None, False), (None, "unknown_form", False)], id="one country"),
    pytest.param([], [], 2, [(None, "missing_number", False)], id="names only"),
    pytest.param([], [], 0, [], id="nobody"),
    pytest.param(["923609016"], [], 1, [(None, "not_aligned", False)], id="no country"),
    pytest.param(["12345678"], ["POL"], 1, [(None, "unknown_form", False)], id="country that is not read"),
]  # fmt: skip


@pytest.mark.parametrize(("numbers", "countries", "names", "expected"), ALIGNED)
def test_a_number_is_taken_only_with_its_country(
    numbers: list[str], countries: list[str], names: int, expected: list[tuple[str | None, str | None, bool]]
) -> None:
    parties = read_parties(numbers, countries, names, NUMBERS).parties
    assert [(one.value, one.problem, one.is_sole) for one in parties] == expected


@pytest.mark.parametrize(
    ("number", "value", "persons"),
    [
        ("556036-0793", "5560360793", 0),
        ("SE556036079301", "5560360793", 0),
        ("165560360793", "5560360793", 0),
        ("SE 5560360793", "5560360793", 0),
        ("5560360794", None, 0),
        ("121212-1212", None, 1),
        ("19121212-1212", None, 1),
        ("SE121212121201", None, 1),
        ("3020001234", None, 1),
        ("198512011201", None, 1),
    ],
)
def test_a_swedish_number_is_a_companys_or_dropped(number: str, value: str | None, persons: int) -> None:
    read = read_parties([number], ["SWE"], 1, NUMBERS)
    assert read.person_count == persons
    assert [party.value for party in read.parties] == ([] if persons else [value])


def test_the_order_of_a_notices_lists_does_not_number_its_parties() -> None:
    one = read_parties(["923609016", "974760673"], ["NOR"], 2, NUMBERS)
    other = read_parties(["974760673", "923609016", "974760673"], ["NOR"], 2, NUMBERS)
    assert one == other
    assert one.parties[0] == Party(scheme="NO-ORGNR", value="923609016")
