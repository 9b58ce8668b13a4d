"""Ranking companies by words: BM25 over their texts, each text with a weight of its own (BM25F).

After Robertson, Zaragoza and Taylor, Simple BM25 Extension to Multiple Weighted Fields (2004).
"""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from db.sql import read_query
from db.warehouse import Warehouse
from enrich.words.asked import AskedTerm
from enrich.words.compounds import SHORTEST_PART
from enrich.words.stem import MARKED, PLAIN

SETTINGS: Mapping[str, float] = {
    "k1": 1.2,  # how soon a word said again counts no more
    "b": 0.4,  # how much a long text is held against a company
    "name_weight": 1.0,
    "purpose_weight": 0.4,  # the longest of the texts: much in it is said in passing
    "activity_weight": 1.0,
    "place_weight": 4.0,
    "site_weight": 0.1,  # what the company's own site says, where its other texts lack the word
    "place_part_weight": 0.4,  # a part of a place's name is no place: Båtsfjord builds no boats
    "opening_weight": 0.9,  # a long text begins with what a company does; what follows is often about others
    "inflected_weight": 0.8,  # a word in another form than it is asked for
    "derived_weight": 0.2,  # another word of the same stem: secure, asked for security
    "part_weight": 0.5,  # a word that is found as a part of a company's compound
    "shortest_end": SHORTEST_PART,
}
"""Found on the developing half of bench/relevance, but for `site_weight`: no site is read there."""


def rank_words(warehouse: Warehouse, terms: Sequence[AskedTerm], settings: Mapping[str, float] = SETTINGS) -> None:
    """Make the temporary table `worded` (company_id, score, relevance): who uses any of the words, the higher the better.

    What sites say tells those apart who have a word nowhere else, and nobody else: whether a site was read moves no company that has
    the word in its other texts, and who has it on its site alone never scores more by it than any of those. `score` is BM25F in millionths, the same in every run; `relevance` is 1-100, 100 being the best of all companies. Who uses none of
    the words is not there. The words that companies use for those asked are in the temporary table `word_asked`.
    """
    with warehouse.lend("asked_term", _rows(terms)):
        warehouse.execute(read_query("search/rank_words"), **settings, marked=MARKED, plain=PLAIN)


def _rows(terms: Sequence[AskedTerm]) -> pa.Table:
    return pa.table(
        {
            "concept": pa.array([one.concept for one in terms], pa.uint32()),
            "asked": pa.array([one.asked for one in terms], pa.string()),
            "language": pa.array([one.language for one in terms], pa.string()),
            "term": pa.array([one.term for one in terms], pa.string()),
            "weight": pa.array([one.weight for one in terms], pa.float64()),
            "forms": pa.array([one.forms for one in terms], pa.list_(pa.string())),
        }
    )
