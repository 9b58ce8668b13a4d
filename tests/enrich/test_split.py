"""A list for each owner, on the published small world of conftest.py."""

import pytest

from enrich.config import Config
from enrich.errors import ConfigInvalid, InputInvalid
from enrich.gate import Readers
from enrich.icp.model import Territory
from enrich.search import find
from enrich.split import find_by_owner, owners_to_ask


def test_each_owner_has_their_own_and_nobody_is_lost_or_twice(published: Config, readers: Readers) -> None:
    pages = find_by_owner(readers, published, "software", limit=None)
    everybody = find(readers, published, "software", limit=None)
    split = [str(each.values["company_id"]) for page in pages for each in page.answer.companies]
    assert sorted(split) == sorted(str(each.values["company_id"]) for each in everybody.companies)
    by_owner = {page.owner: {str(each.values["name"]) for each in page.answer.companies} for page in pages}
    # Ola owns by the CRM what he works on, and by territory what lies in Oslo
    assert by_owner["Ola Selger"] == {"YPSILON RINGT FOR LENGE SIDEN AS", "ZETA OSLO AS"}
    assert "ALFA KODE AS" in by_owner["Vestland-Vera"]
    assert "Kari Selger" not in by_owner


def test_words_narrow_the_lists_of_all_owners(published: Config, readers: Readers) -> None:
    pages = find_by_owner(readers, published, "software", words="kode", limit=None)
    everybody = find(readers, published, "software", words="kode", limit=None)
    assert 0 < sum(len(page.answer.companies) for page in pages) == len(everybody.companies)


def test_the_limit_is_of_each_owner(published: Config, readers: Readers) -> None:
    pages = find_by_owner(readers, published, "software", limit=1)
    assert [len(page.answer.companies) for page in pages] == [1, 1]
    assert all(page.answer.truncated for page in pages)


def test_a_territory_that_asks_in_vain_is_named_to_who_asks_for_its_owner(published: Config, readers: Readers) -> None:
    lost = Territory(owner="Lost-Lena", municipalities=("Bergn",))
    config = published.model_copy(update={"territory": {**published.territory, "lost": lost}})
    message = "territory.lost.municipality: no company has the municipality 'Bergn'; the nearest in use: 4601 BERGEN"
    for owner in ("lost-lena", "unassigned"):
        with pytest.raises(ConfigInvalid, match=message):
            find(readers, config, "software", owner=owner)
    with pytest.raises(ConfigInvalid, match=message):
        find_by_owner(readers, config, "software")
    assert find(readers, config, "software", owner="Vestland-Vera").companies


def test_one_owner_spelt_in_two_ways_by_territories_is_refused() -> None:
    kari = {"owner_id": "1", "name": "Kari", "email": "kari@x.example"}
    with pytest.raises(InputInvalid, match="write one of these"):
        owners_to_ask([kari], ["Kari", "kari@x.example"])


def test_an_owner_without_a_name_is_asked_by_what_there_is() -> None:
    nameless = [{"owner_id": "9", "name": None, "email": None}, {"owner_id": "8", "name": None, "email": "o@x.example"}]
    assert owners_to_ask(nameless, []) == [("9", "9"), ("o@x.example", "o@x.example")]
