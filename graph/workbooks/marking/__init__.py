"""Somebody's own workbook with the faults of a report marked in it.

The parts of the file are edited where a mark goes and nowhere else; whatever else is in it - formats, formulas, charts,
pictures, pivot tables, macros - is copied byte by byte. A library that reads a workbook and writes it anew would lose
what it does not know. (ECMA-376, parts 1 and 2.)
"""

from graph.workbooks.marking.book import Unmarkable, mark

__all__ = ["Unmarkable", "mark"]
