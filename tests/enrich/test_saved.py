"""Saved searches on the published small world of conftest.py: what entered, what left, and why."""

import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from db.lock import hold_writer_lock
from enrich import decide
from enrich.config import Config
from enrich.errors import ConfigInvalid, InputInvalid, NotFound
from enrich.gate import Readers
from enrich.icp.model import Icp, Territory
from enrich.saved import SinceLast, compare_with_last, find_search, forget_search, list_searches, save_search
from enrich.search import find
from tests.enrich.test_search import record_of

NumberOf = Callable[[str], str]


def moves(result: SinceLast) -> dict[str, tuple[str, ...]]:
    return {str(each.company.values["name"]): each.reasons for each in (*result.entered, *result.left)}


def test_what_was_saved_is_listed_and_what_did_not_change_did_not_move(published: Config, readers: Readers) -> None:
    with hold_writer_lock(published.data, "refresh no_brreg"):
        saved = save_search(readers, published, " spring ", "software", text="kode", include={"contacted"})
    assert [each.name for each in list_searches(published)] == ["spring"]
    assert (saved.icp, saved.text, saved.include, saved.kept_by) == (
        "software",
        "kode",
        ("contacted",),
        "kari@team.example",
    )
    result = compare_with_last(readers, published, saved)
    assert (result.entered_count, result.left_count, result.withdrawn) == (0, 0, 0)
    assert result.company_count == saved.company_count


def test_words_are_kept_and_asked_again(published: Config, readers: Readers) -> None:
    found = find(readers, published, "software", words="kode", limit=None)
    saved = save_search(readers, published, "kode", "software", words="kode")
    assert 0 < saved.company_count == found.fits + found.may_fit < save_search(readers, published, "all").company_count
    result = compare_with_last(readers, published, find_search(published, "kode"))
    assert (result.company_count, result.entered_count, result.left_count) == (saved.company_count, 0, 0)


def test_decisions_of_people_count_and_are_told(published: Config, readers: Readers, number_of: NumberOf) -> None:
    saved = save_search(readers, published, "all", "software")
    alfa, beta, sleeper = (record_of(number_of(name)) for name in ("ALFA KODE AS", "BETA KODE AS", "KHI SOVER AS"))
    decide.mark(published, **alfa, mark="competitor")
    decide.edit(published, **beta, field="employees", value="3")
    decide.mark(published, **sleeper, mark="none")
    decide.suppress(published, "organisation", number_of("GAMMA KODE AS"))
    result = compare_with_last(readers, published, saved)
    told = moves(result)
    assert [str(each.company.values["name"]) for each in result.entered] == ["KHI SOVER AS"]
    assert told["KHI SOVER AS"][0] == "until now left out: marked as competitor, partner, not-a-fit or snoozed"
    assert told["ALFA KODE AS"][0] == "now marked as competitor"
    assert told["BETA KODE AS"][0] == "does not fit: employees 3, asked 10-200"
    assert any(reason.startswith("employees set to 3 (kari@team.example") for reason in told["BETA KODE AS"])
    # who is suppressed left too, and is not named
    assert (result.left_count, result.withdrawn) == (2, 1)
    assert "GAMMA" not in str(told)


def test_looking_makes_now_the_last_time_unless_told_not_to(
    published: Config, readers: Readers, number_of: NumberOf
) -> None:
    saved = save_search(readers, published, "all", "software")
    decide.mark(published, **record_of(number_of("ALFA KODE AS")), mark="competitor")
    for keep in (False, True):
        assert compare_with_last(readers, published, find_search(published, "all"), keep=keep).left_count == 1
    last = find_search(published, "all")
    assert compare_with_last(readers, published, last).left_count == 0
    assert not (published.data / "searches" / saved.answer).exists()
    assert len(list((published.data / "searches").iterdir())) == 1


def test_a_description_that_was_changed_is_a_reason(published: Config, readers: Readers) -> None:
    saved = save_search(readers, published, "all", "software")
    wider = Icp.model_validate({"must": {"country": ["NO"], "industry": ["62", "47"], "employees": "10-200"}})
    changed = published.model_copy(update={"icp": {**published.icp, "software": wider}})
    result = compare_with_last(readers, changed, saved)
    assert result.is_changed_icp
    assert moves(result)["ETA HANDEL AS"] == ("the description or a territory of it was changed",)


