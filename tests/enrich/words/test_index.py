"""The tables of words: that an update equals a full run, and what is found in them."""

import random
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.warehouse import Warehouse
from db.words import write_words
from enrich.words.asked import find_terms, read_words
from enrich.words.rank import rank_words
from enrich.words.reading import words_reading

Texts = dict[int, tuple[str, str, str | None]]
"""Country, name and purpose by number."""

_TEXT = st.lists(
    st.sampled_from(
        [
            "programvare",
            "utvikling",
            "Programvareutvikling",
            "eiendom",
            "AS",
            "og",
            "Øl",
            "öl",
            "fiske",
            "fiskeriet",
            "2×4",
        ]
    ),
    max_size=6,
).map(" ".join)
_TEXTS = st.dictionaries(
    st.integers(1, 8), st.tuples(st.sampled_from(["NO", "SE", "FI", "US"]), _TEXT, st.none() | _TEXT), max_size=8
)
TABLES = {
    "text": "SELECT * FROM mart.text ORDER BY company_id",
    "word": "SELECT * FROM mart.word ORDER BY word_id",
    "term": "SELECT * FROM mart.term ORDER BY ALL",
    "posting": "SELECT * FROM mart.posting ORDER BY ALL",
}


def open_with(
    folder: Path,
    texts: Texts,
    *,
    before: Path | None = None,
    cities: Mapping[int, str] = MappingProxyType({}),
    sites: Mapping[int, str] = MappingProxyType({}),
) -> tuple[Warehouse, int]:
    """A database with words of these companies, and how many of them were read anew; `sites` is what their sites say."""
    folder.mkdir(parents=True)
    warehouse = Warehouse.open_scratch(folder)
    warehouse.execute(
        "CREATE SCHEMA mart; CREATE TABLE mart.company (company_id UUID, country_code VARCHAR, name VARCHAR, "
        "other_names VARCHAR[], purpose VARCHAR, activity VARCHAR, city VARCHAR, "
        "municipality_name VARCHAR, site_description VARCHAR)"
    )
    rows = [
        {
            "company_id": str(UUID(int=number)),
            "country_code": country,
            "name": name,
            "purpose": purpose,
            "city": cities.get(number),
            "site_description": sites.get(number),
        }
        for number, (country, name, purpose) in texts.items()
    ]
    if rows:
        warehouse.load("mart.company", pa.Table.from_pylist(rows))
    if before is not None:
        warehouse.execute(f"ATTACH '{before / 'scratch.duckdb'}' AS before (READ_ONLY)")
    return warehouse, write_words(warehouse, words_reading(), has_before=before is not None)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=_TEXTS, new=_TEXTS)
def test_an_update_equals_a_full_run_and_reads_only_what_changed(tmp_path: Path, old: Texts, new: Texts) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    open_with(folder / "old", old)[0].close()
    updated, read = open_with(folder / "updated", new, before=folder / "old")
    full, _ = open_with(folder / "full", new)
    with updated, full:
        assert {name: updated.ask(sql) for name, sql in TABLES.items()} == {
            name: full.ask(sql) for name, sql in TABLES.items()
        }
    assert read == sum(old.get(number) != texts for number, texts in new.items())


