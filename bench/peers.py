"""Other open-source matchers on the same two lists, by name and country; each writes links as `prospekt link` does.

Each with its documented settings and at most two tries. They are installed with the extra `bench` only; what they write
is kept in bench/.cache until how they are run, their version or a list changes.
"""

import hashlib
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from bench.cache import CACHE
from bench.measure import Outcome, run_in_child

NORDIC = ("DK", "FI", "NO", "SE")
TOP = 5

PEERS: Mapping[str, Sequence[str]] = {
    "exact": ("rigour",),
    "splink": ("splink", "rigour"),
    "string_grouper": ("string-grouper",),
    "rapidfuzz": ("rapidfuzz",),
}
"""Each peer's packages; `link_<peer>` runs it."""

NORDIC_ONLY = ("string_grouper", "rapidfuzz")
"""Peers that compare all with all, too slow for more countries than these."""

# One row a name with a country: case, accents and punctuation gone, "S.A." made "sa", legal forms left for rigour.
_FOLDED = """
CREATE TABLE {table} AS
SELECT
    {id}::VARCHAR AS unique_id, country,
    trim(regexp_replace(replace(lower(strip_accents(coalesce(name, ''))), '.', ''), '[^\\pL\\pN&]+', ' ', 'g')) AS folded
FROM {list}
"""

# One row a query that has one equal name in its country: equal as it stands, else without legal forms.
_EQUAL = """
WITH found AS (
    SELECT asked.unique_id AS left_id, any_value(known.unique_id) AS right_id, 1.0 AS probability
    FROM asked JOIN known USING (folded, country) WHERE folded <> '' GROUP BY left_id HAVING count(*) = 1
    UNION ALL
    SELECT asked.unique_id, any_value(known.unique_id), 0.9
    FROM asked JOIN known USING (name, country) WHERE name <> '' GROUP BY asked.unique_id HAVING count(*) = 1
)
SELECT left_id, right_id, 1 AS rank, probability
FROM found
QUALIFY row_number() OVER (PARTITION BY left_id ORDER BY probability DESC) = 1
"""


def cached_links(peer: str, left: Path, right: Path) -> tuple[Path, Outcome]:
    """A peer's links of the left list (qid, name, country) to the right (lei, name, country), and what it took.

    Run in a process of its own where there is no answer of it to these lists yet.
    """
    made_by = [globals()[f"link_{peer}"], _read_folded, _by_country, _write_ranked]
    digest = hashlib.sha256("".join([*map(inspect.getsource, made_by), _FOLDED, _EQUAL, _WORDS]).encode())
    digest.update(f"{right.name} {right.stat().st_size} {[version(name) for name in PEERS[peer]]}".encode())
    digest.update(left.read_bytes())
    out = CACHE / "peers" / f"{peer}-{digest.hexdigest()[:12]}.parquet"
    note = out.with_suffix(".json")
    if not note.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        run = run_in_child(f"bench.peers:link_{peer}", left=str(left), right=str(right), out=str(out))
        note.write_text(json.dumps(asdict(run)), encoding="utf-8")
    return out, Outcome(**json.loads(note.read_text(encoding="utf-8")))


def link_exact(left: str, right: str, out: str) -> dict[str, float]:
    """Equal names in the country after rigour took the legal forms out, or before; where only one company bears it."""
    with duckdb.connect() as connection:
        _read_folded(connection, left, right)
        return _write(connection, connection.sql(_EQUAL), out)


