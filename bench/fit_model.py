"""Fits enrich/match/weights.toml to the developing half of the gold: names as companies wrote them, and the LEI they stated.

Run as `python -m bench.fit_model` whenever a comparison, a key or the folding of names changes; it takes minutes and needs
the real data. Comparisons of which that list has no case (numbers, domains, phones, places) keep their weights. A model
that comes out otherwise than the one in use gets the next version; the same names and comparisons give the same model.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from bench.gold import SHARED, Case, is_developing, read_cases
from db.warehouse import Warehouse
from enrich.match.candidates import find_candidates
from enrich.match.fit import Labelled, design_of, fit_weights, with_values
from enrich.match.list_rows import load_list, query_side
from enrich.match.lists import SCHEMA, open_list
from enrich.match.model import Model, read_model, shipped_model, write_model
from enrich.progress import silent

HEADER = """\
# The shipped model: bits (log2 odds) by comparison and outcome; [amount, bits] are points of a curve.
#
# Fitted by bench/fit_model.py to the developing half of company names as companies wrote them, with the LEI that they stated,
# against all 3.1 million names of the LEI register. Left out are queries whose label contradicts an identical name and those
# whose true name is not unique in its country. Each query counts three tenths more without its true company, so that a list
# of which not everybody is in the register is not overrated. The list states no numbers, domains, phones, places and
# sizes: their weights are set by hand, from how often two companies share such a value by chance, as are those of kind and life.
#
# An address (amount: companies there) speaks as if a record were, in nine of ten cases, one of those there, whatever its name: 3.2
# bits of odds, and 4.7 that the prior took. A doubling of those there costs 0.75, so that all together stay as likely. Names that
# tell otherwise take some 4 bits, so that an address alone brings a company before a person and has none accepted.
# Street and number without a place may be in any town: the amount is of all companies that have them anywhere. A domain that only
# spells the name that two companies have, or its first words, says which of them, and less than their place does
# (docs/decisions/0020-namesakes.md). Another city: a quarter of companies have one of their addresses in another.
"""
START = Path(__file__).with_name("fit_start.toml")
"""The weights that every fit starts from, whatever the last one made of them."""

STIFFNESS = 1.0
WITHOUT_TRUTH = 0.3
"""How much a query counts once more without its true company: not everybody on a list is in the register."""


def fit_model(shared: Path) -> Model:
    """The shipped model with the weights that make the developing half most likely, held to those of `START`.

    Queries whose label contradicts an identical name, or whose true name is not unique in its country, are left out; those
    whose true company has its seat in another country stay, for the weight of the country.
    """
    gold, reference = shared / "gold" / "sbti_dev.csv", shared / "gleif" / "gleif_names.parquet"
    cases = {
        case.query: case
        for case in read_cases(gold, reference)
        if case.is_developing and case.kind not in ("label_contradicts", "several_of_one_name")
    }
    model = starting_model(shipped_model(), read_model(START.read_text(encoding="utf-8")))
    labelled = _label(cases, _read_queries(gold, cases), reference, model)
    fitted = with_values(model, fit_weights(labelled, model, stiffness=STIFFNESS), version=shipped_model().version)
    present = float(labelled.weights[~labelled.none_possible].sum() / labelled.weights.sum())
    return next_version(replace(fitted, present=round(present, 3)), shipped_model())


def starting_model(shipped: Model, start: Model) -> Model:
    """The model in use with the weights that fitting starts from; what these lack, or is set by hand, is as in use."""
    return replace(
        shipped, prior=start.prior, weights={key: start.weights.get(key, bits) for key, bits in shipped.weights.items()}
    )


def next_version(fitted: Model, shipped: Model) -> Model:
    """The fitted model, under the version after the one in use where it is another: evidence names versions."""
    return fitted if fitted == shipped else replace(fitted, version=str(int(shipped.version) + 1))


def _read_queries(gold: Path, cases: dict[str, Case]) -> pa.Table:
    text = pa.csv.ConvertOptions(column_types=dict.fromkeys(("qid", "name", "country"), pa.string()))
    rows = pa.csv.read_csv(gold, convert_options=text)
    rows = rows.filter(pa.array([query in cases and is_developing(query) for query in rows["qid"].to_pylist()]))
    nothing = pa.nulls(rows.num_rows, pa.string())
    known = {"id": rows["qid"], "name": rows["name"], "country": rows["country"]}
    return query_side(pa.table([known.get(name, nothing) for name in SCHEMA.names], schema=SCHEMA)).combine_chunks()


def _label(cases: dict[str, Case], queries: pa.Table, reference: Path, model: Model) -> Labelled:
    """The candidates of all queries with the truth, and once more, lighter, without it."""
    designs, truths, numbers = [], [], []
    with tempfile.TemporaryDirectory() as folder, Warehouse.open_scratch(Path(folder)) as scratch:
        load_list(scratch, open_list(reference, id_column="lei", option="--right-id"), progress=silent)
        ids = queries["id"].to_pylist()
        for ranked in find_candidates(scratch, queries, model, silent):
            found = ranked.reference["id"].take(pa.array(ranked.rows)).to_pylist()
            asked = [cases[ids[number]].truth for number in ranked.queries]
            designs.append(design_of(ranked, model))
            truths.append(np.array([one == other for one, other in zip(found, asked, strict=True)]))
            numbers.append(ranked.queries)
    design, is_true, number = np.concatenate(designs), np.concatenate(truths), np.concatenate(numbers)
    again = ~is_true
    number = np.concatenate([number, number[again] + queries.num_rows])
    starts = np.flatnonzero(np.append(True, number[1:] != number[:-1]))
    possible = np.concatenate([is_true, np.zeros(int(again.sum()), dtype=np.bool_)])
    return Labelled(
        design=np.concatenate([design, design[again]]),
        starts=starts,
        possible=possible,
        none_possible=~np.logical_or.reduceat(possible, starts),
        weights=np.where(number[starts] < queries.num_rows, 1.0, WITHOUT_TRUTH),
    )


if __name__ == "__main__":
    target = Path("enrich") / "match" / "weights.toml"
    target.write_text(write_model(fit_model(SHARED), header=HEADER), encoding="utf-8")
