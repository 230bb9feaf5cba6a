"""The words of this house, as frozen dataclasses. Pure data: no store, no file, no HTTP behind them.

RDF terms are pyoxigraph's (``NamedNode``, ``Literal``) everywhere in the library; rdflib is used only at the
border to pySHACL.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that has a page, a label and an IRI segment: organisation, theme, talk ...

    ``classes`` are full IRIs; a thing belongs to the kind when it has any of them as ``rdf:type``.
    """

    name: str
    label: Mapping[str, str]
    plural: Mapping[str, str]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellRef:
    """Where a value stood: file, sheet (empty for CSV), 1-based row as a spreadsheet shows it, column."""

    file: str
    sheet: str
    row: int
    column: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One data row as read: where it stood, and its cells by column heading (surrounding blanks removed)."""

    ref: CellRef
    cells: Mapping[str, str]


class Severity(StrEnum):
    """SHACL's severities, worst first."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """One fault at one place. ``message`` has a sentence for each of "en" and "ru".

    ``rule`` is the IRI of the property shape, or a word of the table layout (``unknown-column``); ``nearest``
    is the nearest valid value or empty; ``focus`` the IRI of the record or empty (of a blank node ``_:name``).

    Of a result of SHACL ``component`` is the IRI of the constraint component, ``path`` that of the property where the
    path is one (else the path is the shape's), and ``term`` the value as N-Triples write it; of others empty.
    """

    severity: Severity
    rule: str
    message: Mapping[str, str]
    ref: CellRef | None = None
    value: str = ""
    nearest: str = ""
    focus: str = ""
    component: str = ""
    path: str = ""
    term: str = ""


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """All faults of one ingestion. It conforms when none of them is a violation (SHACL's `sh:conforms`
    counts warnings too; a coordinator's batch is not refused for a warning)."""

    results: tuple[ValidationResult, ...] = ()

    @property
    def conforms(self) -> bool:
        return not any(r.severity is Severity.VIOLATION for r in self.results)


@dataclass(frozen=True, slots=True)
class Batch:
    """One ingestion = one PROV activity. ``status`` is "accepted", "unchanged" or "rejected"."""

    iri: str
    source: str
    status: str
    files: Mapping[str, str]  # file name -> sha256
    report: ValidationReport
    rows: int
    added: int  # triples
    removed: int  # triples
    generation: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a question. ``kind`` is a Kind's name, several joined by ``|``, ``date``, or
    ``text``."""

    name: str
    kind: str
    required: bool
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as its ``.rq`` file states it: header and SELECT. ``name`` is the file's stem."""

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    columns: Mapping[str, Mapping[str, str]]  # variable -> heading by language
    query: str
    evidence: str = ""  # the variable that holds the IRIs of the records a row rests on
    column_types: Mapping[str, str] = field(default_factory=dict)  # variable -> "thing", "list" or "value"


@dataclass(frozen=True, slots=True)
class Thing:
    """An IRI with the label a reader should see. ``kind`` is a Kind's name or empty."""

    iri: str
    label: str
    kind: str = ""


#: A cell of an answer: a thing, several of them, a plain value, or nothing.
Value = Thing | tuple[Thing, ...] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a statement rests on: the quoted words at a character position of a document, and the table row
    that carried them. ``start``/``end`` count Unicode characters from 0, end exclusive. Or somebody says so: ``who``,
    as of ``said_on``, perhaps in ``document``; then ``iri`` is that of the statement, of which ``note`` is the note."""

    iri: str
    quote: str
    start: int | None
    end: int | None
    document: Thing | None
    row: str = ""
    who: str = ""
    said_on: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One row of an answer: its values by column, and what it rests on."""

    values: Mapping[str, Value]
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """The state of one theme in one place: ``state`` is the last segment of a ``code/cell-state/`` IRI.

    ``organisations`` counts families (``org:unitOf*``): those the state rests on. ``organisations_by_grade`` counts
    them for each grade on its own, so that a family may be in several. ``partners`` are the organisations the
    reason speaks of, ``evidence`` the IRIs of the records that bear on the cell. ``since`` is the day, month or year
    since when the state holds as far as is known (of lapsed work its last), or empty.
    """

    theme: Thing
    place: Thing
    state: str
    label: str
    reason: str
    organisations: int = 0
    organisations_by_grade: Mapping[str, int] = field(default_factory=dict)
    partners: tuple[Thing, ...] = ()
    evidence: tuple[str, ...] = ()
    since: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question returned: JSON, CSV, tables and pages are all made of this.

    ``query`` is the SPARQL text that gave exactly these rows at ``generation``; ``as_of`` is the day the
    answer speaks of; ``looked_at`` says how much was looked at (engagements, sources), so that an empty
    answer is honest.
    """

    question: Question
    parameters: Mapping[str, Thing | str]
    rows: tuple[AnswerRow, ...]
    query: str
    generation: int
    as_of: date
    looked_at: Mapping[str, int] = field(default_factory=dict)
    cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where collaboration is missing. The IRI is stable: the same gap has it in every generation."""

    kind: str
    iri: str
    subjects: Mapping[str, Value]  # what the gap is about: theme, place, organisations ...
    reason: str
    severity: float  # 0 .. 1
    severity_terms: Mapping[str, float]
    remedy: str
    evidence: tuple[Evidence, ...]
    query: str
    records: int = 0  # how many bear on it; of very many, ``evidence`` quotes the first
    more_records: bool = False  # there are at least so many


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a network map. ``kind`` is a Kind's name, ``weight`` the number of records on the map that it takes
    part in, ``sources`` the IRIs of the named graphs that speak of it. ``note`` says what the map cannot draw:
    partners that the source does not name. ``measures`` are those of ``graph.analysis.measures``, on the whole map.
    """

    iri: str
    label: str
    kind: str
    weight: float = 1.0
    sources: tuple[str, ...] = ()
    note: str = ""
    measures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """An undirected edge. ``kind`` says what joins the two (collaboration, theme, place); ``basis`` as in the data.

    ``weight`` is the number of records (collaborations, projects ...) that join the two; ``evidence`` are their IRIs,
    ``sources`` those of the named graphs they are in. ``start``, ``end`` and ``stated_on`` are partial dates as the
    source has them, empty where it has none: what has ended is on the map too.
    """

    source: str
    target: str
    kind: str
    label: str
    weight: float = 1.0
    basis: str = "stated"
    sources: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    stated_on: str = ""


@dataclass(frozen=True, slots=True)
class MapDefinition:
    """One network map as its ``.rq`` file states it. ``name`` is the file's stem; ``edges`` and ``notes`` are what
    each kind of edge, and of remark on a node, is called in each language."""

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    query: str
    edges: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class NetworkMap:
    """Nodes and edges, sorted by IRI, ready for any export format. ``estimated_from`` is the number of nodes from which
    the betweenness of all is estimated, None where it is exact."""

    name: str
    title: str
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    generation: int
    estimated_from: int | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The theme x place matrix. ``cells`` are row-major: ``cells[i * len(places) + j]`` is theme i in place j.

    ``depth`` says how far each theme (by IRI) stands below the top of the scheme, for indentation. ``query`` is the
    SPARQL text whose rows the states were chosen from, ``roll_up`` names what was counted together.
    """

    themes: tuple[Thing, ...]
    places: tuple[Thing, ...]
    cells: tuple[Cell, ...]
    query: str
    generation: int
    as_of: date
    looked_at: Mapping[str, int] = field(default_factory=dict)
    depth: Mapping[str, int] = field(default_factory=dict)
    roll_up: tuple[str, ...] = ()

    def row(self, index: int) -> tuple[Cell, ...]:
        """The cells of theme ``index``, in the order of ``places``."""
        width = len(self.places)
        return self.cells[index * width : (index + 1) * width]

    def at(self, theme: str, place: str) -> Cell | None:
        """The cell of two IRIs, or nothing where the matrix does not have it."""
        for i, row_theme in enumerate(self.themes):
            if row_theme.iri == theme:
                return next((cell for cell in self.row(i) if cell.place.iri == place), None)
        return None


@dataclass(frozen=True, slots=True)
class SeverityTerm:
    """One term of a gap's severity: its share of the whole (the shares of a kind add up to 1), and what it means."""

    name: str
    weight: float
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GapKind:
    """One kind of gap as its ``.rq`` file states it. ``name`` is the file's stem.

    ``subject`` names the columns that a gap is about: they are parameters of ``question`` too, and binding them gives
    the one row of that gap. ``parameters`` are what gaps can be filtered by. ``reasons`` are sentences by case
    (empty for the only one) and language, with ``{column}`` placeholders; ``remedies`` likewise.
    """

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    subject: tuple[str, ...]
    reasons: Mapping[str, Mapping[str, str]]
    remedies: Mapping[str, Mapping[str, str]]
    severity: tuple[SeverityTerm, ...]
    question: Question
