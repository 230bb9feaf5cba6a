"""The columns of a sheet of IATI activities: heading and tag. Headings are the standard's own words; tags say to
machines what a column holds, written as HXL hashtags are. Columns without a tag are for people."""

from __future__ import annotations

#: The roles of participating organisations: code in 2.0x -> word, which is that of 1.0x in lower case.
ROLES = {"1": "funding", "2": "accountable", "3": "extending", "4": "implementing"}
#: The kinds of dates: code in 2.0x -> word of 1.0x.
DATES = {"1": "start-planned", "2": "start-actual", "3": "end-planned", "4": "end-actual"}
#: Kinds of descriptions -> heading.
DESCRIPTIONS = {"": "description", "1": "description", "2": "objectives", "3": "target groups"}
#: Elements that are not taken apart: one line each, in a column of the element's name.
AS_READ = (
    "other-identifier",
    "activity-scope",
    "collaboration-type",
    "default-flow-type",
    "default-finance-type",
    "default-aid-type",
    "default-tied-status",
    "policy-marker",
    "tag",
    "humanitarian-scope",
    "budget",
    "planned-disbursement",
    "country-budget-items",
    "capital-spend",
    "document-link",
    "activity-website",
    "conditions",
    "legacy-data",
    "crs-add",
    "fss",
)
#: Attributes of an activity with a column each.
ATTRIBUTES = ("default-currency", "hierarchy", "humanitarian", "linked-data-uri", "budget-not-provided")
_FOR_PEOPLE = (
    "language",
    "activity-status (text)",
    "activity-date (text)",
    "objectives",
    "target groups",
    "description (other kinds)",
    "description (other languages)",
    "names (other languages)",
    "reporting-org secondary-reporter",
    "participating-org (activities, channels)",
    "taken from transactions",
    "recipient-region vocabulary-uri",
    "location (more)",
    "related-activity (text)",
    "transaction",
    "result",
    "contact-info (organisation)",
)


def _columns() -> dict[str, str]:
    """Heading -> tag (as HXL hashtags are written), in the order of the sheet."""
    made = {
        "iati-identifier": "#activity+id",
        "title": "#activity+title",
        "title (other languages)": "#activity+title+i18n",
        "description": "#activity+description",
        "activity-status": "#status+code",
        "start-planned": "#date+start+planned",
        "start-actual": "#date+start+actual",
        "end-planned": "#date+end+planned",
        "end-actual": "#date+end+actual",
        "reporting-org": "#org+reporting+name",
        "reporting-org ref": "#org+reporting+code",
        "reporting-org type": "#org+reporting+type",
    }
    for role in (*ROLES.values(), "other"):
        made |= {
            f"participating-org ({role})": f"#org+{role}+name",
            f"participating-org ({role}) ref": f"#org+{role}+code",
            f"participating-org ({role}) type": f"#org+{role}+type",
        }
    made["participating-org (other) role"] = "#org+other+role"
    made |= {"sector vocabulary": "#sector+vocabulary", "sector code": "#sector+code", "sector": "#sector+name"}
    made |= {"sector percentage": "#sector+percentage", "sector vocabulary-uri": "#sector+vocabulary_uri"}
    made |= {"recipient-country code": "#country+code", "recipient-country": "#country+name"}
    made |= {"recipient-country percentage": "#country+percentage"}
    made |= {"recipient-region vocabulary": "#region+vocabulary", "recipient-region code": "#region+code"}
    made |= {"recipient-region": "#region+name", "recipient-region percentage": "#region+percentage"}
    made |= {"location": "#loc+name", "location country": "#loc+country"}
    made |= {"location adm1": "#loc+adm1", "location adm2": "#loc+adm2"}
    made |= {"location code": "#loc+code", "location vocabulary": "#loc+vocabulary"}
    made |= {"location latitude": "#geo+lat", "location longitude": "#geo+lon"}
    made |= {"related-activity ref": "#activity+related+ref", "related-activity type": "#activity+related+type"}
    made["last-updated-datetime"] = "#date+updated"
    return made | dict.fromkeys((*_FOR_PEOPLE, *ATTRIBUTES, *AS_READ), "")


#: Heading -> tag; an empty one where the column is for people.
COLUMNS = _columns()
