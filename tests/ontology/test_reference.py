"""docs/vocabulary.md: its generated part is current and says everything there is to say."""

from pathlib import Path

import pytest
from rdflib import RDF, RDFS, SH, Graph, URIRef

from graph.terms import NS
from ontology import HERE
from ontology.reference import BEGIN, END, TARGET, generated, main, page
from tests.ontology.shape_examples import local, shapes


def test_the_page_is_current() -> None:
    assert main(["--check"]) == 0, "run `python -m ontology.reference`"


def test_every_term_and_every_rule_is_on_the_page() -> None:
    text = TARGET.read_text(encoding="utf-8")
    vocabulary = Graph().parse(HERE / "vocabulary.ttl")
    for term in set(vocabulary.subjects(RDFS.isDefinedBy, None)):
        assert isinstance(term, URIRef)
        assert f"| `{term.n3(vocabulary.namespace_manager)}` |" in text
    for shape in shapes().subjects(RDF.type, SH.PropertyShape):
        assert f"| `{local(shape)}` |" in text
    assert NS in text


def test_an_outdated_page_is_noticed_and_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "vocabulary.md"
    target.write_text(f"Before.\n{BEGIN}old\n{END}After.\n", encoding="utf-8")
    assert main(["--check"], target) == 1
    assert "out of date" in capsys.readouterr().err
    assert "old" in target.read_text(encoding="utf-8")
    assert main([], target) == 0
    assert target.read_text(encoding="utf-8") == f"Before.\n{BEGIN}{generated()}{END}After.\n"
    assert main(["--check"], target) == 0


def test_a_page_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        page("No marks.")
