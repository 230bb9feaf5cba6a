"""The document invites mistakes. Each test here is one of them, not made."""

from tests.data import dataset


def engagements() -> list[dataset.Row]:
    """Engagements and collaborations: both say who works on what where."""
    return dataset.rows("engagements") + dataset.rows("collaborations")


def triples(theme: str) -> set[tuple[str, str, str]]:
    """(organisation, place or "", basis) recorded for a theme."""
    return {
        (organisation, place, row["basis"])
        for row in engagements()
        if theme in dataset.items(row["themes"])
        for organisation in dataset.items(row["organisations"])
        for place in dataset.items(row["places"]) or [""]
    }


def by_id(table: str) -> dict[str, dataset.Row]:
    return {row["id"]: row for row in dataset.rows(table)}


def test_only_unicef_armenia_is_stated_to_work_on_deinstitutionalisation() -> None:
    assert triples("deinstitutionalisation") == {
        ("unicef-armenia", "AM", "stated"),
        ("unicef-cee-cis-child-protection", "cee-cis", "inferred-session"),
    }
    assert [row["id"] for row in dataset.rows("talks") if "deinstitutionalisation" in dataset.items(row["themes"])] == [
        "armenia-focus"
    ]


def test_the_child_protection_section_keeps_its_stated_themes_apart() -> None:
    assert ("unicef-cee-cis-child-protection", "cee-cis", "stated") in triples("childcare-reform")


def test_open_university_works_where_its_research_is_not_where_it_sits() -> None:
    assert {(place, basis) for who, place, basis in triples("inclusive-education") if who == "open-university"} == {
        ("BA", "stated"),
        ("BG", "stated"),
    }


def test_no_seat_is_taken_for_coverage() -> None:
    seats = {(row["organisation"], row["place"]) for row in dataset.rows("seats")}
    assert seats == {
        ("open-university", "GB"),
        ("open-society-institute", "GB"),
        ("open-society-foundation-kyrgyzstan", "KG"),
        ("perspektiva", "RU"),
    }
    covered = {(row["organisations"], place) for row in engagements() for place in dataset.items(row["places"])}
    assert not seats & covered
    assert not any({"GB", "KG"} & set(dataset.items(row["places"])) for row in dataset.rows("talks"))
    assert not any(row["basis"] == "inferred-seat" for _, _, row in dataset.quoted() if "basis" in row)


def test_stated_themes_of_perspektiva_have_no_place() -> None:
    places = {row["places"] for row in engagements() if row["organisations"] == "perspektiva"}
    assert places == {""}


def test_a_country_in_a_name_only_is_inferred() -> None:
    bridge = [row for row in engagements() if row["organisations"] == "bridge-of-hope-armenia"]
    assert {(row["places"], row["basis"]) for row in bridge} == {("AM", "inferred-name"), ("", "stated")}


def test_each_policy_talk_has_its_own_country() -> None:
    assert triples("policy") == {("unicef-romania", "RO", "stated"), ("unicef-russia", "RU", "stated")}


def test_no_engagement_mixes_several_themes_with_several_places() -> None:
    mixed = [
        row["id"]
        for row in engagements()
        if len(dataset.items(row["themes"])) > 1 and len(dataset.items(row["places"])) > 1
    ]
    assert mixed == []


def test_bosnia_and_herzegovina_is_one_country() -> None:
    assert by_id("talks")["inclusion-or-illusion"]["places"] == "BA;BG"


def test_attendance_is_stated_for_the_absent_presenter_only() -> None:
    told = [row for row in dataset.rows("appearances") if row["attendance"] != "not-stated"]
    assert [(row["person"], row["attendance"]) for row in told] == [("ingrid-lewis", "absent")]
    assert told[0]["talk"] == "participatory-action-research"


def test_delivery_follows_the_tense_of_the_text() -> None:
    talks = by_id("talks")
    assert talks["participatory-action-research"]["delivery"] == "presenter-absent"
    assert talks["regional-situation-analysis-overview"]["delivery"] == "not-stated"
    assert sum(row["delivery"] == "given" for row in talks.values()) == 12
    shown = {row["record"].removeprefix("talk/") for row in dataset.rows("evidence")}
    assert [key for key, row in talks.items() if row["delivery"] == "given" and key not in shown] == []


def test_a_role_belongs_to_one_presenter_of_three() -> None:
    roles = [(row["person"], row["role"]) for row in dataset.rows("memberships") if row["role"]]
    assert roles == [("denise-roza", "Director")]


def test_two_foundations_of_one_family_are_linked_and_not_the_same() -> None:
    (link,) = dataset.rows("links")
    assert (link["organisation"], link["linked_to"]) == (
        "open-society-institute",
        "open-society-foundation-kyrgyzstan",
    )
    assert link["basis"] == "inferred-name"
    units = {row["unit"] for row in dataset.rows("units")}
    assert not {"open-society-institute", "open-society-foundation-kyrgyzstan"} & units


