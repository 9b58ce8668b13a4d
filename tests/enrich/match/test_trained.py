"""The team's own model in the data folder: put to use, gone back from, and read beside a newer program."""

from dataclasses import replace
from pathlib import Path

import pytest

from db.errors import FolderReadOnly
from enrich.errors import InputInvalid
from enrich.match.model import TRAINED, load_model, shipped_model, write_model
from enrich.match.trained import Origin, read_origin, undo_training, write_trained


def test_going_back_walks_through_the_models_before(tmp_path: Path) -> None:
    data = tmp_path / "new"
    versions: list[str | None] = [None]
    for version in ("2+a", "2+b"):
        model = replace(shipped_model(), version=version, prior=-float(len(versions)))
        write_trained(data, model, Origin(before=versions[-1], last_decision='"', with_gold=True), told="a\nb")
        versions.append(version)
        assert load_model(data) == model
        assert read_origin(data) == Origin(before=versions[-2], last_decision='"', with_gold=True)
    assert [undo_training(data), undo_training(data)] == ["2+a", None]
    assert load_model(data) == shipped_model()
    assert sorted(path.name for path in (data / "models").iterdir()) == ["2+a.toml", "2+b.toml"]
    with pytest.raises(InputInvalid, match="no training to undo"):
        undo_training(data)


def test_a_model_put_there_by_hand_is_kept_aside_and_lacks_nothing_that_is_new(tmp_path: Path) -> None:
    known = {key: weight for key, weight in shipped_model().weights.items() if key[0] != "place"}
    by_hand = replace(shipped_model(), version="mine", prior=-1.0, weights=known | {("gone", "same"): 1.0})
    (tmp_path / TRAINED).write_text(write_model(by_hand), encoding="utf-8")
    assert load_model(tmp_path) == replace(shipped_model(), version="mine", prior=-1.0)
    write_trained(tmp_path, shipped_model(), Origin(before="mine", last_decision="", with_gold=False), told="")
    assert undo_training(tmp_path) == "mine"
    assert load_model(tmp_path).version == "mine"


def test_a_folder_that_cannot_be_written_to_keeps_what_it_has(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("in the way", encoding="utf-8")
    with pytest.raises(FolderReadOnly):
        write_trained(tmp_path, shipped_model(), Origin(before=None, last_decision="", with_gold=False), told="")
    assert [path.name for path in tmp_path.iterdir()] == ["models"]
