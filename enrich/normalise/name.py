"""Company names made comparable: one alphabet, one spelling of legal forms, and those only at the ends.

Works on many names at once, because folding one long text is far cheaper than folding a million short ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enrich.normalise.east_asian import latinise
from enrich.normalise.fold import fold_digraphs, fold_lines
from enrich.normalise.legal_form import legal_forms
from enrich.normalise.romanise import romanise_folded

_AT_ONCE = 8_000
"""Names folded as one text: as many as stay in the processor's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalName:
    """A name in its comparable forms; empty texts where nothing of it can be compared.

    `core_name`: words in one alphabet, without legal forms at the ends, ø/oe, å/aa, æ/ae, ü/ue made equal, e.g.
    "bjorn dahle". `core_key`: the same without spaces. `name_key`: the whole name with its legal form in one spelling,
    letters as written. `legal_form_class`: that spelling of the form, e.g. "as"; several joined with "+".
    """

    core_name: str
    core_key: str
    name_key: str
    legal_form_class: str


def normalise_name(name: str) -> NormalName:
    """One name in its comparable forms.

    >>> normalise_name("Bjørn & Dåhle Aksjeselskap")
    NormalName(core_name='bjorn dahle', core_key='bjorndahle', name_key='bjorndahle|as', legal_form_class='as')
    >>> normalise_name("BJOERN OG DAAHLE A/S").core_key == normalise_name("Bjørn & Dåhle AS").core_key
    True
    >>> normalise_name("AB Volvo (publ)").core_name, normalise_name("Hydro AS Norge").core_name
    ('volvo', 'hydro as norge')
    """
    return normalise_names([name])[0]


def normalise_names(names: Sequence[str]) -> list[NormalName]:
    """Many names at once; as `normalise_name` for each."""
    return [
        NormalName(core_name=core, core_key=key, name_key=full, legal_form_class=form)
        for core, key, full, form in zip(*normal_columns(names), strict=True)
    ]


def normal_columns(names: Sequence[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """Core names, core keys, name keys and legal form classes of many names, as columns."""
    columns: tuple[list[str], list[str], list[str], list[str]] = ([], [], [], [])
    for batch in normal_batches(names):
        columns[0].extend(batch.core_names.split("\n"))
        columns[1].extend(batch.core_keys.split("\n"))
        columns[2].extend(batch.name_keys())
        columns[3].extend(batch.legal_forms)
    return columns


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalBatch:
    """Some names in their comparable forms; of `core_names` and `core_keys` one text each, a name a line."""

    core_names: str
    core_keys: str
    legal_forms: list[str]
    written_cores: list[str]

    def name_keys(self) -> list[str]:
        """The names' `name_key`."""
        written = "\n".join(self.written_cores).replace(" ", "").split("\n")
        return [f"{key}|{form}" if key else "" for key, form in zip(written, self.legal_forms, strict=True)]


def normal_batches(names: Sequence[str]) -> Iterator[NormalBatch]:
    """The names in their comparable forms, as many at once as are folded as one text."""
    table = legal_forms()
    for start in range(0, len(names), _AT_ONCE):
        batch = names[start : start + _AT_ONCE]
        latin = latinise(batch)
        cores, forms = table.split_lines(fold_lines(latin))
        text, written = "\n".join(cores), cores
        foreign = [place for place, name in enumerate(batch) if latin[place] is not name]
        if foreign:
            # what only sounds alike in Latin letters is not one name, and a translated legal form is none
            as_written = table.split_lines(fold_lines([batch[place] for place in foreign]))
            written = list(cores)
            for place, core, form in zip(foreign, *as_written, strict=True):
                written[place], forms[place] = core, form
        if not text.isascii():
            text = "\n".join([core if core.isascii() else romanise_folded(core) or core for core in cores])
        text = fold_digraphs(text)
        keys = fold_digraphs(text.replace(" ", ""))
        yield NormalBatch(core_names=text, core_keys=keys, legal_forms=forms, written_cores=written)
