"""National numbers of companies in countries where a CRM holds them in several spellings, or holds several kinds.

Check digits are python-stdnum's. A number of a person is told apart: it must not stay.
"""

import re
from collections.abc import Callable, Mapping

from stdnum.be import vat as be_vat
from stdnum.ch import uid as ch_uid
from stdnum.cz import dic as cz_dic
from stdnum.cz import rc as cz_rc
from stdnum.ee import ik as ee_ik
from stdnum.ee import registrikood as ee_registrikood
from stdnum.fr import siren as fr_siren
from stdnum.fr import siret as fr_siret
from stdnum.lv import pvn as lv_pvn
from stdnum.pl import nip as pl_nip
from stdnum.pl import pesel as pl_pesel
from stdnum.pl import regon as pl_regon


def _estonian(number: str) -> tuple[str, str] | None:
    return ("EE-REGISTRIKOOD", number) if ee_registrikood.is_valid(number) else None


def _latvian(number: str) -> tuple[str, str] | None:
    return ("LV-REGNR", number) if number[:1] > "3" and lv_pvn.is_valid(number) else None


def _czech(number: str) -> tuple[str, str] | None:
    padded = number.zfill(8)
    return ("CZ-ICO", padded) if len(padded) == 8 and cz_dic.is_valid(padded) else None


def _polish(number: str) -> tuple[str, str] | None:
    if re.fullmatch(r"000\d{7}", number):  # no tax office has the number 000
        return "PL-KRS", number
    if pl_nip.is_valid(number):
        return "PL-NIP", number
    return ("PL-REGON", number) if pl_regon.is_valid(number) else None


def _french(number: str) -> tuple[str, str] | None:
    if len(number) == 14 and fr_siret.is_valid(number):
        number = number[:9]
    number = number[2:] if len(number) == 11 else number  # the key of a VAT number
    return ("FR-SIREN", number) if fr_siren.is_valid(number) else None


def _belgian(number: str) -> tuple[str, str] | None:
    padded = number.zfill(10)
    return ("BE-KBO", padded) if len(padded) == 10 and be_vat.is_valid(padded) else None


def _swiss(number: str) -> tuple[str, str] | None:
    bare = "CHE" + re.sub(r"^(CHE?|E)|(MWST|TVA|IVA|HR|RC)$", "", number)
    return ("CH-UID", bare) if ch_uid.is_valid(bare) else None


def _irish(number: str) -> tuple[str, str] | None:
    return ("IE-CRO", number.lstrip("0")) if re.fullmatch(r"0*[1-9]\d{0,6}", number) else None


_READERS: Mapping[str, Callable[[str], tuple[str, str] | None]] = {
    "EE": _estonian,
    "LV": _latvian,
    "CZ": _czech,
    "PL": _polish,
    "FR": _french,
    "BE": _belgian,
    "CH": _swiss,
    "IE": _irish,
}
_PERSONS: Mapping[str, Callable[[str], bool]] = {
    "EE": ee_ik.is_valid,
    # of a person's code only the day of birth can be checked, and of newer ones nothing
    "LV": lambda number: re.fullmatch(r"[0-3]\d{10}", number) is not None,
    "CZ": cz_rc.is_valid,
    "PL": pl_pesel.is_valid,
}


def read_national(compact: str, country: str) -> tuple[str, str] | None:
    """Scheme and number of a company, out of letters and digits alone; null where none is to be read out of them.

    >>> read_national("CHE105962823", "CH"), read_national("73282932000074", "FR"), read_national("403170701", "BE")
    (('CH-UID', 'CHE105962823'), ('FR-SIREN', '732829320'), ('BE-KBO', '0403170701'))
    >>> read_national("0000019193", "PL"), read_national("5260300291", "PL"), read_national("000123", "IE")
    (('PL-KRS', '0000019193'), ('PL-NIP', '5260300291'), ('IE-CRO', '123'))
    """
    reader = _READERS.get(country)
    return None if reader is None else reader(compact.removeprefix(country) if country != "CH" else compact)


def is_person_of(compact: str, country: str) -> bool:
    """Whether letters and digits are the number of a person of that country.

    >>> is_person_of("01017012345", "LV"), is_person_of("40003000500", "LV")
    (True, False)
    """
    check = _PERSONS.get(country)
    return check is not None and check(compact.removeprefix(country))