def test_what_asks_in_vain_by_now_is_refused_and_nobody_left(published: Config, readers: Readers) -> None:
    owned = save_search(readers, published, "owned", "software", owner="Vestland-Vera")
    lost = Territory(owner="Vestland-Vera", municipalities=("Bergn",))
    gone = Icp.model_validate({"must": {"industry": ["00"]}})
    for change, message in (
        ({"territory": {**published.territory, "lost": lost}}, "the nearest in use: 4601 BERGEN"),
        ({"icp": {**published.icp, "software": gone}}, "no company has the industry '00'"),
    ):
        changed = published.model_copy(update=change)
        with pytest.raises(ConfigInvalid, match=message):
            compare_with_last(readers, changed, owned)
        with pytest.raises(ConfigInvalid, match=message):
            save_search(readers, changed, "again", "software", owner="Vestland-Vera")
    assert find_search(published, "owned") == owned


def test_where_only_the_day_moved_on_that_is_said(published: Config, readers: Readers) -> None:
    saved = save_search(readers, published, "all", "software")
    answer = published.data / "searches" / saved.answer
    kept = json.loads(answer.read_text(encoding="utf-8"))
    contacted = next(company_id for company_id, rules in kept.items() if rules == 128)
    kept[contacted] = 0
    answer.write_text(json.dumps(kept), encoding="utf-8")
    [reasons] = moves(compare_with_last(readers, published, saved)).values()
    assert reasons == ("now contacted or handed over in the last 90 days",)
    kept[contacted] = 128
    gone = next(company_id for company_id, rules in kept.items() if rules == 0)
    del kept[gone]
    answer = published.data / "searches" / find_search(published, "all").answer
    answer.write_text(json.dumps(kept), encoding="utf-8")
    [reasons] = moves(compare_with_last(readers, published, find_search(published, "all"))).values()
    assert reasons[0].startswith("nothing recorded changed but the day")


def test_no_person_and_nobody_held_back_is_in_a_kept_answer(
    published: Config, readers: Readers, number_of: NumberOf
) -> None:
    saved = save_search(readers, published, "all", "everybody")
    kept = (published.data / "searches" / saved.answer).read_text(encoding="utf-8")
    for name in ("KARI NORDMANN KODE", "SKJULT AS"):
        assert record_of(number_of(name))["company_id"] not in kept
    with pytest.raises(InputInvalid, match="natural persons"):
        save_search(readers, published, "all", include={"natural-persons"})


def test_a_forgotten_search_is_gone_with_its_answer(published: Config, readers: Readers) -> None:
    save_search(readers, published, "spring")
    forget_search(published, "spring")
    assert list_searches(published) == []
    assert list((published.data / "searches").iterdir()) == []
    with pytest.raises(NotFound, match="no saved search 'spring'"):
        find_search(published, "spring")


def test_what_is_new_in_the_register_says_since_when(published: Config, readers: Readers) -> None:
    saved = save_search(readers, published, "all", "software")
    answer = published.data / "searches" / saved.answer
    answer.write_text("{}", encoding="utf-8")
    earlier = find_search(published, "all")
    before = replace(earlier, as_of=earlier.as_of - timedelta(days=4000))
    result = compare_with_last(readers, published, before, limit=1)
    assert result.entered_count == saved.company_count
    assert len(result.entered) == 1
    assert result.entered[0].reasons[0] == "new: first stated by no_brreg on 2026-11-01"


def test_answers_of_searches_that_were_replaced_or_stopped_do_not_stay(published: Config, readers: Readers) -> None:
    folder = published.data / "searches"
    save_search(readers, published, "all", "software")
    for name, age in ((".left.json.tmp", 7200), ("left.json", 7200), ("being-saved.json", 0)):
        (folder / name).write_text("{}", encoding="utf-8")
        at = time.time() - age
        os.utime(folder / name, (at, at))
    saved = save_search(readers, published, "all", "everybody")
    assert {path.name for path in folder.iterdir()} == {saved.answer, "being-saved.json"}
