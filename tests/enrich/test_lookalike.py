"""Companies like given customers, in the market of conftest.py: those are software houses of Bergen."""

import tomllib
import uuid

import pytest

from enrich.config import Config
from enrich.deals import read_ended_deals
from enrich.decide import suppress
from enrich.errors import InputInvalid
from enrich.gate import open_readers
from enrich.icp.model import Icp
from enrich.lookalike import Lookalikes, find_lookalikes


def ids(*places: int) -> list[str]:
    return [str(uuid.UUID(int=900000000 + place)) for place in places]


@pytest.fixture(scope="module")
def found(market: Config) -> Lookalikes:
    with open_readers(market) as readers:
        return find_lookalikes(readers, market, read_ended_deals(readers).won_companies, name="like_won", limit=3)


def test_what_sets_customers_apart_is_told_and_what_all_have_is_not(found: Lookalikes) -> None:
    told = {each.criterion: each for each in found.traits}
    assert (told["industry"].asked, told["industry"].customers_yes, told["industry"].others_yes) == ("62", 12, 8)
    assert (told["employees"].asked, told["employees"].verdict) == ("20-49", "more")
    assert (told["region"].asked, told["region"].title) == ("46", "Vestland")
    # every company of this market has a website, is of the same form and as old
    assert not {"has_website", "legal_form", "age_years"} & told.keys()


def test_the_proposal_asks_what_nearly_all_have_and_few_others(found: Lookalikes) -> None:
    assert found.proposal is not None
    assert found.proposal.must.asked() == ("country", "region", "industry", "employees")
    assert found.toml is not None
    assert Icp.model_validate(tomllib.loads(found.toml)["icp"]["like_won"]) == found.proposal
    assert (
        'industry = ["62"]   # Computer programming and consultancy: 12 of 12 customers, 3.5 % of the others'
        in found.toml
    )


def test_what_some_have_is_a_wish_weighed_by_its_log_odds(market: Config) -> None:
    with open_readers(market) as readers:
        mixed = find_lookalikes(readers, market, ids(0, 1, 2, 3, 4, 5, 30, 31, 32, 33))
    assert mixed.proposal is not None
    wishes = {wish.asked()[0]: wish.weight for wish in mixed.proposal.should}
    odds = {each.criterion: each.odds for each in mixed.traits}
    assert wishes
    for name, weight in wishes.items():
        told = odds[name]
        assert told is not None
        assert weight == round(told.log_odds, 1)
        assert told.low > 0


def test_neighbours_fit_and_name_the_nearest_customer(market: Config) -> None:
    with open_readers(market) as readers:
        # three of the customers are kept back, to be found again
        answer = find_lookalikes(readers, market, ids(*range(9)), limit=2, include={"customers"})
    assert [each.company.values["name"] for each in answer.neighbours] == ["MARKED 9 AS", "MARKED 10 AS"]
    assert answer.neighbour_count == 3
    assert answer.neighbours[0].nearest == "NO:900000008"
    assert any(told.startswith("industry 62") for told in answer.neighbours[0].shared)


def test_a_customer_behind_the_page_is_no_neighbour_either(market: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enrich.lookalike.POOL", 0)  # eleven of the twelve are looked at: the last is a customer given
    with open_readers(market) as readers:
        answer = find_lookalikes(readers, market, ids(*range(9)), limit=2, include={"customers"})
    assert answer.neighbour_count == 3


def test_customers_by_chance_have_too_little_in_common(market: Config) -> None:
    with open_readers(market) as readers:
        answer = find_lookalikes(readers, market, ids(*range(40, 48)))
    assert answer.proposal is None
    assert answer.toml is None
    assert answer.neighbours == ()
    assert {each.verdict for each in answer.traits} <= {"too few to tell", "less"}


def test_fewer_than_five_are_refused_and_the_suppressed_do_not_count(published: Config) -> None:
    with open_readers(published) as readers:
        given = [
            str(row["company_id"])
            for row in readers.warehouse.ask(
                "SELECT company_id FROM current_company WHERE name LIKE '%KODE AS' ORDER BY name"
            )
        ]
        assert len(given) == 5
        find_lookalikes(readers, published, given)
        suppress(published, "organisation", "NO:900000000")
        with pytest.raises(InputInvalid, match=r"4 customers are too few .*\(1 more are suppressed"):
            find_lookalikes(readers, published, given)


def test_a_name_that_toml_would_not_take_is_refused(market: Config) -> None:
    with open_readers(market) as readers, pytest.raises(InputInvalid, match="no name for an ICP"):
        find_lookalikes(readers, market, ids(*range(9)), name="my customers")