def link_splink(left: str, right: str, out: str) -> dict[str, float]:
    """Splink as its example of linking businesses has it: names as words with their frequency, blocked on rare ones.

    Added to that example: whole names by Jaro-Winkler, legal forms removed by rigour, and three rare words in place of two. m
    is left as it is, as the example has it: training it too lost recall at precision 0.95 and gained some at 0.98.
    """
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    connection = duckdb.connect()
    connection.execute("SET lambda_syntax = 'ENABLE_SINGLE_ARROW'")  # how the example and Splink itself write lambdas
    _read_folded(connection, left, right)
    companies = connection.execute("SELECT count(*) FROM known").fetchall()[0][0]
    connection.execute(_WORDS)
    shared_rarity = (
        "list_intersect(words_l, words_r).list_transform(x -> x.rel_freq::FLOAT).list_concat([1.0::FLOAT])"
        ".list_reduce((p, q) -> p * q)"
    )
    words = {
        "output_column_name": "words",
        "comparison_levels": [
            {"sql_condition": "words_l IS NULL OR words_r IS NULL", "is_null_level": True, "label_for_charts": "null"},
            *(
                {
                    "sql_condition": f"{shared_rarity} < 1e-{power}",
                    "label_for_charts": f"shared rarity below 1e-{power}",
                }
                for power in (12, 10, 8, 6, 4)
            ),
            {"sql_condition": "ELSE", "label_for_charts": "else"},
        ],
    }
    by_name = cl.JaroWinklerAtThresholds("name", [0.95, 0.88]).configure(term_frequency_adjustments=True)
    settings = SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / companies,
        comparisons=[by_name, words],
        blocking_rules_to_generate_predictions=[
            block_on("country", "name"),
            block_on("country", "rarest", arrays_to_explode=["rarest"]),
            block_on("country", "substr(name, 1, 8)"),
        ],
        retain_intermediate_calculation_columns=False,
        retain_matching_columns=False,
    )
    api = DuckDBAPI(connection=connection)
    lists = [api.register(f"{side}_words", dataset_display_name=side) for side in ("asked", "known")]
    linker = Linker(lists, settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    predicted = linker.inference.predict()
    found = connection.sql(
        "SELECT unique_id_l AS left_id, unique_id_r AS right_id, "
        "row_number() OVER (PARTITION BY unique_id_l ORDER BY match_weight DESC, unique_id_r)::INTEGER AS rank, "
        f"match_probability AS probability FROM {predicted.physical_name} QUALIFY rank <= {TOP}"
    )
    return _write(connection, found, out)


def link_string_grouper(left: str, right: str, out: str) -> dict[str, float]:
    """Cosine of weighted letter triples, the default, within each Nordic country."""
    from string_grouper import match_strings

    links: list[dict[str, object]] = []
    with duckdb.connect() as connection:
        for asked, known in _by_country(connection, left, right):
            names, ids = (connection.from_arrow(known).df()[column] for column in ("name", "id"))
            sought, keys = (connection.from_arrow(asked).df()[column] for column in ("name", "id"))
            found = match_strings(sought, names, keys, ids, max_n_matches=TOP, min_similarity=0.3)
            links += [
                {"left_id": key, "right_id": lei, "probability": min(1.0, float(alike))}
                for key, lei, alike in zip(found["left_id"], found["right_id"], found["similarity"], strict=True)
            ]
        return _write_ranked(connection, links, out)


def link_rapidfuzz(left: str, right: str, out: str) -> dict[str, float]:
    """The best of all names of each Nordic country by token_sort_ratio, with the library's default processing."""
    import numpy
    from rapidfuzz import fuzz, process, utils

    links: list[dict[str, object]] = []
    with duckdb.connect() as connection:
        for asked, known in _by_country(connection, left, right):
            sought, names = (
                [utils.default_process(name or "") for name in side["name"].to_pylist()] for side in (asked, known)
            )
            keys, ids = asked["id"].to_pylist(), known["id"].to_pylist()
            alike = process.cdist(sought, names, scorer=fuzz.token_sort_ratio, dtype=numpy.float32, workers=-1)
            for key, row in zip(keys, alike, strict=True):
                best = numpy.argpartition(-row, TOP)[:TOP]
                links += [{"left_id": key, "right_id": ids[at], "probability": float(row[at]) / 100} for at in best]
        return _write_ranked(connection, links, out)


_WORDS = """
CREATE TABLE word AS
SELECT side, unique_id, unnest(string_split(name, ' ')) AS token, generate_subscripts(string_split(name, ' '), 1) AS place
FROM (SELECT 'asked' AS side, * FROM asked UNION ALL SELECT 'known', * FROM known)
WHERE name <> '';

CREATE TABLE frequency AS
SELECT token, (count(*) / (SELECT count(*) FROM word))::FLOAT AS rel_freq FROM word GROUP BY token;

CREATE TABLE listed AS
SELECT
    side, unique_id, array_agg({'token': token, 'rel_freq': rel_freq} ORDER BY place) AS words,
    (array_agg(token ORDER BY rel_freq, token) FILTER (rel_freq < 0.01))[:3] AS rarest
FROM word
JOIN frequency USING (token)
GROUP BY side, unique_id;

CREATE TABLE asked_words AS
SELECT asked.*, words, rarest FROM asked LEFT JOIN listed ON side = 'asked' AND listed.unique_id = asked.unique_id;

CREATE TABLE known_words AS
SELECT known.*, words, rarest FROM known LEFT JOIN listed ON side = 'known' AND listed.unique_id = known.unique_id;
"""


def _read_folded(connection: duckdb.DuckDBPyConnection, left: str, right: str) -> None:
    """Tables asked and known: unique_id, country, folded name, and `name`: that without legal forms."""
    from rigour.names import remove_org_types
    from rigour.text.normalize import Normalize

    for table, key, path in (("asked", "qid", left), ("known", "lei", right)):
        connection.execute(_FOLDED.format(table=f"{table}_folded", id=key, list=_quoted(path)))
        folded = connection.table(f"{table}_folded").to_arrow_table()
        as_folded = Normalize.CASEFOLD | Normalize.NAME
        bare = [
            " ".join(remove_org_types(name, normalize_flags=as_folded).split()) or name
            for name in folded["folded"].to_pylist()
        ]
        named = folded.append_column("name", pa.array(bare, pa.string()))
        connection.register("named", named)
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM named")
        connection.unregister("named")


def _by_country(connection: duckdb.DuckDBPyConnection, left: str, right: str) -> list[tuple[pa.Table, pa.Table]]:
    """Of each Nordic country, the names asked and the names known, each with its id."""
    return [
        (
            connection.sql(
                f"SELECT qid::VARCHAR AS id, name FROM {_quoted(left)} WHERE country = '{code}'"
            ).to_arrow_table(),
            connection.sql(f"SELECT lei AS id, name FROM {_quoted(right)} WHERE country = '{code}'").to_arrow_table(),
        )
        for code in NORDIC
    ]


def _quoted(path: str) -> str:
    literal = "'" + path.replace("'", "''") + "'"
    return literal if path.endswith(".parquet") else f"read_csv({literal}, all_varchar = true)"


def _write_ranked(connection: duckdb.DuckDBPyConnection, links: list[dict[str, object]], out: str) -> dict[str, float]:
    connection.register("links", pa.Table.from_pylist(links))
    ranked = connection.sql(
        "SELECT left_id, right_id, row_number() OVER (PARTITION BY left_id ORDER BY probability DESC, right_id)::INTEGER "
        "AS rank, probability FROM links"
    )
    return _write(connection, ranked, out)


def _write(connection: duckdb.DuckDBPyConnection, links: duckdb.DuckDBPyRelation, out: str) -> dict[str, float]:
    links.write_parquet(out)
    return {
        "links": float(connection.execute("SELECT count(*) FROM read_parquet($out)", {"out": out}).fetchall()[0][0])
    }
