# SPDX-License-Identifier: Apache-2.0
"""The Philippines. Layout facts: public descriptions and published specimens of the cards."""

import people
import serials
from canvas import Card
from serials import pick


def citizen(person, youngest=18):
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person, youngest=youngest)
    surname, given, middle = people.filipino(person, sex)
    address, code = people.filipino_address(person)
    return sex, photo, birth, surname, given, middle, address, code


def voter(person, style, side):
    sex, photo, birth, surname, given, middle, address, _ = citizen(person)
    number, precinct = serials.vin(person, birth, given[0] + middle[0] + surname[0])
    status = pick(person, ("SINGLE", "MARRIED", "WIDOWED", "LEGALLY SEPARATED"))
    card = Card(style)
    written = pick(style, (f"{birth:%B %d, %Y}", f"{birth:%d %b %Y}")).upper()
    card.know(document_number=number, given_names=given, surname=surname, middle_name=middle,
              date_of_birth=birth.isoformat(), marital_status=status,
              nationality="PHL", address=" ".join(address), precinct=precinct)
    card.ground([(236, 240, 226), (226, 234, 244), (246, 236, 220)], waves=6, rosettes=3, micro="COMELEC")
    value, size, small = pick(style, ("sans", "label")), style.uniform(2.5, 2.75), style.uniform(1.6, 1.8)
    blue, left = (30, 50, 120), style.uniform(4, 6)
    card.rectangle(4, 2.6, 8, 8, (60, 90, 170), radius=4, opacity=0.8)
    card.label(47, 5.0, pick(style, ("REPUBLIKA NG PILIPINAS", "REPUBLIC OF THE PHILIPPINES")), 2.4, ink=blue,
               align="centre")
    card.label(47, 8.4, "COMMISSION ON ELECTIONS", 2.8, bold=True, ink=blue, align="centre")
    card.label(47, 11.4, pick(style, ("VOTER'S IDENTIFICATION CARD", "VOTER'S ID")), 2.2, ink=blue, align="centre")
    card.value("document_number", number, left, 16.2, 2.8, value, bold=True, before=pick(style, ("VIN: ", "VIN ", "VIN : ")),
               fit=53)
    card.face(photo, style.uniform(60, 62), style.uniform(14, 15.5), 20, 25.5, ground=(240, 242, 244))
    for row, (key, text) in enumerate((("surname", surname), ("given_names", given), ("middle_name", middle))):
        card.value(key, text, left, 20.6 + row * 3.6, size, value, bold=True, fit=53)
    colon, pitch, y = left + 20, 3.55, 31.8
    for key, label, text in (("date_of_birth", "DATE OF BIRTH", written), ("marital_status", "CIVIL STATUS", status),
                             ("nationality", "CITIZENSHIP", "FILIPINO")):
        card.label(left, y, label, small, ink=blue)
        card.value(key, text, colon, y, size, value)
        y += pitch
    card.label(left, y, "ADDRESS", small, ink=blue)
    lines = [", ".join(address[:2]), ", ".join(address[2:])]
    card.fields["address"] = " ".join(lines)
    card.block("address", lines, colon, y, size * 0.92, value, fit=59 - colon)
    card.label(left, y + 7.4, pick(style, ("PRECINCT NO.", "PRECINCT NO")), small, ink=blue)
    card.value("precinct", precinct, colon, y + 7.4, size, value)
    card.signature(62, 42, 16, 4)
    return card


