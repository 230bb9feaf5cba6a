"""XML as it arrives: IATI files of several versions, odd and hostile ones. What is in them is invented."""

from __future__ import annotations

import gzip
from collections.abc import Callable

ONE = '<iati-activity xml:lang="en"><iati-identifier>XX-1-A</iati-identifier>{}</iati-activity>'


def iati(inside: str = "", version: str = ' version="2.03"', head: str = "", one: str = ONE) -> bytes:
    return f'<?xml version="1.0"?>\n{head}<iati-activities{version}>\n{one.format(inside)}</iati-activities>'.encode()


#: 1.0x: roles, dates and vocabularies are words, texts stand in the elements themselves.
OLD = """<?xml version="1.0" encoding="windows-1251"?>
<!-- invented -->
<iati-activities version="1.03">
<iati-activity xml:lang="ru" default-currency="EUR">
 <iati-identifier> XX-1-A </iati-identifier>
 <title>Школа
   для всех</title><title xml:lang="en">School for all</title>
 <reporting-org ref="XX-1" type="22">Синий дом</reporting-org>
 <participating-org role="Funding" ref="XX-2" type="10">Министерство</participating-org>
 <participating-org role="Implementing">Красный дом</participating-org>
 <participating-org role="Implementing" ref="XX-4"/>
 <participating-org role="Observer">Зелёный дом</participating-org>
 <activity-status>Implementation</activity-status>
 <activity-date type="start-planned" iso-date="2010-05-11Z">2010-05-11</activity-date>
 <activity-date type="end-planned" iso-date="2012-01-31">31.12.2012</activity-date>
 <activity-date type="end-actual">2013-02-01</activity-date>
 <sector code="11220" percentage="60">Начальное образование</sector>
 <sector vocabulary="RO" percentage="40">Школы</sector>
 <recipient-country code="AM" percentage="100">Армения</recipient-country>
 <location><name>Гюмри</name><administrative country="AM" adm1="AM-SH">Ширак</administrative>
  <coordinates latitude="40.79" longitude="43.84" precision="2"/>
  <gazetteer-entry gazetteer-ref="GEO">616635</gazetteer-entry></location>
 <transaction><transaction-type code="D">Disbursement</transaction-type><value>1,000.50</value>
  <transaction-date iso-date="2010-06-01"/></transaction>
 <transaction><transaction-type code="D">Disbursement</transaction-type><value>about 5</value>
  <provider-org>Министерство</provider-org></transaction>
 <related-activity ref="XX-1-B" type="1">Большая программа</related-activity>
</iati-activity>
</iati-activities>""".encode("cp1251")

#: 2.0x: sectors and places with the transactions; contacts; an extension of the publisher's own.
NEW = b"""<iati-activities version="2.03" xmlns:own="http://example.org/own">
<iati-activity xml:lang="en">
 <iati-identifier>XX-1-B</iati-identifier>
 <title><narrative xml:lang="fr">Ecole</narrative><narrative>School</narrative></title>
 <participating-org role="4" type="22"><narrative>Red House</narrative></participating-org>
 <contact-info><organisation><narrative>Red House</narrative></organisation>
  <person-name><narrative>Somebody</narrative></person-name><email>somebody@example.org</email></contact-info>
 <transaction><transaction-type code="3"/><sector code="11220"/><recipient-country code="AM"/></transaction>
 <transaction><transaction-type code="3"/><sector code="11220"/><recipient-country code="GE"/></transaction>
 <own:colour code="blue"/><own:colour code="red"/>
</iati-activity>
</iati-activities>"""

_BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol"}">' for n in range(10))

#: Name of the case -> (file name, bytes). What is said of each is in odd_files.csv.
XML_FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "IATI 1.03 in windows-1251": ("old.xml", lambda: OLD),
    "IATI 2.03": ("new.xml", lambda: NEW),
    "IATI with a wrong ending": ("new.csv", lambda: b"\xef\xbb\xbf<?xml version='1.0'?><!-- x -->" + NEW),
    "IATI in gzip": ("new.xml.gz", lambda: gzip.compress(NEW)),
    "IATI without a version": ("a.xml", lambda: iati(version="")),
    "IATI of the future": ("a.xml", lambda: iati(version=' version="9.9"')),
    "IATI organisations": ("a.xml", lambda: b"<iati-organisations version='2.03'/>"),
    "IATI without activities": ("a.xml", lambda: b"<iati-activities version='2.03'></iati-activities>"),
    "other XML": ("a.xml", lambda: b"<a:feed xmlns:a='http://www.w3.org/2005/Atom'/>"),
    "no XML": ("a.xml", lambda: b"id,name\nanna,Anna\n"),
    "nothing in XML": ("a.xml", lambda: b" \n"),
    "cut-off XML": ("a.xml", lambda: OLD[:-300]),
    "XML in an encoding that is none": ("a.xml", lambda: b'<?xml version="1.0" encoding="klingon"?><a/>'),
    "a bomb in XML": (
        "a.xml",
        lambda: iati("<title>&a9;</title>", head=f"<!DOCTYPE iati-activities [{_BOMB}]>"),
    ),
    "an entity from elsewhere": (
        "a.xml",
        lambda: iati("<title>&x;</title>", head='<!DOCTYPE a SYSTEM "http://example.org/a.dtd">'),
    ),
    "XML as deep as a well": ("a.xml", lambda: iati("<a>" * 100_000 + "</a>" * 100_000)),
    "a million elements in one": ("a.xml", lambda: iati("<a b='c'/>" * 1_000_000)),
    "fifty thousand kinds of elements": ("a.xml", lambda: iati("".join(f"<a{n} b='c'/>" for n in range(50_000)))),
}
