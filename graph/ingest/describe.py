"""The columns of every table, written from the layouts for ``docs/how-to-ingest.md``.

``python -m graph.ingest.describe`` brings that page up to date.
"""

from __future__ import annotations

from pathlib import Path

from graph.ingest.layout import Column, TableSchema, layouts

PAGE = Path(__file__).parents[2] / "docs" / "how-to-ingest.md"
BEGIN, END = "<!-- tables:begin -->", "<!-- tables:end -->"
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


def current(page: str) -> str:
    """The page with its generated part written anew. Raises ValueError if its markers are missing."""
    before, after = page.index(BEGIN) + len(BEGIN), page.index(END)
    return f"{page[:before]}\n\n{describe()}\n{page[after:]}"


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
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
