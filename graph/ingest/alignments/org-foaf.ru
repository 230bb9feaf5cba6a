#+ title@en: Organization Ontology (ORG) and FOAF
#+ title@ru: Онтология организаций (ORG) и FOAF
#+ about@en: Organisations with their units, sites, members and posts held, people and projects, as the W3C's Organization Ontology and FOAF describe them. An organisation with a purpose and an area is taken to work there, inferred from its profile. Contact details of people are not taken over.
#+ about@ru: Организации с подразделениями, местонахождениями и членами, люди и проекты в описании онтологии организаций W3C и FOAF. Организация с назначением и территорией понимается как работающая там (выведено из профиля). Контактные данные людей не переносятся.
#+ vocabulary http://www.w3.org/ns/org#
#+ vocabulary http://xmlns.com/foaf/0.1/
PREFIX basis: <https://w3id.org/commonground/id/code/basis/>
PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX role: <https://w3id.org/commonground/id/code/organisation-role/>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX time: <http://www.w3.org/2006/time#>
PREFIX vcard: <http://www.w3.org/2006/vcard/ns#>

# Organisations.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation a ?ours ; skos:prefLabel ?name ; cg:basis basis:stated ; prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES (?class ?ours) {
    (org:Organization org:FormalOrganization) (org:FormalOrganization org:FormalOrganization)
    (foaf:Organization org:FormalOrganization) (org:OrganizationalUnit org:OrganizationalUnit)
    (org:OrganizationalCollaboration cg:Network) (foaf:Group cg:Network)
  }
  ?organisation a ?class .
  # The most special class that it has.
  FILTER(?ours != org:FormalOrganization || NOT EXISTS {
    ?organisation a ?other FILTER(?other IN (org:OrganizationalUnit, org:OrganizationalCollaboration))
  })
  { ?organisation skos:prefLabel ?name }
  UNION { ?organisation foaf:name ?name FILTER NOT EXISTS { ?organisation skos:prefLabel ?any } }
  UNION { ?organisation rdfs:label ?name FILTER NOT EXISTS { ?organisation skos:prefLabel|foaf:name ?any } }
  UNION { ?organisation dcterms:title ?name FILTER NOT EXISTS { ?organisation skos:prefLabel|foaf:name|rdfs:label ?any } }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation skos:altLabel ?other ; foaf:homepage ?page ; dcterms:identifier ?identifier ; org:classification ?type .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation cg:basis basis:stated .
  { ?organisation skos:altLabel|foaf:nick ?other }
  UNION { ?organisation foaf:homepage ?page }
  UNION { ?organisation org:identifier|dcterms:identifier|skos:notation ?identifier }
  UNION { ?organisation org:classification ?type FILTER(STRSTARTS(STR(?type), "https://w3id.org/commonground/id/code/organisation-type/")) }
} ;

# Units and parts.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?part org:unitOf ?whole .
    ?relation a rdf:Statement ; rdf:subject ?part ; rdf:predicate org:unitOf ; rdf:object ?whole ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?part .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  { ?part org:unitOf|org:subOrganizationOf ?whole } UNION { ?whole org:hasUnit|org:hasSubOrganization ?part }
  ?part cg:basis basis:stated .
  ?whole cg:basis basis:stated .
  FILTER(?part != ?whole)
  BIND(IRI(CONCAT("relation/", SUBSTR(SHA256(CONCAT(STR(?part), " ", STR(?whole))), 1, 16))) AS ?relation)
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation org:linkedTo ?other .
    ?relation a rdf:Statement ; rdf:subject ?organisation ; rdf:predicate org:linkedTo ; rdf:object ?other ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation org:linkedTo ?other ; cg:basis basis:stated .
  ?other cg:basis basis:stated .
  FILTER(?organisation != ?other)
  BIND(IRI(CONCAT("relation/", SUBSTR(SHA256(CONCAT("linked ", STR(?organisation), " ", STR(?other))), 1, 16))) AS ?relation)
} ;

