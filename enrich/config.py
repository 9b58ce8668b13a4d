"""The configuration: config.toml and the environment, validated, passed down as a value.

`load_config` finds the file, lays the environment over it and lists everything that is wrong in one message.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, field_validator

from enrich.crm.labels import KINDS, fields_of
from enrich.errors import ConfigInvalid, ConfigMissing
from enrich.icp.inherit import resolve_icp, resolve_icps
from enrich.icp.model import Icp, Territory
from sources.registry import source_names

CONFIG_VARIABLE = "PROSPEKT_CONFIG"
DATA_VARIABLE = "PROSPEKT_DATA"
OVERRIDES = {"PROSPEKT_WHO": "who", "PROSPEKT_CONTACT": "contact"}
"""Environment variables that outrank a key of the file."""

_SECRET_NAME = re.compile(r"pass(word|wd)?$|secret$|token$|api_?key$|credential", re.IGNORECASE)
_SECRET_VALUE = re.compile(
    r"(pat-|sk-|ghp_|xox[bp]-|eyJ|Bearer )\S{8,}"  # tokens of well-known services
    r"|(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z0-9_\-+=]{24,}"  # else long, mixed, unbroken
)
_VARIABLE_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_SECTION = re.compile(r"\s*\[(\[)?\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+))\s*=")

Place = tuple[str | int, ...]


class SourceConfig(BaseModel):
    """Switches of one source, `[sources.NAME]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    cadence_hours: int | None = None
    secret_env: str | None = None
    """Name of the environment variable that holds the source's secret; never the secret itself."""
    most_lookups: int = Field(default=500, ge=0)
    """Companies asked one by one in a refresh, for roles, accounts and web sites each; 0 asks for none."""


class CrmConfig(BaseModel):
    """How CRM exports are read, `[crm]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    portal: str | None = None
    """HubSpot portal (account) number, part of our ids of its records."""
    country: str | None = None
    """ISO 3166-1 alpha-2 to assume for numbers and phones of rows that name no country."""
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    """dmy, mdy or ymd, for dates that can be read in two ways; left out, such a column is decided by its own rows."""
    companies: dict[str, str] = Field(default_factory=dict)
    """Own column mapping of company files: column in the file = our field; "" ignores it."""
    contacts: dict[str, str] = Field(default_factory=dict)
    deals: dict[str, str] = Field(default_factory=dict)
    owners: dict[str, str] = Field(default_factory=dict)
    won_stages: tuple[str, ...] = ()
    lost_stages: tuple[str, ...] = ()
    """Deal stages (labels or values) of your own pipelines that mean won and lost."""


class MatchConfig(BaseModel):
    """Thresholds of matching, `[match]`, as probabilities."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    accept: float = Field(default=0.90, ge=0, le=1)
    review: float = Field(default=0.40, ge=0, le=1)
    ambiguous_gap: float = Field(default=0.15, ge=0, le=1)
    """A runner-up this near to the best makes the best ambiguous."""
    present: float | None = Field(default=None, gt=0, lt=1)
    """Share (0-1) of the CRM's records whose company is in the registers that are loaded; null = as of the model."""


