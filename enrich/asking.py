"""What sources are asked company by company, after their files: of companies that the last runs found to be wanted."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from db.keyed import lend_key
from db.warehouse import Warehouse
from enrich.accounts import refresh_accounts
from enrich.config import Config, SourceConfig
from enrich.delivery_report import DeliveryReport
from enrich.gate import read_key
from enrich.knowledge import refresh_knowledge
from enrich.land import LandReport
from enrich.mandates import refresh_mandates
from enrich.numbers import refresh_numbers
from enrich.pipeline import Say
from enrich.progress import Progress
from enrich.roles import refresh_roles
from enrich.sites import refresh_sites
from sources.http import PoliteClient, user_agent
from sources.source import (
    AccountsConnector,
    Connector,
    Coverage,
    Delivery,
    KnowledgeConnector,
    MandatesConnector,
    NumbersConnector,
    RolesConnector,
    SiteConnector,
)
from sources.web import WebClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One source that is asked, with what all its questions share; `land` takes what it delivers as records."""

    warehouse: Warehouse
    config: Config
    client: PoliteClient
    landing: Path
    cursor: str | None
    land: Callable[[Delivery], LandReport | None]
    progress: Progress
    say: Say

    def ask(self, connector: Connector) -> Iterator[DeliveryReport]:
        """Ask all that the source can be asked; a report for each question whose answers are no deliveries."""
        most = self.config.sources.get(connector.SOURCE.name, SourceConfig()).most_lookups
        if isinstance(connector, NumbersConnector):
            self._ask_numbers(connector, most)
        if isinstance(connector, RolesConnector):
            self._ask_roles(connector, most)
        if isinstance(connector, MandatesConnector):
            self._ask_mandates(connector, most)
        if isinstance(connector, AccountsConnector):
            self._ask_accounts(connector, most)
        if isinstance(connector, KnowledgeConnector):
            yield from self._ask_knowledge(connector, most)
        if isinstance(connector, SiteConnector):
            yield self._ask_sites(connector, most)

    def _ask_numbers(self, connector: NumbersConnector, most: int) -> None:
        lend_key(self.warehouse, read_key(self.config))
        numbers = refresh_numbers(
            self.warehouse,
            connector,
            self.client,
            published=self.config.published,
            landing=self.landing,
            most=most,
            progress=self.progress,
            land=self.land,
        )
        # it has no other way: whoever refreshes it alone is to hear why nothing came
        scheme = connector.SOURCE.scheme
        nobody = f"no company of the CRM, and none that an ICP reaches, has a number ({scheme}) to ask for."
        self.say(f"{connector.SOURCE.name}: {numbers.told(most, nobody=nobody)}")

    def _ask_roles(self, connector: RolesConnector, most: int) -> None:
        roles = refresh_roles(
            self.warehouse,
            connector,
            self.client,
            landing=self.landing,
            cursor=self.cursor,
            most=most,
            progress=self.progress,
        )
        if roles.asked:
            self.say(f"{connector.SOURCE.name}: {roles}")
        for warning in roles.warnings:
            self.say(warning)

    def _ask_mandates(self, connector: MandatesConnector, most: int) -> None:
        mandates = refresh_mandates(self.warehouse, connector, self.client, most=most, progress=self.progress)
        if mandates.asked:
            self.say(f"{connector.SOURCE.name}: {mandates}")
        for warning in mandates.warnings:
            self.say(warning)

    def _ask_accounts(self, connector: AccountsConnector, most: int) -> None:
        accounts = refresh_accounts(
            self.warehouse,
            connector,
            self.client,
            published=self.config.published,
            most=most,
            progress=self.progress,
        )
        if accounts.asked:
            self.say(f"{connector.SOURCE.name}: {accounts}")
        for warning in accounts.warnings:
            self.say(warning)

    def _ask_knowledge(self, connector: KnowledgeConnector, most: int) -> Iterator[DeliveryReport]:
        source, started, delivered = connector.SOURCE, time.monotonic(), list[Delivery]()

        def land(delivery: Delivery) -> LandReport | None:
            delivered.append(delivery)
            return self.land(delivery)

        known = refresh_knowledge(
            self.warehouse,
            connector,
            self.client,
            published=self.config.published,
            landing=self.landing,
            most=most,
            progress=self.progress,
            land=land,
        )
        for sentence in known.sentences(source.name, most):
            self.say(sentence)
        if not delivered:
            yield _report(source.name, "unchanged", source.layouts[0].name, started)

    def _ask_sites(self, connector: SiteConnector, most: int) -> DeliveryReport:
        started, name = time.monotonic(), connector.SOURCE.name
        web = WebClient(user_agent=user_agent(self.config.contact))
        sites = refresh_sites(
            self.warehouse, connector, web, published=self.config.published, most=most, progress=self.progress
        )
        told = sites.told(most, nobody="no company's site is due.")
        self.say(f"{name}: {told}")
        for warning in sites.warnings:
            self.say(warning)
        return _report(name, "asked" if sites.asked else "unchanged", "sites", started)


def _report(source: str, outcome: str, layout: str, started: float) -> DeliveryReport:
    return DeliveryReport(
        source=source,
        outcome=outcome,
        coverage=str(Coverage.PARTIAL),
        layout=layout,
        landed=None,
        seconds=time.monotonic() - started,
    )
