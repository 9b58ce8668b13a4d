"""The inverted indexes of names: what is kept of a record's names, and how often."""

from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa

from db.warehouse import Warehouse
from enrich.match.candidates import LIMITS
from enrich.match.other_names import with_other_names
from enrich.match.sides import Stated, make_side

REFERENCE = """
CREATE TEMP TABLE match_reference AS
SELECT ref_no, 'NO' AS country_code, core_name, replace(core_name, ' ', '') AS core_key, true AS is_keyed,
    NULL::VARCHAR AS domain, NULL::VARCHAR AS email_domain, NULL::VARCHAR AS phone, NULL::VARCHAR AS mobile, NULL::VARCHAR AS address_key
FROM (VALUES (1, 'alfa nord alfa'), (2, 'alfa beta'), (3, 'gamma')) AS named (ref_no, core_name);
CREATE TEMP TABLE match_reference_name AS
SELECT ref_no, core_name AS name, core_name, replace(core_name, ' ', '') AS core_key
FROM (VALUES (2, 'alfa zeta'), (2, 'alfa zeta'), (2, 'beta beta alfa'), (2, 'alfa beta')) AS named (ref_no, core_name);
CREATE TEMP TABLE match_reference_number AS SELECT 1 AS ref_no, 'NO' AS scheme, '1' AS value WHERE false;
"""


def test_a_word_counts_once_a_name_and_once_for_each_name_that_has_it(tmp_path: Path) -> None:
    queries = make_side([Stated(key="1", names=("Alfa Beta",), country_code="NO")])
    numbered = queries.append_column("query_number", pa.array(np.arange(1)))
    with Warehouse.open_scratch(tmp_path) as warehouse:
        warehouse.execute(REFERENCE)
        with warehouse.lend("asked", with_other_names(numbered)):
            warehouse.run("match/queries")
        warehouse.run("match/index", **LIMITS)
        found = warehouse.read("SELECT word, ref_no, letters FROM match_posting JOIN match_word USING (word_no)")
    assert Counter(map(tuple, (row.values() for row in found.to_pylist()))) == Counter(
        {
            ("alfa", 1, 12): 1,
            ("alfa", 2, 8): 2,
            ("beta", 2, 8): 1,
            ("alfa", 2, 12): 1,
            ("beta", 2, 12): 1,
        }
    )