class FindConfig(BaseModel):
    """What a search leaves out, `[find]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    icp: str | None = None
    """The ICP used when --icp is not given; the only one there is needs no mention."""
    contacted_days: int = Field(default=90, ge=0)
    """Contacted or handed over in the last so many days: left out."""


class Config(BaseModel):
    """Everything that a run needs to know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: str
    """Name or e-mail of the user, written beside every decision; never guessed."""
    data: Path = Path("data")
    contact: str | None = None
    """Web address or e-mail that sources see in our User-Agent."""
    sources: dict[str, SourceConfig] = Field(default_factory=dict)
    crm: CrmConfig = CrmConfig()
    match: MatchConfig = MatchConfig()
    find: FindConfig = FindConfig()
    icp: dict[str, Icp] = Field(default_factory=dict)
    territory: dict[str, Territory] = Field(default_factory=dict)
    _faulty_icps: dict[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)

    @property
    def faulty_icps(self) -> Mapping[str, tuple[str, ...]]:
        """The descriptions that cannot be used, by name, with everything that is wrong with each: they stop only what asks for them."""
        return self._faulty_icps

    def set_aside(self, name: str, problem: str) -> None:
        """Note what is wrong with a description that is not among the others."""
        self._faulty_icps[name] = (*self._faulty_icps.get(name, ()), problem)

    def require_icp(self, name: str) -> None:
        """Raise `ConfigInvalid` where the description of that name is faulty."""
        if name in self._faulty_icps:
            raise ConfigInvalid(self._faulty_icps[name], place=f"The ICP {name!r}")

    @field_validator("icp")
    @classmethod
    def _with_what_they_extend(cls, icps: dict[str, Icp]) -> dict[str, Icp]:
        return resolve_icps(icps)

    def of_source(self, name: str, *, is_opt_in: bool) -> SourceConfig:
        """The switches of a source; one that is opt-in is off without a section of its own."""
        return self.sources.get(name, SourceConfig(enabled=not is_opt_in))

    @property
    def journal(self) -> Path:
        """Folder of people's decisions."""
        return self.data / "journal"

    @property
    def landing(self) -> Path:
        """Folder of files as received, redacted."""
        return self.data / "landing"

    @property
    def published(self) -> Path:
        """Folder of the files for readers."""
        return self.data / "published"

    @property
    def rejects(self) -> Path:
        """Folder of the reject files of imports."""
        return self.data / "rejects"

    @property
    def key_file(self) -> Path:
        """The key of every HMAC; outside the warehouse, 0600."""
        return self.data / "keys" / "hmac.key"


def load_config(path: Path | None, *, data: Path | None = None, environ: Mapping[str, str]) -> Config:
    """The configuration of a file, the environment and the command line, the last outranking the first.

    The file is `path`, else `$PROSPEKT_CONFIG`, else `config.toml` here. A data folder in the file is relative to the
    file; one given as `data` or `$PROSPEKT_DATA` is relative to the working folder. Where all that is wrong is in
    descriptions, `[icp.NAME]`, these are set aside (`Config.faulty_icps`).
    Raises `ConfigMissing` where there is no file, `ConfigInvalid` with every problem in it.
    """
    file = find_config(path, environ=environ)
    try:
        text = file.read_text(encoding="utf-8-sig")
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigInvalid([f"not valid TOML: {error}"], place=str(file)) from error
    except OSError as error:
        raise ConfigInvalid([f"cannot be read: {error.strerror}"], place=str(file)) from error
    said |= {key: environ[variable] for variable, key in OVERRIDES.items() if environ.get(variable)}
    dangling = dict(_dangling_names(said))
    icps, of_icps = _read_icps(_section(said, "icp"), [place for place in dangling if place[0] == "icp"])
    problems: dict[Place, str] = dict(_secrets_in(said))
    config: Config | None = None
    try:
        config = Config.model_validate(said | ({"icp": icps} if isinstance(said.get("icp"), dict) else {}))
    except ValidationError as invalid:
        problems = _told(invalid) | problems
    problems = dangling | dict(_wrong_fields(said)) | of_icps | problems
    told = {place: _with_line(text, place, what) for place, what in problems.items()}
    of_icps |= {place: what for place, what in dangling.items() if place[0] == "icp"}
    if config is None or not of_icps.keys() >= told.keys():
        raise ConfigInvalid(list(told.values()), place=str(file))
    for place, what in told.items():
        config.set_aside(str(place[1]), what)
    return config.model_copy(update={"data": _data_folder(config, file, data, environ)})


def _read_icps(said: Mapping[str, object], dangling: Iterable[Place]) -> tuple[dict[str, Icp], dict[Place, str]]:
    """The descriptions that can be used, each with all that it extends, and what else than `dangling` is wrong with the others."""
    read: dict[str, Icp] = {}
    problems: dict[Place, str] = {}
    for name, each in said.items():
        try:
            read[name] = Icp.model_validate(each)
        except ValidationError as invalid:
            problems |= _told(invalid, ("icp", name))
    faulty = {str(place[1]) for place in (*problems, *dangling)}
    usable: dict[str, Icp] = {}
    for name in read:
        broken = next((each for each in _extended(name, said) if each in faulty), None)
        if broken is not None and name not in faulty:
            problems["icp", name, "extends"] = f"{broken!r} has problems of its own: mend these first"
        if broken is not None:
            continue
        try:
            usable[name] = resolve_icp(name, read)
        except ValidationError as invalid:
            problems |= _told(invalid, ("icp", name))
        except ValueError as error:
            problems["icp", name] = f"{error}"
    return usable, problems


