"""The access log loses no line, neither to a stop nor to somebody who opens personal data at that moment."""

import json
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from enrich.access_log import log_access, rewrite_access_log
from enrich.config import Config


@pytest.fixture
def config(tmp_path: Path) -> Config:
    config = Config(who="kari", data=tmp_path)
    for why in ("call Sentinella", "export"):
        log_access(config, Path("people-1.duckdb"), why)
    return config


def reasons(config: Config) -> list[object]:
    log = config.data / "people-access.log"
    return [json.loads(line)["why"] for line in log.read_text(encoding="utf-8").splitlines()]


def forget_sentinella(line: Mapping[str, object]) -> Mapping[str, object]:
    return {**line, "why": None} if "Sentinella" in str(line["why"]) else line


def test_a_stop_at_any_moment_leaves_the_whole_log(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for method in ("os.fsync", "pathlib.Path.replace"):
        with monkeypatch.context() as patched:
            patched.setattr(method, stop)
            with pytest.raises(KeyboardInterrupt):
                rewrite_access_log(config.data, forget_sentinella)
        assert reasons(config) == ["call Sentinella", "export"]
    rewrite_access_log(config.data, forget_sentinella)
    assert reasons(config) == [None, "export"]
    assert [path.name for path in config.data.iterdir() if "access.log" in path.name] == ["people-access.log"]


def test_who_opens_the_people_file_while_the_log_is_rewritten_is_noted(config: Config) -> None:
    opening = threading.Thread(target=log_access, args=(config, Path("people-2.duckdb"), "search"))

    def rewrite(line: Mapping[str, object]) -> Mapping[str, object]:
        if opening.ident is None:
            opening.start()
        return forget_sentinella(line)

    rewrite_access_log(config.data, rewrite)
    opening.join()
    assert reasons(config) == [None, "export", "search"]