def licence(person, style, side):
    """The plastic licence of 2017 and later: labels above the values."""
    sex, photo, birth, surname, given, middle, address, code = citizen(person)
    number, agency = serials.lto(person), f"{pick(person, 'ABDEFGHJKLNP')}{person.integers(1, 60):02}"
    issue = people.issued(person, birth, 5)
    expiry = people.years_later(birth, issue.year - birth.year + (10 if person.random() < 0.4 else 5))
    full, codes = f"{surname}, {given} {middle}", pick(person, ("A,A1", "B,B1", "1,2", "A,B,B1", "B", "1"))
    condition = pick(person, ("NONE", "A", "1", "B"))
    lines = [", ".join(address[:2]), ", ".join(address[2:]) + f", {code}"]
    card = Card(style)
    card.know(full_name=full, surname=surname, given_names=given, middle_name=middle, nationality="PHL", sex=sex,
              date_of_birth=birth.isoformat(), address=" ".join(lines), document_number=number,
              date_of_expiry=expiry.isoformat(), agency_code=agency, licence_classes=codes, licence_conditions=condition)
    card.ground([(236, 226, 236), (226, 236, 246), (246, 240, 214)], waves=7, rosettes=2, micro="LTO")
    value, size, small = pick(style, ("sans", "sans", "label")), style.uniform(2.4, 2.65), style.uniform(1.35, 1.55)
    grey, left = (70, 70, 80), style.uniform(28, 29.5)
    card.rectangle(3.5, 2.4, 8, 8, (50, 80, 160), radius=4, opacity=0.8)
    card.label(45, 4.2, pick(style, ("REPUBLIC OF THE PHILIPPINES", "Republic of the Philippines")), 2.0, align="centre")
    card.label(45, 6.9, "DEPARTMENT OF TRANSPORTATION", 2.0, align="centre")
    card.label(45, 9.6, "LAND TRANSPORTATION OFFICE", 2.3, bold=True, align="centre")
    card.label(45, 13.2, pick(style, ("DRIVER'S LICENSE", "NON-PROFESSIONAL DRIVER'S LICENSE",
                                      "PROFESSIONAL DRIVER'S LICENSE")), 2.7, bold=True, align="centre", ink=(150, 30, 40))
    card.face(photo, style.uniform(3, 4), style.uniform(14.5, 16), 22, 28, ground=(240, 242, 244))
    card.label(left, 16.4, "Last Name, First Name, Middle Name", small, ink=grey)
    parts = {"full_name": full, "surname": surname, "given_names": given, "middle_name": middle}
    card.value("full_name", full, left, 19.4, size, value, bold=True, parts=parts, fit=54)
    heads = ("Nationality", "Sex", "Date of Birth", "Weight (kg)", "Height (m)")
    texts = ("PHL", sex, f"{birth:%Y/%m/%d}", str(style.integers(45, 95)), f"1.{style.integers(50, 85)}")
    for head, text, key, x in zip(heads, texts, ("nationality", "sex", "date_of_birth", None, None),
                                  (0, 12, 18.5, 34.5, 45.5)):
        card.label(left + x, 22.4, head, small, ink=grey)
        if key:
            card.value(key, text, left + x, 25.4, size, value)
        else:
            card.text(left + x, 25.4, text, size, value)
    card.label(left, 28.4, "Address", small, ink=grey)
    card.block("address", lines, left, 31.2, size * 0.9, value, leading=1.2, fit=54)
    card.label(left, 37, "License No.", small, ink=grey)
    card.value("document_number", number, left, 40, size, value, bold=True)
    card.label(left + 24, 37, "Expiration Date", small, ink=grey)
    card.value("date_of_expiry", f"{expiry:%Y/%m/%d}", left + 24, 40, size, value, bold=True)
    card.label(left + 42, 37, "Agency Code", small, ink=grey)
    card.value("agency_code", agency, left + 42, 40, size, value)
    card.label(left, 43, "Blood Type", small, ink=grey)
    card.text(left, 45.8, pick(style, ("O+", "A+", "B+", "AB+")), size, value)
    card.label(left + 14, 43, "Eyes Color", small, ink=grey)
    card.text(left + 14, 45.8, "BLACK", size, value)
    card.label(left, 48.6, pick(style, ("DL Codes", "Restrictions")), small, ink=grey)
    card.value("licence_classes", codes, left, 51.4, size, value)
    card.label(left + 24, 48.6, "Conditions", small, ink=grey)
    card.value("licence_conditions", condition, left + 24, 51.4, size, value)
    card.signature(6, 45, 16, 4)
    return card


