"""The maps of the roundtable, checked against what its document says, read by hand."""

from graph.maps import build
from graph.model import NetworkMap
from graph.store.embedded import EmbeddedStore

#: The 14 that present, the regional office that invites, two programmes of one of the 14, and two parents that names
#: tell of: UNICEF and Save the Children.
ORGANISATIONS = 19


def last(iri: str) -> str:
    return iri.rpartition("/")[2]


def joined(network: NetworkMap, end: str) -> dict[str, str]:
    """Who is joined to ``end``, and on what basis."""
    return {last(e.source): e.basis for e in network.edges if last(e.target) == end}


def test_nobody_collaborates_by_having_been_there(roundtable_store: EmbeddedStore) -> None:
    """The document names no two partners of one collaboration; what joins organisations are their names."""
    network = build(roundtable_store, "collaboration")
    assert {e.kind for e in network.edges} == {"unit", "link"}
    assert {frozenset((last(e.source), last(e.target))) for e in network.edges if e.kind == "link"} == {
        frozenset({"open-society-institute", "open-society-foundation-kyrgyzstan"})
    }
    assert len(network.nodes) == ORGANISATIONS
    assert {n.kind for n in network.nodes} == {"organisation"}


def test_partners_without_a_name_are_noted_where_the_document_mentions_them(roundtable_store: EmbeddedStore) -> None:
    noted = {last(n.iri): n.note for n in build(roundtable_store, "collaboration").nodes if n.note}
    assert set(noted) >= {
        "international-step-by-step-association",
        "bridge-of-hope-armenia",
        "reninco",
        "perspektiva",
    }
    assert "its members and other organizations" in noted["international-step-by-step-association"]
    assert not any(name.startswith(("unicef", "save-the-children", "open-university")) for name in noted)


def test_who_is_joined_to_deinstitutionalisation(roundtable_store: EmbeddedStore) -> None:
    network = build(roundtable_store, "shared-work")
    assert joined(network, "deinstitutionalisation") == {
        "unicef-armenia": "stated",
        "unicef-cee-cis-child-protection": "inferred-session",
    }
    assert joined(network, "AM")["unicef-armenia"] == "stated"


def test_a_seat_is_no_place_of_work(roundtable_store: EmbeddedStore) -> None:
    """Open University and the Open Society Institute sit in the United Kingdom and speak of elsewhere."""
    network = build(roundtable_store, "shared-work")
    assert not {"GB", "CH"} & {last(n.iri) for n in network.nodes}
    assert {p for p in ("BA", "BG", "RO", "RU") if "open-university" in joined(network, p)} == {"BA", "BG"}


def test_everything_has_a_name_in_both_languages(roundtable_store: EmbeddedStore) -> None:
    for lang in ("en", "ru"):
        for name in ("collaboration", "shared-work"):
            network = build(roundtable_store, name, lang=lang)
            assert all(n.label and n.label != last(n.iri) for n in network.nodes)
    themes = [n.label for n in network.nodes if n.kind in ("theme", "place")]
    assert all(any("\u0400" <= c <= "\u04ff" for c in label) for label in themes)
