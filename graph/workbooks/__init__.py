"""Workbooks for people: the template to fill in, what a source says in such a workbook, and somebody's own workbook
with its faults marked. Made from the layouts of ``ontology/tables``, the code lists and the shapes; typed by hand are
only the sentences that explain."""