COMPANIES: Texts = {
    1: ("NO", "Fjordkode AS", "Programvareutvikling for havbruk"),
    2: ("NO", "Skogkode AS", "Utvikling av programvare"),
    3: ("NO", "Programvare AS", "Salg av programvare"),
    4: ("NO", "Bryggen Bakeri AS", "Kjøttbakeri og øl"),
    5: ("SE", "Fiskbolaget AB", "Kött och fisk"),
    6: ("NO", "Tomrom AS", None),
    7: ("NO", "Kjøtt og øl AS", "Kjøtt, bakeri"),
    8: ("NO", "Bakeri To AS", None),
    9: ("NO", "Utvikling AS", None),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return open_with(tmp_path_factory.mktemp("words") / "index", COMPANIES)[0]


def found(index: Warehouse, text: str) -> list[int]:
    rank_words(index, find_terms(index, read_words(text)[0]))
    return [
        UUID(str(row["company_id"])).int for row in index.ask("SELECT * FROM worded ORDER BY score DESC, company_id")
    ]


def test_a_part_of_a_compound_finds_it_after_those_who_use_the_word_itself(index: Warehouse) -> None:
    assert found(index, "programvare") == [3, 2, 1]
    assert found(index, "utvikling") == [9, 2, 1]


def test_a_compound_finds_those_who_write_its_parts_apart_after_those_who_write_it(index: Warehouse) -> None:
    first, *others = found(index, "programvareutviklingen")
    assert (first, set(others)) == (1, {2, 3, 9})


def test_a_word_of_a_name_counts_more_than_one_of_a_purpose(index: Warehouse) -> None:
    assert found(index, "bryggen bakeri") == [4, 8, 7]


def test_a_long_text_is_about_what_it_begins_with(tmp_path: Path) -> None:
    rest, short = "and so on, " * 25, "and so on, " * 15
    texts: Texts = {
        1: ("GB", "One Ltd", f"{rest} for airlines"),
        2: ("GB", "Two Ltd", f"Airlines {rest} of planes"),
        3: ("GB", "Six Ltd", f"{short} for airlines"),
        4: ("GB", "Ten Ltd", f"Airlines {short} of planes"),
    }
    with open_with(tmp_path / "long", texts)[0] as index:
        assert found(index, "airline") == [2, 3, 4, 1]  # of the short texts, neither has an opening


def derived(index: Warehouse, texts: Texts) -> list[object]:
    """What was found last for its stem only."""
    said = index.rows("search/words_found", ids=[str(UUID(int=number)) for number in texts])
    return [row["word"] for row in said if row["is_derived"]]


def test_an_english_plural_is_the_word_and_what_is_derived_of_its_stem_is_another(tmp_path: Path) -> None:
    texts: Texts = {
        1: ("GB", "One Ltd", "Securities"),
        2: ("GB", "Two Ltd", "Security"),
        3: ("GB", "Six Ltd", "Secured secured secured"),
        4: ("GB", "Ten Ltd", "Doors, Cafés"),
    }
    with open_with(tmp_path / "english", texts)[0] as index:
        assert found(index, "security doors") == [4, 2, 1, 3]  # as rare as two who use it make it, not three
        assert derived(index, texts) == ["secured"]
        assert found(index, "cafe") == [4]
        assert derived(index, texts) == []  # an accent makes no other word
        assert found(index, "secure doors") == [4, 3, 1, 2]  # what nobody uses is as rare as what is derived of it


def test_a_part_of_a_place_name_is_no_place(tmp_path: Path) -> None:
    texts: Texts = {
        1: ("NO", "En AS", "Fjord"),
        2: ("NO", "To AS", "Fisk"),
        3: ("NO", "Tre AS", "Fisk"),
        4: ("NO", "Fire AS", "Fjord"),
    }
    with open_with(tmp_path / "places", texts, cities={1: "Fiskefjord", 4: "Fisk"})[0] as index:
        assert found(index, "fisk") == [4, 2, 3, 1]


def test_words_are_found_inflected_and_in_every_spelling_and_language(index: Warehouse) -> None:
    assert set(found(index, "bakeriet kjoett")) == {4, 7, 8}
    assert found(index, "OL") == found(index, "øl") != []
    assert found(index, "kott") == [5]


def test_what_nobody_uses_finds_nobody(index: Warehouse) -> None:
    assert found(index, "romfart") == []


def scores(index: Warehouse, text: str) -> dict[int, int]:
    rank_words(index, find_terms(index, read_words(text)[0]))
    return {UUID(str(row["company_id"])).int: int(str(row["score"])) for row in index.ask("SELECT * FROM worded")}


SINGLE = ("programvare", "utvikling", "fiske", "øl", "as")
"""Words without parts: of several words, and of several parts, a site may have one that the other texts lack."""
SAID = st.dictionaries(st.integers(1, 8), _TEXT, max_size=8)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=_TEXTS, sites=SAID, asked=st.sampled_from(["programvare", "utvikling", "fiske øl", "programvareutvikling as"])
)
def test_what_sites_say_moves_nobody_who_has_the_words_elsewhere_and_ranks_behind_them(
    tmp_path: Path, texts: Texts, sites: dict[int, str], asked: str
) -> None:
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    with open_with(folder / "without", texts)[0] as without, open_with(folder / "with", texts, sites=sites)[0] as index:
        for word in (asked, *asked.split()):
            before, after = scores(without, word), scores(index, word)
            assert {number: after[number] for number in before if number not in sites} == {
                number: score for number, score in before.items() if number not in sites
            }
            assert before.keys() <= after.keys()
            assert all(after[number] >= score for number, score in before.items())
            if word in SINGLE:  # of one word there is nothing that a site could add
                assert {number: after[number] for number in before} == before
                least = min(before.values(), default=None)
                assert all(least is None or after[number] <= least for number in after.keys() - before.keys())


def test_a_word_that_only_a_site_uses_is_looked_for_within_words_all_the_same(tmp_path: Path) -> None:
    texts: Texts = {1: ("NO", "En AS", "Fjordvaskeri"), 2: ("NO", "To AS", "Handel"), 3: ("NO", "Tre AS", None)}
    with open_with(tmp_path / "within", texts, sites={2: "Vi driver med fjordvask"})[0] as index:
        assert found(index, "fjordvask") == [1, 2]
        rows = index.rows("search/words_found", ids=[str(UUID(int=number)) for number in texts])
    assert [(row["word"], row["fields"]) for row in rows] == [("fjordvaskeri", ["purpose"]), ("fjordvask", ["website"])]


def test_among_equals_whose_site_was_read_is_not_seen_in_the_first_fifty(tmp_path: Path) -> None:
    dice = random.Random(3)
    topics = ("havbruk", "skipsmaling")
    fit = {number: [topic for topic in topics if dice.random() < 0.4] for number in range(1, 1_201)}

    def say(number: int, said: float) -> str:
        return " ".join(["vi", "leverer", *(topic for topic in fit[number] if dice.random() < said), "til", "alle"])

    texts: Texts = {number: ("NO", f"Firma{number} AS", say(number, 0.8)) for number in fit}
    read = {number: say(number, 0.95) for number in fit if dice.random() < 0.1}
    share: dict[str, list[float]] = {}
    none: dict[int, str] = {}
    for name, sites in (("without", none), ("with", read)):
        with open_with(tmp_path / name, texts, sites=sites)[0] as index:
            share[name] = [share_of(found(index, asked)[:50], read) for asked in (*topics, " ".join(topics))]
    # of fewer, who has one of two words elsewhere and the other on its site comes before who has just one
    assert share["with"] == share["without"]


def share_of(first: list[int], read: Mapping[int, str]) -> float:
    return sum(number in read for number in first) / len(first)
