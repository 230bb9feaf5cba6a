#+ title@en: EURIO (projects of the European Union)
#+ title@ru: EURIO (проекты Европейского союза)
#+ about@en: Projects of the EU's framework programmes, as CORDIS publishes them: who takes part in which role, who disburses the grant, fields of science, and where organisations have their sites. A site is a seat and says nothing of where a project works.
#+ about@ru: Проекты рамочных программ ЕС в том виде, как их публикует CORDIS: кто участвует и в какой роли, кто выплачивает грант, области науки и местонахождения организаций. Местонахождение ничего не говорит о том, где идёт работа.
#+ vocabulary http://data.europa.eu/s66#
PREFIX basis: <https://w3id.org/commonground/id/code/basis/>
PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX eurio: <http://data.europa.eu/s66#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX role: <https://w3id.org/commonground/id/code/organisation-role/>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX skosxl: <http://www.w3.org/2008/05/skos-xl#>
PREFIX type: <https://w3id.org/commonground/id/code/organisation-type/>

# Organisations, their units and agencies.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation a ?ours ; skos:prefLabel ?name ; org:classification ?type ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?organisation .
  }
}
USING <urn:x-commonground:file>
WHERE {
  VALUES (?class ?ours ?type) {
    (eurio:Organisation org:FormalOrganization UNDEF) (eurio:FundingAgency org:FormalOrganization UNDEF)
    (eurio:ForProfitOrganisation org:FormalOrganization type:70) (eurio:SME org:FormalOrganization type:70)
    (eurio:HigherOrSecondaryEducation org:FormalOrganization type:80)
    (eurio:ResearchOrganisation org:FormalOrganization type:80) (eurio:PublicBody org:FormalOrganization type:15)
    (eurio:OrganisationUnit org:OrganizationalUnit UNDEF)
  }
  ?organisation a ?class .
  { ?organisation eurio:legalName ?name }
  UNION { ?organisation eurio:name ?name FILTER NOT EXISTS { ?organisation eurio:legalName ?any } }
  UNION { ?organisation rdfs:label ?name FILTER NOT EXISTS { ?organisation eurio:legalName|eurio:name ?any } }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation skos:altLabel ?other ; foaf:homepage ?page ; dcterms:identifier ?identifier .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  ?organisation cg:basis basis:stated .
  { ?organisation eurio:name ?other FILTER EXISTS { ?organisation eurio:legalName ?any } }
  UNION { ?organisation eurio:hasAcronym/eurio:shortForm ?other }
  UNION { ?organisation ^eurio:isAcronymOf/eurio:shortForm ?other }
  UNION { ?organisation eurio:url ?page }
  UNION { ?organisation eurio:identifier|eurio:vatNumber|eurio:rcn ?identifier }
} ;

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?part org:unitOf ?whole .
    ?relation a rdf:Statement ; rdf:subject ?part ; rdf:predicate org:unitOf ; rdf:object ?whole ; cg:basis basis:stated ;
      prov:wasDerivedFrom ?part .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  { ?part eurio:isUnitOf|eurio:isSubOrganisationOf ?whole } UNION { ?whole eurio:hasUnit|eurio:hasSubOrganisation ?part }
  ?part cg:basis basis:stated .
  ?whole cg:basis basis:stated .
  FILTER(?part != ?whole)
  BIND(IRI(CONCAT("relation/", SUBSTR(SHA256(CONCAT(STR(?part), " ", STR(?whole))), 1, 16))) AS ?relation)
} ;

# Sites.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?organisation org:hasSite ?seat .
    ?seat a org:Site ; org:siteOf ?organisation ; schema:addressCountry ?country ; schema:addressLocality ?town ;
      cg:basis basis:stated ; prov:wasDerivedFrom ?site .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  { ?organisation eurio:hasSite ?site } UNION { ?site eurio:isSiteOf ?organisation }
  ?organisation cg:basis basis:stated .
  {
    { ?site eurio:hasAddress/eurio:addressCountry ?country FILTER(isLiteral(?country)) }
    UNION {
      ?site eurio:hasGeographicalLocation ?land .
      ?land a eurio:Country ; eurio:name ?country .
      FILTER NOT EXISTS { ?site eurio:hasAddress/eurio:addressCountry ?stated FILTER(isLiteral(?stated)) }
    }
  }
  UNION { ?site eurio:hasAddress/eurio:addressLocality ?town }
  BIND(IRI(CONCAT("site/", SUBSTR(SHA256(CONCAT(STR(?organisation), " ", STR(?site))), 1, 16))) AS ?seat)
} ;

