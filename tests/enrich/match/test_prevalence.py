"""What share of a list is in the other one, and what its links then state."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrich.match.link import LinkReport, link_files
from enrich.match.prevalence import AS_MODELLED, estimate_present, odds_of_share, state_links
from enrich.progress import silent

TRAINED = 0.7


def draw_nobody(share: float, rows: int, seed: int) -> npt.NDArray[np.float64]:
    """What a model that knows each score's true odds at TRAINED states of rows of which `share` have their company."""
    rng = np.random.default_rng(seed)
    is_there = rng.random(rows) < share
    # scores of rows with a company lie two deviations above those without: the log odds of a normal pair are linear
    score = rng.normal(np.where(is_there, 2.0, 0.0))
    odds = TRAINED / (1 - TRAINED) * np.exp(2 * score - 2)
    return 1 / (1 + odds)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7, 0.98])
def test_the_share_is_found_whatever_the_model_was_trained_on(share: float) -> None:
    assert estimate_present(draw_nobody(share, 20_000, seed=1), TRAINED) == pytest.approx(share, abs=0.02)


def test_a_short_list_is_held_to_the_model() -> None:
    assert estimate_present(np.array([0.001]), TRAINED) == pytest.approx(TRAINED, abs=0.02)


@given(
    share=st.floats(0.01, 0.99),
    rows=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5),
)
def test_stated_probabilities_are_in_bounds_and_all_move_one_way(share: float, rows: list[tuple[float, float]]) -> None:
    links = pa.Table.from_pylist(
        [
            {
                "left_id": "a", "right_id": "b", "rank": 1, "score": 0.0, "probability": anybody * best,
                "nobody": 1 - anybody, "left_row": place,
            }
            for place, (anybody, best) in enumerate(rows)
        ],
        AS_MODELLED,
    )  # fmt: skip
    odds = odds_of_share(share, TRAINED)
    stated = state_links(links, odds)["probability"].to_numpy()
    assert ((stated >= 0) & (stated <= 1)).all()
    before = links["probability"].to_numpy()
    assert ((stated >= before - 1e-6) if odds >= 1 else (stated <= before + 1e-6)).all()


def test_the_same_link_is_stated_surer_where_the_whole_list_is_there(tmp_path: Path) -> None:
    words = [f"{first}{last}" for first in ("fjell", "skog", "vinter", "hav", "bre", "troll") for last in
             ("bakeri", "rederi", "verksted", "gartneri", "mølle", "sagbruk", "hotell", "trykkeri", "fiskemat", "ysteri")]  # fmt: skip
    right = [f"{word.title()} AS" for word in words]
    reports: list[LinkReport] = []
    chances = []
    for left in (right, [*right[:15], *(f"Zuqix{place} Wopla GmbH {word}" for place, word in enumerate(words[15:]))]):
        write(tmp_path / "left.parquet", left)
        write(tmp_path / "right.parquet", right)
        out = tmp_path / "links.parquet"
        reports.append(link_files(tmp_path / "left.parquet", tmp_path / "right.parquet", out, progress=silent))
        best = pyarrow.parquet.read_table(out).to_pylist()
        chances.append(next(row["probability"] for row in best if row["left_id"] == "3"))
    assert reports[0].present > 0.9 > 0.6 > reports[1].present
    assert chances[0] > chances[1]


def write(path: Path, names: list[str]) -> None:
    rows = [{"id": str(place), "name": name, "country": "NO"} for place, name in enumerate(names)]
    pyarrow.parquet.write_table(pa.Table.from_pylist(rows), path)
