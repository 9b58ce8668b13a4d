"""What companies have, as criteria, and an ICP written as TOML."""

import tomllib
from datetime import date

from enrich.icp.model import Icp
from enrich.icp.toml import write_icp
from enrich.icp.traits import Trait, ask_for, list_traits

TODAY = date(2026, 11, 1)


def test_ranges_are_of_the_bands_between_two_that_hold_a_company() -> None:
    sizes = [{"employees_low": size} for size in (3, 30, None)]
    assert [each.asked for each in list_traits(sizes, today=TODAY)] == ["1-4", "1-49", "20-49"]


def test_the_largest_band_is_open_and_all_sizes_are_no_trait() -> None:
    sizes = [{"employees_low": size} for size in (0, 5000)]
    assert [each.asked for each in list_traits(sizes, today=TODAY)] == ["0-0", "1000-"]


def test_a_norwegian_region_is_that_of_its_municipality() -> None:
    bergen = {"country_code": "NO", "municipality_code": "4601", "region_code": "NO-12"}
    assert list_traits([bergen], today=TODAY) == [Trait(name="region", asked="46")]


def test_who_is_founded_in_the_future_has_no_age() -> None:
    assert list_traits([{"founded_date": date(2027, 3, 1)}], today=TODAY) == []


def test_a_code_that_means_another_industry_without_its_list_is_no_trait() -> None:
    american = {"industries": [{"code": "7372", "scheme": "US-SIC"}, {"code": "62.100", "scheme": "SN2025"}]}
    assert [each.asked for each in list_traits([american], today=TODAY)] == ["62", "62.1", "62.10", "62.100"]


def test_codes_overlap_where_one_lies_below_the_other() -> None:
    division, group, other = (Trait(name="industry", asked=code) for code in ("62", "62.1", "63"))
    assert division.overlaps(group)
    assert group.overlaps(division)
    assert not division.overlaps(other)
    assert not Trait(name="region", asked="46").overlaps(Trait(name="region", asked="4"))
    assert ask_for([division, other]).industry == ("62", "63")


def test_an_icp_written_as_toml_reads_back_the_same() -> None:
    icp = Icp.model_validate(
        {
            "description": 'says "so"\n[icp.x]',
            "must": {"country": ["NO", "SE"], "employees": "10-", "has_website": False},
            "should": [
                {"signals": {"kind": "job_ad", "occupations": ["sales"], "days": 30}, "weight": 2.5},
                {"industry": ["62"], "industry_scheme": "SN2007"},
            ],
            "must_not": {"legal_form": ["NUF"]},
        }
    )
    written = write_icp("like_us", icp, {"must.employees": "8 of 9", "should[1]": "5 of 9"})
    assert Icp.model_validate(tomllib.loads(written)["icp"]["like_us"]) == icp
    assert 'employees = "10-"   # 8 of 9' in written
