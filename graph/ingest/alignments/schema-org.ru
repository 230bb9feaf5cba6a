#+ title@en: schema.org
#+ title@ru: schema.org
#+ about@en: Organisations, their seats, parts and members, projects with those who fund and carry them, events and creative works. What an organisation knows about and which area it serves is taken for work there, and is marked as inferred from its profile. Contact details of people are not taken over.
#+ about@ru: Организации, их местонахождения, части и члены, проекты с теми, кто их финансирует и ведёт, события и произведения. Темы, в которых организация сведуща, и территория, которую она обслуживает, понимаются как работа там с пометкой «выведено из профиля». Контактные данные людей не переносятся.
#+ vocabulary https://schema.org/
PREFIX basis: <https://w3id.org/commonground/id/code/basis/>
PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX kind: <https://w3id.org/commonground/id/code/resource-kind/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX role: <https://w3id.org/commonground/id/code/organisation-role/>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX type: <https://w3id.org/commonground/id/code/organisation-type/>

# Organisations.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation a org:FormalOrganization ; skos:prefLabel ?name ; cg:basis basis:stated ; org:classification ?type ;
      prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES (?class ?type) {
    (schema:Organization UNDEF) (schema:NGO UNDEF) (schema:Consortium UNDEF) (schema:FundingAgency UNDEF)
    (schema:LocalBusiness UNDEF) (schema:MedicalOrganization UNDEF) (schema:Hospital UNDEF) (schema:LibrarySystem UNDEF)
    (schema:NewsMediaOrganization UNDEF) (schema:PerformingGroup UNDEF) (schema:PoliticalParty UNDEF)
    (schema:SportsOrganization UNDEF) (schema:WorkersUnion UNDEF) (schema:OnlineBusiness UNDEF)
    (schema:GovernmentOrganization type:10) (schema:Corporation type:70)
    (schema:EducationalOrganization type:80) (schema:CollegeOrUniversity type:80) (schema:School type:80)
    (schema:Preschool type:80) (schema:ElementarySchool type:80) (schema:MiddleSchool type:80)
    (schema:HighSchool type:80) (schema:ResearchOrganization type:80)
  }
  ?organisation a ?class .
  { ?organisation schema:name ?name }
  UNION { ?organisation schema:legalName ?name FILTER NOT EXISTS { ?organisation schema:name ?any } }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation skos:altLabel ?other ; foaf:homepage ?page ; dcterms:identifier ?identifier .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation a org:FormalOrganization .
  { ?organisation schema:alternateName|schema:legalName ?other }
  UNION { ?organisation schema:url ?page }
  UNION { ?organisation schema:identifier|schema:leiCode|schema:taxID|schema:vatID|schema:duns ?identifier FILTER(isLiteral(?identifier)) }
  UNION { ?organisation schema:identifier/schema:value ?identifier }
  UNION { ?organisation schema:sameAs ?same . BIND(STR(?same) AS ?identifier) }
} ;

# Parts: the plain statement, and the record that says on what it rests.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?part org:unitOf ?whole .
    ?relation a rdf:Statement ; rdf:subject ?part ; rdf:predicate org:unitOf ; rdf:object ?whole ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?part .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  { ?part schema:parentOrganization ?whole }
  UNION { ?whole schema:subOrganization|schema:department ?part }
  ?part a org:FormalOrganization .
  ?whole a org:FormalOrganization .
  FILTER(?part != ?whole)
  BIND(IRI(CONCAT("relation/", SUBSTR(SHA256(CONCAT(STR(?part), " ", STR(?whole))), 1, 16))) AS ?relation)
} ;

# Seats: where an organisation sits, which is no evidence of where it works.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation org:hasSite ?site .
    ?site a org:Site ; org:siteOf ?organisation ; schema:addressCountry ?country ; schema:addressLocality ?town ;
      cg:basis basis:stated ; prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation a org:FormalOrganization .
  ?organisation schema:address|(schema:location/schema:address) ?address .
  { ?address schema:addressCountry ?country FILTER(isLiteral(?country)) }
  UNION { ?address schema:addressCountry/schema:name ?country }
  OPTIONAL { ?address schema:addressLocality ?town FILTER(isLiteral(?town)) }
  BIND(IRI(CONCAT("site/", SUBSTR(SHA256(CONCAT(STR(?organisation), " ", STR(?address))), 1, 16))) AS ?site)
} ;

