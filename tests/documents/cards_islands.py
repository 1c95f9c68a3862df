# SPDX-License-Identifier: Apache-2.0
"""Malaysia, Indonesia and Singapore. Layout facts: public descriptions and published specimens of the cards."""

import people
import serials
from canvas import Card
from serials import pick

MALAY_SEX = {"M": "LELAKI", "F": "PEREMPUAN"}


def mykad(person, style, side):
    """MyKad, and its sisters for permanent (red) and temporary (green) residents."""
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person)
    name, _, race = people.straits(person, sex)
    address, state = people.malaysian_address(person)
    number = serials.mykad(person, birth, sex, state)
    kind = pick(person, ("MyKad",) * 8 + ("MyPR", "MyKAS"))
    card = Card(style)
    card.variant = kind
    card.know(document_number=number, full_name=name, address=" ".join(address), sex=sex, date_of_birth=birth.isoformat(),
              document_kind=kind)
    grounds = {"MyKad": [(196, 222, 240), (214, 232, 244), (226, 226, 240)], "MyPR": [(244, 206, 200), (246, 224, 214)],
               "MyKAS": [(206, 236, 206), (226, 240, 214)]}
    card.ground(grounds[kind], waves=7, rosettes=3, micro="MALAYSIA")
    dark, value = (30, 44, 110), pick(style, ("sans", "sans", "label"))
    top = {"MyKad": "KAD PENGENALAN", "MyPR": "KAD PENGENALAN", "MyKAS": "KAD PENGENALAN SEMENTARA"}[kind]
    card.label(3.5, 5.8, top, 2.6, bold=True, ink=dark)
    card.label(3.5, 9.0, pick(style, ("MALAYSIA", "IDENTITY CARD")), 2.4, ink=dark)
    card.label(41, 9.0, "MALAYSIA", 4.2, bold=True, ink=dark, align="centre")
    card.label(66, 6.4, kind, 3.6, "serif", bold=True, ink=dark, key="document_kind")
    card.printed["document_kind"] = [kind]
    card.rectangle(54.5, 3.0, 9, 5, (200, 40, 50), outline=dark)
    card.rectangle(54.5, 3.0, 4.4, 2.7, (30, 40, 120))
    card.value("document_number", number, 4, 15.6, style.uniform(3.6, 4.0), value, bold=style.random() < 0.5)
    card.chip(6, 18.6, 12.5, 10.5)
    card.face(photo, style.uniform(54.5, 56.5), style.uniform(11, 12), 21, 25.5, ground=(206, 224, 240), soft=0.4)
    card.face(photo, 44, 22, 8, 10.3, grey=True, opacity=0.5, soft=1, main=False)
    size = style.uniform(2.45, 2.75)
    card.value("full_name", name, 4, 34.2, size + 0.1, value, fit=48)
    card.block("address", address, 4, 38.8, size, value, leading=1.32, fit=48)
    lines = ["WARGANEGARA" if kind == "MyKad" else "PEMASTAUTIN TETAP" if kind == "MyPR" else "PENDUDUK SEMENTARA"]
    for row, text in enumerate((["ISLAM"] if race == "MALAY" and kind == "MyKad" else []) + lines):
        card.text(60, 42.6 + row * 3.3, text, 2.4, value)
    card.value("sex", MALAY_SEX[sex], 60, 50, 2.5, value)
    return card


