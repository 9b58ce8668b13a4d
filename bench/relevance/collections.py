"""Real texts of companies with their industry and place: English, Norwegian and Swedish.

What a company is labelled with is never part of its text: a ranking that finds dentists has read what they say of themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from db.warehouse import Warehouse

_LISTED = """
SELECT DISTINCT ON (name)
    name, summary AS purpose, NULL AS activity, concat_ws(' ', city, country) AS place,
    industry AS industry, list_distinct([city, country]) AS places
FROM read_parquet($path)
WHERE summary IS NOT NULL AND industry IS NOT NULL AND name IS NOT NULL
ORDER BY name, symbol
"""

_GROUPS = """
SELECT DISTINCT ON (name)
    name, summary AS purpose, NULL AS activity, concat_ws(' ', city, country) AS place,
    industry_group AS industry, list_distinct([city, country]) AS places
FROM read_parquet($path)
WHERE summary IS NOT NULL AND industry IS NOT NULL AND industry_group IS NOT NULL AND name IS NOT NULL
ORDER BY name, symbol
"""

_OTHERS = """
WITH one AS (FROM read_parquet($path) WHERE summary IS NOT NULL AND name IS NOT NULL),
labelled AS (SELECT name, summary FROM one WHERE industry IS NOT NULL)
SELECT DISTINCT ON (name)
    name, summary AS purpose, NULL AS activity, concat_ws(' ', city, country) AS place,
    industry_group AS industry, list_distinct([city, country]) AS places
FROM one
WHERE industry_group IS NOT NULL AND name NOT IN (SELECT name FROM labelled) AND summary NOT IN (SELECT summary FROM labelled)
ORDER BY name, symbol
"""

_REGISTER = """
SELECT
    navn AS name, vedtektsfestetFormaal AS purpose, aktivitet AS activity,
    concat_ws(' ', "forretningsadresse.poststed", "forretningsadresse.kommune") AS place,
    "naeringskode1.kode" || ' ' || "naeringskode1.beskrivelse" AS industry, ["forretningsadresse.kommune"] AS places
FROM read_csv($path, all_varchar = true)
WHERE (vedtektsfestetFormaal IS NOT NULL OR aktivitet IS NOT NULL) AND "naeringskode1.kode" <> '00.000'
ORDER BY organisasjonsnummer
"""

_TENDERS = """
SELECT
    "Namn för leverantör" AS name, NULL AS purpose, string_agg(DISTINCT "Upphandlingens titel", chr(10) ORDER BY "Upphandlingens titel") AS activity,
    string_agg(DISTINCT "Namn för köpare", ' ' ORDER BY "Namn för köpare") AS place,
    min("SNI-Detaljgrupp för leverantör") AS industry,
    list_sort(list(DISTINCT regexp_replace(upper("Namn för köpare"), ' KOMMUN$', '')) FILTER (upper("Namn för köpare") LIKE '% KOMMUN')) AS places
FROM read_parquet($path)
WHERE "Namn för leverantör" IS NOT NULL AND "SNI-Detaljgrupp för leverantör" IS NOT NULL
GROUP BY "Namn för leverantör"
ORDER BY name
"""

COLLECTIONS = {
    "listed": ("GB", "search/listed_companies.parquet", _LISTED),
    "groups": ("GB", "search/listed_companies.parquet", _GROUPS),
    "others": ("GB", "search/listed_companies.parquet", _OTHERS),
    "register": ("NO", "no_brreg/enheter_2024_extract.csv", _REGISTER),
    "tenders": ("SE", "se_tenders/tenders_2021.parquet", _TENDERS),
}
"""By name: the country whose language is written (English for all that are listed), the file, and the query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What one company says of itself and where it is; `industry` and `places` (in capitals) are its labels."""

    name: str
    purpose: str | None
    activity: str | None
    place: str | None
    industry: str
    places: frozenset[str]


def read_collection(shared: Path, collection: str, work: Path) -> Sequence[Text]:
    """The companies of one collection, in the order of their names or numbers; each is once there."""
    _, file, query = COLLECTIONS[collection]
    return [read_text(row) for row in ask_file(query, shared / file, work)]


def ask_file(query: str, path: Path, work: Path, **values: object) -> Sequence[Mapping[str, object]]:
    """The rows of a query of the file at `$path`."""
    work.mkdir(parents=True, exist_ok=True)
    with Warehouse.open_scratch(work) as warehouse:
        return warehouse.ask(query, path=str(path), **values)


def read_text(row: Mapping[str, object]) -> Text:
    """A company of a row of a collection's query."""
    return Text(
        name=str(row["name"]),
        purpose=_text(row["purpose"]),
        activity=_text(row["activity"]),
        place=_text(row["place"]),
        industry=str(row["industry"]),
        places=frozenset(str(one).upper() for one in _listed(row["places"]) if one),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
