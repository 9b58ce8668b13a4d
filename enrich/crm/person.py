"""Persons that somebody typed in as companies: told only by strong evidence, since a wrong guess hides a customer."""

import re

from enrich.normalise.name import normalise_name

_TITLE = re.compile(r"(mr|mrs|ms|miss|mx|herr|fru|frøken|fröken|hr|rouva|neiti)\.? +\w+( +\w+)+", re.IGNORECASE)
_WORD = r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*"
_LAST_FIRST = re.compile(rf"{_WORD}, *{_WORD}(?: {_WORD})?")
_FIRST_LAST = re.compile(rf"{_WORD}(?: {_WORD}){{1,2}}")


def looks_like_person(name: str | None, *, mailbox: str | None, has_company_facts: bool) -> bool:
    """Whether a company's row is about a person.

    `mailbox` is an address at a mailbox provider (gmail.com, …) where the row has one. `has_company_facts`: it has a
    company number, a domain of its own, employees, revenue or an industry; then it is never called a person.
    Evidence: "Last, First"; or with such an address: the address itself as name, a title before the name, or first and
    last name of which the address holds the last. A legal form in the name speaks against.

    >>> looks_like_person("Nordmann, Kari", mailbox=None, has_company_facts=False)
    True
    >>> looks_like_person("Kari Nordmann", mailbox="kari.nordmann@gmail.com", has_company_facts=False)
    True
    >>> looks_like_person("Kari Nordmann", mailbox=None, has_company_facts=False)
    False
    >>> looks_like_person("Smith, Jones LLP", mailbox=None, has_company_facts=False)
    False
    """
    if has_company_facts or not name:
        return False
    if "@" in name:
        return mailbox is not None and mailbox == name.lower()
    if normalise_name(name).legal_form_class:
        return False
    if _LAST_FIRST.fullmatch(name) and _is_capitalised(name):
        return True
    if mailbox is None:
        return False
    holds_last_name = name.split()[-1].lower() in mailbox.partition("@")[0]
    named = _FIRST_LAST.fullmatch(name) is not None and _is_capitalised(name) and holds_last_name
    return named or _TITLE.fullmatch(name) is not None


def _is_capitalised(name: str) -> bool:
    return all(word[0].isupper() and not word.isupper() for word in re.findall(r"[^\W\d_]{2,}", name))
