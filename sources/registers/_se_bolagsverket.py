"""The API beside the weekly file: who may ask it, and how annual reports are listed and state their figures.

Companies file digitally by choice since 2018, most of them by now; a report filed on paper is not there.
"""

import re

from sources.kinds.annual_reports import ReportService, ReportTaxonomy
from sources.kinds.oauth2 import ClientCredentials

ACCESS = ClientCredentials(
    token_url="https://portal.api.bolagsverket.se/oauth2/token",  # noqa: S106 - an address
    api_url="https://gw.api.bolagsverket.se/vardefulla-datamangder/v1",
    scope="vardefulla-datamangder:read",
    id_env="PROSPEKT_SE_BOLAGSVERKET_ID",
    secret_env="PROSPEKT_SE_BOLAGSVERKET_SECRET",  # noqa: S106 - the name of a variable
    to_get_them="sign up at portal.api.bolagsverket.se, free of charge (docs/sources/se_bolagsverket.md).",
    to_be_let_in=(
        "Look at portal.api.bolagsverket.se whether the application still subscribes to “Värdefulla datamängder” and "
        "its consumer key and secret are the ones that are set here."
    ),
)


def number_in(text: str) -> str:
    """A company's number as the register spells it: no hyphen, and no 16 where it has twelve digits.

    >>> number_in("556017-2933"), number_in("165560172933")
    ('5560172933', '5560172933')
    """
    digits = re.sub(r"\D", "", text)
    return digits[2:] if len(digits) == 12 and digits.startswith("16") else digits


REPORTS = ReportService(
    listing="dokumentlista",
    question="identitetsbeteckning",
    reports="dokument",
    report_id="dokumentId",
    period_to="rapporteringsperiodTom",
    filed_at="registreringstidpunkt",
    known=frozenset(
        "dokument dokument.dokumentId dokument.filformat dokument.rapporteringsperiodTom "
        "dokument.registreringstidpunkt".split()
    ),
    document="dokument/{key}",
    # small companies (K2) and larger ones (K3) state these under one name each, in a namespace that is dated
    taxonomy=ReportTaxonomy(
        namespace=r"^https?://www\.taxonomier\.se/se/fr/gen-base/",
        amounts={
            "revenue": "Nettoomsattning",
            "operating_result": "Rorelseresultat",
            "profit": "AretsResultat",
            "total_assets": "Tillgangar",
            "equity": "EgetKapital",
        },
        employees="MedelantaletAnstallda",
        number_in=number_in,
    ),
)