def _extended(name: str, said: Mapping[str, object]) -> list[str]:
    """The description of that name and all that it extends, the nearest first."""
    chain = [name]
    while isinstance(before := _section(said, chain[-1]).get("extends"), str) and before not in chain:
        chain.append(before)
    return chain


def _told(invalid: ValidationError, place: Place = ()) -> dict[Place, str]:
    told: dict[Place, str] = {}
    for wrong in invalid.errors():
        where = (*place, *wrong["loc"])
        told.setdefault(where, _sentence(wrong["type"], wrong["msg"], where, wrong.get("ctx", {})))
    return told


def find_config(path: Path | None, *, environ: Mapping[str, str]) -> Path:
    """The file to load; raises `ConfigMissing` where it is not there."""
    named = path or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    file = (named or Path("config.toml")).expanduser()
    if not file.is_file():
        raise ConfigMissing(file)
    return file.resolve()


def _data_folder(config: Config, file: Path, data: Path | None, environ: Mapping[str, str]) -> Path:
    given = data or (Path(environ[DATA_VARIABLE]) if environ.get(DATA_VARIABLE) else None)
    folder = (given.expanduser() if given is not None else file.parent / config.data.expanduser()).resolve()
    if folder.is_file():
        raise ConfigInvalid([f"{folder} is a file, and no folder for the data"], place="The configuration")
    return folder


_NEEDED = {
    "string_type": 'needs text in quotes, as in "NO"',
    "bool_type": "needs true or false, without quotes",
    "bool_parsing": "needs true or false, without quotes",
    "path_type": "needs a path in quotes",
    "date": "needs a date like 2026-08-31",
    "list_type": 'needs a list, as in ["NO", "SE"]',
    "tuple_type": 'needs a list, as in ["NO", "SE"]',
    "dict_type": "is a section: write it in square brackets on a line of its own, its keys below it",
    "model_type": "is a section: write it in square brackets on a line of its own, its keys below it",
    "greater_than_equal": "needs a number of {ge} or more",
    "less_than_equal": "needs a number of {le} or less",
    "greater_than": "needs a number above {gt}",
    "less_than": "needs a number below {lt}",
    "literal_error": "has to be one of {expected}",
}
"""What a value of the wrong type or size needs, by the validator's name for it, whose own words are for programs."""


def _sentence(kind: str, message: str, place: Place, context: Mapping[str, object]) -> str:
    if kind == "extra_forbidden":
        known = _keys_at(place[:-1])
        near = get_close_matches(str(place[-1]), known, n=1)
        return "unknown key" + (f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(sorted(known))}")
    if kind == "missing":
        return "missing; it has to be set"
    if kind == "value_error":  # our own words
        said = message.removeprefix("Value error, ")
        return said[:1].lower() + said[1:]
    if kind.startswith(("int_", "float_", "finite_")):
        return f"needs a {'whole ' if kind.startswith('int_') else ''}number, without quotes"
    kind = next((known for known in ("date", "model", "dict") if kind.startswith(f"{known}_")), kind)
    needed = _NEEDED.get(kind, _NEEDED.get(f"{kind}_type", "has a value that cannot be used here"))
    bounds = {name: f"{value:g}" if isinstance(value, int | float) else value for name, value in context.items()}
    return needed.format_map(bounds)


def _keys_at(place: Place) -> list[str]:
    """The keys that may stand in the section at that place."""
    kind: object = Config
    for part in place:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        else:
            kind = next(
                (arg for arg in reversed(get_args(kind)) if arg not in (Ellipsis, type(None))), None
            )  # the value of a dict, the member of a tuple
        if get_origin(kind) in (Union, UnionType):
            kind = get_args(kind)[0]
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _leaves(said: object, place: Place = ()) -> Iterator[tuple[Place, object]]:
    if isinstance(said, dict):
        for key, value in said.items():
            yield from _leaves(value, (*place, key))
    elif isinstance(said, list):
        for index, value in enumerate(said):
            yield from _leaves(value, (*place, index))
    else:
        yield place, said


