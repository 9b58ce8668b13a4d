"""A description as it is written in config.toml, to paste and edit."""

import json
import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from enrich.icp.model import Criteria, Icp

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_EMPTY: tuple[object, ...] = (None, "", (), [])


def write_icp(name: str, icp: Icp, notes: Mapping[str, str] | None = None) -> str:
    """The sections `[icp.NAME]` of an ICP; `notes` are comments by "must.NAME" and "should[N]".

    >>> icp = Icp.model_validate({"must": {"country": ["NO"]}, "should": [{"employees": "10-49", "weight": 2.5}]})
    >>> print(write_icp("like", icp, {"should[0]": "8 of 9"}))
    [icp.like.must]
    country = ["NO"]
    <BLANKLINE>
    [[icp.like.should]]
    employees = "10-49"   # 8 of 9
    weight = 2.5
    """
    said = {
        "description": icp.description,
        "extends": icp.extends,
        "without": icp.without,
        "must": _said(icp.must, is_added=icp.extends is not None),
        "should": [{**_said(wish), "weight": wish.weight} for wish in icp.should],
        "must_not": _said(icp.must_not, is_added=icp.extends is not None),
    }
    return write_sections(name, said, notes)


def write_sections(name: str, said: Mapping[str, object], notes: Mapping[str, str] | None = None) -> str:
    """The sections `[icp.NAME]` of what is said of a description, as config.toml has it; a wish without a weight has 1.

    >>> print(write_sections("min kunde", {"must": {"status": ("active",)}, "should": [{"has_website": True}]}))
    [icp."min kunde".must]
    status = ["active"]
    <BLANKLINE>
    [[icp."min kunde".should]]
    has_website = true
    weight = 1
    """
    told = notes or {}
    title = f"icp.{name if _BARE_KEY.fullmatch(name) else write_value(name)}"
    head = {
        key: value for key, value in said.items() if key not in ("must", "should", "must_not") and value not in _EMPTY
    }
    sections = [_section(f"[{title}]", head)]
    must = _mapping(said.get("must"))
    sections.append(_section(f"[{title}.must]", must, {key: told.get(f"must.{key}") for key in must}))
    wishes = said.get("should")
    for index, wish in enumerate(map(_mapping, wishes if isinstance(wishes, Sequence) else ())):
        # what it asks comes first, how it is meant behind
        note = dict.fromkeys(list(wish)[:1], told.get(f"should[{index}]"))
        sections.append(_section(f"[[{title}.should]]", {**wish, "weight": wish.get("weight", 1)}, note))
    sections.append(_section(f"[{title}.must_not]", _mapping(said.get("must_not"))))
    return "\n\n".join(section for section in sections if section)


def write_value(value: object) -> str:
    r"""A value in TOML: its texts and lists are written as those of JSON are, less what could steer a terminal.

    >>> print(write_value({"kind": "job_ad", "words": (), "days": 60}), write_value(["Å", "\x1b", True, 2.0]))
    { kind = "job_ad", days = 60 } ["Å", "\u001b", true, 2]
    """
    if isinstance(value, Mapping):
        return (
            "{ " + ", ".join(f"{key} = {write_value(each)}" for key, each in value.items() if each not in _EMPTY) + " }"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(write_value, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "".join(map(_printable, json.dumps(value, ensure_ascii=False)))


def _section(title: str, said: Mapping[str, object], notes: Mapping[str, str | None] | None = None) -> str:
    """A section; empty where nothing is said in it."""
    told = notes or {}
    lines = [
        f"{key} = {write_value(value)}" + (f"   # {note}" if (note := told.get(key)) else "")
        for key, value in said.items()
    ]
    return "\n".join([title, *lines]) if lines else ""


def _said(criteria: Criteria, *, is_added: bool = False) -> dict[str, object]:
    """What criteria say, in the order of the form; a distance, growth or event in full.

    Of criteria that are added to another description's also the empty lists, which take back what that asks.
    """
    said: dict[str, object] = {}
    for name, field in type(criteria).model_fields.items():
        value = getattr(criteria, name)
        if value != field.default or (is_added and value == () and name in criteria.model_fields_set):
            said[name] = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return said


def _mapping(said: object) -> dict[str, object]:
    return dict(said) if isinstance(said, Mapping) else {}


def _printable(letter: str) -> str:
    """A character by which a text could steer a terminal, as TOML escapes it."""
    return letter if letter.isprintable() else f"\\U{ord(letter):08x}"
