"""Groups of occupations by the names that people use, as codes of the lists in which job ads state them.

Norway's STYRK-08 and Sweden's SSYK 2012 both come from ISCO-08, and each went its own way from the third digit on: 1221
are managers of sales in Norway and of personnel in Sweden. So a group says its codes list by list.
"""

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sales": {
        "STYRK08": ("1221", "2433", "2434", "3322"),
        "SSYK2012": ("1251", "1252", "3322"),
    },
    "marketing": {
        "STYRK08": ("1221", "1222", "2431", "2432"),
        "SSYK2012": ("1241", "1242", "1251", "1252", "2431", "2432"),
    },
    "software": {
        "STYRK08": ("2511", "2512", "2513", "2514", "2519", "2521"),
        "SSYK2012": ("2511", "2512", "2513", "2514"),
    },
    "it_operations": {
        "STYRK08": ("2522", "2523", "2529", "3511", "3512", "3513", "3514"),
        "SSYK2012": ("2515", "2516", "2519", "3511", "3512", "3513", "3514", "3515"),
    },
    "finance": {
        "STYRK08": ("1211", "2411", "2412", "2413", "3313"),
        "SSYK2012": ("1211", "1212", "2411", "2412", "2413", "2414", "3313"),
    },
    "hr": {
        "STYRK08": ("1212", "2423"),
        "SSYK2012": ("1221", "1222", "2423"),
    },
    "procurement": {
        "STYRK08": ("1324", "3323"),
        "SSYK2012": ("1321", "1322", "3323"),
    },
}
"""Each code and what it stands for was compared with the lists: STYRK-08 as Klass has it (classification 7) and SCB's table of
SSYK 2012 (426 codes). One code may hold more than the group's name says: Norway's 1324 and Sweden's 1321 and 1322 are managers of
purchasing together with logistics and transport, Norway's 1221 managers of sales with marketing, Sweden's 2519 what IT has left.
"""


def find_codes(asked: str) -> tuple[str, ...] | None:
    """What a code as `SCHEME:CODE` may begin with, for a group's name or a code; null where it is neither.

    >>> find_codes("hr"), find_codes("2512"), find_codes("SSYK2012:25"), find_codes("selger")
    (('STYRK08:1212', 'STYRK08:2423', 'SSYK2012:1221', 'SSYK2012:1222', 'SSYK2012:2423'), (':2512',), ('SSYK2012:25',), None)
    """
    if asked.lower() in GROUPS:
        return tuple(f"{scheme}:{code}" for scheme, codes in GROUPS[asked.lower()].items() for code in codes)
    scheme, _, code = asked.rpartition(":")
    if not code.isdecimal() or (scheme and not scheme.isalnum()):
        return None
    return (f"{scheme.upper()}:{code}",)
