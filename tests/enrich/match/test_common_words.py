"""The bits of common words, against the names that they were counted over."""

from collections import Counter
from math import log2
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from enrich.match.words import RAREST_BITS, bits_of_words
from enrich.normalise.name import normal_columns


@pytest.mark.real_data
def test_bits_are_log2_of_names_per_holder_in_the_lei_register(real_data: Path) -> None:
    names = pq.read_table(real_data / "gleif" / "gleif_names.parquet", columns=["name"])["name"].to_pylist()[::60]
    cores = normal_columns([name or "" for name in names])[0]
    holders = Counter(word for core in cores for word in set(core.split()))
    often = {word: count for word, count in holders.items() if count >= 60}
    assert len(often) > 200
    bits = dict(zip(often, bits_of_words(pa.array(list(often)), [""])[0].tolist(), strict=True))
    # a sample of 60 holders is off by less than half a bit, and bits are whole
    off = {word for word, count in often.items() if abs(bits[word] - log2(len(names) / count)) > 1}
    assert off == set()
    assert max(bits.values()) < RAREST_BITS
