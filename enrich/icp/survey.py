"""What an ICP asks and how many companies each criterion, taken alone, lets through: what `icp show --counts` shows."""

from dataclasses import dataclass
from datetime import datetime

from enrich.config import Config
from enrich.gate import Readers
from enrich.icp.vocabulary import Problem, check_icp, read_vocabulary
from enrich.lacking import read_loaded
from enrich.search import choose_icp, compile_icp, read_as_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionCount:
    """One criterion, and for how many published companies it holds, does not hold, and is not known."""

    criterion: str
    asked: str
    kind: str
    weight: float | None
    yes: int
    no: int
    unknown: int
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IcpSurvey:
    """An ICP with its criteria counted, and what it asks for in vain."""

    name: str
    version: str
    description: str
    as_of: datetime
    company_count: int
    criteria: tuple[CriterionCount, ...]
    problems: tuple[Problem, ...]


def survey_icp(readers: Readers, config: Config, icp_name: str | None = None) -> IcpSurvey:
    """Count each criterion of an ICP over the published companies, natural persons left out; raises `NotFound`."""
    name, icp = choose_icp(config, icp_name)
    readers.lay_decisions()
    query = compile_icp(readers, config, name, icp)
    [counted] = readers.warehouse.ask(query.tally("current_company"), **query.parameters)
    counts = {key: int(str(value)) for key, value in counted.items()}
    total = counts["company_count"]
    return IcpSurvey(
        name=name,
        version=query.version,
        description=icp.description,
        as_of=read_as_of(readers),
        company_count=total,
        criteria=tuple(
            CriterionCount(
                criterion=point.criterion.name,
                asked=point.criterion.asked,
                kind=point.kind,
                weight=point.weight,
                yes=counts[f"yes{index}"],
                no=counts[f"no{index}"],
                unknown=total - counts[f"yes{index}"] - counts[f"no{index}"],
                note=point.criterion.note,
            )
            for index, point in enumerate(query.points)
        ),
        problems=tuple(
            check_icp(
                icp,
                name,
                config.territory,
                read_vocabulary(readers, icp, config.territory),
                loaded=read_loaded(readers),
                home=config.crm.country,
            )
        ),
    )