# Sites: seats, which are no evidence of where an organisation works.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation org:hasSite ?seat .
    ?seat a org:Site ; org:siteOf ?organisation ; schema:addressCountry ?country ; schema:addressLocality ?town ;
      cg:basis basis:stated ; prov:wasDerivedFrom ?site .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation cg:basis basis:stated .
  { ?organisation org:hasSite|org:hasPrimarySite|org:hasRegisteredSite ?site } UNION { ?site org:siteOf ?organisation }
  ?site org:siteAddress/vcard:hasAddress? ?address .
  ?address vcard:country-name ?country .
  OPTIONAL { ?address vcard:locality ?town FILTER(isLiteral(?town)) }
  BIND(IRI(CONCAT("site/", SUBSTR(SHA256(CONCAT(STR(?organisation), " ", STR(?site))), 1, 16))) AS ?seat)
} ;

# People.
INSERT {
  GRAPH <urn:x-commonground:aligned> { ?person a foaf:Person ; skos:prefLabel ?name ; prov:wasDerivedFrom ?person }
}
USING <urn:x-commonground:file>
WHERE {
  ?person a foaf:Person .
  { ?person skos:prefLabel ?name }
  UNION { ?person foaf:name ?name FILTER NOT EXISTS { ?person skos:prefLabel ?any } }
  UNION { ?person rdfs:label ?name FILTER NOT EXISTS { ?person skos:prefLabel|foaf:name ?any } }
  UNION {
    ?person foaf:givenName|foaf:firstName ?first ; foaf:familyName|foaf:lastName ?last .
    FILTER NOT EXISTS { ?person skos:prefLabel|foaf:name|rdfs:label ?any }
    BIND(CONCAT(STR(?first), " ", STR(?last)) AS ?name)
  }
} ;

# Memberships, told as records or as plain links.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?membership a org:Membership ; org:member ?member ; org:organization ?organisation ; cg:roleTitle ?title ;
      org:memberDuring ?period ; cg:basis basis:stated ; prov:wasDerivedFrom ?membership .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end .
  }
}
USING <urn:x-commonground:file>
WHERE {
  ?membership a org:Membership ; org:organization ?organisation .
  ?membership org:member|^org:hasMembership ?member .
  { BIND(1 AS ?plain) }
  UNION { ?membership org:role ?role . ?role skos:prefLabel|rdfs:label|foaf:name ?title }
  UNION { ?membership org:memberDuring/(dcat:startDate|schema:startDate|(time:hasBeginning/(time:inXSDDate|time:inXSDDateTimeStamp|time:inXSDDateTime|time:inXSDgYear|time:inXSDgYearMonth))) ?start }
  UNION { ?membership org:memberDuring/(dcat:endDate|schema:endDate|(time:hasEnd/(time:inXSDDate|time:inXSDDateTimeStamp|time:inXSDDateTime|time:inXSDgYear|time:inXSDgYearMonth))) ?end }
  BIND(IF(BOUND(?start) || BOUND(?end), IRI(CONCAT("membership/", SUBSTR(SHA256(STR(?membership)), 1, 16), "#period")), ?nothing) AS ?period)
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?membership a org:Membership ; org:member ?member ; org:organization ?organisation ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?member .
  }
}
USING <urn:x-commonground:file>
WHERE {
  { ?member org:memberOf|org:headOf ?organisation } UNION { ?organisation org:hasMember|foaf:member ?member }
  FILTER(?member != ?organisation)
  FILTER NOT EXISTS { ?record a org:Membership ; org:member ?member ; org:organization ?organisation }
  BIND(IRI(CONCAT("membership/", SUBSTR(SHA256(CONCAT(STR(?member), " ", STR(?organisation))), 1, 16))) AS ?membership)
} ;

