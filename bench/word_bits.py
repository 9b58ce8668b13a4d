"""Counts how common each word is in names of the LEI register: makes enrich/match/common_words.txt and country_words.txt.

Run as `python -m bench.word_bits` whenever the folding of names changes; it takes a minute and needs the real data.
"""

import textwrap
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from bench.gold import SHARED
from enrich.match.words import RAREST_BITS
from enrich.normalise.name_table import normalise_name_column
from enrich.processes import share_rows

FEWEST_HOLDERS, FEWEST_NAMES, LEAST_DIFFERENCE = 30, 3_000, 2
"""A country's words: holders that they have at least, names that the country has, bits below the world's."""

_HEAD = """\
# Words that many company names have: bits of surprise (log2 of names per holder) and the words, counted over the
# {names:.1f} million names of the LEI register (CC0), folded as enrich/normalise/name.py folds. Any other word: {rarest} bits.
# Made by bench/word_bits.py.
"""
_COUNTRY_HEAD = """\
# Words that more names of a country have than of the world (common_words.txt): country, bits of surprise there and the words;
# of at least {holders} holders, in countries of at least {names:,} names of the LEI register (CC0). Made by bench/word_bits.py.
"""


def count_words(shared: Path, target: Path) -> None:
    """Write both files into the folder `target`."""
    table = pq.read_table(shared / "gleif" / "gleif_names.parquet", columns=["name", "country"])
    normalised = share_rows(_normalise, [table], ["name"])
    names = pa.concat_tables(normal.append_column("country", part["country"]) for part, normal in normalised)
    with duckdb.connect() as connection:
        connection.register("names", names)
        connection.execute(
            "CREATE TABLE word AS SELECT country, unnest(list_distinct(string_split(core_name, ' '))) AS word "
            "FROM names WHERE core_name IS NOT NULL"
        )
        world = connection.execute(
            "SELECT CAST(round(log2((SELECT count(*) FROM names WHERE core_name IS NOT NULL) / count(*))) AS INTEGER) AS bits, word "
            "FROM word GROUP BY word HAVING bits < $rarest",
            {"rarest": RAREST_BITS},
        ).fetchall()
        everywhere = {word: bits for bits, word in world}
        by_country = connection.execute(
            "WITH size AS (SELECT country, count(*) AS names FROM names WHERE core_name IS NOT NULL GROUP BY country) "
            "SELECT country, CAST(round(log2(any_value(names) / count(*))) AS INTEGER) AS bits, word "
            "FROM word JOIN size USING (country) WHERE names >= $names GROUP BY country, word HAVING count(*) >= $holders",
            {"names": FEWEST_NAMES, "holders": FEWEST_HOLDERS},
        ).fetchall()
    common, of_country = defaultdict(list), defaultdict(list)
    for bits, word in world:
        common[str(bits)].append(word)
    for country, bits, word in by_country:
        if everywhere.get(word, RAREST_BITS) - bits >= LEAST_DIFFERENCE:
            of_country[f"{country} {bits}"].append(word)
    head = _HEAD.format(names=len(names) / 1e6, rarest=RAREST_BITS)
    _write(target / "common_words.txt", head, sorted(common.items(), key=lambda each: int(each[0])))
    head = _COUNTRY_HEAD.format(holders=FEWEST_HOLDERS, names=FEWEST_NAMES)
    _write(target / "country_words.txt", head, sorted(of_country.items(), key=_by_country_and_bits))


def _normalise(rows: pa.Table) -> pa.Table:
    return normalise_name_column(rows["name"].to_pylist())


def _by_country_and_bits(each: tuple[str, list[str]]) -> tuple[str, int]:
    country, bits = each[0].split()
    return country, int(bits)


def _write(path: Path, head: str, words: Iterable[tuple[str, list[str]]]) -> None:
    lines = [f"{first} {line}" for first, listed in words for line in textwrap.wrap(" ".join(sorted(listed)), 116)]
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    count_words(SHARED, Path("enrich") / "match")
