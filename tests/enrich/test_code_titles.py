"""Codes are shown with their names: an SDR reads Vestland, not 46. On the published small world of conftest.py."""

from enrich.config import Config
from enrich.cookbook import read_question
from enrich.gate import Readers
from enrich.icp.titles import list_division_titles
from enrich.search import find
from enrich.stats import count_companies


def test_facets_name_regions_and_industries(published: Config, readers: Readers) -> None:
    counted = find(readers, published, "everybody", facets=True).facets or ()
    named = {(one.facet, one.value): one.title for one in counted}
    assert named["region", "NO-46"] == "Vestland"
    assert named["region", "NO-03"] == "Oslo"
    assert named["industry", "62"] == "Computer programming and consultancy"
    assert named["country", "NO"] is None


def test_stats_and_the_cookbook_name_industries_and_owners(readers: Readers) -> None:
    assert {group.title for group in count_companies(readers).by_industry} == {
        "Computer programming and consultancy",
        "Retail trade",
    }
    for name in (
        "companies_by_industry",
        "customers_by_industry",
        "employees_by_industry",
        "hiring_by_industry",
        "revenue_by_industry",
    ):
        rows = readers.warehouse.ask(read_question(name).sql)
        assert {row["title"] for row in rows if row["division"] == "62"} == {"Computer programming and consultancy"}, (
            name
        )
    quiet = readers.warehouse.ask(read_question("quiet_accounts").sql)
    assert {row["name"]: row["owner"] for row in quiet}["YPSILON RINGT FOR LENGE SIDEN AS"] == "Ola Selger"
    assert {row["owner"] for row in readers.warehouse.ask(read_question("fits_by_owner").sql)} >= {"Ola Selger"}


def test_each_list_names_a_division_once() -> None:
    titles = list(list_division_titles())
    assert len({(scheme, code) for scheme, code, _ in titles}) == len(titles)
    assert all(title for _, _, title in titles)