def malaysian_licence(person, style, side):
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person)
    name, _, _ = people.straits(person, sex)
    address, state = people.malaysian_address(person)
    number = serials.mykad(person, birth, sex, state)
    issue = people.issued(person, birth, 5)
    expiry = people.years_later(issue, int(person.integers(1, 6))) - people.datetime.timedelta(days=1)
    classes = pick(person, ("D", "DA", "B2 D", "B D", "B2", "B2 DA", "D E"))
    card = Card(style)
    card.know(document_number=number, full_name=name, nationality="MYS", licence_classes=classes,
              date_of_issue=issue.isoformat(),
              date_of_expiry=expiry.isoformat(), address=" ".join(address))
    card.ground([(244, 236, 206), (240, 226, 226), (232, 236, 240)], waves=6, rosettes=2, micro="JPJ")
    value, small = pick(style, ("sans", "label")), style.uniform(1.6, 1.8)
    blue, left = (40, 50, 110), style.uniform(27, 29)
    card.rectangle(2.5, 2.5, 9, 5, (200, 40, 50))
    card.rectangle(2.5, 2.5, 4.4, 2.7, (30, 40, 120))
    card.label(46, 5.6, "LESEN MEMANDU", 3.6, bold=True, ink=blue, align="centre")
    card.label(46, 8.9, pick(style, ("DRIVING LICENCE", "DRIVING LICENCE  MALAYSIA")), 2.5, ink=blue, align="centre")
    card.label(78, 5.6, "MALAYSIA", 2.2, ink=blue, align="right")
    card.face(photo, style.uniform(3.2, 4.4), style.uniform(11, 12.5), 21, 26, ground=(232, 236, 240))
    card.face(photo, 74, 40, 7.5, 9.6, grey=True, opacity=0.45, soft=0.8, main=False)
    size, labels = style.uniform(2.4, 2.65), pick(style, (("Warganegara / Nationality", "No. Pengenalan / Identity No.",
                                                           "Kelas / Class", "Tempoh / Validity", "Alamat / Address"),
                                                          ("Warganegara/Nationality", "No. Pengenalan/Identity No.",
                                                           "Kelas/Class", "Tempoh/Validity", "Alamat/Address")))
    card.value("full_name", name, left, 14.4, size + 0.2, value, bold=True, fit=54)
    card.label(left, 18.0, labels[0], small, ink=blue)
    card.value("nationality", "MALAYSIA", left, 21.0, size, value)
    card.label(left + 26, 18.0, labels[1], small, ink=blue)
    card.value("document_number", number.replace("-", "") if style.random() < 0.5 else number, left + 26, 21.0, size, value)
    card.fields["document_number"] = card.printed["document_number"][0]
    card.label(left, 24.8, labels[2], small, ink=blue)
    card.value("licence_classes", classes, left, 27.8, size, value)
    card.label(left, 31.6, labels[3], small, ink=blue)
    start, end = f"{issue:%d/%m/%Y}", f"{expiry:%d/%m/%Y}"
    card.value("date_of_issue", f"{start} - {end}", left, 34.6, size, value,
               parts={"date_of_issue": start, "date_of_expiry": end})
    card.label(left, 38.4, labels[4], small, ink=blue)
    card.block("address", address, left, 41.4, size, value, leading=1.25, fit=44)
    return card


INDONESIAN_SEX = {"M": "LAKI-LAKI", "F": "PEREMPUAN"}
KTP_LABELS = (("Nama", "Tempat/Tgl Lahir", "Jenis Kelamin", "Gol. Darah", "Alamat", "RT/RW", "Kel/Desa", "Kecamatan",
               "Agama", "Status Perkawinan", "Pekerjaan", "Kewarganegaraan", "Berlaku Hingga"),
              ("Nama", "Tempat/Tgl. Lahir", "Jenis kelamin", "Gol. Darah", "Alamat", "RT/RW", "Kel/Desa", "Kecamatan",
               "Agama", "Status Perkawinan", "Pekerjaan", "Kewarganegaraan", "Berlaku Hingga"))


def indonesian(person, sex):
    regency, province, city, town = pick(person, people.ID_PLACES)
    village, district = pick(person, people.ID_VILLAGES)
    return dict(regency=regency, province=province, city=city, town=town, village=village, district=district,
                name=pick(person, people.ID_M if sex == "M" else people.ID_F),
                birthplace=pick(person, people.ID_PLACES)[3],
                street=f"{pick(person, people.ID_STREETS)} NO. {person.integers(1, 190)}",
                neighbourhood=f"{person.integers(1, 20):03}/{person.integers(1, 16):03}", work=pick(person, people.ID_WORK),
                blood=pick(person, ("A", "B", "AB", "O", "-", "-")),
                religion=pick(person, ("ISLAM",) * 6 + ("KRISTEN", "KATHOLIK", "HINDU", "BUDHA")),
                status=pick(person, ("BELUM KAWIN", "KAWIN", "CERAI HIDUP", "CERAI MATI")))


