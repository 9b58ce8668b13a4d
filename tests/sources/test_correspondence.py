"""Norway's old industry codes lead to the new ones."""

import re

import pytest

from sources.registers.no_brreg import SOURCE

NEW_OF: dict[str, set[str]] = {}
for _, old_code, _, new_code in SOURCE.correspondences:
    NEW_OF.setdefault(old_code, set()).add(new_code)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("62.01", {"62.10"}, id="programming, renumbered"),
        pytest.param("62.03", {"62.20"}, id="operation of systems, merged with advice"),
        pytest.param("45.20", {"95.31"}, id="repair of cars, moved to another division"),
        pytest.param("41.10", {"68.12"}, id="development of buildings, moved to real estate"),
        pytest.param("96.02", {"96.21", "96.22"}, id="hairdressers and beauty, split"),
        pytest.param("43.21", {"43.21"}, id="electricians, as they were"),
    ],
)
def test_an_old_class_leads_to_its_successors(old: str, new: set[str]) -> None:
    assert NEW_OF[old] == new


def test_each_row_joins_two_classes_once() -> None:
    assert len(set(SOURCE.correspondences)) == len(SOURCE.correspondences) == 966
    assert {(row[0], row[2]) for row in SOURCE.correspondences} == {("SN2007", "SN2025")}
    assert all(re.fullmatch(r"\d\d\.\d\d", code) for row in SOURCE.correspondences for code in (row[1], row[3]))


def test_no_code_of_the_dissolved_division_45_is_new() -> None:
    assert not any(code.startswith("45.") for codes in NEW_OF.values() for code in codes)


@pytest.mark.parametrize(("code", "what"), [("47.81", "stalls with food, now sale of cars"), ("47.91", "mail order")])
def test_a_code_that_was_reused_does_not_lead_to_itself_alone(code: str, what: str) -> None:
    assert NEW_OF[code] != {code}, what
