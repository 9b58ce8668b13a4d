"""Real names with the LEI that the companies stated: which half each is of, whether it can be known, and how it differs.

The definitions are those that judge the project: *fair* leaves out queries whose label contradicts an equal name in the
same country and those whose true name is not unique there; the developing half may be looked at, the other is held back.
"""

import os
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path

import duckdb
from rapidfuzz import fuzz

from enrich.match.evaluate import Answer
from enrich.normalise.name import normal_columns

SHARED = Path(os.environ.get("PROSPEKT_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
"""Where the real data lies, if anywhere."""
FOLDS = 5
REMOVED_OF = 3
"""One in so many true entities is not in the reference of the open world."""

KINDS = {
    "label_contradicts": "another entity of the country bears the query's name",
    "several_of_one_name": "more entities of the country bear the true name",
    "other_country": "the entity's seat is in another country than the query's",
    "other_script": "one is in Latin letters, the other is not",
    "same_name": "the same but for legal forms, case and punctuation",
    "group_or_holding": "only words like group, holding or a place come or go",
    "spelling": "nearly the same letters",
    "part_of_the_other": "the words of one are among those of the other: a parent, a subsidiary or a short name",
    "some_words": "some words are the same",
    "brand_or_renamed": "no word is the same",
}
"""How a query differs from its true name; the first that fits."""

_STRUCTURE = frozenset(
    """
    group groupe gruppe gruppen grupo gruppo konsern konserni koncern holding holdings beteiligungs
    international global worldwide europe european nordic nordics scandinavia norge norway sverige sweden
    danmark denmark suomi finland deutschland germany france italia italy espana spain nederland uk usa us india
    japan china the of and company co corporate services management
    """.split()
)

# One row a query: with its true name and country, and whether it can be known at all.
_CASES = """
WITH gold AS (
    SELECT qid, name, country, lei, regexp_replace(lower(strip_accents(name)), '[^\\pL\\pN]', '', 'g') AS folded
    FROM read_csv($gold, all_varchar = true, header = true)
),
known AS (
    SELECT lei, name, country, regexp_replace(lower(strip_accents(name)), '[^\\pL\\pN]', '', 'g') AS folded
    FROM read_parquet($reference)
    WHERE country IN (SELECT country FROM gold) OR lei IN (SELECT lei FROM gold)
)
SELECT
    gold.qid, gold.name, gold.country, gold.lei, truth.name AS true_name, truth.country AS true_country,
    EXISTS (
        SELECT 1 FROM known WHERE known.country = gold.country AND known.folded = gold.folded AND known.lei <> gold.lei
    ) AS is_contradicted,
    EXISTS (
        SELECT 1 FROM known WHERE known.country = truth.country AND known.folded = truth.folded AND known.lei <> gold.lei
    ) AS is_repeated
FROM gold
JOIN known AS truth USING (lei)
ORDER BY gold.qid
"""

# One row an answered query: the probability of its best answer, and where the truth stands among its answers.
_ANSWERS = """
SELECT links.left_id, max(probability::DOUBLE) FILTER (rank = 1) AS probability, min(rank) FILTER (right_id = truth) AS true_rank
FROM read_parquet($links) AS links
JOIN truths ON truths.query = links.left_id
GROUP BY links.left_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One query of the gold: its true entity, how its name differs from that one's, and where it counts."""

    query: str
    country: str
    truth: str
    kind: str
    is_fair: bool

    @property
    def is_developing(self) -> bool:
        """Whether it may be looked at; the others are held back."""
        return is_developing(self.query)

    @property
    def fold(self) -> int:
        """Which of five parts it is of, 0-4."""
        return int(md5(self.query.encode(), usedforsecurity=False).hexdigest()[:8], 16) % FOLDS


def is_developing(query: str) -> bool:
    """Whether a query of the gold may be looked at; the other half is held back.

    >>> is_developing("Q1"), is_developing("Q2")
    (True, False)
    """
    return int(md5(query.encode(), usedforsecurity=False).hexdigest()[-1], 16) % 2 == 0


def is_removed(lei: str) -> bool:
    """Whether an entity is missing in the open world's reference, if a query of the gold is about it."""
    return int(md5(lei.encode(), usedforsecurity=False).hexdigest()[-4:], 16) % REMOVED_OF == 0


def read_cases(gold: Path, reference: Path) -> list[Case]:
    """The queries of the gold (qid, name, country, lei) whose LEI the reference (lei, name, country) has."""
    with duckdb.connect() as connection:
        rows = connection.execute(_CASES, {"gold": str(gold), "reference": str(reference)}).fetchall()
    cores = iter(zip(*(normal_columns([row[place] or "" for row in rows])[0] for place in (1, 4)), strict=True))
    cases = []
    for (query, name, country, lei, true_name, true_country, is_contradicted, is_repeated), core in zip(
        rows, cores, strict=True
    ):
        if is_contradicted:
            kind = "label_contradicts"
        elif is_repeated:
            kind = "several_of_one_name"
        elif country != true_country:
            kind = "other_country"
        elif is_latin(name) != is_latin(true_name):
            kind = "other_script"
        else:
            kind = difference_of(*core)
        is_fair = country == true_country and not is_contradicted and not is_repeated
        cases.append(Case(query=query, country=country, truth=lei, kind=kind, is_fair=is_fair))
    return cases


def difference_of(core: str, true_core: str) -> str:
    """How two normalised names differ, as one of `KINDS`.

    >>> difference_of("nordlys", "nordlys holding"), difference_of("nordlys", "nordlys kraft trondheim")
    ('group_or_holding', 'part_of_the_other')
    >>> difference_of("nordlys kraft", "nordlyskraft"), difference_of("nordlyss kraft", "nordlys kraft")
    ('same_name', 'spelling')
    >>> difference_of("nordlys kraft", "nordlys energi"), difference_of("nordlys", "fjellbre bakeri")
    ('some_words', 'brand_or_renamed')
    """
    words, true_words = set(core.split()), set(true_core.split())
    if core.replace(" ", "") == true_core.replace(" ", ""):
        return "same_name"
    if words ^ true_words <= _STRUCTURE:
        return "group_or_holding"
    if words <= true_words or true_words <= words:
        return "part_of_the_other"
    if fuzz.ratio(core.replace(" ", ""), true_core.replace(" ", "")) >= 90:
        return "spelling"
    return "some_words" if (words & true_words) - _STRUCTURE else "brand_or_renamed"


def is_latin(name: str) -> bool:
    """Whether most letters of a name are Latin.

    >>> is_latin("Østfold"), is_latin("トヨタ"), is_latin("1881")
    (True, False, True)
    """
    letters = [unicodedata.name(letter, "") for letter in name if letter.isalpha()]
    return sum(letter.startswith("LATIN") for letter in letters) * 2 >= len(letters)


def read_answers(links: Path, cases: Sequence[Case], *, gone: Collection[str] = ()) -> dict[str, Answer]:
    """What a system said to each query, from its links (left_id, right_id, rank, probability); `gone` entities were not there."""
    truths = [(case.query, case.truth) for case in cases]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE truths (query VARCHAR, truth VARCHAR)")
        connection.executemany("INSERT INTO truths VALUES (?, ?)", truths)
        found = connection.execute(_ANSWERS, {"links": str(links)}).fetchall()
    said: Mapping[str, tuple[float | None, int | None]] = {query: (chance, rank) for query, chance, rank in found}
    answers = {}
    for case in cases:
        chance, rank = said.get(case.query, (None, None))
        has_truth = case.truth not in gone
        answers[case.query] = Answer(
            query=case.query, probability=chance, true_rank=rank if has_truth else None, has_truth=has_truth
        )
    return answers
