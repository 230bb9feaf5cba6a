"""The scheme of places, and that it is what its tables say."""

import csv
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from rdflib import DCTERMS, RDF, SKOS, XSD, Graph, Literal, URIRef

from graph.names_text import key
from ontology import generate
from tests.material import shared
from tests.ontology.skos import CG, PLACE, SCHEMA, ambiguous, faults, parse, text

#: As printed around 2010; Kosovo is not in that list.
MEMBERS = "AL AM AZ BA BG BY GE HR KG KZ MD ME MK RO RS RU TJ TM TR UA UZ"


@pytest.fixture(scope="module")
def places() -> Graph:
    return parse("places.ttl")


@pytest.fixture(scope="module")
def by_name(places: Graph) -> dict[str, str]:
    """Any name or code, folded -> the code of the place."""
    return {
        key(str(name)): str(concept).removeprefix(str(PLACE))
        for naming in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.notation)
        for concept, name in places.subject_objects(naming)
        if (concept, RDF.type, CG.Place) in places
    }


def within(places: Graph, code: str) -> set[str]:
    """Codes of everything that contains the place."""
    found = set(places.transitive_objects(PLACE[code], SCHEMA.containedInPlace)) - {PLACE[code]}
    return {str(iri).removeprefix(str(PLACE)) for iri in found}


def test_generated_files_are_up_to_date() -> None:
    assert generate.stale() == []
    assert generate.main(["--check"]) == 0


def test_check_names_the_file_that_is_out_of_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sources").symlink_to(generate.HERE / "sources")
    monkeypatch.setattr(generate, "HERE", tmp_path)
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0
    (tmp_path / "places.ttl").write_text("", "utf-8")
    (tmp_path / "codelists" / "invented.ttl").write_text("", "utf-8")
    assert generate.main(["--check"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "out of date: codelists/invented.ttl",
        "out of date: places.ttl",
    ]


def test_the_scheme_is_sound(places: Graph) -> None:
    assert faults(places) == []


def test_every_place_is_either_a_country_or_a_region(places: Graph) -> None:
    every = set(places.subjects(RDF.type, CG.Place))
    countries, regions = set(places.subjects(RDF.type, CG.Country)), set(places.subjects(RDF.type, CG.Region))
    assert every == countries | regions == set(places.subjects(RDF.type, SKOS.Concept))
    assert not countries & regions
    assert len(countries) == 250
    assert len(regions) == 31


def test_codes_are_plain_strings_and_notations(places: Graph) -> None:
    for iri in places.subjects(RDF.type, CG.Country):
        codes = [o for p in (CG.alpha2, CG.alpha3, CG.m49) for o in places.objects(iri, p)]
        assert iri == PLACE[str(codes[0])]
        assert set(codes) == set(places.objects(iri, SKOS.notation))
        assert all(code.datatype in (None, XSD.string) for code in codes)
        assert [len(code) for code in codes] == ([2, 3] if iri == PLACE.XK else [2, 3, 3])


def test_armenia_and_kosovo_have_the_codes_that_are_in_use(places: Graph) -> None:
    assert set(map(str, places.objects(PLACE.AM, SKOS.notation))) == {"AM", "ARM", "051"}
    assert set(map(str, places.objects(PLACE.XK, SKOS.notation))) == {"XK", "XKX"}
    assert text(places, PLACE.XK, SKOS.prefLabel, "ru") == {"Косово"}


def test_every_place_lies_in_the_world_and_nothing_in_itself(places: Graph) -> None:
    codes = {str(iri).removeprefix(str(PLACE)) for iri in places.subjects(RDF.type, CG.Place)}
    for code in codes - {"m49-001"}:
        assert "m49-001" in within(places, code), code
        assert all(code not in within(places, outer) for outer in within(places, code)), code
    assert within(places, "m49-001") == set()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("AM", {"m49-145", "m49-142", "m49-001", "cee-cis"}),
        ("RO", {"m49-151", "m49-150", "m49-001", "cee-cis"}),
        ("XK", {"m49-039", "m49-150", "m49-001", "cee-cis"}),
        ("GB", {"m49-154", "m49-150", "m49-001"}),
        ("CH", {"m49-155", "m49-150", "m49-001"}),
        ("KE", {"m49-014", "m49-202", "m49-002", "m49-001"}),
        ("AQ", {"m49-001"}),
    ],
)
def test_regions_that_contain_a_country(places: Graph, code: str, expected: set[str]) -> None:
    assert within(places, code) == expected


def test_members_of_cee_cis_are_dated_and_sourced(places: Graph) -> None:
    direct = {str(iri)[-2:] for iri in places.subjects(SCHEMA.containedInPlace, PLACE["cee-cis"])}
    assert direct == {*MEMBERS.split(), "XK"}
    assert len(direct) == 21 + 1
    nodes = set(places.subjects(RDF.type, CG.RegionMembership))
    assert nodes == {PLACE[f"cee-cis/member/{code}"] for code in direct}
    for node in nodes:
        (member,) = places.objects(node, CG.member)
        assert str(node)[-2:] == str(member)[-2:]
        assert list(places.objects(node, CG.region)) == [PLACE["cee-cis"]]
        (date,) = places.objects(node, DCTERMS.date)
        assert date == Literal("2013" if member == PLACE.XK else "2010", datatype=XSD.gYear)
        for source in places.objects(node, DCTERMS.source):
            assert (source, DCTERMS.title, None) in places
        assert list(places.objects(node, DCTERMS.source))


