"""Structured data of real pages, as extruct's tests have them: the organisations that their expected output has, and no other."""

import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from sources.kinds.html_page import HtmlPage
from sources.kinds.structured_data import ORGANISATION_TYPES, json_ld, microdata, organisations, types_of

SAMPLES = "tests/samples/"


def stated(value: Any) -> Iterator[tuple[Any, ...]]:
    """(type, name, telephone) of the organisations in any nesting, in the form of extruct or of JSON-LD."""
    if isinstance(value, list):
        for one in value:
            yield from stated(one)
    elif isinstance(value, dict):
        inside = value.get("properties")
        node = {"@type": value.get("type")} | inside if isinstance(inside, dict) else value
        for kind in types_of(node) & ORGANISATION_TYPES:
            yield kind, node["name"], node.get("telephone")
        for one in node.values():
            yield from stated(one)


@pytest.fixture(scope="module")
def samples(real_data: Path) -> dict[str, bytes]:
    with tarfile.open(real_data / "html" / "extruct_tests_samples.tar.gz") as archive:
        files = {member.name: archive.extractfile(member) for member in archive if member.isfile()}
        return {name.removeprefix(SAMPLES): file.read() for name, file in files.items() if file is not None}


def page(samples: dict[str, bytes], name: str) -> HtmlPage:
    source = samples[name].decode()
    return HtmlPage(
        url="http://www.example.com/",
        source=source,
        root=html.fromstring(source),
        headers=(),
        fetched_at=datetime.now(UTC),
    )


@pytest.mark.real_data
def test_the_organisations_of_real_pages_are_read_as_their_expected_output_says(samples: dict[str, bytes]) -> None:
    compared = 0
    for name in samples:
        stem, _, ending = name.rpartition(".")
        if (
            ending not in ("json", "jsonld")
            or f"{stem}.html" not in samples
            or "rdfa" in name
            or name.startswith("misc/")
        ):
            continue
        of = page(samples, f"{stem}.html")
        read = list(stated(json_ld(of.root) if ending == "jsonld" else microdata(of)))
        assert read == list(stated(json.loads(samples[name]))), name
        compared += 1
    assert compared > 30


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("schema.org/LocalBusiness.002.html", ["GreatFood"]),
        ("schema.org/product.html", []),  # who sells it is somebody else
        ("songkick/jsonld_empty_item_test.html", []),
        ("misc/null_ld_mock.html", ["Some Name Goes Here"]),
    ],
)
def test_a_page_is_of_whom_it_says_and_of_nobody_that_it_only_names(
    name: str, said: list[str], samples: dict[str, bytes]
) -> None:
    assert [one.name for one in organisations(page(samples, name))] == said
