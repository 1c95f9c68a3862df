# SPDX-License-Identifier: Apache-2.0
"""Documents with a machine-readable zone: passports, cards and visas. Layout: ICAO 9303 parts 4, 5, 6, 7."""

import mrz
import people
import serials
from canvas import Card
from serials import pick

# Code in the zone, ISO 3166-1, name on the page, heading, nationality, months with names; labels in the language.
STATES = (
    ("GBR", "GBR", "UNITED KINGDOM OF GREAT BRITAIN AND NORTHERN IRELAND", "PASSPORT", "BRITISH CITIZEN", "Passport No.",
     "Surname", "Given names"),
    ("FRA", "FRA", "RÉPUBLIQUE FRANÇAISE", "PASSEPORT", "Française", "Passeport n°/Passport No.", "Nom/Surname",
     "Prénoms/Given names"),
    ("D", "DEU", "BUNDESREPUBLIK DEUTSCHLAND", "REISEPASS", "DEUTSCH", "Pass-Nr./Passport No.", "Name/Surname",
     "Vornamen/Given names"),
    ("ESP", "ESP", "REINO DE ESPAÑA", "PASAPORTE", "ESPAÑOLA", "Pasaporte Nº/Passport No.", "Apellidos/Surname",
     "Nombre/Given names"),
    ("ITA", "ITA", "REPUBBLICA ITALIANA", "PASSAPORTO", "ITALIANA", "Passaporto N./Passport No.", "Cognome/Surname",
     "Nome/Given names"),
    ("SWE", "SWE", "SVERIGE", "PASS", "SVENSK/SWEDISH", "Pass nr/Passport No.", "Efternamn/Surname", "Förnamn/Given names"),
    ("POL", "POL", "RZECZPOSPOLITA POLSKA", "PASZPORT", "POLSKIE", "Nr paszportu/Passport No.", "Nazwisko/Surname",
     "Imiona/Given names"),
    ("IDN", "IDN", "REPUBLIK INDONESIA", "PASPOR", "INDONESIA", "No. Paspor/Passport No.", "Nama/Surname",
     "Nama depan/Given names"),
    ("MYS", "MYS", "MALAYSIA", "PASPORT", "MALAYSIA", "No. Pasport/Passport No.", "Nama/Surname", "Nama/Given names"),
    ("PHL", "PHL", "REPUBLIKA NG PILIPINAS", "PASAPORTE", "FILIPINO", "Pasaporte Blg./Passport No.", "Apelyido/Surname",
     "Pangalan/Given names"),
    ("SGP", "SGP", "REPUBLIC OF SINGAPORE", "PASSPORT", "SINGAPORE CITIZEN", "Passport No.", "Surname", "Given names"),
    ("USA", "USA", "UNITED STATES OF AMERICA", "PASSPORT", "UNITED STATES OF AMERICA", "Passport No.", "Surname",
     "Given Names"),
    ("AUS", "AUS", "AUSTRALIA", "PASSPORT", "AUSTRALIAN", "Document No.", "Surname", "Given names"),
    ("IND", "IND", "REPUBLIC OF INDIA", "PASSPORT", "INDIAN", "Passport No.", "Surname", "Given Name(s)"),
)
NAMES = (("ERIKSSON", "ANNA MARIA", "F"), ("MÜLLER", "HANS-PETER", "M"), ("GARCÍA LÓPEZ", "MARÍA JOSÉ", "F"),
         ("O'CONNOR", "SIOBHAN", "F"), ("LEFÈVRE", "JEAN LUC", "M"), ("SMITH", "JOHN", "M"),
         ("KOWALSKI", "ŁUKASZ", "M"), ("ÅKERSTRÖM", "BJÖRN", "M"), ("ROSSI", "GIULIA", "F"), ("SANTOSO", "BUDI", "M"),
         ("DELA CRUZ", "JUAN PEDRO", "M"), ("TAN", "WEI MING", "M"), ("PATEL", "PRIYA", "F"),
         ("NGUYEN", "THI HONG HANH", "F"), ("VAN DER BERG", "WILLEM ALEXANDER", "M"),
         ("KUMARATUNGA WICKREMESINGHE", "CHANDRIKA BANDARANAIKE SENEVIRATNE", "F"), ("WILLIAMS-JONES", "SARAH", "F"),
         ("ØSTERGAARD", "SØREN", "M"), ("NUÑEZ", "IÑIGO", "M"), ("KAYA", "AYŞE", "F"), ("HAŠEK", "ŽOFIE", "F"),
         ("WEISS", "GRETA", "F"))
TOWNS = ("LONDON", "PARIS", "BERLIN", "MADRID", "ROMA", "JAKARTA", "MANILA", "SINGAPORE", "SYDNEY", "DELHI", "STOCKHOLM",
         "KUALA LUMPUR", "NEW YORK", "GDAŃSK", "ZÜRICH")
AUTHORITIES = ("PASSPORT OFFICE", "HMPO", "MINISTRY OF FOREIGN AFFAIRS", "IMMIGRATION OFFICE", "PREFECTURE DE POLICE",
               "STADT BERLIN", "DEPARTMENT OF STATE")