# People, and who belongs to what; schema.org puts a role between the two where it has more to say.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?person a foaf:Person ; skos:prefLabel ?name ; skos:altLabel ?other ; prov:wasDerivedFrom ?person .
  }
}
USING <urn:x-commonground:file>
WHERE {
  ?person a schema:Person .
  { ?person schema:name ?name }
  UNION {
    ?person schema:givenName ?first ; schema:familyName ?last .
    FILTER NOT EXISTS { ?person schema:name ?any }
    BIND(CONCAT(STR(?first), " ", STR(?last)) AS ?name)
  }
  UNION { ?person schema:alternateName ?other FILTER EXISTS { ?person schema:name|schema:familyName ?any } }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?membership a org:Membership ; org:member ?member ; org:organization ?organisation ; cg:roleTitle ?title ;
      org:memberDuring ?period ; cg:basis basis:stated ; prov:wasDerivedFrom ?origin .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  {
    { ?member schema:memberOf|schema:worksFor|schema:affiliation ?organisation } UNION { ?organisation schema:member|schema:employee ?member }
    BIND(?member AS ?origin)
    BIND("" AS ?which)
    # Of somebody in several organisations it is not said in which the title is held.
    OPTIONAL { ?member schema:jobTitle ?title FILTER(isLiteral(?title)) FILTER NOT EXISTS {
      ?member schema:memberOf|schema:worksFor|schema:affiliation ?another FILTER(?another != ?organisation) } }
  } UNION {
    { ?organisation schema:member|schema:employee ?origin . ?origin schema:member|schema:employee ?member }
    UNION { ?member schema:memberOf|schema:worksFor ?origin . ?origin schema:memberOf|schema:worksFor ?organisation }
    ?origin a ?role .
    VALUES ?role { schema:Role schema:OrganizationRole schema:EmployeeRole }
    { BIND(1 AS ?plain) }
    UNION { ?origin schema:roleName ?title FILTER(isLiteral(?title)) }
    UNION { ?origin schema:startDate ?start }
    UNION { ?origin schema:endDate ?end }
    BIND(STR(?origin) AS ?which)
  }
  ?organisation a org:FormalOrganization .
  { ?member a foaf:Person } UNION { ?member a org:FormalOrganization }
  FILTER(?member != ?organisation)
  BIND(SUBSTR(SHA256(CONCAT(STR(?member), " ", STR(?organisation), " ", ?which)), 1, 16) AS ?hash)
  BIND(IRI(CONCAT("membership/", ?hash)) AS ?membership)
  BIND(IF(BOUND(?start) || BOUND(?end), IRI(CONCAT("membership/", ?hash, "#period")), ?nothing) AS ?period)
} ;

# Projects.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?project a cg:Project ; skos:prefLabel ?name ; cg:basis basis:stated ; prov:wasDerivedFrom ?project .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES ?class { schema:Project schema:ResearchProject }
  ?project a ?class ; schema:name ?name .
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?project skos:altLabel ?other ; dcterms:description ?description ; dcterms:identifier ?identifier ;
      cg:theme ?theme ; cg:place ?place ; cg:statedOn ?day .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?project a cg:Project .
  { ?project schema:alternateName|schema:legalName ?other }
  UNION { ?project schema:description ?description }
  UNION { ?project schema:identifier ?identifier FILTER(isLiteral(?identifier)) }
  UNION { ?project schema:identifier/schema:value ?identifier }
  UNION { ?project schema:about|schema:keywords|schema:knowsAbout ?theme }
  UNION { ?project schema:areaServed|schema:spatialCoverage ?place }
  UNION { ?project schema:dateModified|schema:sdDatePublished ?day }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?project dcterms:temporal ?period .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end ; prov:wasDerivedFrom ?project .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?project a cg:Project .
  { ?project schema:startDate|schema:foundingDate ?start } UNION { ?project schema:endDate|schema:dissolutionDate ?end }
  BIND(IRI(CONCAT("project/", SUBSTR(SHA256(STR(?project)), 1, 16), "#period")) AS ?period)
} ;

