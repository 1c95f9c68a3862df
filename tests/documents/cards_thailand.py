# SPDX-License-Identifier: Apache-2.0
"""Thailand: everything twice, in Thai with Buddhist years and in English. Layout facts: public descriptions of the cards."""

import people
import serials
from canvas import Card
from serials import pick


def thai_date(date, months=people.THAI_MONTHS):
    return f"{date.day} {months[date.month - 1]} {date.year + 543}"


def english_date(date):
    month = "Sep" if date.month == 9 else people.MONTHS[date.month - 1]
    return f"{date.day} {month}{'' if date.month == 5 else '.'} {date.year}"


def identity(person, style, side):
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person)
    title, given, surname = people.thai(person, sex)
    address = people.thai_address(person)
    number = serials.thai(person)
    issue = people.issued(person, birth, 8)
    expiry = people.years_later(birth, issue.year - birth.year + 8) - people.datetime.timedelta(days=1)
    lifelong = birth.year < 1957 and person.random() < 0.6
    religion = pick(person, ("พุทธ",) * 6 + ("อิสลาม", "คริสต์"))
    office, desk, serial = (int(each) for each in person.integers((1000, 1, 1000), (9999, 20, 9999)))
    control = f"{office}-{desk:02}-{issue:%m%d}{serial}"
    card = Card(style)
    local = f"{title[0]} {given[0]} {surname[0]}"
    latin = f"{title[1]} {given[1]}"
    card.know(document_number=number, full_name_local=local, given_names=latin, surname=surname[1],
              date_of_birth=birth.isoformat(), address=" ".join(address), religion=religion,
              date_of_issue=issue.isoformat(), date_of_expiry="permanent" if lifelong else expiry.isoformat(),
              control_number=control)
    card.ground([(196, 222, 242), (214, 234, 246), (230, 230, 244)], waves=7, rosettes=2, micro="THAILAND")
    thai, value, blue = pick(style, ("thai", "thai", "thai_serif")), pick(style, ("sans", "label")), (30, 60, 140)
    left, small, size = style.uniform(25, 27), style.uniform(1.9, 2.1), style.uniform(2.7, 3.0)
    card.label(24, 5.4, "บัตรประจำตัวประชาชน", 3.2, "thai", bold=True, ink=blue, fit=31)
    card.label(81, 5.4, "Thai National ID Card", 2.3, ink=blue, align="right")
    card.label(24, 9.6, pick(style, ("เลขประจำตัวประชาชน", "เลขประจำตัวประชาชน ")), 2.0, "thai", ink=blue)
    card.label(24, 12.2, "Identification Number", 1.7, ink=blue)
    card.value("document_number", number, 47, 11.2, 3.5, value, fit=36)
    card.chip(4.5, 17.5, 12, 10.5)
    card.label(17, 17.4, "ชื่อตัวและชื่อสกุล", 1.8, "thai", ink=blue)
    card.value("full_name_local", local, 31.5, 17.4, 3.6, thai, bold=style.random() < 0.4, fit=50)
    end = card.label(left, 21.8, "Name", small, ink=blue)
    card.value("given_names", latin, end + 1.6, 21.8, size * 0.95, value)
    end = card.label(left, 25.6, pick(style, ("Last name", "Last Name")), small, ink=blue)
    card.value("surname", surname[1], end + 1.6, 25.6, size * 0.95, value)
    end = card.label(left, 29.6, "เกิดวันที่", small, "thai", ink=blue)
    card.value("date_of_birth", thai_date(birth), end + 1.4, 29.6, size, thai)
    end = card.label(left, 33.2, "Date of Birth", small, ink=blue)
    card.value("date_of_birth", english_date(birth), end + 1.4, 33.2, size * 0.9, value)
    end = card.label(left, 36.6, "ศาสนา", small, "thai", ink=blue)
    card.value("religion", religion, end + 1.4, 36.6, size * 0.95, thai)
    end = card.label(4.5, 40.2, "ที่อยู่", small, "thai", ink=blue)
    card.value("address", address[0], end + 1.2, 40.2, 2.5, thai, fit=49)
    card.value("address", address[1], 4.5, 43.4, 2.5, thai, fit=54)
    for key, x, date, words, english in (("date_of_issue", 12, issue, "วันออกบัตร", "Date of Issue"),
                                         ("date_of_expiry", 50, expiry, "วันบัตรหมดอายุ", "Date of Expiry")):
        forever = key == "date_of_expiry" and lifelong
        card.value(key, "ตลอดชีพ" if forever else thai_date(date), x, 46.4, 2.1, thai, align="centre")
        card.label(x, 48.4, words, 1.55, "thai", ink=blue, align="centre")
        card.value(key, "LIFELONG" if forever else english_date(date), x, 50.6, 1.95, value, align="centre")
        card.label(x, 52.5, english, 1.5, ink=blue, align="centre")
    card.text(31, 48.4, f"({pick(style, people.TH_M)[0]} {pick(style, people.TH_SURNAMES)[0]})", 1.5, thai, align="centre")
    card.label(31, 50.4, "เจ้าพนักงานออกบัตร", 1.5, "thai", ink=blue, align="centre")
    card.face(photo, style.uniform(62.3, 63.3), style.uniform(20.5, 21.5), 19.5, 25, ground=(226, 232, 240))
    for row in range(8):
        card.line(61, 22 + row * 3, 62, 22 + row * 3, blue)
    card.value("control_number", control, 72.6, 50.4, 1.9, value, align="centre")
    return card