def traveller(person):
    sex, photo = people.sex_and_portrait(person)
    surname, given, _ = pick(person, [each for each in NAMES if each[2] == sex])
    birth = people.birthday(person, youngest=1)
    issue = people.day_between(person, people.years_later(people.TODAY, -11 if birth.year < 2010 else -1), people.TODAY)
    issue = max(issue, birth + people.datetime.timedelta(days=30))
    years = 10 if birth.year < issue.year - 17 else 5
    number = serials.LETTERS[person.integers(26)] * int(person.random() < 0.7) + serials.digits(person, 8)
    number = number if person.random() < 0.8 else "".join(pick(person, "CFGHJKLMNPRTVWXYZ0123456789") for _ in range(9))
    sex = "X" if person.random() < 0.04 else sex
    return surname, given, sex, photo, birth, issue, people.years_later(issue, years), number


def written(style_of_date, date):
    if style_of_date == "dots":
        return f"{date:%d.%m.%Y}"
    if style_of_date == "spaces":
        return f"{date:%d %m %Y}"
    if style_of_date == "slashes":
        return f"{date:%d/%m/%Y}"
    month = people.MONTHS[date.month - 1].upper()
    return f"{date:%d} {month} {date.year}" if style_of_date == "month" else f"{date:%d} {month}/{month} {date:%y}"


def passport(person, style, side):
    surname, given, sex, photo, birth, issue, expiry, number = traveller(person)
    state, iso, country, heading, nationality, number_label, surname_label, given_label = pick(person, STATES)
    town, authority = pick(person, TOWNS), pick(person, AUTHORITIES)
    personal = serials.digits(person, int(person.integers(6, 14))) if person.random() < 0.4 else ""
    lines = mrz.td3(pick(person, ("P", "P", "P", "PO", "PP")), state, surname, given, number, state, birth,
                    "<" if sex == "X" else sex, expiry, personal)
    card = Card(style, 125, 88, 2.5, 11)
    card.know(document_number=number, surname=surname, given_names=given, date_of_birth=birth.isoformat(), sex=sex,
              date_of_issue=issue.isoformat(), date_of_expiry=expiry.isoformat(),
              issuing_state=iso, nationality=iso, place_of_birth=town, issuing_authority=authority,
              **({"personal_number": personal} if personal else {}))
    card.ground(pick(style, ([(226, 234, 244), (244, 232, 226), (232, 240, 226)], [(244, 226, 232), (240, 240, 220)],
                             [(216, 232, 240), (236, 226, 240)])), waves=7, rosettes=3, micro=country[:12])
    value, size, small = pick(style, ("sans", "sans", "label", "typewriter")), style.uniform(2.9, 3.2), style.uniform(1.7,
        1.95)
    dark, left = (60, 60, 90), style.uniform(42, 44)
    card.label(6, 7, heading, 3.8, bold=True, ink=dark)
    card.label(6, 10.4, "PASSPORT" if heading != "PASSPORT" else "PASSEPORT", 2.4, ink=dark)
    card.label(82, 6.6, country, 3.2, bold=True, ink=dark, align="centre", fit=76)
    card.face(photo, style.uniform(5, 7), style.uniform(16, 19), 33, 42.4, ground=(232, 236, 240))
    if style.random() < 0.6 and not personal:
        card.face(photo, 103, 30, 14, 18, grey=True, opacity=0.4, soft=1, main=False)
    dates = pick(style, ("month", "month", "twice", "dots", "spaces", "slashes"))
    kind = lines[0][:2].rstrip("<")
    card.label(left, 12.2, pick(style, ("Type/Type", "Type")), small, ink=dark)
    card.text(left, 15.6, kind, size, value)
    card.label(left + 17, 12.2, pick(style, ("Code/Code", "Country code", "Code of issuing State")), small, ink=dark, fit=26)
    card.value("issuing_state", state, left + 17, 15.6, size, value)
    card.label(left + 46, 12.2, number_label, small, ink=dark)
    card.value("document_number", number, left + 46, 15.6, size, value)
    numbered = style.random() < 0.3
    y, pitch, count = 19.4, style.uniform(6.9, 7.2), iter(range(1, 20))

    def field(key, label, text, x, row, fit=44):
        mark = f"{next(count)}. " if numbered else ""
        card.label(x, y + row * pitch, mark + label, small, ink=dark)
        card.value(key, text, x, y + row * pitch + 3.3, size, value, fit=fit)

    field("surname", surname_label, surname, left, 0, 75)
    field("given_names", given_label, given, left, 1, 75)
    field("nationality", pick(style, ("Nationality", "Nationality/Nationalité")), nationality, left, 2)
    field("date_of_birth", pick(style, ("Date of birth", "Date of birth/Date de naissance")), written(dates, birth), left, 3)
    if personal:
        field("personal_number", "Personal No.", personal, left + 46, 3)
    field("sex", pick(style, ("Sex/Sexe", "Sex")), sex, left, 4)
    field("place_of_birth", pick(style, ("Place of birth", "Place of birth/Lieu de naissance")), town, left + 17, 4, 55)
    field("date_of_issue", pick(style, ("Date of issue", "Date of issue/Date de délivrance")), written(dates, issue), left,
          5)
    field("issuing_authority", pick(style, ("Authority", "Authority/Autorité")), authority, left + 42, 5, 36)
    card.label(left, y + 6 * pitch, pick(style, ("Date of expiry", "Date of expiry/Date d'expiration")), small, ink=dark)
    card.value("date_of_expiry", written(dates, expiry), left, y + 6 * pitch + 3.1, size, value)
    card.rectangle(0, 68.2, 125, 19.8, (250, 250, 248), opacity=0.75)
    card.zone("TD3", lines, style.uniform(5, 7.5), style.uniform(74.6, 76), style.uniform(5.9, 6.5))
    return card