# Who takes part: funders and sponsors fund; of a member it is not said what it does, which the note tells.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?participation a cg:Participation ; cg:project ?project ; cg:partner ?organisation ; cg:role ?role ; cg:basis ?basis ;
      cg:basisNote ?note ; prov:wasDerivedFrom ?project .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?project a cg:Project .
  {
    ?project schema:funder|schema:sponsor|(schema:funding/schema:funder)|(^schema:fundedItem/schema:funder) ?organisation .
    BIND(role:1 AS ?role) BIND(basis:stated AS ?basis)
  } UNION {
    ?project schema:member|^schema:memberOf ?organisation .
    FILTER NOT EXISTS { ?organisation a foaf:Person }
    FILTER NOT EXISTS { ?organisation schema:member ?somebody ; a schema:OrganizationRole }
    VALUES (?role ?basis ?note) {
      (role:4 basis:inferred-project "The source calls it a member of the project; that it carries the work is inferred."@en)
      (role:4 basis:inferred-project "Источник называет её членом проекта; то, что она ведёт работу, - вывод."@ru)
    }
  } UNION {
    ?project schema:parentOrganization ?organisation .
    BIND(role:2 AS ?role) BIND(basis:stated AS ?basis)
  }
  FILTER NOT EXISTS { ?organisation a cg:Project }
  BIND(IRI(CONCAT("participation/", SUBSTR(SHA256(CONCAT(STR(?project), " ", STR(?organisation), " ", STR(?role))), 1, 16))) AS ?participation)
} ;

# The profile of an organisation that says both what it knows about and where it is active.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?engagement a cg:Engagement ; cg:partner ?organisation ; cg:theme ?theme ; cg:place ?place ;
      cg:basis basis:inferred-profile ;
      cg:basisNote "The organisation's profile names the topics that it knows about and the area that it serves; no activity is stated."@en ,
        "В профиле организации названы темы, в которых она сведуща, и территория, которую она обслуживает; о деятельности прямо не сказано."@ru ;
      prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation a org:FormalOrganization .
  FILTER EXISTS { ?organisation schema:knowsAbout ?one ; schema:areaServed ?other }
  { ?organisation schema:knowsAbout ?theme } UNION { ?organisation schema:areaServed ?place }
  BIND(IRI(CONCAT("engagement/", SUBSTR(SHA256(CONCAT("profile ", STR(?organisation))), 1, 16))) AS ?engagement)
} ;

# Events.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?event a schema:Event , cg:Meeting ; skos:prefLabel ?name ; schema:superEvent ?whole ; schema:organizer ?organiser ;
      schema:location ?country ; cg:venue ?venue ; cg:theme ?theme ; dcterms:temporal ?period ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?event .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES ?class {
    schema:Event schema:BusinessEvent schema:EducationEvent schema:ExhibitionEvent schema:Festival schema:Hackathon
    schema:LiteraryEvent schema:SocialEvent schema:PublicationEvent schema:CourseInstance schema:ConferenceEvent
  }
  ?event a ?class ; schema:name ?name .
  { BIND(1 AS ?plain) }
  UNION { ?event schema:superEvent ?whole }
  UNION { ?event schema:organizer ?organiser }
  UNION { ?event schema:location/schema:address/schema:addressCountry ?country FILTER(isLiteral(?country)) }
  UNION { ?event schema:location/schema:name ?venue FILTER(isLiteral(?venue)) }
  UNION { ?event schema:about|schema:keywords ?theme }
  UNION { ?event schema:startDate ?start }
  UNION { ?event schema:endDate ?end }
  BIND(IF(BOUND(?start) || BOUND(?end), IRI(CONCAT("event/", SUBSTR(SHA256(STR(?event)), 1, 16), "#period")), ?nothing) AS ?period)
} ;