def licence(person, style, side):
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person)
    title, given, surname = people.thai(person, sex)
    issue = people.issued(person, birth, 5)
    expiry = people.years_later(birth, issue.year - birth.year + 5)
    number, personal = f"{person.integers(50, 69)}{serials.digits(person, 6)}", serials.thai(person)
    full_title = {"น.ส.": "นางสาว"}.get(title[0], title[0])
    kind = pick(person, (("ใบอนุญาตขับรถยนต์ส่วนบุคคล", "PRIVATE CAR DRIVING LICENCE"),
                         ("ใบอนุญาตขับรถจักรยานยนต์ส่วนบุคคล", "PRIVATE MOTORCYCLE DRIVING LICENCE")))
    local, latin = f"{full_title} {given[0]} {surname[0]}", f"{title[1].rstrip('.')} {given[1]} {surname[1]}".upper()
    card = Card(style)
    card.know(document_number=number, full_name_local=local, full_name=latin, date_of_birth=birth.isoformat(),
              date_of_issue=issue.isoformat(), date_of_expiry=expiry.isoformat(), personal_number=personal)
    card.ground([(246, 226, 206), (240, 236, 220), (232, 226, 240)], waves=6, rosettes=2, micro="DLT")
    thai, value, blue = pick(style, ("thai", "thai", "thai_serif")), pick(style, ("sans", "label")), (30, 50, 120)
    left, size = style.uniform(28, 30), style.uniform(2.4, 2.65)
    card.label(47, 4.8, "ประเทศไทย  KINGDOM OF THAILAND", 2.2, "thai", ink=blue, align="centre")
    card.label(47, 9.0, kind[0], 3.1, "thai", bold=True, ink=blue, align="centre", fit=66)
    card.label(47, 12.2, kind[1], 2.3, ink=blue, align="centre")
    end = card.label(left, 16.6, pick(style, ("ฉบับที่ ", "ฉบับที่/No. ")), 2.2, "thai", ink=blue)
    card.value("document_number", number, end + 0.8, 16.6, 3.0, value, bold=True)
    for row, (key, thai_label, label, date) in enumerate((("date_of_issue", "วันอนุญาต", "Issue Date", issue),
                                                          ("date_of_expiry", "วันสิ้นอายุ", "Expiry Date", expiry))):
        y = 20.6 + row * 6.6
        end = card.label(left, y, thai_label, 2.0, "thai", ink=blue)
        card.value(key, thai_date(date, people.THAI_MONTHS_LONG), end + 1.2, y, size, thai)
        end = card.label(left, y + 3.1, label, 1.8, ink=blue)
        card.value(key, f"{date.day} {date:%B} {date.year}", end + 1.2, y + 3.1, size * 0.9, value)
    end = card.label(left, 34.2, "ชื่อ", 2.0, "thai", ink=blue)
    card.value("full_name_local", local, end + 1.4, 34.2, size * 1.1, thai, fit=48)
    end = card.label(left, 37.6, "Name", 1.8, ink=blue)
    card.value("full_name", latin, end + 1.4, 37.6, size, value, fit=46)
    end = card.label(left, 41.4, "เกิดวันที่", 2.0, "thai", ink=blue)
    card.value("date_of_birth", thai_date(birth, people.THAI_MONTHS_LONG), end + 1.2, 41.4, size, thai)
    end = card.label(left, 44.6, "Birth Date", 1.8, ink=blue)
    card.value("date_of_birth", f"{birth.day} {birth:%B} {birth.year}", end + 1.2, 44.6, size * 0.9, value)
    end = card.label(left, 48.6, pick(style, ("เลขประจำตัวประชาชน  ID No.", "ID No.")), 1.9, "thai", ink=blue)
    card.value("personal_number", personal, end + 1.2, 48.6, size, value)
    card.face(photo, style.uniform(4, 5), style.uniform(15, 16.5), 21, 27, ground=(226, 236, 246))
    card.signature(7, 45.5, 14, 4)
    return card
