"""Names that many organisations have, one in each country: "Ministry of Education". Data, and one look-up. Pure.

Whose name says no country may be any of them. So such a name alone is never certain: only where what is known of the
one lies in the country that the asker speaks of.
"""

from __future__ import annotations

import re

from graph.matching.latin import latin


def _set(text: str, separator: str | None = None) -> frozenset[str]:
    return frozenset(one.strip() for one in text.split(separator))


#: Words with which the names of a state's bodies begin, as ``latin`` writes them.
_BEGIN = _set(
    """
    ministry ministries government governorate municipality municipal prefecture directorate parliament police
    ministere ministeres gouvernement gouvernorat municipalite mairie direction parlement
    ministerio ministerios gobierno gobernacion municipio municipalidad alcaldia secretaria parlamento policia
    ministerstvo ministerstva pravitelstvo administratsiia munitsipalitet upravlenie parlament politsiia
    """
)
#: These say which body of a state or of a people it is, and not of which.
_BEFORE = _set("the national state federal republican regional local provincial le la les el l")
_WHOLE = _set(
    "red cross|red crescent|red cross society|red crescent society|central bank|chamber of commerce|city council|"
    "statistics office|statistical office|bureau of statistics|institute of statistics|statistical committee|"
    "supreme court|university|army|croix rouge|croissant rouge|banque centrale|cruz roja|banco central|"
    "krasnyi krest|krasnyi polumesiats|tsentralnyi bank|statisticheskii komitet|universitet",
    "|",
)
_DEPARTMENT = _set("department departement departamento departament")
_OF = _set("of de del des du")
#: "MoE" is a ministry of education, or of the economy, of any country.
_SHORT = re.compile(r"Mo[A-Z]{1,5}")


def is_generic(text: str) -> bool:
    """Whether a name without a place in it is one that bodies of many countries have.

    >>> is_generic("Ministry of Education"), is_generic("National Red Cross Society"), is_generic("MoH")
    (True, True, True)
    >>> is_generic("Norwegian Ministry of Foreign Affairs"), is_generic("Save the Children"), is_generic("Department")
    (False, False, False)
    """
    if _SHORT.fullmatch(text.strip()):
        return True
    tokens = latin(text).split()
    while tokens and tokens[0] in _BEFORE:
        tokens = tokens[1:]
    if not tokens:
        return False
    department = tokens[0] in _DEPARTMENT and not _OF.isdisjoint(tokens[1:2])
    return tokens[0] in _BEGIN or department or " ".join(tokens) in _WHOLE
