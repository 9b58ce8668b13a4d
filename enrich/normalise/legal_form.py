"""Legal forms found in folded names and told apart by class: at the ends, and before commas and brackets."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from enrich.normalise.fold import MARK, fold_text

_UNSPACED_SCRIPT = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
# "Fastighetsaktiebolaget Norr" is also written "Fastighets AB Norr": in the middle too, one spelling.
_COMPOUNDS = (
    ("allmennaksjeselskap", "asa"), ("julkinen osakeyhtio", "oyj"), ("aktiebolag", "ab"), ("aktieselskab", "as"), ("aksjeselskap", "as"), ("anpartsselskab", "aps"),
    ("osakeyhtio", "oy"), ("aktiengesellschaft", "ag"),
)  # fmt: skip


@dataclass(slots=True)
class Node:
    """A word of legal forms: the class of the form that is complete with it, and the words that may come further."""

    form: str | None
    further: dict[str, "Node"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalForms:
    """The table of legal forms, folded as names are, as trees of words.

    `at_end` is read from a name's last word backwards, `at_start` from its first word on. `unspaced`: forms of scripts
    that do not divide words, with their classes; `unspaced_lengths`: how many letters they have, longest first.
    """

    at_end: dict[str, Node]
    at_start: dict[str, Node]
    unspaced: dict[str, str]
    unspaced_lengths: tuple[int, ...]

    def split_lines(self, lines: Sequence[str]) -> tuple[list[str], list[str]]:
        """Many folded lines (`fold_lines`) without their legal forms, and the classes of those; several with "+".

        At least one word is left. Within a name a form goes only where a comma, bracket, lone dash or slash follows.

        >>> legal_forms().split_lines(["ab volvo , publ , filial i norge", "hydro as norge"])
        (['volvo filial i norge', 'hydro as norge'], ['ab+ab-publ', ''])
        """
        at_end, at_start = self.at_end, self.at_start
        cores, forms = list(lines), [""] * len(lines)
        for place, line in enumerate(lines):
            if "akti" in line or "selskap" in line or "anparts" in line or "osakeyhtio" in line:
                line = _part_compound(line)
            # most names have no form, or one word of one: these are done here, as fast as can be
            head, _, last = line.rpartition(" ")
            if (node := at_end.get(last)) is not None and head:
                head = head.removesuffix(f" {MARK}")
                before = head.rpartition(" ")[2]
                plain = before not in at_end and before not in node.further
                core, form = (line, "") if node.form is None else (head, node.form)
            else:
                core, form, plain = line, "", True
            if not plain or MARK in core or line.partition(" ")[0] in at_start or not line.isascii():
                core, form = self._split(line)
            elif "&" in core:
                core = core.replace("& ", "").strip("& ")
            cores[place], forms[place] = core, form
        return cores, forms

    def _split(self, line: str) -> tuple[str, str]:
        classes: list[str] = []
        if MARK in line:
            parts = [words for words in (part.strip("& ").split() for part in line.split(MARK)) if words]
            words = self._strip([word for part in parts for word in part], classes)
            if len(parts) > 1 and len(words) > len(parts[0]):
                classes.clear()
                words = self._strip_parts(parts, classes)
        else:
            words = self._strip(line.strip("& ").split(), classes)
        core = " ".join([word for word in words if word != "&"] if "&" in words else words)
        if not core.isascii() and _UNSPACED_SCRIPT.search(core):
            core = self._strip_unspaced(core, classes)
        if len(classes) < 2:
            return core, classes[0] if classes else ""
        telling = {form for form in classes if form}
        return core, "+".join(sorted(telling - {"co"} or telling))

    def _strip(self, words: list[str], classes: list[str]) -> list[str]:
        words.reverse()
        words = _strip_from_first(words, self.at_end, classes)
        words.reverse()
        return _strip_from_first(words, self.at_start, classes)

    def _strip_parts(self, parts: list[list[str]], classes: list[str]) -> list[str]:
        left: list[str] = []
        for part in parts:
            words = self._strip(part, classes)
            # a part that is nothing but a form, "(publ)", goes whole where another part remains
            node = self.at_end.get(words[0]) if len(words) == 1 and len(parts) > 1 else None
            if node is None or node.form is None:
                left += words
            else:
                classes.append(node.form)
        return left or parts[0]

    def _strip_unspaced(self, core: str, classes: list[str]) -> str:
        while True:
            for length in self.unspaced_lengths:
                if (form := self.unspaced.get(core[-length:])) is not None:
                    rest = core[:-length].rstrip()
                elif (form := self.unspaced.get(core[:length])) is not None:
                    rest = core[length:].lstrip()
                else:
                    continue
                break
            else:
                return core
            if not rest:
                return core
            classes.append(form)
            core = rest


def _part_compound(line: str) -> str:
    """Spelled out forms cut off the word that they are written onto, so that "Bryggeriaktiebolag" ends with one."""
    for word, form in _COMPOUNDS:
        if word in line:
            line = re.sub(rf"{word}(?:et)?(?!\w)", f" {form}", line)
    return " ".join(line.split())


def _strip_from_first(words: list[str], tree: dict[str, Node], classes: list[str]) -> list[str]:
    """The words without the forms of the tree that they begin with; the longest first, and never all of them."""
    begin, last = 0, len(words) - 1
    while True:
        place, found, level = begin, None, tree
        while place < last and (node := level.get(words[place])) is not None:
            place += 1
            if node.form is not None:
                found, begin = node.form, place
            level = node.further
        if found is None:
            return words[begin:] if begin else words
        classes.append(found)


@cache
def legal_forms() -> LegalForms:
    """`legal_forms.csv`: class, countries, place (end, start or both), spellings divided by semicolons."""
    at_end: dict[str, Node] = {"&": Node("", {})}
    at_start: dict[str, Node] = {"&": Node("", {})}
    unspaced: dict[str, str] = {}
    with files("enrich.normalise").joinpath("legal_forms.csv").open("r", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for spelling in row["forms"].split(";"):
                words = fold_text(spelling).split()
                if len(words) == 1 and len(words[0]) > 1 and _UNSPACED_SCRIPT.search(words[0]):
                    unspaced.setdefault(words[0], row["class"])
                if row["place"] != "start":
                    _plant(at_end, words[::-1], row["class"])
                if row["place"] != "end":
                    _plant(at_start, words, row["class"])
    lengths = tuple(sorted({len(form) for form in unspaced}, reverse=True))
    return LegalForms(at_end=at_end, at_start=at_start, unspaced=unspaced, unspaced_lengths=lengths)


def _plant(tree: dict[str, Node], words: list[str], form: str) -> None:
    for word in words:
        node = tree.setdefault(word, Node(None, {}))
        tree = node.further
    if node.form is None:
        node.form = form
