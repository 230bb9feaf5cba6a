"""The columns of every table, written from the layouts for ``docs/how-to-ingest.md``, and the meanings of columns for
``docs/recipes.md``.

``python -m graph.ingest.describe`` brings both pages up to date.
"""

from __future__ import annotations

from pathlib import Path

from graph.ingest.layout import Column, TableSchema, layouts
from graph.ingest.recipes.meanings import MEANINGS

PAGE = Path(__file__).parents[2] / "docs" / "how-to-ingest.md"
MEANINGS_PAGE = PAGE.with_name("recipes.md")
BEGIN, END = "<!-- tables:begin -->", "<!-- tables:end -->"
_MEANINGS = "<!-- meanings:begin -->", "<!-- meanings:end -->"
_TYPES = {
    "cg:PartialDate": "date",
    "cg:Slug": "code",
    "cg:Sha256": "SHA-256",
    "anyURI": "web address",
    "nonNegativeInteger": "whole number",
    "decimal": "number",
    "boolean": "true or false",
    "language": "language code",
}


def describe() -> str:
    """All tables as Markdown: a heading, a sentence and a list of columns each."""
    return "\n".join(_table(schema) for _, schema in sorted(layouts().items()))


def describe_meanings() -> str:
    """What a column of somebody else's sheet can mean, as a Markdown table."""
    rows = "\n".join(f"| `{tag}` | {english} | {russian} |" for tag, (english, russian) in MEANINGS.items())
    return f"| tag | means | значит |\n|---|---|---|\n{rows}\n"


def current(page: str) -> str:
    """A page with its generated part written anew. Raises ValueError if its markers are missing."""
    begin, end, text = (BEGIN, END, describe()) if BEGIN in page else (*_MEANINGS, describe_meanings())
    before, after = page.index(begin) + len(begin), page.index(end)
    return f"{page[:before]}\n\n{text}\n{page[after:]}"


def _table(schema: TableSchema) -> str:
    rows = "\n".join(_row(column) for column in schema.columns)
    title = f"### {schema.titles['en']} / {schema.titles['ru']}: `{schema.name}.csv`"
    return f"{title}\n\n{schema.about_text['en']}\n\n| column | title | holds |\n|---|---|---|\n{rows}\n"


def _row(column: Column) -> str:
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    return f"| {name} | {column.titles['en']} / {column.titles['ru']} | {_holds(column)} |"


def _holds(column: Column) -> str:
    if column.values:
        holds = "one of " + ", ".join(f"`{value}`" for value in column.values)
    elif column.refers_to.startswith("code:"):
        holds = f"code of the list `{column.refers_to.removeprefix('code:')}`"
    elif column.refers_to:
        holds = f"{column.refers_to}: code, name or IRI"
    else:
        holds = _TYPES.get(column.datatype, "text")
    if column.separator:
        holds += f", several separated by `{column.separator}`"
    if column.default:
        default = "the day given with the batch" if column.default == "{as_of}" else f"`{column.default}`"
        holds += f"; if empty, {default}"
    text = column.about_text.get("en", "")
    return f"{holds}. {text}".strip() if text else holds


if __name__ == "__main__":
    for path in (PAGE, MEANINGS_PAGE):
        path.write_text(current(path.read_text(encoding="utf-8")), encoding="utf-8")
