"""Words: what is indexed of a text is what the pattern of a search would find in it."""

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrich.engine.words import plain, read_asked, split_words
from enrich.icp.criteria import LETTERS, words_pattern

TEXTS = st.lists(st.one_of(st.none(), st.text(alphabet="aAøÆæé3 -×÷&\nжЖ漢", max_size=12)), max_size=6)


@settings(max_examples=60, deadline=None)
@given(texts=TEXTS)
def test_words_are_the_runs_of_letters_and_digits(texts: list[str | None]) -> None:
    indices, words = split_words(pa.array(texts, pa.string()))
    expected = [
        (index, word) for index, text in enumerate(texts) for word in re.findall(f"[{LETTERS}]+", (text or "").lower())
    ]
    assert list(zip(indices.tolist(), words.to_pylist(), strict=True)) == expected


@pytest.mark.parametrize("asked", ["øl", "ol", "læring", "æ", "cafe", "Ærlig", "aer"])
@pytest.mark.parametrize(
    "word", ["øl", "ølet", "ol", "læringsmål", "laering", "laring", "café", "ærlig", "arlig", "aerlig", "al"]
)
def test_a_word_that_the_pattern_finds_stands_in_a_range_that_is_looked_through(asked: str, word: str) -> None:
    [run] = read_asked(asked)
    is_found = re.search(words_pattern([asked]), word) is not None
    is_looked_at = (
        any(start <= plain(word) < end for start, end in run.ranges) and re.fullmatch(run.pattern, word) is not None
    )
    assert is_looked_at is is_found