def test_units_of_a_parent_are_inferred_from_their_names_or_stated() -> None:
    assert {(row["unit"], row["parent"], row["basis"]) for row in dataset.rows("units")} == {
        ("unicef-regional-office-cee-cis", "unicef", "inferred-name"),
        ("unicef-cee-cis-education-regional-office", "unicef-regional-office-cee-cis", "inferred-name"),
        ("unicef-cee-cis-child-protection", "unicef-regional-office-cee-cis", "inferred-name"),
        ("unicef-romania", "unicef", "inferred-name"),
        ("unicef-russia", "unicef", "inferred-name"),
        ("unicef-armenia", "unicef", "inferred-name"),
        ("save-the-children-albania", "save-the-children", "inferred-name"),
        ("osi-early-childhood-programme", "open-society-institute", "stated"),
        ("osi-education-support-programme", "open-society-institute", "stated"),
    }
    kinds = {row["id"] for row in dataset.rows("organisations") if row["kind"] == "unit"}
    assert kinds == {row["unit"] for row in dataset.rows("units")}


def test_nine_organisations_is_a_claim_and_nothing_else() -> None:
    claim = by_id("statements")["nine-organisations"]
    assert (claim["kind"], claim["hedged"]) == ("claim", "false")
    assert not [row["id"] for row in engagements() if row["quote_start"] == claim["quote_start"]]


def test_a_comma_in_a_name_does_not_make_two_organisations() -> None:
    perspektiva = by_id("organisations")["perspektiva"]
    assert perspektiva["also_known_as"] == "Regional Society for Disabled People"
    assert perspektiva["as_written"] == "Perspektiva, Regional Society for Disabled People"
    assert "regional-society-for-disabled-people" not in by_id("organisations")


def test_spelling_of_the_source_is_kept_beside_the_corrected_name() -> None:
    foundation = by_id("organisations")["open-society-foundation-kyrgyzstan"]
    assert foundation["name"] == "Open Society Foundation, Kyrgyzstan"
    assert foundation["as_written"] == "Open Society Foundation, Krygyzstan"
    assert by_id("people")["susanna-tadevsyon"]["name"] == "Susanna Tadevsyon"


def test_unbalanced_quotation_marks_are_kept_as_written() -> None:
    written = [row["as_written"] for row in dataset.rows("talks") if row["as_written"]]
    assert [(text[0], text[-1]) for text in written] == [("'", "’"), ("'", "’")]
    assert not any(row["name"][0] in "'‘" or row["name"][-1] in "'’" for row in dataset.rows("talks"))


def test_being_at_one_meeting_is_no_collaboration() -> None:
    """The document names no two partners that work together: every partner but one is unnamed."""
    for row in dataset.rows("collaborations"):
        assert len(dataset.items(row["organisations"])) == 1
        assert row["unnamed_partners"]
    assert [row["id"] for row in dataset.rows("engagements") if ";" in row["organisations"]] == []


def test_members_of_the_network_stay_unnamed() -> None:
    (network,) = [row["id"] for row in dataset.rows("organisations") if row["kind"] == "network"]
    members = [row for row in dataset.rows("memberships") if row["organisation"] == network]
    assert [(row["person"], row["unnamed_members"]) for row in members] == [("", "its members")]


def test_incomplete_lists_say_so() -> None:
    for row in dataset.rows("statements"):
        if row["event"].endswith("-7") and row["kind"] in ("challenge", "priority"):
            assert "not complete" in row["basis_note"], row["id"]


def test_the_hedged_claim_is_a_statement_and_no_number_is_made_of_it() -> None:
    hedged = [(row["id"], row["kind"]) for row in dataset.rows("statements") if row["hedged"] == "true"]
    assert hedged == [("institutionalisation-rate-rising", "claim")]
    assert "observations" not in dataset.names()


def test_a_shortage_is_a_challenge_and_nothing_is_said_to_be_absent_or_complete() -> None:
    assert by_id("statements")["shortage-of-data-collection"]["kind"] == "challenge"
    assert not {"absences", "completeness"} & set(dataset.names())


def test_what_is_proposed_is_not_available() -> None:
    resources = {key: (row["kind"], row["availability"]) for key, row in by_id("resources").items()}
    assert resources == {
        "including-samuel": ("film", "existing"),
        "survey-of-unicef-specialists-2009": ("survey", "existing"),
        "regional-inclusive-education-situation-analysis": ("document", "existing"),
        "issa-online-regional-database": ("database", "existing"),
        "proposed-inclusive-education-database": ("database", "proposed"),
    }
    bases = {row["availability"] for row in dataset.rows("resources") if row["basis"] == "proposed"}
    assert bases == {"proposed"}
    assert by_id("resources")["issa-online-regional-database"]["collaboration"] in by_id("collaborations")


def test_next_steps_are_attributed_as_far_as_the_text_does() -> None:
    steps = {row["id"]: row["made_by_text"] for row in dataset.rows("statements") if row["kind"] == "next-step"}
    assert steps == {"next-step-network-meetings": "all groups", "next-step-online-database": ""}


def test_every_presenting_organisation_works_on_something() -> None:
    presenting = {row["organisations"] for row in dataset.rows("talks")}
    working = {row["organisations"] for row in engagements()}
    assert presenting - working == set()