def ktp(person, style, side):
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person, youngest=18)
    data = indonesian(person, sex)
    number = serials.nik(person, data["regency"], birth, sex)
    issue = people.day_between(person, max(people.datetime.date(2011, 6, 1), people.years_later(birth, 17)), people.TODAY)
    forever = person.random() < 0.85
    expiry = people.years_later(birth, issue.year - birth.year + 5)
    card = Card(style)
    until = "SEUMUR HIDUP" if forever else f"{expiry:%d-%m-%Y}"
    birth_text = f"{birth:%d-%m-%Y}"
    card.know(document_number=number, full_name=data["name"], place_of_birth=data["birthplace"],
              date_of_birth=birth.isoformat(), sex=sex, blood_type=data["blood"], address=data["street"],
              neighbourhood=data["neighbourhood"], village=data["village"], district=data["district"],
              religion=data["religion"], marital_status=data["status"], occupation=data["work"],
              nationality="IDN", date_of_expiry="permanent" if forever else expiry.isoformat(),
              date_of_issue=issue.isoformat(), province=data["province"], city=data["city"])
    card.ground([(168, 214, 236), (196, 226, 240), (180, 220, 230)], waves=7, rosettes=2, micro="INDONESIA")
    value, size = pick(style, ("sans", "sans", "label")), style.uniform(2.3, 2.55)
    pitch, left = style.uniform(3.02, 3.2), style.uniform(3, 4.2)
    colon = left + style.uniform(18.5, 20)
    card.value("province", data["province"], 43, 4.6, 3.0, value, bold=True, align="centre", before="PROVINSI ")
    card.value("city", data["city"], 43, 8.0, 3.0, value, bold=True, align="centre")
    between = pick(style, (": ", ":"))
    card.text(left, 13.2, "NIK", 3.6, value, bold=True)
    card.value("document_number", number, left + style.uniform(9, 11), 13.2, 3.9,
               pick(style, ("ocrb", "typewriter", "mono")), before=between, fit=47)
    labels = pick(style, KTP_LABELS)
    rows = (("full_name", data["name"]), ("place_of_birth", f"{data['birthplace']}, {birth_text}"),
            ("sex", INDONESIAN_SEX[sex]), None, ("address", data["street"]), ("neighbourhood", data["neighbourhood"]),
            ("village", data["village"]), ("district", data["district"]), ("religion", data["religion"]),
            ("marital_status", data["status"]), ("occupation", data["work"]), ("nationality", "WNI"),
            ("date_of_expiry", until))
    y = 17.4
    apart = style.random() < 0.5
    for label, row in zip(labels, rows):
        if row is None:
            continue
        key, text = row
        indent = 3 if key in ("neighbourhood", "village", "district") else 0
        card.text(left + indent, y, label, size, value, fit=colon - left - indent - 0.8)
        parts = {"place_of_birth": data["birthplace"], "date_of_birth": birth_text} if key == "place_of_birth" else None
        if apart:
            card.text(colon, y, ":", size, value)
        card.value(key, text, colon + (1.4 if apart else 0), y, size, value, before="" if apart else between, parts=parts,
                   fit=58 - colon)
        if key == "sex":
            card.value("blood_type", data["blood"], colon + 24, y, size, value,
                       before=labels[3] + pick(style, (" : ", " :", ": ")), fit=37 - colon)
        y += pitch
    red = birth.year % 2 == 1
    card.face(photo, style.uniform(62, 63), style.uniform(12.5, 13.5), 19, 24.5,
              ground=(196, 40, 44) if red else (40, 70, 170))
    card.value("city", data["city"].replace("KABUPATEN ", ""), 72, 42.0, 2.2, value, align="centre", fit=22, parts={})
    card.value("date_of_issue", f"{issue:%d-%m-%Y}", 72, 44.8, 2.2, value, align="centre")
    card.signature(66, 46.5, 12, 4)
    return card


