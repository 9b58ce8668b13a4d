"""Statistics Norway's code lists (Klass): industry codes SN2007 and SN2025, and which became which, to the last digit; and
which municipality's number of before 2020 became which.

It states no entities. The table that comes with the program (`sn2007_sn2025.csv`, Eurostat's NACE 2 to NACE 2.1, of which the
first four digits of the Nordic lists are) answers without a net; this one says the same of all five digits of Norway's codes.

Traps:
- table 2919 leads from SN2025 to SN2007, and has the codes that changed only: 1,034 rows for 1,785 codes
- a code may be in both lists and mean something else (47.81 was stalls, and is sale of cars): it is in the table
- a list is had by a day: SN2007 until the end of 2024, though registers used it until September 2025
- a row may say in words that a code has nothing in the other list
- municipalities have no table, but a list of changes: a number that stayed while others joined it has no row (Stavanger, 1103, in
  2020), one that got another name has a row from itself to itself; changes of the last day asked for are left out
- 9999 in the list of municipalities stands for none of them

Second hand: the numbers 6, 2919 and 131 and what the list of changes says, of public programs that use them; so a table of other
lists is refused, and one that says otherwise than ours. Only believed: the licence's name, and how many requests a minute are welcome.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sources.errors import RetryableError, SourceAborted
from sources.kinds.klass_api import CodeList, complete, fetch_code_changes, fetch_list, fetch_table, follow
from sources.record import CodeLists
from sources.registers.no_brreg import SOURCE as REGISTER
from sources.source import Expect, Licence, Lineage, Privacy, Source

if TYPE_CHECKING:
    from sources.http import PoliteClient

KINDS: Mapping[str, str] = {}

Pair = tuple[str, str, str, str]
"""Old scheme, old code, new scheme, new code."""

INDUSTRY = "classifications/6/codesAt"
TABLE = "correspondencetables/2919"
OLD, OLD_DAY = "SN2007", date(2024, 12, 31)
NEW, NEW_DAY = "SN2025", date(2026, 1, 1)
LEAST_CODES = 1_500
"""Of 1,811 and 1,785 in all."""

MUNICIPALITIES = "classifications/131"
NUMBERS = "KOMMUNE"
"""The scheme of today's numbers of municipalities; with a year behind it, of those in force at the end of that year."""
EARLIER = (2017, 2019)
"""The last years before the numbers of Trøndelag, and before those of nearly all others, became new ones."""
LEAST_MUNICIPALITIES = 340
"""Of 426 in 2017, 422 in 2019 and 357 today."""
NO_MUNICIPALITY = "9999"

SOURCE = Source(
    name="no_ssb_klass",
    title="Klass",
    country="NO",
    publisher="Statistisk sentralbyrå",
    homepage="https://www.ssb.no/klass/",
    record_url="https://www.ssb.no/klass/klassifikasjoner/6?search={key}",
    scheme="SN2025",
    licence=Licence.CC_BY_4_0,
    attribution="Kilde: Statistisk sentralbyrå (Klass)",
    lineage=Lineage.SECONDARY,
    cadence_hours=720,
    rank=9,
    privacy=Privacy(
        purpose="Answer questions in old codes of industries and municipalities for companies in new ones",
        lawful_basis="none is needed: there are no personal data",
        personal_fields=(),
        never_store=("contactPerson",),
        retention_days=3650,
    ),
    expect=Expect(min_rows=1_200, max_rows=4_000),
    layouts=(),
    parts=(),
    mapping_version=1,
    base_url="https://data.ssb.no/api/klass/v1",
    base_url_env="PROSPEKT_NO_SSB_KLASS_URL",
    requests_per_minute=30,
)


def fetch_codes(client: "PoliteClient") -> CodeLists:
    """Both lists of industries, every pair of their finest codes of which one became the other, and so with municipalities.

    Where what is said of municipalities cannot be used, they are left out with a warning: industries do not depend on them.
    """
    old = fetch_list(client, SOURCE, INDUSTRY, scheme=OLD, on=OLD_DAY, least=LEAST_CODES)
    new = fetch_list(client, SOURCE, INDUSTRY, scheme=NEW, on=NEW_DAY, least=LEAST_CODES)
    changed = fetch_table(client, SOURCE, TABLE, old=old, new=new)
    coarse = {(before, after) for _, before, _, after in REGISTER.correspondences}
    pairs = complete(SOURCE, changed, old=old, new=new, coarse=coarse)
    numbers, warnings = _fetch_numbers_or_warn(client)
    return CodeLists(
        codes=(*old.codes(), *new.codes()),
        correspondences=(*((OLD, before, NEW, after) for before, after in sorted(pairs)), *numbers),
        warnings=warnings,
    )


def _fetch_numbers_or_warn(client: "PoliteClient") -> tuple[Sequence[Pair], tuple[str, ...]]:
    try:
        return list(_fetch_numbers(client)), ()
    except (SourceAborted, RetryableError) as error:
        return (), (f"what became of the numbers of municipalities stays as it was fetched before: {error}",)


def _fetch_numbers(client: "PoliteClient") -> Iterator[Pair]:
    """Each number of a municipality in earlier years with those of today that it became, wholly or in part."""
    today = _fetch_municipalities(client, NUMBERS, NEW_DAY)
    ends = [date(year, 12, 31) for year in EARLIER]
    changes = fetch_code_changes(
        client, SOURCE, f"{MUNICIPALITIES}/changes", begin=ends[0], end=NEW_DAY + timedelta(days=1)
    )
    for end in ends:
        then = _fetch_municipalities(client, f"{NUMBERS}{end.year}", end)
        pairs = follow(SOURCE, changes, old=then, new=today, on=end)
        yield from ((then.scheme, before, today.scheme, after) for before, after in sorted(pairs))


def _fetch_municipalities(client: "PoliteClient", scheme: str, on: date) -> CodeList:
    path = f"{MUNICIPALITIES}/codesAt"
    found = fetch_list(client, SOURCE, path, scheme=scheme, on=on, least=LEAST_MUNICIPALITIES)
    return replace(found, titles={code: title for code, title in found.titles.items() if code != NO_MUNICIPALITY})
