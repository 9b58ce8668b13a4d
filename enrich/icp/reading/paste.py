"""A reading as a section of config.toml, to paste and edit."""

import json
from collections.abc import Mapping

from enrich.icp.reading.read import Reading


def to_toml(reading: Reading, name: str) -> str:
    """The section `[icp.NAME]` that asks for what was read.

    >>> from enrich.icp.reading.read import read_text
    >>> print(to_toml(read_text("tannleger i Oslo, helst med nettside, ikke konkurs"), "dentists"))
    [icp.dentists.must]
    industry = ["86.23"]
    municipality = ["Oslo"]
    <BLANKLINE>
    [[icp.dentists.should]]
    has_website = true
    weight = 1
    <BLANKLINE>
    [icp.dentists.must_not]
    status = ["bankrupt"]
    """
    sections = []
    if reading.must:
        sections.append([f"[icp.{name}.must]", *_lines(reading.must)])
    sections += [
        [f"[[icp.{name}.should]]", *_lines({wish.criterion: wish.value}), "weight = 1"] for wish in reading.should
    ]
    if reading.must_not:
        sections.append([f"[icp.{name}.must_not]", *_lines(reading.must_not)])
    return "\n\n".join("\n".join(lines) for lines in sections)


def _lines(criteria: Mapping[str, object]) -> list[str]:
    return [f"{criterion} = {to_toml_value(value)}" for criterion, value in criteria.items()]


def to_toml_value(value: object) -> str:
    """A criterion's value as TOML writes it; strings and numbers are as in JSON.

    >>> print(to_toml_value({"kind": "job_ad", "occupations": ("hr",), "days": 60}))
    { kind = "job_ad", occupations = ["hr"], days = 60 }
    """
    if isinstance(value, Mapping):
        pairs = (f"{key} = {to_toml_value(item)}" for key, item in value.items() if item != ())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(to_toml_value, value))}]"
    return "".join(map(_printable, json.dumps(value, ensure_ascii=False)))


def _printable(letter: str) -> str:
    """A character by which a text could steer a terminal, as TOML escapes it."""
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
