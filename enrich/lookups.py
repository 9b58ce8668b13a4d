"""What asking a source company by company leaves behind, whatever it was asked for: rejects, and keys that nobody knows."""

from collections import Counter
from collections.abc import Sequence

import pyarrow as pa

from sources.lookup import AccountsAnswer, MandatesAnswer, RolesAnswer

_REFUSED = pa.schema([("source_key", pa.string()), ("reason_code", pa.string()), ("reason", pa.string())])


def refused_rows(answers: Sequence[RolesAnswer | MandatesAnswer | AccountsAnswer]) -> pa.Table:
    """One row a role or period of accounts that cannot be used, with the reason; no name is in it."""
    rows = [
        {"source_key": answer.source_key, "reason_code": code, "reason": reason}
        for answer in answers
        for code, reason in answer.rejects
    ]
    return pa.Table.from_pylist(rows, schema=_REFUSED)


def tell_unknown(
    source: str, what: str, answers: Sequence[RolesAnswer | MandatesAnswer | AccountsAnswer]
) -> tuple[str, ...]:
    """A sentence for each key that some answers have and the source's declaration does not know."""
    unknown = Counter(name for answer in answers for name in answer.unknown_keys)
    return tuple(
        f"{source}: {count:,} of {len(answers):,} answers about {what} have the unknown key {name!r}"
        for name, count in sorted(unknown.items())
    )