def test_kosovo_and_the_region_say_where_the_list_comes_from(places: Graph) -> None:
    for lang, word in (("en", "1244"), ("ru", "1244")):
        (note,) = text(places, PLACE["cee-cis/member/XK"], SKOS.note, lang)
        assert word in note
        (note,) = text(places, PLACE["cee-cis"], SKOS.note, lang)
        assert "2010" in note


def test_reference_data_do_not_move_the_day_that_answers_speak_of(places: Graph) -> None:
    assert list(places.subject_objects(CG.statedOn)) == []


def test_no_name_spelling_or_code_belongs_to_two_places(places: Graph) -> None:
    assert ambiguous(places) == {}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Krygyzstan", "KG"),
        ("Киргизия", "KG"),
        ("Burma", "MM"),
        ("ivory coast", "CI"),
        ("Cote d’Ivoire", "CI"),
        ("Côte d'Ivoire", "CI"),
        ("FYROM", "MK"),
        ("Macedonia", "MK"),
        ("Moldova", "MD"),
        ("Молдавия", "MD"),
        ("Russia", "RU"),
        ("Turkey", "TR"),
        ("Turquie", "TR"),
        ("Турция", "TR"),
        ("Palestine", "PS"),
        ("DRC", "CD"),
        ("Congo, The Democratic Republic Of The", "CD"),
        ("Congo (Brazaville)", "CG"),
        ("Republic of Congo", "CG"),
        ("Republic of the Congo", "CG"),
        ("Democratic Republic of Congo", "CD"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("United Kingdom", "GB"),
        ("Великобритания", "GB"),
        ("Bosnia & Herzegovina", "BA"),
        ("Alemania", "DE"),
        ("Allemagne", "DE"),
        ("XKX", "XK"),
        ("051", "AM"),
        ("South Africa", "ZA"),
        ("Southern Africa", "m49-018"),
        ("Micronesia", "m49-057"),
        ("ЦВЕ/СНГ", "cee-cis"),
        ("Central and Eastern Europe and the Commonwealth of Independent States", "cee-cis"),
    ],
)
def test_names_as_they_are_written_find_their_place(by_name: dict[str, str], name: str, code: str) -> None:
    assert by_name.get(key(name)) == code


@pytest.mark.parametrize("name", ["Mali Situation", "Thailand-Myanmar", "Korea", "Virgin Islands", "America"])
def test_what_is_no_one_place_finds_none(by_name: dict[str, str], name: str) -> None:
    assert key(name) not in by_name


def test_countries_of_a_real_sheet_are_found(by_name: dict[str, str]) -> None:
    with shared("datasets", "hxl3w", "unhcr-3w.csv").open(encoding="utf-8-sig", newline="") as file:
        names = {row["Country name"] for row in csv.DictReader(file)}
    unknown = {name for name in names if key(name) not in by_name}
    assert unknown == {"#country", "Mali Situation", "Nigeria Situation", "Thailand-Myanmar"}


def test_countries_as_iati_writes_them_are_found(by_name: dict[str, str]) -> None:
    items = ElementTree.parse(shared("datasets", "vocab", "iati", "Country.xml")).iter("codelist-item")
    names = {str(item.findtext("name/narrative")): item.findtext("code") for item in items if not item.get("status")}
    assert len(names) == 250
    assert {name: by_name.get(key(name)) for name in names} == names


def test_codes_and_regions_agree_with_the_published_lists(places: Graph) -> None:
    with shared("datasets", "vocab", "country-codes.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["ISO3166-1-Alpha-2"]: row for row in csv.DictReader(file)}
    countries = {str(o): s for s, o in places.subject_objects(CG.alpha2)}
    assert set(countries) == {*rows, "XK"}
    for code, row in rows.items():
        assert str(places.value(countries[code], CG.alpha3)) == row["ISO3166-1-Alpha-3"]
        assert str(places.value(countries[code], CG.m49)) == row["M49"].zfill(3)
        regions = {
            row[f"{kind} Code"].zfill(3)
            for kind in ("Region", "Sub-region", "Intermediate Region")
            if row[f"{kind} Code"]
        }
        assert within(places, code) - {"cee-cis"} == {f"m49-{region}" for region in regions} | {"m49-001"}


def test_iri_of_a_place_is_its_code(places: Graph) -> None:
    for iri in places.subjects(RDF.type, CG.Region):
        code = str(places.value(iri, CG.m49) or places.value(iri, SKOS.notation))
        assert iri == URIRef(PLACE[f"m49-{code}" if code.isdigit() else code])
