#+ title@en: Work in a project
#+ title@ru: Работа в проекте
#+ about@en: Whoever takes part in a project that has themes works on them, where and when the project does. The file does not say so of each organisation; it is inferred from the project, and says so. Those who only fund a project are not taken to carry its work.
#+ about@ru: Кто участвует в проекте с темами, тот работает над ними там и тогда, где и когда идёт проект. Файл не говорит этого о каждой организации; это выведено из проекта, о чём и сказано. Кто лишь финансирует проект, не считается исполнителем.
# Works on what the other alignments made: participations and the themes of projects.
PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX basis: <https://w3id.org/commonground/id/code/basis/>
PREFIX role: <https://w3id.org/commonground/id/code/organisation-role/>
PREFIX work: <https://w3id.org/commonground/id/code/engagement-role/>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>

INSERT {
  GRAPH <urn:x-commonground:aligned> {
    ?engagement a cg:Engagement ;
      cg:partner ?organisation ;
      cg:project ?project ;
      cg:theme ?theme ;
      cg:place ?place ;
      cg:role ?work ;
      cg:statedOn ?day ;
      dcterms:temporal ?period ;
      cg:basis basis:inferred-project ;
      cg:basisNote "The source names it as taking part in this project; the themes, places and times are those of the project."@en ,
        "Источник называет её участником этого проекта; темы, места и сроки взяты из проекта."@ru ;
      prov:wasDerivedFrom ?project .
  }
}
USING <urn:x-commonground:aligned>
WHERE {
  VALUES (?role ?work) { (role:4 work:implementation) (role:3 UNDEF) (role:2 work:coordination) }
  ?participation a cg:Participation ; cg:project ?project ; cg:partner ?organisation ; cg:role ?role .
  FILTER EXISTS { ?project cg:theme ?any }
  { ?project cg:theme ?theme }
  UNION { ?project cg:place ?place }
  UNION { ?project dcterms:temporal ?period }
  UNION { ?project cg:statedOn ?day }
  BIND(IRI(CONCAT("engagement/", SUBSTR(SHA256(CONCAT(STR(?project), " ", STR(?organisation))), 1, 16))) AS ?engagement)
}
