"""Headings of columns: telling them apart, and guessing what they mean."""

import difflib
import re
import unicodedata
from collections.abc import Sequence

from flask_babel import gettext as _

from portal.candidates.details import clean
from portal.errors import Invalid

MAX_COLUMNS = 100
_CLOSE = 0.8

# Column headings in English and German, without accents, blanks and signs, by what they mean.
_WORDS = {
    "full_name": "name fullname contact person candidate nameperson kontakt namevollstandig vollername ansprechpartner names",
    "given_name": "firstname givenname forename first vorname rufname",
    "family_name": "lastname familyname surname last nachname familienname zuname",
    "greeting_name": "greeting greetingname salutationname callname anrede nickname spitzname",
    "email": "email mail emailaddress mailaddress mailadresse emailadresse eposta correo",
    "phone": "phone telephone tel mobile mobilephone phonenumber telefon telefonnummer handy mobil mobilnummer rufnummer",
    "headline": "headline title jobtitle position role job occupation beruf funktion stelle tatigkeit berufsbezeichnung rolle",
    "company": "company employer organisation organization firm firma unternehmen arbeitgeber betrieb",
    "place": "place city location town region ort stadt wohnort standort",
    "profile_url": "profile profileurl url link website linkedin linkedinurl webseite profil profillink homepage",
    "skills": "skills skill competences knowledge kenntnisse fahigkeiten kompetenzen faehigkeiten technologien stack",
    "evidence": "evidence why whythem reason note notes remark begrundung warum grund anlass notiz bemerkung",
    "language": "language lang locale sprache",
    "time_zone": "timezone tz zone zeitzone",
}
_MEANINGS = {word: field for field, words in _WORDS.items() for word in words.split()}


def name_all(cells: Sequence[str]) -> tuple[str, ...]:
    """Headings, each one once, as a mapping needs them."""
    if len(cells) > MAX_COLUMNS:
        raise Invalid(
            _("The file has more than %(limit)s columns. Leave out those that are not about the person.", limit=MAX_COLUMNS),
            "file",
        )
    found: list[str] = []
    for position, cell in enumerate(cells, 1):
        name = clean(cell)[:100] or str(_("Column %(number)s", number=position))
        again = sum(other == name or other.startswith(f"{name} (") for other in found)
        found.append(f"{name} ({again + 1})" if again else name)
    if not any(clean(cell) for cell in cells):
        raise Invalid(_("The first row must hold the headings of the columns."), "file")
    return tuple(found)


def guess(headings: Sequence[str]) -> list[tuple[str, bool]]:
    """For each column the field it seems to be ("" to leave it out), and whether that is sure. A field is given once."""
    found = [_meaning(heading) for heading in headings]
    fields = [field for field, _sure in found]
    if "given_name" in fields and "family_name" not in fields:  # “Name, Vorname”: the name is the family's then
        found = [("family_name", False) if field == "full_name" else (field, sure) for field, sure in found]
    taken: set[str] = set()
    for position in sorted(range(len(found)), key=lambda index: not found[index][1]):  # the sure ones choose first
        field = found[position][0]
        found[position] = ("", False) if field in taken else found[position]
        taken |= {field} - {""}
    return found


def _meaning(heading: str) -> tuple[str, bool]:
    plain = unicodedata.normalize("NFKD", heading.lower().replace("ß", "ss"))
    word = re.sub(r"[^a-z]", "", plain)
    if word in _MEANINGS:
        return _MEANINGS[word], True
    close = difflib.get_close_matches(word, _MEANINGS, 1, _CLOSE) if len(word) > 3 else []
    parts = [_MEANINGS[part] for part in re.findall(r"[a-z]+", plain) if part in _MEANINGS]
    return (_MEANINGS[close[0]] if close else parts[0] if parts else ""), False
