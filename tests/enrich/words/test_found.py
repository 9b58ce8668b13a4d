"""`find` by words, in the published small world."""

import uuid
from collections.abc import Callable

import duckdb
import pytest

from db.warehouse import Warehouse
from enrich import decide
from enrich.config import Config
from enrich.errors import InputInvalid
from enrich.gate import Readers, open_readers
from enrich.icp.model import Icp
from enrich.progress import silent
from enrich.publish import publish
from enrich.runs import new_run_id
from enrich.search import FindAnswer, find
from tests.enrich.conftest import company_row, insert_companies


def left_out(answer: FindAnswer) -> dict[str, int | None]:
    return {one.rule: one.company_count for one in answer.left_out}


def test_words_narrow_and_rank_and_say_what_was_found_where(published: Config, readers: Readers) -> None:
    answer = find(readers, published, "everybody", words="programvaren for oslo og romfart")
    first = answer.companies[0].values
    assert first["name"] == "ZETA OSLO AS"
    assert first["relevance"] == 100
    assert first["words_found"] == [
        {"word": "oslo", "asked": ["oslo"], "is_part": False, "is_derived": False, "fields": ["name", "place"]},
        {
            "word": "programvare",
            "asked": ["programvaren"],
            "is_part": False,
            "is_derived": False,
            "fields": ["purpose"],
        },
    ]
    assert answer.worded is not None
    assert (answer.worded.not_found, answer.worded.not_asked) == (("romfart",), ("for", "og"))
    assert "=FORMEL() AS" not in {one.values["name"] for one in answer.companies}
    assert answer.fits == find(readers, published, "everybody").fits - 1


def test_words_that_all_say_nothing_are_asked_for_and_that_is_said(published: Config, readers: Readers) -> None:
    alone, beside = (
        find(readers, published, "everybody", words=words).worded for words in ("og for", "programvare for")
    )
    assert alone is not None
    assert beside is not None
    assert (alone.not_asked, alone.says_nothing) == ((), True)
    assert (beside.not_asked, beside.says_nothing) == (("for",), False)


def test_a_word_that_nobody_uses_alone_is_found_at_the_ends_of_words(published: Config, readers: Readers) -> None:
    for asked in ("progra", "gramvare"):  # companies write programvare
        answer = find(readers, published, "everybody", words=asked)
        assert answer.worded is not None
        assert answer.worded.not_found == ()
        found = answer.companies[0].values["words_found"]
        assert isinstance(found, list)
        assert [(one["word"], one["is_part"]) for one in found] == [("programvare", True)]
    for asked in ("pro", "ogramva"):  # too short, and in the middle
        nobody = find(readers, published, "everybody", words=asked)
        assert nobody.worded is not None
        assert nobody.worded.not_found == (asked,)


def test_where_words_find_nobody_those_who_use_each_are_counted(published: Config, readers: Readers) -> None:
    elsewhere = published.model_copy(
        update={"icp": {"none": Icp.model_validate({"must": {"country": ["SE"], "legal_form": ["AB"]}})}}
    )
    nobody = find(readers, elsewhere, "none", words="oslo romfart")
    assert (nobody.companies, nobody.fits, nobody.may_fit) == ((), 0, 0)
    assert nobody.words_used == {"oslo": 1, "romfart": 0}
    assert find(readers, published, "everybody", words="oslo").words_used == {}


def test_the_most_relevant_come_first_however_little_sets_them_apart(published: Config, readers: Readers) -> None:
    scores = [one.values["word_score"] for one in find(readers, published, "everybody", words="kode oslo").companies]
    assert len(set(scores)) > 1
    assert scores == sorted(scores, reverse=True)  # type: ignore[type-var]


def test_words_leave_out_by_the_same_rules(published: Config, readers: Readers) -> None:
    answer = find(readers, published, "everybody", words="konkurrent")
    assert answer.companies == ()
    assert left_out(answer)["marked"] == 1


@pytest.mark.parametrize(
    ("words", "include", "says"),
    [
        (" ,-", frozenset(), "no letter or digit"),
        (" ".join(f"ord{number}" for number in range(31)), frozenset(), "At most 30 words"),
        ("kode", frozenset({"natural-persons"}), "are not kept"),
    ],
)
def test_what_cannot_be_asked_is_said(
    published: Config, readers: Readers, words: str, include: frozenset[str], says: str
) -> None:
    with pytest.raises(InputInvalid, match=says):
        find(readers, published, "everybody", words=words, include=include, why_include="test")


def test_files_of_before_are_published_first_and_read_anew(published: Config) -> None:
    with duckdb.connect(str((published.published / "companies.duckdb").resolve())) as companies:
        companies.execute("ALTER TABLE mart.posting DROP COLUMN site_count")
    with open_readers(published) as readers, pytest.raises(InputInvalid, match="run `prospekt publish` first"):
        find(readers, published, "everybody", words="kode")
    with Warehouse.open_to_write(published.data, command="test") as warehouse:
        warehouse.run("normalise/create")
        insert_companies(
            warehouse, [company_row(900000000, "ALFA KODE AS"), company_row(900000001, "ETT AB", country_code="SE")]
        )
        publish(warehouse, published, new_run_id(), silent)
    with open_readers(published) as readers:
        [found] = find(readers, published, "everybody", words="kode").companies
    assert found.values["name"] == "ALFA KODE AS"


def test_without_words_nothing_is_added(published: Config, readers: Readers) -> None:
    answer = find(readers, published, "everybody")
    assert answer.worded is None
    assert "relevance" not in answer.companies[0].values


def test_a_page_is_the_beginning_of_all_and_a_decision_counts_at_once(
    published: Config, readers: Readers, number_of: Callable[[str], str]
) -> None:
    everyone = find(readers, published, "everybody", words="kode havbruk", limit=None)
    ids = [one.values["company_id"] for one in everyone.companies]
    page = find(readers, published, "everybody", words="kode havbruk", limit=3, facets=True)
    assert [one.values["company_id"] for one in page.companies] == ids[:3]
    assert page.facets is not None
    assert sum(one.company_count for one in page.facets if one.facet == "country") == len(ids)
    digits = number_of("BETA KODE AS").removeprefix("NO:")
    company_id = str(uuid.UUID(int=int(digits)))
    decide.mark(published, company_id=company_id, record_id=f"no_brreg:{digits}", mark="competitor")
    later = find(readers, published, "everybody", words="kode havbruk", limit=None)
    assert [one.values["company_id"] for one in later.companies] == [one for one in ids if one != company_id]
    assert left_out(later)["marked"] == (left_out(everyone).get("marked") or 0) + 1
