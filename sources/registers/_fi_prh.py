"""The API of annual accounts beside YTJ's: which lines of Finland's taxonomy (OYTP) are read.

Companies file so by choice: 2 to 5 of 100 do. Nothing there tells how many people a company employs.
"""

import re

from sources.kinds.annual_reports import ReportTaxonomy
from sources.kinds.statements_api import StatementService
from sources.kinds.xbrl_instance import InstanceForm


def number_in(text: str) -> str:
    """A company's number as the register spells it.

    >>> number_in("01120389"), number_in("0112038-9")
    ('0112038-9', '0112038-9')
    """
    return re.sub(r"^(\d{7})(\d)$", r"\1-\2", text)


_DICTIONARY = "http://www.suomi.fi/xbrl/crr/dict"
STATEMENTS = StatementService(
    # beside YTJ's API on the same server
    listing="../../opendata-xbrl-api/v3/financials",
    statement="../../opendata-xbrl-api/v3/financial",
    number="businessId",
    last_day="financialDate",
    statements="financials",
    known=frozenset({"totalResults", "financials", "financials.businessId", "financials.financialDate"}),
    form=InstanceForm(
        elements=f"{_DICTIONARY}/met",
        dimensions=f"{_DICTIONARY}/dim",
        members=f"{_DICTIONARY}/dom/MC",
        line="MCY",
        of_period=frozenset({"md103"}),
        first_day="di120",
        last_day="di121",
    ),
    taxonomy=ReportTaxonomy(
        namespace=rf"^{re.escape(_DICTIONARY)}/met$",
        # md103 is an amount of the period, mi53 one of its last day; of equity two clients tell another line each
        amounts={
            "revenue": "md103/x673",
            "operating_result": "md103/x689",
            "profit": "md103/x740",
            "total_assets": "mi53/x360",
        },
        number_in=number_in,
    ),
)
