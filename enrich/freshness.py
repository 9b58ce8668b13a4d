"""How old what is known of the CRM is, where it is pulled: what was sold or closed since then is not known.

A file that was taken in by hand grows old too, but nobody promised to bring another one
(docs/decisions/0016-stale-crm.md).
"""

from datetime import UTC, datetime, timedelta

from enrich.config import Config, SourceConfig
from enrich.errors import ConfirmationNeeded
from enrich.gate import Readers
from sources.kinds.crm_api import CrmConnector
from sources.registry import find_sources
from sources.source import Connector

FRESH = timedelta(days=7)
"""A CRM that was pulled longer ago is stale."""


def is_switched_on(connector: Connector, configured: SourceConfig) -> bool:
    """Whether a source can be asked at all: a CRM is, once the configuration names the variable with its token."""
    return not isinstance(connector, CrmConnector) or configured.secret_env is not None


def tell_stale(config: Config, readers: Readers) -> str | None:
    """A sentence for a person where the CRM that the published files were made with is pulled, and stale."""
    connectors = find_sources()
    for row in readers.warehouse.rows("status/sources"):
        name, pulled_at = str(row["name"]), row["last_delivery_at"]
        connector = connectors.get(name)
        if not isinstance(connector, CrmConnector) or not isinstance(pulled_at, datetime):
            continue
        if not is_switched_on(connector, config.sources.get(name, SourceConfig())):
            continue
        age = datetime.now(UTC) - pulled_at.astimezone(UTC)
        if age > FRESH:
            return (
                f"The CRM was last pulled {age.days} days ago ({pulled_at:%Y-%m-%d}): customers, deals, contacts and opt-outs "
                f"since then are not known. Bring it up to date with `prospekt refresh {name}`."
            )
    return None


def refuse_stale(config: Config, readers: Readers, *, stale_ok: bool) -> None:
    """Raise `ConfirmationNeeded` where something would leave by a stale CRM and nobody said that this is well."""
    told = tell_stale(config, readers)
    if told is not None and not stale_ok:
        raise ConfirmationNeeded(f"{told} Nothing was exported; --stale-ok exports all the same.")