def tin(person, style, side):
    sex, photo, birth, surname, given, middle, address, _ = citizen(person)
    number = serials.tin(person)
    full = f"{surname}, {given} {middle if person.random() < 0.7 else middle[0] + '.'}"
    issue = people.day_between(person, people.years_later(birth, 18), people.TODAY)
    lines = [", ".join(address[:2]), ", ".join(address[2:])]
    card = Card(style)
    card.know(document_number=number, full_name=full, address=" ".join(lines), date_of_birth=birth.isoformat(),
              date_of_issue=issue.isoformat())
    card.ground([(248, 240, 206), (246, 236, 190), (244, 244, 226)], waves=5, rosettes=2, micro="BIR")
    value, size, small = pick(style, ("sans", "mono", "label")), style.uniform(2.5, 2.8), style.uniform(1.6, 1.8)
    left, dark = style.uniform(5, 6.5), (40, 50, 60)
    words = pick(style, (("REPUBLIKA NG PILIPINAS", "KAGAWARAN NG PANANALAPI", "KAWANIHAN NG RENTAS INTERNAS"),
                         ("REPUBLIC OF THE PHILIPPINES", "DEPARTMENT OF FINANCE", "BUREAU OF INTERNAL REVENUE")))
    for row, text in enumerate(words):
        card.label(46, 5.0 + row * 3.1, text, 2.3 if row < 2 else 2.6, bold=row == 2, align="centre", ink=dark)
    card.rectangle(4, 3, 8.5, 8.5, (150, 120, 40), radius=4.2, opacity=0.7)
    first = pick(style, ("TIN: ", "TIN ", "TIN : "))
    card.value("document_number", number, left, 18.2, 3.4, value, bold=True, before=first)
    card.label(left, 22, pick(style, ("NAME", "TAXPAYER'S NAME")), small, ink=dark)
    card.value("full_name", full, left, 25.2, size, value, bold=True, fit=52)
    card.label(left, 29.2, "ADDRESS", small, ink=dark)
    card.block("address", lines, left, 32.4, size * 0.92, value, fit=52)
    card.label(left, 40.4, pick(style, ("DATE OF BIRTH", "BIRTH DATE", "BIRTHDAY")), small, ink=dark)
    card.label(left + 27, 40.4, pick(style, ("DATE OF ISSUE", "ISSUE DATE", "DATE ISSUED")), small, ink=dark)
    for key, date, x in (("date_of_birth", birth, left), ("date_of_issue", issue, left + 27)):
        card.value(key, f"{date:%m/%d/%Y}", x, 43.6, size, value)
    card.face(photo, style.uniform(61, 62), style.uniform(14, 16), 19, 24.4, ground=(244, 244, 244))
    card.label(left, 50.4, "SIGNATURE", small, ink=dark)
    card.signature(left + 14, 46.5, 18, 4)
    return card