# Projects.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?project a cg:Project ; skos:prefLabel ?name ; skos:altLabel ?other ; dcterms:identifier ?identifier ;
      dcterms:description ?description ; cg:status ?status ; cg:theme ?theme ; dcterms:temporal ?period ;
      cg:basis basis:stated ; prov:wasDerivedFrom ?project .
    ?period a dcterms:PeriodOfTime ; dcat:startDate ?start ; dcat:endDate ?end .
  }
}
USING <urn:x-commonground:file>
WHERE {
  ?project a eurio:Project .
  FILTER EXISTS { ?project eurio:title|rdfs:label ?any }
  { ?project eurio:title ?name }
  UNION { ?project rdfs:label ?name FILTER NOT EXISTS { ?project eurio:title ?any } }
  UNION { ?project eurio:acronym|(eurio:hasAcronym/eurio:shortForm)|(^eurio:isAcronymOf/eurio:shortForm) ?other }
  UNION { ?project eurio:identifier|eurio:doi ?identifier }
  UNION { ?project eurio:abstract|eurio:description ?description }
  UNION { ?project eurio:hasEuroSciVocClassification|eurio:keyword ?theme }
  UNION { ?project eurio:startDate ?start }
  UNION { ?project eurio:endDate ?end }
  UNION { ?project eurio:projectStatus ?status }
  BIND(IF(BOUND(?start) || BOUND(?end), IRI(CONCAT("project/", SUBSTR(SHA256(STR(?project)), 1, 16), "#period")), ?nothing) AS ?period)
} ;

# Parties: the coordinator answers for the project, the others carry it.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?participation a cg:Participation ; cg:project ?project ; cg:partner ?organisation ; cg:role ?part ;
      cg:basis basis:stated ; cg:basisNote ?note ; prov:wasDerivedFrom ?party .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  { ?project eurio:hasInvolvedParty ?party } UNION { ?party eurio:isInvolvedIn ?project }
  ?project a cg:Project .
  { ?party eurio:isRoleOf ?organisation } UNION { ?organisation eurio:hasRole ?party }
  ?organisation cg:basis basis:stated .
  OPTIONAL { ?party eurio:roleLabel ?given }
  BIND(LCASE(COALESCE(STR(?given), "participant")) AS ?word)
  BIND(IF(?word = "coordinator", role:2, role:4) AS ?part)
  BIND(IF(BOUND(?given), STRLANG(CONCAT("Role in the source: ", STR(?given), "."), "en"), ?nothing) AS ?note)
  BIND(IRI(CONCAT("participation/", SUBSTR(SHA256(CONCAT(STR(?project), " ", STR(?organisation), " ", STR(?part))), 1, 16))) AS ?participation)
} ;

# Funding: the agency that disburses the grant.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?participation a cg:Participation ; cg:project ?project ; cg:partner ?organisation ; cg:role role:1 ;
      cg:basis basis:stated ; prov:wasDerivedFrom ?project .
  }
}
USING <urn:x-commonground:file> USING <urn:x-commonground:aligned>
WHERE {
  { ?project eurio:isFundedBy ?grant } UNION { ?grant eurio:funds ?project }
  ?project a cg:Project .
  { ?grant eurio:isDisbursedBy ?organisation } UNION { ?organisation eurio:disburses ?grant }
  UNION { ?grant eurio:hasFundingScheme/eurio:isImplementedBy ?organisation }
  ?organisation cg:basis basis:stated .
  BIND(IRI(CONCAT("participation/", SUBSTR(SHA256(CONCAT(STR(?project), " ", STR(?organisation), " funding")), 1, 16))) AS ?participation)
} ;

# Fields of science.
INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?theme a cg:Theme ; skos:prefLabel ?name ; skos:notation ?code ; skos:exactMatch ?exact ; skos:closeMatch ?close ;
      skos:broadMatch ?broad ; skos:inScheme ?scheme .
    ?scheme a skos:ConceptScheme ; skos:prefLabel ?list .
  }
}
USING <urn:x-commonground:file>
WHERE {
  { SELECT DISTINCT ?theme { ?project eurio:hasEuroSciVocClassification ?theme } }
  FILTER EXISTS { ?theme skos:prefLabel|rdfs:label|(skosxl:prefLabel/skosxl:literalForm) ?any }
  { ?theme skos:prefLabel|(skosxl:prefLabel/skosxl:literalForm) ?name }
  UNION { ?theme rdfs:label ?name FILTER NOT EXISTS { ?theme skos:prefLabel|skosxl:prefLabel ?any } }
  UNION { ?theme skos:notation ?code }
  UNION { ?theme skos:exactMatch ?exact }
  UNION { ?theme skos:closeMatch ?close }
  UNION { ?theme skos:broadMatch ?broad }
  UNION { ?theme skos:inScheme ?scheme OPTIONAL { ?scheme skos:prefLabel|rdfs:label|dcterms:title ?list } }
}
