#+ title@en: VIVO
#+ title@ru: VIVO
#+ about@en: Research organisations and their parts, people and their positions, grants and projects with the organisations that fund and carry them, subject areas and geographic focus, as VIVO profiles have them. Roles of people in projects, publications and contact details are not taken over.
#+ about@ru: Научные организации и их части, люди и их должности, гранты и проекты с теми, кто их финансирует и ведёт, предметные области и география - в том виде, как их хранит VIVO. Роли людей в проектах, публикации и контактные данные не переносятся.
#+ vocabulary http://vivoweb.org/ontology/core#
PREFIX basis: <https://w3id.org/commonground/id/code/basis/>
PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX obo: <http://purl.obolibrary.org/obo/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX role: <https://w3id.org/commonground/id/code/organisation-role/>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX type: <https://w3id.org/commonground/id/code/organisation-type/>
PREFIX vivo: <http://vivoweb.org/ontology/core#>

# Organisations (those that are only foaf:Organization are read by the alignment of ORG and FOAF too, in the same way).
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation a org:FormalOrganization ; skos:prefLabel ?name ; org:classification ?type ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES (?class ?type) {
    (foaf:Organization UNDEF) (vivo:Association UNDEF) (vivo:Center UNDEF) (vivo:ClinicalOrganization UNDEF)
    (vivo:Committee UNDEF) (vivo:Company type:70) (vivo:PrivateCompany type:70) (vivo:Consortium UNDEF) (vivo:Division UNDEF)
    (vivo:ExtensionUnit UNDEF) (vivo:Foundation type:60) (vivo:FundingOrganization UNDEF) (vivo:GovernmentAgency type:10)
    (vivo:Hospital UNDEF) (vivo:Library UNDEF) (vivo:Museum UNDEF) (vivo:Program UNDEF) (vivo:Publisher UNDEF)
    (vivo:CoreLaboratory type:80) (vivo:Laboratory type:80) (vivo:Institute type:80) (vivo:ResearchOrganization type:80)
    (vivo:University type:80) (vivo:College type:80) (vivo:School type:80) (vivo:Department UNDEF)
    (vivo:AcademicDepartment type:80) (vivo:ServiceProvidingLaboratory UNDEF) (vivo:StudentOrganization UNDEF)
    (vivo:Team UNDEF)
  }
  ?organisation a ?class .
  ?organisation rdfs:label ?name .
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation skos:altLabel ?other ; dcterms:identifier ?identifier ; foaf:homepage ?page .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation a org:FormalOrganization .
  { ?organisation vivo:abbreviation ?other }
  UNION { ?organisation vivo:identifier ?identifier }
  UNION { ?organisation foaf:homepage ?page }
} ;

# Parts: part of (BFO_0000050), has part (BFO_0000051).
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?part org:unitOf ?whole .
    ?relation a rdf:Statement ; rdf:subject ?part ; rdf:predicate org:unitOf ; rdf:object ?whole ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?part .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  { ?part obo:BFO_0000050 ?whole } UNION { ?whole obo:BFO_0000051 ?part }
  ?part a org:FormalOrganization .
  ?whole a org:FormalOrganization .
  FILTER(?part != ?whole)
  BIND(IRI(CONCAT("relation/", SUBSTR(SHA256(CONCAT(STR(?part), " ", STR(?whole))), 1, 16))) AS ?relation)
} ;

# People, and the positions that they hold in organisations.
INSERT {
  GRAPH <urn:x-commonground:aligned> { ?person a foaf:Person ; skos:prefLabel ?name ; prov:wasDerivedFrom ?person }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES ?class {
    foaf:Person vivo:FacultyMember vivo:NonAcademic vivo:NonFacultyAcademic vivo:Librarian vivo:Postdoc vivo:Student
    vivo:GraduateStudent vivo:UndergraduateStudent vivo:EmeritusFaculty vivo:EmeritusProfessor vivo:EmeritusLibrarian
  }
  ?person a ?class ; rdfs:label ?name .
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?membership a org:Membership ; org:member ?person ; org:organization ?organisation ; cg:roleTitle ?title ;
      org:memberDuring ?period ; cg:basis basis:stated ; prov:wasDerivedFrom ?position .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  VALUES ?class {
    vivo:Position vivo:FacultyPosition vivo:FacultyAdministrativePosition vivo:NonFacultyAcademicPosition
    vivo:NonAcademicPosition vivo:LibrarianPosition vivo:PostdocPosition vivo:PrimaryPosition
  }
  ?position a ?class .
  ?position vivo:relates|^vivo:relatedBy ?person , ?organisation .
  ?person a foaf:Person .
  ?organisation a org:FormalOrganization .
  { ?position rdfs:label|vivo:hrJobTitle ?title }
  UNION { ?position vivo:dateTimeInterval/vivo:start/vivo:dateTime ?start }
  UNION { ?position vivo:dateTimeInterval/vivo:end/vivo:dateTime ?end }
  BIND(SUBSTR(SHA256(CONCAT(STR(?position), " ", STR(?person), " ", STR(?organisation))), 1, 16) AS ?hash)
  BIND(IRI(CONCAT("membership/", ?hash)) AS ?membership)
  BIND(IF(BOUND(?start) || BOUND(?end), IRI(CONCAT("membership/", ?hash, "#period")), ?nothing) AS ?period)
} ;

