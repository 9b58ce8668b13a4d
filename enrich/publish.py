"""Publishing the golden records: which sources, ICPs and key go into the files of `db/publish.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa

from db.errors import PublishRefused
from db.publish import FitStatement, publish_files
from db.warehouse import Warehouse
from enrich.codes import earlier_numbers, industry_mappings
from enrich.config import Config, SourceConfig
from enrich.engine.words import plain, split_words
from enrich.errors import ContractBroken
from enrich.freshness import is_switched_on
from enrich.gate import read_key
from enrich.icp.fit import compile_fit
from enrich.icp.industry_lists import nace_lists
from enrich.icp.signals import read_coverage
from enrich.icp.titles import list_division_titles
from enrich.progress import Progress
from enrich.rates import rates_asked
from enrich.words.reading import words_reading
from sources.registry import find_sources
from sources.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """The files that readers now see, and what is in them."""

    companies: Path
    people: Path
    company_count: int
    person_company_count: int
    contact_count: int
    withheld_count: int


def publish(warehouse: Warehouse, config: Config, run_id: str, progress: Progress) -> PublishReport:
    """Publish `core.company` and the CRM for readers; suppressed and erased rows are in neither file.

    Raises `ContractBroken` where a new file misses its contract; the last good ones stay.
    """
    progress("publish", 0, None)
    sources = [
        connector.SOURCE
        for name, connector in find_sources().items()
        if is_switched_on(connector, config.sources.get(name, SourceConfig()))
    ]
    codes = [(str(row["scheme"]), str(row["code"])) for row in warehouse.rows("publish/codes")]
    try:
        done = publish_files(
            warehouse,
            config.published,
            run_id=run_id,
            key=read_key(config),
            sources=_declarations(sources),
            nace_lists=pa.table({"scheme": pa.array(nace_lists(), pa.string())}),
            divisions=_divisions(),
            fits=_compile_fits(warehouse, config, codes),
            split=split_words,
            plain=plain,
            reading=words_reading(),
        )
    except PublishRefused as refused:
        raise ContractBroken(str(refused)) from refused
    progress("publish", done.company_count, done.company_count)
    return PublishReport(
        companies=done.companies,
        people=done.people,
        company_count=done.company_count,
        person_company_count=done.person_company_count,
        contact_count=done.contact_count,
        withheld_count=done.withheld_count,
    )


def _compile_fits(warehouse: Warehouse, config: Config, codes: list[tuple[str, str]]) -> list[FitStatement]:
    coverage = read_coverage(warehouse.rows("signals/coverage"))
    rates = rates_asked(config.icp.values(), lambda currency: warehouse.rows("publish/rates", currency=currency))
    fetched = warehouse.rows("codes/correspondences")
    mappings, earlier = industry_mappings(fetched), earlier_numbers(fetched)
    queries = [
        compile_fit(
            icp,
            name,
            config.territory,
            codes=codes,
            mappings=mappings,
            earlier=earlier,
            signal_coverage=coverage,
            rates=rates,
        )
        for name, icp in config.icp.items()
    ]
    return [
        FitStatement(
            name=query.name,
            version=query.version,
            definition=config.icp[query.name].model_dump_json(exclude_defaults=True),
            parameters=query.parameters,
            select=partial(query.select, points=True),
        )
        for query in queries
    ]


def _divisions() -> pa.Table:
    scheme, code, title = zip(*list_division_titles(), strict=True)
    return pa.table({"scheme": scheme, "code": code, "title": title})


def _declarations(sources: Iterable[Source]) -> pa.Table:
    rows = [
        {
            "source": source.name,
            "title": source.title,
            "licence": str(source.licence),
            "attribution": source.attribution,
            "publisher": source.publisher,
            "homepage": source.homepage,
            "record_url": source.record_url,
        }
        for source in sources
    ]
    names = ("source", "title", "licence", "attribution", "publisher", "homepage", "record_url")
    return pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in names]))
