"""The kinds of things that have a name, a page and an IRI segment. Data only."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph.model import Kind
from graph.terms import CODE, expand


def _kind(name: str, plural: str, ru: str, ru_plural: str, *classes: str) -> Kind:
    return Kind(
        name=name,
        label={"en": name.capitalize(), "ru": ru},
        plural={"en": plural.capitalize(), "ru": ru_plural},
        classes=tuple(expand(c) for c in classes),
    )


#: By name. Order matters: a thing of several classes belongs to the first kind that has one of them, so that
#: a place is a place although it is a ``skos:Concept`` as themes are, and a collaboration is not only an
#: engagement.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind(
            "organisation",
            "organisations",
            "Организация",
            "Организации",
            "org:FormalOrganization",
            "org:OrganizationalUnit",
            "cg:Network",
            "org:Organization",
        ),
        _kind("person", "people", "Человек", "Люди", "foaf:Person"),
        _kind("place", "places", "Место", "Места", "cg:Country", "cg:Region", "cg:Subdivision"),
        _kind("talk", "presentations", "Выступление", "Выступления", "cg:Talk"),
        _kind("event", "events", "Событие", "События", "cg:Meeting", "cg:Session", "schema:Event"),
        _kind("resource", "resources", "Ресурс", "Ресурсы", "schema:CreativeWork"),
        _kind("project", "projects", "Проект", "Проекты", "cg:Project"),
        _kind("document", "documents", "Документ", "Документы", "foaf:Document"),
        _kind("source", "sources", "Источник", "Источники", "cg:Source"),
        _kind("collaboration", "collaborations", "Сотрудничество", "Сотрудничества", "cg:Collaboration"),
        _kind("engagement", "engagements", "Участие", "Участия", "cg:Engagement"),
        _kind("statement", "statements", "Высказывание", "Высказывания", "cg:MeetingStatement"),
        _kind("theme", "themes", "Тема", "Темы", "cg:Theme", "skos:Concept"),
    )
}
# "Talk" is our word for the record; readers know it as a presentation.
KINDS["talk"] = replace(KINDS["talk"], label={"en": "Presentation", "ru": "Выступление"})


def kind_of(iri: str, classes: Collection[str]) -> str:
    """The kind that a thing of these classes (IRIs) belongs to; empty for none."""
    for kind in KINDS.values():
        if not set(kind.classes).isdisjoint(classes):
            # Codes are SKOS concepts like themes, but no kind of thing that people ask for.
            return "" if kind.name == "theme" and iri.startswith(CODE) else kind.name
    return ""