# Projects.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?project a cg:Project ; skos:prefLabel ?name ; dcterms:description ?description ; dcterms:identifier ?identifier ;
      cg:theme ?theme ; cg:place ?place ; cg:statedOn ?day ; dcterms:temporal ?period ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?project .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end .
  }
}
USING <urn:x-commonground:file>
WHERE {
  ?project a foaf:Project .
  FILTER EXISTS { ?project foaf:name|skos:prefLabel|rdfs:label|dcterms:title ?any }
  { ?project foaf:name|skos:prefLabel|rdfs:label|dcterms:title ?name }
  UNION { ?project dcterms:description|rdfs:comment ?description }
  UNION { ?project dcterms:identifier ?identifier }
  UNION { ?project dcterms:subject|foaf:theme|foaf:topic ?theme }
  UNION { ?project dcterms:spatial ?place }
  UNION { ?project dcterms:modified ?day }
  UNION { ?project (dcterms:temporal/dcat:startDate)|schema:startDate ?start }
  UNION { ?project (dcterms:temporal/dcat:endDate)|schema:endDate ?end }
  BIND(IF(BOUND(?start) || BOUND(?end), IRI(CONCAT("project/", SUBSTR(SHA256(STR(?project)), 1, 16), "#period")), ?nothing) AS ?period)
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?participation a cg:Participation ; cg:project ?project ; cg:partner ?organisation ; cg:role ?role ; cg:basis ?basis ;
      cg:basisNote ?note ; prov:wasDerivedFrom ?project .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?project a cg:Project , foaf:Project .
  {
    ?project foaf:fundedBy ?organisation . BIND(role:1 AS ?role) BIND(basis:stated AS ?basis)
  } UNION {
    ?organisation foaf:currentProject|foaf:pastProject ?project ; cg:basis basis:stated .
    VALUES (?role ?basis ?note) {
      (role:4 basis:inferred-project "The source names it as a project of this organisation; that it carries the work is inferred."@en)
      (role:4 basis:inferred-project "Источник называет его проектом этой организации; то, что она ведёт работу, - вывод."@ru)
    }
  }
  BIND(IRI(CONCAT("participation/", SUBSTR(SHA256(CONCAT(STR(?project), " ", STR(?organisation), " ", STR(?role))), 1, 16))) AS ?participation)
} ;

# An organisation that says what it is there for, and where.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?engagement a cg:Engagement ; cg:partner ?organisation ; cg:theme ?theme ; cg:place ?place ;
      cg:basis basis:inferred-profile ;
      cg:basisNote "The organisation is described with this purpose and this area; no activity is stated."@en ,
        "Организация описана с этим назначением и этой территорией; о деятельности прямо не сказано."@ru ;
      prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation cg:basis basis:stated .
  FILTER EXISTS { ?organisation org:purpose ?one ; dcterms:spatial ?other }
  { ?organisation org:purpose ?theme } UNION { ?organisation dcterms:spatial ?place }
  BIND(IRI(CONCAT("engagement/", SUBSTR(SHA256(CONCAT("profile ", STR(?organisation))), 1, 16))) AS ?engagement)
} ;

# Concepts and places that are described.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?theme a cg:Theme ; skos:prefLabel ?name ; skos:altLabel ?other ; skos:notation ?code ; skos:definition ?meaning ;
      skos:inScheme ?scheme ; skos:exactMatch ?exact ; skos:closeMatch ?close ; skos:broadMatch ?broader .
    ?scheme a skos:ConceptScheme ; skos:prefLabel ?list .
  }
}
USING <urn:x-commonground:file>
WHERE {
  { SELECT DISTINCT ?theme { ?thing dcterms:subject|foaf:theme|foaf:topic|org:purpose ?theme } }
  FILTER EXISTS { ?theme skos:prefLabel|rdfs:label|foaf:name ?any }
  { ?theme skos:prefLabel|rdfs:label|foaf:name ?name }
  UNION { ?theme skos:altLabel ?other }
  UNION { ?theme skos:notation ?code }
  UNION { ?theme skos:definition ?meaning FILTER(isLiteral(?meaning)) }
  UNION { ?theme skos:exactMatch ?exact }
  UNION { ?theme skos:closeMatch ?close }
  UNION { ?theme skos:broadMatch ?broader }
  UNION { ?theme skos:inScheme ?scheme OPTIONAL { ?scheme skos:prefLabel|rdfs:label|dcterms:title ?list } }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?place a cg:Place ; skos:prefLabel ?name ; skos:notation ?code ; schema:containedInPlace ?whole .
  }
}
USING <urn:x-commonground:file>
WHERE {
  { SELECT DISTINCT ?place { ?thing dcterms:spatial ?place } }
  { ?place skos:prefLabel|rdfs:label|foaf:name|schema:name ?name }
  UNION { ?place skos:notation ?code }
  UNION { ?place schema:containedInPlace ?whole }
}
