"""From pairs to clusters: connected records, none with two numbers of one register, none that people told apart."""

from collections.abc import Iterable, Mapping, Sequence

from enrich.resolve.weigh import Pair

Numbers = Mapping[str, Mapping[str, frozenset[str]]]
"""By record, by scheme: the values that it states."""

_FIRST = ("judgement", "duplicate")


def in_order(pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs as they shall be followed: what people said, duplicates within a register, then the strongest first."""
    place = {rule: number for number, rule in enumerate(_FIRST)}
    return sorted(
        pairs, key=lambda pair: (place.get(pair.rule, len(place)), -pair.strength, pair.left_id, pair.right_id)
    )


def cluster_records(
    pairs: Sequence[Pair],
    numbers: Numbers,
    *,
    alone: Iterable[str] = (),
    apart: Iterable[tuple[str, str]] = (),
) -> tuple[list[dict[str, str]], list[Pair]]:
    """Clusters of records, each as record to the rule that brought it in, and the pairs that were refused.

    Pairs are followed in their order (`in_order`), so that of pairs that cannot all hold the weakest is let go. One that
    would bring different numbers of one scheme together, or two records of `apart`, is refused; people's judgements may
    bring numbers together, and so may duplicates the register's own. Records in `alone` that no pair names become
    clusters of one.

    >>> pairs = [Pair(left_id="a", right_id="b", rule="identifier"), Pair(left_id="b", right_id="c", rule="identifier")]
    >>> clusters, refused = cluster_records(pairs, {"a": {"X": frozenset("1")}, "c": {"X": frozenset("2")}}, alone=["d"])
    >>> clusters, len(refused)
    ([{'a': 'identifier', 'b': 'identifier'}, {'c': 'first'}, {'d': 'first'}], 1)
    """
    growing = _Clusters(numbers, apart)
    for record in [*alone, *(record for pair in pairs for record in (pair.left_id, pair.right_id))]:
        growing.add(record)
    rules: dict[str, str] = {}
    for pair in pairs:
        if growing.join(pair):
            rules.setdefault(pair.left_id, pair.rule)
            rules.setdefault(pair.right_id, pair.rule)
    clusters: dict[str, dict[str, str]] = {}
    for record in sorted(growing.root):
        clusters.setdefault(growing.root_of(record), {})[record] = rules.get(record, "first")
    refused = [pair for pair in pairs if growing.root_of(pair.left_id) != growing.root_of(pair.right_id)]
    return list(clusters.values()), refused


def differ(
    mine: Mapping[str, frozenset[str]], theirs: Mapping[str, frozenset[str]], *, but: frozenset[str] = frozenset()
) -> bool:
    """Whether two state different numbers of one scheme, those in `but` aside, and none that both have.

    >>> differ({"LEI": frozenset("1")}, {"LEI": frozenset("2")}), differ({"LEI": frozenset("1")}, {"LEI": frozenset("12")})
    (True, False)
    """
    return any(mine[scheme].isdisjoint(theirs[scheme]) for scheme in (mine.keys() & theirs.keys()) - but)


class _Clusters:
    """Clusters while they grow: each has a root, the numbers that its records state, and whom it must not meet."""

    def __init__(self, numbers: Numbers, apart: Iterable[tuple[str, str]]) -> None:
        self.root: dict[str, str] = {}
        self._numbers = numbers
        self._stated: dict[str, dict[str, frozenset[str]]] = {}
        self._foes: dict[str, set[str]] = {}
        for left, right in apart:
            self._foes.setdefault(left, set()).add(right)
            self._foes.setdefault(right, set()).add(left)

    def add(self, record: str) -> None:
        if self.root.setdefault(record, record) == record:
            self._stated[record] = dict(self._numbers.get(record, {}))

    def root_of(self, record: str) -> str:
        while self.root[record] != record:
            self.root[record] = self.root[self.root[record]]
            record = self.root[record]
        return record

    def join(self, pair: Pair) -> bool:
        """Whether the two are of one cluster now by this pair."""
        left, right = sorted((self.root_of(pair.left_id), self.root_of(pair.right_id)))
        if (
            left == right
            or self._are_foes(left, right)
            or (pair.rule != "judgement" and self._conflict(pair, left, right))
        ):
            return False
        self.root[right] = left
        for scheme, values in self._stated.pop(right).items():
            self._stated[left][scheme] = self._stated[left].get(scheme, frozenset()) | values
        foes = self._foes.pop(right, set())
        if foes:
            self._foes.setdefault(left, set()).update(foes)
        return True

    def _are_foes(self, left: str, right: str) -> bool:
        return any(
            self.root_of(foe) == other
            for one, other in ((left, right), (right, left))
            for foe in self._foes.get(one, ())
            if foe in self.root
        )

    def _conflict(self, pair: Pair, left: str, right: str) -> bool:
        mine, theirs = self._stated[left], self._stated[right]
        own = self._own_schemes(pair.left_id) if pair.rule == "duplicate" else frozenset()
        return differ(mine, theirs, but=own)

    def _own_schemes(self, record: str) -> frozenset[str]:
        """Schemes of which the record's own key is a number."""
        key = record.partition(":")[2]
        return frozenset(scheme for scheme, values in self._numbers.get(record, {}).items() if key in values)