def sim(person, style, side):
    """The licence of 2019 with numbered lines."""
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person, youngest=18)
    data = indonesian(person, sex)
    issue = people.issued(person, birth, 5)
    expiry = people.years_later(issue, 5)
    number, letter = serials.sim(person, birth), pick(person, ("A", "C", "B I", "A"))
    blood = pick(person, ("A", "B", "AB", "O"))
    police = pick(person, ("METRO JAYA", "JAWA BARAT", "JAWA TIMUR", "BALI", "BANTEN", "SUMATERA UTARA", "D.I. YOGYAKARTA"))
    address = [data["street"],
               f"RT {data['neighbourhood'].split('/')[0]} RW {data['neighbourhood'].split('/')[1]} {data['village']}",
               data["town"]]
    card = Card(style)
    card.variant = "2019"
    card.know(document_number=number, full_name=data["name"], place_of_birth=data["birthplace"],
              date_of_birth=birth.isoformat(), blood_type=blood, sex=sex, address=" ".join(address),
              occupation=data["work"], issuing_authority=police, date_of_expiry=expiry.isoformat(), licence_classes=letter)
    card.ground([(238, 240, 240), (226, 236, 226), (240, 230, 226)], waves=6, rosettes=3, micro="POLRI")
    value, size = pick(style, ("sans", "sans", "label")), style.uniform(2.5, 2.8)
    card.rectangle(2.5, 2.5, 8, 5.2, (206, 36, 40))
    card.rectangle(2.5, 5.1, 8, 2.6, (248, 248, 248))
    card.label(44, 5.4, "INDONESIA", 2.6, bold=True, align="centre")
    card.label(44, 8.8, pick(style, ("SURAT IZIN MENGEMUDI", "SURAT IZIN MENGEMUDI (SIM)")), 3.2, bold=True, align="centre")
    card.label(44, 11.4, "DRIVING LICENSE", 2.0, align="centre")
    card.value("licence_classes", letter, 76, 11, 6.5, value, bold=True, align="centre", fit=14)
    card.value("document_number", number, style.uniform(4, 6), 16.6, 3.4, pick(style, ("sans", "typewriter")), bold=True)
    card.face(photo, style.uniform(4, 5), style.uniform(19.5, 21), 20, 25.5, ground=(60, 90, 180))
    left, y, pitch = style.uniform(27, 29), 20.8, style.uniform(4.0, 4.3)
    gap = pick(style, (". ", ".", ". "))
    birth_text = f"{birth:%d-%m-%Y}"
    sex_text = {"M": "PRIA", "F": "WANITA"}[sex]
    card.value("full_name", data["name"], left, y, size, value, before="1" + gap, fit=52)
    card.value("place_of_birth", f"{data['birthplace']}, {birth_text}", left, y + pitch, size, value, before="2" + gap,
               parts={"place_of_birth": data["birthplace"], "date_of_birth": birth_text})
    card.value("blood_type", f"{blood} - {sex_text}", left, y + 2 * pitch, size, value, before="3" + gap,
               parts={"blood_type": blood, "sex": sex_text})
    card.value("address", address[0], left, y + 3 * pitch, size, value, before="4" + gap, fit=52)
    for row, text in enumerate(address[1:]):
        card.value("address", text, left + 3, y + 3 * pitch + (row + 1) * size * 1.2, size, value, fit=50)
    y += 3 * pitch + 2.4 * size + 0.4
    card.value("occupation", data["work"], left, y + pitch, size, value, before="5" + gap, fit=52)
    card.value("issuing_authority", police, left, y + 2 * pitch, size, value, before="6" + gap)
    card.value("date_of_expiry", f"{expiry:%d-%m-%Y}", style.uniform(6, 8), 50.6, 3.0, value, bold=True)
    return card


COUNTRIES = (("SINGAPORE", "SGP"),) * 8 + (("MALAYSIA", "MYS"), ("CHINA", "CHN"), ("INDIA", "IND"), ("INDONESIA", "IDN"))
SG_STREETS = ("ANG MO KIO AVE 3", "BEDOK NORTH ST 1", "TAMPINES ST 81", "JURONG WEST ST 42", "BUKIT TIMAH ROAD",
              "TOA PAYOH LORONG 2", "YISHUN RING ROAD", "CLEMENTI AVE 5")


def nric(person, style, side):
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person, youngest=16)
    name, local, race = people.straits(person, sex, malay=0.2)
    country, code = pick(person, COUNTRIES)
    number = serials.nric(person, birth)
    issue = people.day_between(person, max(people.years_later(birth, 15), people.datetime.date(1995, 1, 1)), people.TODAY)
    block = f"APT BLK {person.integers(1, 900)}{pick(person, ('', 'A', 'C'))} {pick(person, SG_STREETS)}"
    unit, postal = f"#{person.integers(1, 30):02}-{person.integers(1, 900):02}", f"{person.integers(50000, 829999):06}"
    card = Card(style)
    if side == "back":
        card.know(document_number=number, address=f"{block} {unit} SINGAPORE {postal}", postal_code=postal,
                  date_of_issue=issue.isoformat())
        nric_back(card, style, number, issue, [block, unit, f"SINGAPORE {postal}"], postal)
        return card
    card.know(document_number=number, full_name=name, race=race, date_of_birth=birth.isoformat(), sex=sex,
              country_of_birth=code, **({"full_name_local": local} if local else {}))
    card.ground([(246, 206, 206), (248, 222, 214), (244, 214, 226)], waves=7, rosettes=2, micro="SINGAPORE")
    red, value, size = (150, 40, 50), pick(style, ("sans", "sans", "label")), style.uniform(2.6, 2.9)
    card.rectangle(3, 2.4, 7, 7, (214, 90, 80), radius=3.5, opacity=0.7)
    card.label(13, 6.0, "REPUBLIC OF SINGAPORE", 2.9, bold=True, ink=red)
    end = card.label(13, 10.0, pick(style, ("IDENTITY CARD NO.", "IDENTITY CARD No.")), 2.4, ink=red)
    card.value("document_number", number, max(end + 1.5, style.uniform(46, 52)), 10.2, 3.6, value, bold=True)
    card.face(photo, style.uniform(3.5, 4.8), style.uniform(13.5, 14.5), 24, 31, grey=style.random() < 0.5,
              ground=(238, 238, 240), soft=0.4)
    left, small = style.uniform(32, 34), style.uniform(1.7, 1.95)
    card.label(left, 15.4, "Name", small, ink=red)
    card.value("full_name", name, left, 18.9, size, value, bold=style.random() < 0.4, fit=48)
    if local:
        card.value("full_name_local", local, left, 23.8, 3.3, "simplified_any")
    card.label(left, 27.8, "Race", small, ink=red)
    card.value("race", race, left, 31.2, size, value)
    card.label(left, 35.0, "Date of birth", small, ink=red)
    card.value("date_of_birth", f"{birth:%d-%m-%Y}", left, 38.4, size, value)
    card.label(left + 27, 35.0, "Sex", small, ink=red)
    card.value("sex", sex, left + 27, 38.4, size, value)
    card.label(left, 42.2, pick(style, ("Country/Place of birth", "Country of birth")), small, ink=red)
    card.value("country_of_birth", country, left, 45.6, size, value)
    return card


