"""E-mail addresses in one spelling."""

import re

_ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@(?:[\w-]+\.)+[^\W\d_]{2,}")


def normalise_email(text: str) -> str | None:
    """An e-mail address in lower case, without `mailto:` and angle brackets; null where it is none.

    >>> normalise_email(" <Kari.Nordmann@Example.NO> "), normalise_email("mailto:post@example.no?subject=x")
    ('kari.nordmann@example.no', 'post@example.no')
    >>> normalise_email("kari at example.no") is None
    True
    """
    address = text.strip().lower().removeprefix("mailto:").split("?")[0].strip("<> ")
    return address if _ADDRESS.fullmatch(address) else None