# Grants and projects.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?project a cg:Project ; skos:prefLabel ?name ; skos:altLabel ?other ; dcterms:identifier ?identifier ;
      dcterms:description ?description ; cg:theme ?theme ; cg:place ?place ; dcterms:temporal ?period ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?project .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES ?class { vivo:Grant vivo:Project }
  ?project a ?class .
  FILTER EXISTS { ?project rdfs:label ?any }
  { ?project rdfs:label ?name }
  UNION { ?project vivo:abbreviation ?other }
  UNION { ?project vivo:sponsorAwardId|vivo:localAwardId|vivo:identifier ?identifier }
  UNION { ?project vivo:description|vivo:overview|<http://purl.org/ontology/bibo/abstract> ?description }
  UNION { ?project vivo:hasSubjectArea|vivo:hasResearchArea|vivo:freetextKeyword ?theme }
  UNION { ?project vivo:geographicFocus ?place }
  UNION { ?project vivo:dateTimeInterval/vivo:start/vivo:dateTime ?start }
  UNION { ?project vivo:dateTimeInterval/vivo:end/vivo:dateTime ?end }
  BIND(IF(BOUND(?start) || BOUND(?end), IRI(CONCAT("project/", SUBSTR(SHA256(STR(?project)), 1, 16), "#period")), ?nothing) AS ?period)
} ;

# Organisations take part themselves, or bear a role (RO_0000053; inheres in: RO_0000052) that the grant relates or that
# is realized in the project (BFO_0000054; realizes: BFO_0000055). Whoever assigns a grant funds it.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?participation a cg:Participation ; cg:project ?project ; cg:partner ?organisation ; cg:role ?part ; cg:basis ?basis ;
      cg:basisNote ?note ; prov:wasDerivedFrom ?project , ?bearer .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?project a cg:Project .
  {
    ?project vivo:assignedBy|^vivo:assigns ?organisation .
    BIND(role:1 AS ?part) BIND(basis:stated AS ?basis)
  } UNION {
    ?project vivo:relates|^vivo:relatedBy|obo:BFO_0000055|^obo:BFO_0000054 ?bearer .
    VALUES ?administers { vivo:AdministratorRole vivo:AdminRole }
    ?bearer a ?administers .
    ?bearer obo:RO_0000052|^obo:RO_0000053 ?organisation .
    BIND(role:2 AS ?part) BIND(basis:stated AS ?basis)
  } UNION {
    { ?project vivo:relates|^vivo:relatedBy ?organisation }
    UNION {
      ?project vivo:relates|^vivo:relatedBy|obo:BFO_0000055|^obo:BFO_0000054 ?bearer .
      ?bearer obo:RO_0000052|^obo:RO_0000053 ?organisation .
      FILTER NOT EXISTS { VALUES ?administers { vivo:AdministratorRole vivo:AdminRole } ?bearer a ?administers }
    }
    VALUES (?part ?basis ?note) {
      (role:4 basis:inferred-project "The source relates it to the project; that it carries the work is inferred."@en)
      (role:4 basis:inferred-project "Источник связывает её с проектом; то, что она ведёт работу, - вывод."@ru)
    }
    FILTER NOT EXISTS { ?project vivo:assignedBy|^vivo:assigns ?organisation }
  }
  ?organisation a org:FormalOrganization .
  BIND(IRI(CONCAT("participation/", SUBSTR(SHA256(CONCAT(STR(?project), " ", STR(?organisation), " ", STR(?part))), 1, 16))) AS ?participation)
} ;

# The profile of an organisation: its research areas and its geographic focus.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?engagement a cg:Engagement ; cg:partner ?organisation ; cg:theme ?theme ; cg:place ?place ;
      cg:basis basis:inferred-profile ;
      cg:basisNote "The organisation's profile names these research areas and this geographic focus; no activity is stated."@en ,
        "В профиле организации названы эти области исследований и эта география; о деятельности прямо не сказано."@ru ;
      prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation a org:FormalOrganization .
  FILTER EXISTS { ?organisation vivo:hasResearchArea|vivo:hasSubjectArea ?one ; vivo:geographicFocus ?other }
  { ?organisation vivo:hasResearchArea|vivo:hasSubjectArea ?theme } UNION { ?organisation vivo:geographicFocus ?place }
  BIND(IRI(CONCAT("engagement/", SUBSTR(SHA256(CONCAT("profile ", STR(?organisation))), 1, 16))) AS ?engagement)
} ;

# Areas and places.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?theme a cg:Theme ; skos:prefLabel ?name ; skos:altLabel ?other ; skos:notation ?code ; skos:exactMatch ?exact ;
      skos:closeMatch ?close ; skos:broadMatch ?broad ; skos:inScheme ?scheme .
    ?scheme a skos:ConceptScheme ; skos:prefLabel ?list .
  }
}
USING <urn:x-commonground:file>
WHERE {
  { SELECT DISTINCT ?theme { ?thing vivo:hasSubjectArea|vivo:hasResearchArea ?theme } }
  FILTER EXISTS { ?theme rdfs:label|skos:prefLabel ?any }
  { ?theme skos:prefLabel ?name }
  UNION { ?theme rdfs:label ?name FILTER NOT EXISTS { ?theme skos:prefLabel ?any } }
  UNION { ?theme skos:altLabel ?other }
  UNION { ?theme skos:notation ?code }
  UNION { ?theme skos:exactMatch ?exact }
  UNION { ?theme skos:closeMatch ?close }
  UNION { ?theme skos:broadMatch ?broad }
  UNION { ?theme skos:inScheme ?scheme OPTIONAL { ?scheme skos:prefLabel|rdfs:label ?list } }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> { ?place a cg:Place ; skos:prefLabel ?name ; skos:notation ?code ; schema:containedInPlace ?whole }
}
USING <urn:x-commonground:file>
WHERE {
  { SELECT DISTINCT ?place { ?thing vivo:geographicFocus ?place } }
  { ?place rdfs:label ?name }
  UNION { ?place <http://aims.fao.org/aos/geopolitical.owl#codeISO2> ?code }
  UNION { ?place obo:BFO_0000050|obo:RO_0001025 ?whole }
}
