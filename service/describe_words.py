"""The words and the order in which a thing's page tells what is known. Data only."""

from __future__ import annotations

from graph.terms import expand

#: What a record without a name of its own is about, by property, in this order.
TITLES = (
    "cg:person",
    "org:member",
    "cg:partner",
    "rdf:subject",
    "rdf:object",
    "org:organization",
    "cg:theme",
    "cg:talk",
    "schema:addressCountry",
    "cg:place",
)

#: Facts that come before the others.
FACTS_FIRST = [
    expand(curie)
    for curie in (
        "dcterms:description",
        "cg:partner",
        "cg:person",
        "cg:onBehalfOf",
        "cg:theme",
        "cg:place",
        "cg:role",
        "cg:delivery",
        "cg:attendance",
        "cg:note",
    )
]

#: Groups in the order of display: class, heading, what a reader must know.
GROUPS: tuple[tuple[str, str, str], ...] = (
    ("cg:Appearance", "Named with presentations", ""),
    ("cg:Session", "Sessions", ""),
    ("cg:Talk", "Presentations", ""),
    ("cg:Engagement", "Records of work", ""),
    ("cg:Collaboration", "Collaborations", ""),
    ("cg:Participation", "Parts in projects", ""),
    ("org:Membership", "Memberships and roles", ""),
    ("rdf:Statement", "Ties to other organisations", ""),
    ("org:Site", "Seat", "An address says where an organisation sits. It says nothing about where it works."),
    ("cg:MeetingStatement", "What was said", ""),
    ("schema:CreativeWork", "Resources", ""),
    ("cg:Project", "Projects", ""),
    ("qb:Observation", "Figures", ""),
    (
        "cg:AbsenceStatement",
        "Stated absences",
        "Somebody says that nobody works on this here, or that it is not needed.",
    ),
    ("cg:CompletenessStatement", "Complete lists", "A source claims to list everybody for these themes and places."),
    ("cg:Confirmation", "Confirmed", "Somebody says that this still goes on. What its source says stays as it is."),
    ("foaf:Document", "Documents", ""),
    ("schema:Event", "Events", ""),
    ("org:OrganizationalUnit", "Units", ""),
    ("org:FormalOrganization", "Organisations", ""),
    ("cg:Region", "Regions", ""),
    ("cg:Country", "Countries and areas", ""),
    ("cg:Subdivision", "Parts of it", ""),
    ("skos:Concept", "Narrower", ""),
    ("prov:Activity", "Ingested by", ""),
)
PLAIN = {
    expand(curie)
    for curie in (
        "cg:Session",
        "foaf:Document",
        "schema:Event",
        "cg:Region",
        "cg:Country",
        "cg:Subdivision",
        "skos:Concept",
    )
}
GROUP_ORDER = [expand(curie) for curie, _, _ in GROUPS]

#: Names of other people's properties where the vocabulary in the store gives none.
_PROPERTY_NAMES = {
    "org:unitOf": "Unit of",
    "org:linkedTo": "Linked to",
    "org:hasSite": "Seat",
    "org:siteOf": "Seat of",
    "org:member": "Member",
    "org:organization": "Organisation",
    "org:classification": "Type",
    "rdf:subject": "Organisation",
    "rdf:object": "Belongs to or linked with",
    "skos:broader": "Part of the wider theme",
    "skos:narrower": "Narrower themes",
    "skos:related": "Related",
    "skos:notation": "Codes",
    "skos:definition": "Definition",
    "skos:closeMatch": "Close match elsewhere",
    "skos:broadMatch": "Wider match elsewhere",
    "skos:exactMatch": "Same thing elsewhere",
    "skos:scopeNote": "Note",
    "schema:containedInPlace": "Lies in",
    "schema:location": "Held in",
    "schema:superEvent": "Part of",
    "schema:organizer": "Organised by",
    "schema:position": "Number",
    "schema:addressCountry": "Country",
    "schema:addressLocality": "Town",
    "schema:creator": "Made by",
    "schema:inLanguage": "Language",
    "dcterms:type": "Kind",
    "dcterms:issued": "Date",
    "dcterms:publisher": "Publisher",
    "dcterms:creator": "Who says so",
    "dcterms:description": "What is done",
    "dcterms:language": "Language",
    "dcterms:identifier": "Identifier",
    "foaf:page": "Web address",
    "foaf:homepage": "Website",
}
PROPERTIES = {expand(curie): name for curie, name in _PROPERTY_NAMES.items()}
