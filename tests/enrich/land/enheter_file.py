"""Files as Norway's register publishes them (54 columns), for companies with valid numbers."""

import csv
import io
import operator
from collections.abc import Iterable

from sources.registers.no_brreg import ENHETER_2024

HEADER = ENHETER_2024.columns
_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)


def orgnrs(count: int) -> list[str]:
    """So many valid organisation numbers.

    >>> orgnrs(3)
    ['900000006', '900000014', '900000022']
    """
    digits = ((eight, [int(digit) for digit in str(eight)]) for eight in range(90_000_000, 90_000_000 + 2 * count + 20))
    rests = ((eight, -sum(map(operator.mul, row, _WEIGHTS)) % 11) for eight, row in digits)
    return [f"{eight}{check}" for eight, check in rests if check < 10][:count]


def entity(number: str, name: str, **values: str) -> dict[str, str]:
    """A company with one address; further columns by name."""
    return {
        "organisasjonsnummer": number,
        "navn": name,
        "organisasjonsform.kode": "AS",
        "organisasjonsform.beskrivelse": "Aksjeselskap",
        "naeringskode1.kode": "62.010",
        "naeringskode1.beskrivelse": "Programmeringstjenester",
        "harRegistrertAntallAnsatte": "false",
        "forretningsadresse.poststed": "BERGEN",
        "forretningsadresse.postnummer": "5003",
        "forretningsadresse.landkode": "NO",
        "konkurs": "false",
        "underAvvikling": "false",
        "underTvangsavviklingEllerTvangsopplosning": "false",
    } | values


def as_csv(rows: Iterable[dict[str, str]], header: Iterable[str] = HEADER) -> bytes:
    """The rows as the register writes them: UTF-8, commas, every value quoted."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(header), quoting=csv.QUOTE_ALL, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
