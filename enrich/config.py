"""The configuration: config.toml and the environment, validated, passed down as a value."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from enrich.icp.model import Icp, Territory


class SourceConfig(BaseModel):
    """Switches of one source, `[sources.NAME]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = True
    cadence_hours: int | None = None
    secret_env: str | None = None
    """Name of the environment variable that holds the source's secret; never the secret itself."""


class CrmConfig(BaseModel):
    """How CRM exports are read, `[crm]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    portal: str | None = None
    """HubSpot portal (account) number, part of our ids of its records."""
    country: str | None = None
    """ISO 3166-1 alpha-2 to assume for numbers and phones of rows that name no country."""
    date_order: str | None = None
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