def _secrets_in(said: Mapping[str, object]) -> Iterator[tuple[Place, str]]:
    """Values that look like a secret; the message never repeats them."""
    for place, value in _leaves(said):
        if not isinstance(value, str) or not value:
            continue
        key = str(place[-1])
        if key == "secret_env":
            if not _VARIABLE_NAME.fullmatch(value):
                yield place, "must be the NAME of an environment variable (capitals, digits, _), not the secret itself"
        elif _SECRET_NAME.search(key) or _SECRET_VALUE.fullmatch(value):
            yield place, "looks like a secret; put it into an environment variable and its name into secret_env"


def _dangling_names(said: Mapping[str, object]) -> Iterator[tuple[Place, str]]:
    """References to sections that do not exist, and thresholds in the wrong order."""
    known = source_names()
    for name in _section(said, "sources"):
        if name not in known:
            yield ("sources", name), _unknown("source", name, known)
    icps, territories = _section(said, "icp"), _section(said, "territory")
    default = _section(said, "find").get("icp")
    if isinstance(default, str) and default not in icps:
        yield ("find", "icp"), _unknown("ICP", default, list(icps))
    for place, value in _leaves(icps):
        if "territory" in place[2:] and isinstance(value, str) and value not in territories:
            yield ("icp", *place), _unknown("territory", value, list(territories))
    for name, icp in icps.items():
        extended = icp.get("extends") if isinstance(icp, dict) else None
        if isinstance(extended, str) and extended not in icps:
            yield ("icp", name, "extends"), _unknown("ICP", extended, [each for each in icps if each != name])
    match = _section(said, "match")
    accept, review = match.get("accept", MatchConfig().accept), match.get("review", MatchConfig().review)
    if isinstance(accept, int | float) and isinstance(review, int | float) and review > accept:
        yield ("match", "review"), f"{review} is above accept ({accept}); review must not be greater"


def _wrong_fields(said: Mapping[str, object]) -> Iterator[tuple[Place, str]]:
    """Columns of CRM files that are mapped to no field of ours."""
    for kind in KINDS:
        fields = fields_of(kind)
        for column, field in _section(_section(said, "crm"), kind).items():
            if isinstance(field, str) and field and field not in fields:
                near = get_close_matches(field, fields, n=1)
                have = f"did you mean {near[0]}?" if near else f"its fields: {', '.join(fields)}"
                yield ("crm", kind, column), f"{field!r} is no field of {kind}; {have}"


def _section(of: object, name: str) -> Mapping[str, object]:
    found = of.get(name) if isinstance(of, dict) else None
    return found if isinstance(found, dict) else {}


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, names := sorted(known), n=1)
    have = f"did you mean {near[0]}?" if near else f"there is {', '.join(names) or 'none'}"
    return f"there is no {what} {name!r}; {have}"


def _with_line(text: str, place: Place, what: str) -> str:
    line = _line_of(text, place)
    said = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    return said + (f" (line {line})" if line else "") + f": {what}"


def _line_of(text: str, place: Place) -> int | None:
    r"""Line (from 1) of the key at that place, else of its section; null for a key that is not in the file.

    >>> _line_of('[icp.a]\n[[icp.a.should]]\nweigth = 2\n', ("icp", "a", "should", 0, "weigth"))
    3
    """
    section: Place = ()
    seen: dict[str, int] = {}
    best = None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _SECTION.match(line):
            name = header[2]
            section = tuple(part.strip(" \"'") for part in name.split("."))
            if header[1]:
                section = (*section, seen.get(name, 0))
                seen[name] = seen.get(name, 0) + 1
            if section and section == place[: len(section)]:
                best = number
        elif key := _KEY.match(line):
            quoted = key[1] or key[2]
            here = (*section, *(key[3].split(".") if quoted is None else (quoted,)))
            if here == place[: len(here)]:
                return number
    return best