def sss(person, style, side):
    sex, photo, birth, surname, given, middle, _, _ = citizen(person)
    number = serials.sss(person)
    full = f"{given} {middle[0]}. {surname}" if person.random() < 0.7 else f"{surname}, {given} {middle}"
    card = Card(style)
    card.know(document_number=number, full_name=full, date_of_birth=birth.isoformat())
    card.ground([(206, 222, 244), (226, 236, 248), (216, 226, 240)], waves=6, rosettes=2, micro="SSS")
    value, left, blue = pick(style, ("sans", "label")), style.uniform(31, 33), (20, 50, 130)
    card.rectangle(4, 2.8, 9, 9, (30, 70, 160), radius=2)
    card.label(8.5, 8.6, "SSS", 3.4, bold=True, ink=(250, 250, 250), align="centre")
    card.label(48, 5.4, "REPUBLIC OF THE PHILIPPINES", 2.2, align="centre", ink=blue)
    card.label(48, 9.4, "SOCIAL SECURITY SYSTEM", 3.2, bold=True, align="centre", ink=blue)
    card.label(48, 12.4, pick(style, ("SOCIAL SECURITY CARD", "Social Security ID")), 2.1, align="centre", ink=blue)
    card.face(photo, style.uniform(4, 5.5), style.uniform(15.5, 17), 23, 29.5, ground=(240, 242, 246))
    card.label(left, 18.6, pick(style, ("SS NUMBER", "SS No.", "SSS NO.")), 1.8, ink=blue)
    card.value("document_number", number, left, 22.8, 4.0, value, bold=True)
    card.label(left, 27, "NAME", 1.8, ink=blue)
    card.value("full_name", full, left, 30.6, style.uniform(2.7, 3.0), value, bold=True, fit=50)
    card.label(left, 35, pick(style, ("DATE OF BIRTH", "BIRTHDATE")), 1.8, ink=blue)
    written = f"{birth:%B %d, %Y}".upper() if style.random() < 0.7 else f"{birth:%b %d, %Y}".upper()
    card.value("date_of_birth", written, left, 38.6, 2.8, value)
    card.signature(left + 4, 42, 22, 5)
    card.label(left, 49.6, "SIGNATURE", 1.6, ink=blue)
    return card


def umid(person, style, side):
    sex, photo, birth, surname, given, middle, address, code = citizen(person)
    number = serials.crn(person)
    lines = [", ".join(address[:2]), f"{address[2]} {address[3]} PHL {code}"]
    card = Card(style)
    card.know(document_number=number, surname=surname, given_names=given, middle_name=middle, sex=sex,
              date_of_birth=birth.isoformat(), address=" ".join(lines))
    card.ground([(240, 240, 244), (222, 230, 242), (244, 232, 232)], waves=6, rosettes=3, micro="UMID")
    value, small, left = pick(style, ("sans", "sans", "label")), style.uniform(1.45, 1.65), style.uniform(31, 33)
    blue, size = (30, 40, 110), style.uniform(2.5, 2.75)
    card.label(44, 5.0, pick(style, ("REPUBLIC OF THE PHILIPPINES", "Republic of the Philippines")), 2.3, align="centre",
               ink=blue)
    card.label(44, 8.8, pick(style, ("Unified Multi-Purpose ID", "UNIFIED MULTI-PURPOSE ID")), 2.9, bold=True,
               align="centre", ink=blue)
    card.value("document_number", number, left, 14.4, 3.2, value, bold=True)
    card.face(photo, style.uniform(3.5, 4.8), style.uniform(12.5, 14), 24, 31, grey=style.random() < 0.4,
              ground=(236, 240, 244), soft=0.3)
    card.face(photo, 72, 16, 8.5, 11, grey=True, opacity=0.4, soft=1, main=False)
    y = 17.6
    for key, label, text in (("surname", "SURNAME", surname), ("given_names", "GIVEN NAME", given),
                             ("middle_name", "MIDDLE NAME", middle)):
        card.label(left, y, label, small, ink=blue)
        card.value(key, text, left, y + 3.1, size, value, bold=True, fit=40)
        y += 5.9
    card.label(left, y, "SEX", small, ink=blue)
    card.value("sex", sex, left, y + 3.1, size, value)
    card.label(left + 14, y, "DATE OF BIRTH", small, ink=blue)
    card.value("date_of_birth", f"{birth:%Y/%m/%d}", left + 14, y + 3.1, size, value)
    card.label(left, y + 5.9, "ADDRESS", small, ink=blue)
    card.block("address", lines, left, y + 8.9, size * 0.92, value, fit=50)
    return card


