"""Companies compared, value by value and many pairs at once. Each comparison's docstring is the sentence a person reads.

A comparison finds one of its outcomes for each pair, or none where one side does not state the value: what is unknown
says nothing. Whether an outcome speaks for or against, and how much, is the model's business (`model.py`).
"""

from collections.abc import Callable

from enrich.match.batch import Batch, Found
from enrich.match.compare_names import (
    compare_digits,
    compare_first_word,
    compare_group,
    compare_left_words,
    compare_legal_form,
    compare_name,
    compare_right_words,
    compare_shared_words,
    compare_sort,
)
from enrich.match.compare_values import (
    compare_country,
    compare_domain,
    compare_kind,
    compare_life,
    compare_number,
    compare_phone,
    compare_place,
    compare_size,
)
from enrich.match.side import Pairs

COMPARISONS: dict[str, Callable[[Batch], Found | None]] = {
    "number": compare_number,
    "domain": compare_domain,
    "phone": compare_phone,
    "country": compare_country,
    "place": compare_place,
    "size": compare_size,
    "kind": compare_kind,
    "life": compare_life,
    "name": compare_name,
    "shared_words": compare_shared_words,
    "left_words": compare_left_words,
    "right_words": compare_right_words,
    "first_word": compare_first_word,
    "digits": compare_digits,
    "legal_form": compare_legal_form,
    "sort": compare_sort,
    "group": compare_group,
}
"""The one table of comparisons, by name."""


def compare(pairs: Pairs) -> dict[str, Found]:
    """What each comparison finds in the pairs, by the comparison's name; none that has nothing to read."""
    batch = Batch(pairs)
    found = {name: comparison(batch) for name, comparison in COMPARISONS.items()}
    return {name: each for name, each in found.items() if each is not None}
