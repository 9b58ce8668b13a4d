"""A first configuration: commented, with one ICP that suits the country's registers."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

from db.errors import FolderReadOnly
from enrich.crm.country import country_names, english_name
from enrich.crm.labels import fold_label
from enrich.errors import InputInvalid
from sources.registry import find_sources

_TERRITORIES = (
    "AI AQ AS AW AX BL BM BQ BV CC CK CW CX EH FK FO GF GG GI GL GP GS GU HK HM IM IO JE KY MF MO MP MQ MS NC NF NU PF PM "
    "PN PR RE SH SJ SX TC TF TK UM VG VI WF YT"
)
"""Codes of ISO 3166-1 for what is no country of its own, but has companies in registers."""

_RICH_REGISTERS: Mapping[str, str] = {
    "NO": """\
[icp.software_no]
description = "Norwegian software houses of a size that buys"

[icp.software_no.must]
country = ["NO"]
industry = ["62"]            # codes or their first digits
employees = "10-200"

[[icp.software_no.should]]
has_website = true
weight = 2

[[icp.software_no.should]]
region = ["Oslo", "Vestland"]

[[icp.software_no.should]]
words = ["sky", "cloud", "plattform"]

[icp.software_no.must_not]
legal_form = ["NUF"]         # branches of foreign companies
""",
    "SE": """\
[icp.software_se]
description = "Swedish software companies (the open registers know no size)"

[icp.software_se.must]
country = ["SE"]
industry = ["62"]            # codes or their first digits
legal_form = ["AB"]

[[icp.software_se.should]]
words = ["system", "data", "digital"]
""",
}
"""Countries whose own register is loaded: its ICP can ask for industry."""

_NAMES_ONLY = """\
[icp.first]
description = "Companies in $plain by words in their names (GLEIF knows neither industry nor size)"

[icp.first.must]
country = [$country]

[[icp.first.should]]
words = ["software", "data", "digital"]
weight = 2
"""


def read_country(said: str) -> str:
    """The code (ISO 3166-1 alpha-2) that was meant; raises `InputInvalid` with what to write instead.

    >>> read_country(" se ")
    'SE'
    >>> read_country("Sverige")
    Traceback (most recent call last):
    enrich.errors.InputInvalid: 'Sverige' is no country code: write two letters, SE for Sweden.
    """
    code = said.strip().upper()
    if code in {*country_names().values(), *_TERRITORIES.split()}:
        return code
    meant = country_names().get(fold_label(said))
    # of two letters one wrong is another country altogether: the nearest would be a guess
    hint = f"{meant} for {english_name(meant)}" if meant is not None else "such as NO, SE or DE"
    raise InputInvalid(f"{said!r} is no country code: write two letters, {hint}.")


def read_who(said: str) -> str:
    """The name or e-mail without spaces around it; raises `InputInvalid` where there is none."""
    if not said.strip():
        raise InputInvalid("A name or e-mail is needed: it is written beside every decision (--who).")
    return said.strip()


def render_config(*, country: str, who: str) -> str:
    """The text of a first config.toml; `country` is ISO 3166-1 alpha-2.

    >>> 'country = ["SE"]' in render_config(country="SE", who="Kari")
    True
    """
    code, who = read_country(country), read_who(who)
    values = {"country": _toml(code), "plain": code, "who": _toml(who)}
    icp = Template(_RICH_REGISTERS.get(code, _NAMES_ONLY)).substitute(values)
    name = _toml(f"software_{code.lower()}" if code in _RICH_REGISTERS else "first")
    template = files("enrich").joinpath("init.toml").read_text(encoding="utf-8")
    return Template(template).substitute(values, icp=icp, name=name)


def registers_of(country: str) -> tuple[str, ...]:
    """Registers to load for a country, its own first, GLEIF for every country.

    >>> registers_of("no"), registers_of("SE")
    (('no_brreg', 'gleif'), ('se_bolagsverket', 'se_scb', 'gleif'))
    """
    found = find_sources().items()
    national = [name for name, one in found if one.SOURCE.layouts and one.SOURCE.country == country.strip().upper()]
    return (*national, "gleif")


def write_config(path: Path, *, country: str, who: str) -> None:
    """Write a first configuration to `path`; raises `InputInvalid` where there already is one."""
    text = render_config(country=country, who=who)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise InputInvalid(
            f"{path} is already here and was left as it is. Edit it, or name another with --config."
        ) from None
    except OSError as error:
        raise FolderReadOnly(path.parent, instead="name a file elsewhere with --config") from error


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML basic string