def philsys(person, style, side):
    sex, photo, birth, surname, given, middle, address, code = citizen(person, youngest=5)
    number = serials.pcn(person)
    issue = people.day_between(person, people.datetime.date(2021, 5, 1), people.TODAY)
    blood = pick(person, ("O", "A", "B", "AB", "O+", "UNKNOWN"))
    status, birthplace = pick(person, ("SINGLE", "MARRIED", "WIDOWED")), ", ".join(pick(person, people.PH_TOWNS)[:2])
    lines = [", ".join(address[:2]) + ",", ", ".join(address[2:]) + ", PHILIPPINES, " + code]
    card = Card(style)
    card.ground([(214, 226, 246), (246, 236, 206), (244, 220, 224)], waves=7, rosettes=3, micro="PHILSYS")
    value, small, dark = pick(style, ("sans", "sans", "label")), style.uniform(1.4, 1.6), (50, 60, 90)
    size = style.uniform(2.45, 2.7)
    if side == "back":
        card.know(date_of_issue=issue.isoformat(), sex=sex, blood_type=blood, marital_status=status,
                  place_of_birth=birthplace)
        written = f"{issue:%d %B %Y}".upper() if style.random() < 0.5 else f"{issue:%B %d, %Y}".upper()
        y, left = 6.6, style.uniform(4, 5.5)
        for key, label, text in (("date_of_issue", "Araw ng pagkakaloob/Date of issue", written),
                                 ("sex", "Kasarian/Sex", {"M": "MALE", "F": "FEMALE"}[sex]),
                                 ("blood_type", "Uri ng Dugo/Blood Type", blood),
                                 ("marital_status", "Kalagayang Sibil/Marital Status", status),
                                 ("place_of_birth", "Lugar ng Kapanganakan/Place of Birth", birthplace)):
            card.label(left, y, label, small, ink=dark)
            card.value(key, text, left, y + 3.2, size, value, bold=True, fit=44)
            y += 7.2
        card.matrix(53, 9, 27)
        card.label(left, 47.5, "If found, please return to the nearest PSA Office", 1.5, ink=dark)
        card.label(left, 50, "www.psa.gov.ph", 1.5, ink=dark)
        return card
    card.know(document_number=number, surname=surname, given_names=given, middle_name=middle,
              date_of_birth=birth.isoformat(), address=" ".join(lines))
    card.label(45, 4.4, "REPUBLIKA NG PILIPINAS", 2.3, bold=True, align="centre", ink=(30, 40, 100))
    card.label(45, 6.8, "Republic of the Philippines", 1.7, align="centre", ink=(30, 40, 100))
    card.label(45, 10.0, "PAMBANSANG PAGKAKAKILANLAN", 2.5, bold=True, align="centre", ink=(30, 40, 100))
    card.label(45, 12.4, "Philippine Identification Card", 1.8, align="centre", ink=(30, 40, 100))
    card.value("document_number", number, style.uniform(4, 5), 17, 3.0, value, bold=True)
    card.face(photo, style.uniform(4, 5), style.uniform(18.5, 19.5), 20, 25.5, ground=(240, 242, 246), soft=0.3)
    card.face(photo, 70, 17, 9.5, 12.2, grey=True, opacity=0.4, soft=1, main=False)
    left, y = style.uniform(29, 31), 20.4
    fields = (("surname", "Apelyido/Last Name", surname), ("given_names", "Mga Pangalan/Given Names", given),
              ("middle_name", "Gitnang Apelyido/Middle Name", middle),
              ("date_of_birth", "Petsa ng Kapanganakan/Date of Birth", f"{birth:%B %d, %Y}".upper()))
    for key, label, text in fields:
        card.label(left, y, label, small, ink=dark)
        card.value(key, text, left, y + 3.0, size, value, bold=True, fit=40)
        y += 6.0
    card.label(left if style.random() < 0.5 else 5, 46.0, "Tirahan/Address", small, ink=dark)
    card.block("address", lines, 5, 48.8, size * 0.85, value, leading=1.15, fit=76)
    return card