def nric_back(card, style, number, issue, address, postal):
    card.ground([(246, 214, 214), (248, 228, 220), (244, 220, 230)], waves=7, rosettes=2)
    red, value, small = (150, 40, 50), pick(style, ("sans", "sans", "label")), style.uniform(1.7, 1.95)
    card.barcode(6, 3.5, 44, 6.5)
    card.label(6, 15, pick(style, ("NRIC No.", "NRIC NO.")), small, ink=red)
    card.value("document_number", number, 20, 15.2, 2.9, value, bold=style.random() < 0.5)
    card.label(6, 21, "Date of issue", small, ink=red)
    card.value("date_of_issue", f"{issue:%d-%m-%Y}", 6, 24.6, 2.7, value)
    card.label(6, 33, "Address", small, ink=red)
    card.block("address", address, 6, 36.8, style.uniform(2.6, 2.8), value, leading=1.35, fit=50)
    card.printed["postal_code"] = [postal]
    for ring in range(9):
        card.rectangle(66 - ring * 0.5 + 2.5, 20 - ring * 0.8 + 3.5, 3 + ring, 4 + ring * 1.6, None, radius=1.5 + ring / 2,
                       outline=(150, 120, 120))


def singapore_licence(person, style, side):
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person, youngest=18)
    name, _, _ = people.straits(person, sex, malay=0.2)
    number = serials.nric(person, birth, foreign=person.random() < 0.2)
    issue = people.day_between(person, people.years_later(birth, 18), people.TODAY)
    classes = pick(person, ("3", "3A", "2B 3", "2B 2A 3", "3 4"))
    card = Card(style)
    card.know(document_number=number, full_name=name, date_of_birth=birth.isoformat(), date_of_issue=issue.isoformat(),
              licence_classes=classes)
    card.ground([(214, 228, 240), (240, 226, 230), (226, 236, 226)], waves=6, rosettes=2, micro="SINGAPORE POLICE FORCE")
    blue, value, size = (36, 50, 110), pick(style, ("sans", "sans", "label")), style.uniform(2.5, 2.8)
    card.label(44, 5.6, pick(style, ("REPUBLIC OF SINGAPORE", "SINGAPORE")), 2.4, ink=blue, align="centre")
    card.label(44, 9.8, pick(style, ("DRIVING LICENCE", "QUALIFIED DRIVING LICENCE")), 3.5, bold=True, ink=blue,
               align="centre")
    card.face(photo, style.uniform(4, 5.5), style.uniform(13, 15), 22, 28, ground=(236, 238, 242))
    left, labels = style.uniform(30, 32), style.random() < 0.5
    colon, y = pick(style, (":", "")), 18
    written = "%d %b %Y"
    for key, label, text in (("document_number", "Licence Number", number), ("full_name", "Name", name),
                             ("date_of_birth", "Birth Date", birth.strftime(written)),
                             ("date_of_issue", "Issue Date", issue.strftime(written)),
                             ("licence_classes", "Class", classes)):
        if labels:
            card.label(left, y - 3.4, label + colon, 1.8, ink=blue)
            card.value(key, text, left, y, size, value, fit=50)
            y += 7.4
        else:
            card.label(left, y, label + colon, 2.1, ink=blue)
            card.value(key, text, left + 17, y, size, value, fit=35)
            y += 6.2
    return card
