"""Writes of docs/sources what the declarations say: the head of each source's page, the index, the table of criteria.

What people wrote below a head, the traps of a source, stays as it is.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from enrich.catalogue import CRITERIA, answers_by_country, columns_by_use, kept, logins, ways
from sources.kinds.crm_api import CrmConnector
from sources.registry import find_sources
from sources.source import Connector, Expect, Layout, Source

BEGIN = (
    "<!-- Written from the declaration by `python -m enrich.cli.reference`; do not edit between these two lines. -->"
)
END = "<!-- End of what is written from the declaration. -->"
_HEAD = "<!-- Written by `python -m enrich.cli.reference`; do not edit. -->\n"


def render_source_pages(folder: Path) -> dict[str, str]:
    """By file name what the pages in `folder` should say; a source without a page gets one that is only a head."""
    pages = {"README.md": render_index(), "criteria.md": render_criteria()}
    for name, connector in find_sources().items():
        page = folder / f"{name}.md"
        text = page.read_text(encoding="utf-8") if page.exists() else f"# {name}: {connector.SOURCE.title}\n"
        pages[page.name] = put_head(text, render_head(connector))
    return pages


def put_head(page: str, head: str) -> str:
    r"""The page with this head in the place of the one it has, or below its title where it has none.

    >>> put_head("# x\n\nTraps.\n", "| |") == put_head(put_head("# x\n\nTraps.\n", "old"), "| |")
    True
    """
    framed = f"{BEGIN}\n{head}\n{END}"
    if BEGIN in page and END in page:
        before, _, rest = page.partition(BEGIN)
        return f"{before}{framed}{rest.partition(END)[2]}"
    title, _, rest = page.partition("\n")
    return f"{title}\n\n{framed}\n{rest}"


def render_head(connector: Connector) -> str:
    """What the declaration of one source says, as a table, and its fields below."""
    source = connector.SOURCE
    privacy = source.privacy
    facts = {
        "Title": source.title,
        "Country": source.country or "any",
        "Publisher": f"[{source.publisher}]({source.homepage})",
        "Licence": source.licence,
        "Name as source": source.attribution,
        "Lineage": source.lineage,
        "Read by": "; ".join(ways(connector)),
        "Asked every": f"{source.cadence_hours} hours, {source.requests_per_minute} requests a minute at most",
        "Login": "; ".join(str(login) for login in logins(connector)) or "none",
        "Coverage": "; ".join(_coverage(source)),
        "Why it is kept": privacy.purpose,
        "Lawful basis": privacy.lawful_basis,
        "Personal fields": _named(privacy.personal_fields),
        "Never stored": _named(privacy.never_store),
        "Kept for": kept(connector),
    }
    lines = ["", "| | |", "|---|---|", *(f"| {label} | {_cell(value)} |" for label, value in facts.items()), ""]
    for layout in (*source.layouts, *source.signal_layouts):
        lines += _layout_section(layout)
    if isinstance(connector, CrmConnector):
        lines += [f"Of {each.kind}: {_named(each.properties)}." for each in connector.OBJECTS]
        lines.append("")
    if source.account_fields:
        lines += [f"Of accounts: {_named(source.account_fields)}.", ""]
    return "\n".join(lines)


def render_index() -> str:
    """The page that leads to all sources."""
    lines = [
        _HEAD,
        "# Sources\n",
        "Each has a page with its terms, its fields and its traps. [Which criterion which country answers](criteria.md).",
        "`prospekt sources` tells the same with your own logins, last runs, rows and fill rates.\n",
        "| source | country | title | licence | lineage | every | login | read by |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, connector in find_sources().items():
        source = connector.SOURCE
        wanted = logins(connector)
        login = "required" if any(one.is_required for one in wanted) else "optional" if wanted else "none"
        cells = (
            f"[{name}]({name}.md)", source.country or "any", source.title, source.licence, source.lineage,
            f"{source.cadence_hours} h", login, "; ".join(ways(connector)),
        )  # fmt: skip
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def render_criteria() -> str:
    """The page that says which criterion of an ICP the sources of which country answer."""
    table = answers_by_country()
    lines = [
        _HEAD,
        "# Which criterion which country answers\n",
        "A criterion of an ICP is answered where some source of the country maps a fact that it rests on. That a country can",
        "answer does not mean that every company has the fact: `prospekt sources` tells the share of rows that do. What a",
        "country cannot answer is *unknown* of its companies, never *no*. `words` are looked for in names, too, whatever the",
        "table says. Sources of any country answer by identifier for the companies that they have. `territory` is made of",
        "country, municipality, postal prefix and industry; `in_crm`, `last_contact_days` and `last_contact` your own CRM answers.\n",
        f"| criterion | {' | '.join(table)} |",
        f"|---|{'---|' * len(table)}",
    ]
    for criterion in CRITERIA:
        cells = ("yes" if row[criterion] else "" for row in table.values())
        lines.append(f"| `{criterion}` | {' | '.join(cells)} |")
    lines += ["\n## By source\n", *_by_source(table)]
    return "\n".join(lines) + "\n"


def _by_source(table: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Iterator[str]:
    yield "| country | source | answers |"
    yield "|---|---|---|"
    for country, row in table.items():
        for name in dict.fromkeys(each for answering in row.values() for each in answering):
            answers = ", ".join(f"`{criterion}`" for criterion, answering in row.items() if name in answering)
            yield f"| {country} | [{name}]({name}.md) | {answers} |"


def _coverage(source: Source) -> Iterator[str]:
    """How many rows a complete delivery of each part must have, and what share of them its fields."""
    for part in source.parts or ("main",):
        own = next((layout.expect for layout in source.layouts if layout.part == part and layout.expect), None)
        named = "" if len(source.parts) < 2 else f"{part}: "
        yield f"{named}{_expected(own or source.expect)}"


def _expected(expect: Expect) -> str:
    rates = ", ".join(f"`{name}` in {share:.0%}" for name, share in expect.fill_rates.items())
    return f"{expect.min_rows:,} to {expect.max_rows:,} rows when complete" + (f", at least {rates}" if rates else "")


def _layout_section(layout: Layout) -> list[str]:
    read, ignored, prefixes = columns_by_use(layout)
    told = [
        f"- fills {_named(tuple(layout.fields)) if layout.fields else 'links between companies only'}",
        f"- reads {_named(read)}",
        f"- ignores {_named(ignored)}",
    ]
    if prefixes:
        told.append(f"- ignores whatever begins with {_named(prefixes)}")
    if layout.relations:
        told.append(f"- links {_named(tuple(dict.fromkeys(kind for kind, _, _ in layout.relations)))}")
    summary = f"Fields of <code>{layout.name}</code>: {len(read)} read, {len(ignored)} ignored by name"
    return ["<details>", f"<summary>{summary}</summary>", "", *told, "", "</details>", ""]


def _named(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"


def _cell(text: str) -> str:
    return " ".join(str(text).replace("|", "\\|").split())
