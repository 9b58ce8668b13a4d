"""An ICP as it is written in config.toml."""

import json
from collections.abc import Mapping

from enrich.icp.model import Criteria, Icp


def write_icp(name: str, icp: Icp, notes: Mapping[str, str] | None = None) -> str:
    """The sections `[icp.NAME]` of an ICP, to put into config.toml; `notes` are comments by "must.NAME" and "should[N]".

    >>> icp = Icp.model_validate({"must": {"country": ["NO"]}, "should": [{"employees": "10-49", "weight": 2.5}]})
    >>> print(write_icp("like", icp, {"should[0]": "8 of 9"}))
    [icp.like.must]
    country = ["NO"]
    <BLANKLINE>
    [[icp.like.should]]
    employees = "10-49"   # 8 of 9
    weight = 2.5
    """
    told = notes or {}
    parts = [f"[icp.{name}]\ndescription = {_value(icp.description)}"] if icp.description else []
    if icp.must.asked():
        parts.append(
            f"[icp.{name}.must]\n" + _lines(icp.must, {each: told.get(f"must.{each}") for each in icp.must.asked()})
        )
    for index, wish in enumerate(icp.should):
        note = dict.fromkeys(wish.asked(), told.get(f"should[{index}]"))
        parts.append(f"[[icp.{name}.should]]\n" + _lines(wish, note) + f"\nweight = {wish.weight:g}")
    if icp.must_not.asked():
        parts.append(f"[icp.{name}.must_not]\n" + _lines(icp.must_not, {}))
    return "\n\n".join(parts)


def _lines(criteria: Criteria, notes: Mapping[str, str | None]) -> str:
    said = criteria.model_dump(mode="json", exclude_defaults=True, include=set(Criteria.model_fields))
    return "\n".join(
        f"{name} = {_value(value)}" + (f"   # {note}" if (note := notes.get(name)) else "")
        for name, value in said.items()
    )


def _value(value: object) -> str:
    """A value in TOML: its texts, numbers and lists are written as those of JSON are.

    >>> _value({"kind": "job_ad", "days": 60}), _value(["Å", True])
    ('{ kind = "job_ad", days = 60 }', '["Å", true]')
    """
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