def card_of_zone(form, width, height, first, pitch_lines, make, kind, title):
    """A drawing of a card, or visa, of no particular state: a few printed fields over its zone."""
    def draw(person, style, side):
        surname, given, sex, photo, birth, issue, expiry, number = traveller(person)
        state, iso, country = pick(person, STATES)[:3]
        optional = serials.digits(person, 6) if person.random() < 0.4 else ""
        code = pick(person, kind)
        lines = make(code, state, surname, given, number, birth, "<" if sex == "X" else sex, expiry, optional, person)
        number = lines[1]
        card = Card(style, width, height, 0.5 if form.startswith("MRV") else 3.18, 14 if width < 110 else 12)
        card.know(document_number=number, surname=surname, given_names=given, date_of_birth=birth.isoformat(), sex=sex,
                  date_of_expiry=expiry.isoformat(), issuing_state=iso, nationality=iso)
        card.ground([(226, 236, 240), (244, 232, 226), (232, 240, 226)], waves=6, rosettes=2, micro=country[:12])
        value, size, dark = pick(style, ("sans", "label")), style.uniform(2.4, 2.7), (60, 60, 90)
        card.label(width / 2, 5.2, country, 2.8, bold=True, ink=dark, align="centre", fit=width - 10)
        card.label(width / 2, 8.4, pick(style, title), 2.2, ink=dark, align="centre")
        tall = first - 15
        card.face(photo, 4, 10.2, tall * 7 / 9, tall, ground=(236, 240, 244))
        left, room = 4 + tall * 7 / 9 + 4, (first - 13) / 3
        second = left + (width - left) * 0.52
        for place, (key, label, text) in enumerate((("surname", "Surname", surname),
                                                    ("document_number", "Document No.", number),
                                                    ("given_names", "Given names", given), ("sex", "Sex", sex),
                                                    ("date_of_birth", "Date of birth", written("month", birth)),
                                                    ("date_of_expiry", "Date of expiry", written("month", expiry)))):
            x, y = (left, second)[place % 2], 11.4 + place // 2 * room
            card.label(x, y, label, 1.5, ink=dark)
            card.value(key, text, x, y + 2.6, size if room > 5 else size * 0.85, value,
                       fit=second - left - 2 if place % 2 == 0 else width - second - 3)
        card.printed["issuing_state"] = card.printed["nationality"] = []
        card.rectangle(0, first - 3.6, width, height - first + 3.6, (250, 250, 248), opacity=0.7)
        card.zone(form, lines[0], (width - 2.54 * len(lines[0][0])) / 2 + style.uniform(-0.8, 0.8), first, pitch_lines)
        return card
    return draw


def make_td1(code, state, surname, given, number, birth, sex, expiry, optional, person):
    number = number if person.random() < 0.85 else "".join(pick(person,
                                                                "0123456789") for _ in range(int(person.integers(10, 13))))
    return mrz.td1(code, state, surname, given, number, state, birth, sex, expiry,
                   optional if len(number) < 10 else ""), number


def make_td2(code, state, surname, given, number, birth, sex, expiry, optional, person):
    return mrz.td2(code, state, surname, given, number, state, birth, sex, expiry, optional), number


def make_visa(form):
    def make(code, state, surname, given, number, birth, sex, expiry, optional, person):
        return form(state, surname, given, number, state, birth, sex, expiry, kind=code, optional=optional), number
    return make


td1 = card_of_zone("TD1", 85.6, 53.98, 39.5, 5.4, make_td1, ("I", "ID", "C", "AC"),
                   ("IDENTITY CARD", "CARTE D'IDENTITÉ", "RESIDENCE PERMIT"))
td2 = card_of_zone("TD2", 105, 74, 62.5, 6.3, make_td2, ("I", "ID", "C"), ("IDENTITY CARD", "OFFICIAL TRAVEL DOCUMENT"))
mrv_a = card_of_zone("MRVA", 120, 80, 68.0, 6.3, make_visa(mrz.mrv_a), ("V", "VI", "VN"), ("VISA",))
mrv_b = card_of_zone("MRVB", 105, 74, 62.5, 6.3, make_visa(mrz.mrv_b), ("V", "VC"), ("VISA",))
