"""What stands in a cell where a name should, and names nothing. Data, and one look-up. Pure."""

from __future__ import annotations

import re

from graph.names_text import key

_ANYTHING = """
other|others|other s|various|several|multiple|many|misc|miscellaneous|mixed|different|diverse|tbd|tbc|tba
to be determined|to be confirmed|to be decided|to be announced|unknown|not known|n a|na|not applicable|not available
not specified|unspecified|not stated|not indicated|no data|no information|none|nil|null|nan|blank|empty|any|all|same
as above|see above|see notes|confidential|anonymous|undisclosed|internal|x|xx|xxx|test
другое|другие|другой|прочее|прочие|прочий|иное|иные|разное|разные|различные|несколько|много|неизвестно|неизвестный
неизвестен|неизвестна|не известно|нет|нет данных|не указано|не указан|не указана|не применимо|неприменимо|н д|н п
уточняется|будет уточнено|подлежит уточнению|все|то же
otro|otros|otra|otras|varios|varias|diversos|diversas|multiples|desconocido|desconocida|no aplica|no aplicable|n d
no especificado|sin especificar|sin datos|ninguno|ninguna|por determinar|por definir|por confirmar|todos|todas|s d
autre|autres|divers|diverses|plusieurs|inconnu|inconnue|non applicable|non disponible|non specifie|non precise
non precisee|non indique|aucun|aucune|neant|a determiner|a confirmer|a definir|tous|toutes|sans objet|nd
"""

_ORGANISATION = """
government|the government|governments|local government|national government|central government|host government
donor government|recipient government|third country government|government agencies|government agency|authorities
local authorities|state|public sector|private sector|civil society|community|communities|ngo|ngos|un|un agency
un agencies|ingo|ingos|lngo|nngo|local ngo|local ngos|national ngo|national ngos|international ngo|international ngos
other ngo|other ngos|other partner|other partners|other organisation|other organisations|other multilateral institution
donor country based ngo|developing country based ngo|non governmental organisation|non governmental organisations
cbo|cbos|cso|csos|partner|partners|implementing partner|implementing partners|donor|donors|organisation|organisations
individual|individuals|consultant|consultants|ministry|ministries|line ministries|inter agency|inter agence
interagency|multi agency|multi donor|consortium|no organisation|no partner|various partners|various organisations
various donors|several partners|several organisations|federal states and local governments|media|volunteers|staff
non governmental organisations ngos and civil society|in country ngo|bilateral|multilateral|regional|local|national
non governmental organisation ngo and civil society|network|networks|public sector institution
public sector institutions|third country government delegated co operation|other multilateral institutions
multilateral organisation|multilateral organisations|regional development bank|regional development banks
united nations agency fund or commission un|united nations un agency fund or commission
university college or other teaching institution research institute or think tank
public private partnership|public private partnerships|public private partnership ppp|public private partnerships ppp
public private partnerships ppp and networks|public private partnerships ppps and networks
private sector institution|private sector institutions|private sector in provider country
private sector in recipient country|private sector in third country
правительство|власти|местные власти|органы власти|государство|государственный сектор|частный сектор
гражданское общество|нпо|международная нпо|местная нпо|местные нпо|нко|оон|партнер|партнеры|донор|доноры|министерство
министерства|организация|организации|другие организации|прочие организации|сообщество|волонтеры
gobierno|el gobierno|gobierno local|autoridades|autoridades locales|estado|sector publico|sector privado|sociedad civil
ong|ongs|ong local|ong internacional|onu|socio|socios|socio implementador|donante|donantes|ministerio|organizacion
organizaciones|otras organizaciones|comunidad|varias organizaciones
gouvernement|le gouvernement|autorites|autorites locales|etat|secteur public|secteur prive|societe civile
ong locale|ong internationale|partenaire|partenaires|bailleur|bailleurs|ministere|ministeres|organisation locale
autres organisations|communaute
"""

_PLACE = """
regional|region|regions|multi country|multiple countries|several countries|various countries|all countries|cross border
crossborder|transboundary|nationwide|countrywide|country wide|national|country|countries|bilateral unspecified
developing countries|developing countries unspecified|host countries|other countries|other country|headquarters|hq|local
field|remote|online|home based|everywhere|abroad|no country
региональный|регион|по всей стране|вся страна|страна|страны|все страны|другие страны|несколько стран|разные страны
международный|онлайн
regional|pais|paises|varios paises|todo el pais|a nivel nacional|nacional|todos los paises|otros paises|multipais
region|pays|plusieurs pays|tout le pays|tous les pays|autres pays|multi pays|echelle nationale|regionale
"""

_PERSON = """
staff|team|consultant|consultants|volunteer|volunteers|participants|participant|representative|representatives|speaker
speakers|moderator|moderators|presenter|mr|mrs|ms|dr|director|персонал|команда|консультант|участники|участник
представитель|представители|докладчик|модератор|equipo|personal|consultor|participantes|representante|equipe|personnel
participant|participants|representant
"""


#: Codes of the OECD-DAC list of channels of delivery that many files give as the code of an organisation, and that
#: stand for all of a sort: 22000 is any NGO of a donor's country, 51000 any university. The list's other codes (41122
#: UNICEF, 44000 the World Bank Group) each stand for one.
_SORT = re.compile(r"1[0-3]00\d|2[0-3]000|3[0-2]000|4[01267]000|5[0-2]000|6[0-3]0\d\d|90000")


def _keys(text: str) -> frozenset[str]:
    return frozenset(key(one) for line in text.splitlines() for one in line.split("|") if one)


_GENERAL = _keys(_ANYTHING)
_OF_KIND = {"organisation": _keys(_ORGANISATION), "place": _keys(_PLACE), "person": _keys(_PERSON)}


def is_placeholder(kind: str, text: str) -> bool:
    """Whether a text is one of the words (English, Russian, Spanish, French) for "somebody", "somewhere", "nothing".

    >>> is_placeholder("organisation", "Other."), is_placeholder("organisation", "Government of Nowhere")
    (True, False)
    """
    folded = key(text)
    return folded in _GENERAL or folded in _OF_KIND.get(kind, ())


def is_code_of_many(code: str) -> bool:
    """Whether a code given for an organisation says of what sort it is, and not which one.

    >>> is_code_of_many("51000"), is_code_of_many("41122")
    (True, False)
    """
    return _SORT.fullmatch(code.strip()) is not None


def has_no_letters(text: str) -> bool:
    """Whether there is no letter in it: signs, digits."""
    return not any(character.isalpha() for character in text)