# Works that have been made.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?work a schema:CreativeWork ; skos:prefLabel ?name ; dcterms:type ?kind ; cg:basis basis:stated ;
      cg:availability <https://w3id.org/commonground/id/code/availability/existing> ; prov:wasDerivedFrom ?work .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES (?class ?kind) {
    (schema:CreativeWork kind:document) (schema:Article kind:document) (schema:ScholarlyArticle kind:document)
    (schema:Report kind:document) (schema:Book kind:document) (schema:DigitalDocument kind:document)
    (schema:TextDigitalDocument kind:document) (schema:Guide kind:document) (schema:Thesis kind:document)
    (schema:PresentationDigitalDocument kind:slides) (schema:Movie kind:film) (schema:VideoObject kind:film)
    (schema:Dataset kind:dataset) (schema:DataCatalog kind:database) (schema:SoftwareApplication kind:tool)
    (schema:WebSite kind:website) (schema:Course kind:tool) (schema:LearningResource kind:tool)
  }
  ?work a ?class .
  ?work schema:name|schema:headline ?name .
  # One kind for each work, although it may be of several classes.
  FILTER(?kind != kind:document || NOT EXISTS {
    ?work a ?other
    FILTER(?other IN (schema:PresentationDigitalDocument, schema:Movie, schema:VideoObject, schema:Dataset,
      schema:DataCatalog, schema:SoftwareApplication, schema:WebSite, schema:Course, schema:LearningResource))
  })
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?work skos:altLabel ?other ; dcterms:description ?description ; cg:theme ?theme ; cg:place ?place ;
      schema:creator ?organisation ; schema:inLanguage ?language ; foaf:page ?page ; cg:event ?event .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?work a schema:CreativeWork ; dcterms:type ?kind .
  { ?work schema:alternateName ?other }
  UNION { ?work schema:description|schema:abstract ?description }
  UNION { ?work schema:about|schema:keywords ?theme }
  UNION { ?work schema:spatialCoverage ?place }
  UNION { ?work schema:creator|schema:author|schema:publisher ?organisation . ?organisation a org:FormalOrganization }
  UNION { ?work schema:inLanguage ?language FILTER(isLiteral(?language)) }
  UNION { ?work schema:url ?page }
  UNION { ?work schema:recordedAt|schema:releasedEvent ?event }
} ;

# Places and topics that are described, and not only named.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?place a cg:Place ; skos:prefLabel ?name ; skos:notation ?code ; schema:containedInPlace ?whole .
  }
}
USING <urn:x-commonground:file>
WHERE {
  { SELECT DISTINCT ?place { { ?thing schema:areaServed|schema:spatialCoverage ?place } UNION { ?part schema:containedInPlace ?place } } }
  { ?place schema:name ?name }
  UNION { ?place schema:identifier|schema:branchCode ?code FILTER(isLiteral(?code)) }
  UNION { ?place schema:containedInPlace|(schema:address/schema:addressCountry) ?whole }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?theme a cg:Theme ; skos:prefLabel ?name ; skos:altLabel ?other ; skos:notation ?code ; skos:definition ?meaning ;
      skos:inScheme ?scheme ; skos:exactMatch ?same .
    ?scheme a skos:ConceptScheme ; skos:prefLabel ?list .
  }
}
USING <urn:x-commonground:file>
WHERE {
  { SELECT DISTINCT ?theme { ?thing schema:about|schema:keywords|schema:knowsAbout ?theme } }
  FILTER NOT EXISTS { ?theme a schema:Organization }
  FILTER NOT EXISTS { ?theme a schema:Person }
  FILTER EXISTS { ?theme schema:name ?any }
  { ?theme schema:name ?name }
  UNION { ?theme schema:alternateName ?other }
  UNION { ?theme schema:termCode ?code }
  UNION { ?theme schema:description ?meaning }
  UNION { ?theme schema:sameAs ?same }
  UNION { ?theme schema:inDefinedTermSet ?scheme FILTER(isIRI(?scheme)) OPTIONAL { ?scheme schema:name ?list } }
}
