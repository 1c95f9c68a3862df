# SPDX-License-Identifier: Apache-2.0
"""Hong Kong, Mainland China and Japan. Layout facts: published specimens and public descriptions of the cards."""

import people
import serials
from canvas import Card
from serials import pick


def hkid(person, style, side):
    """Editions of 2003 (chip at the left, portrait at the right) and 2018 (portrait at the left)."""
    sex, photo = people.sex_and_portrait(person)
    local, latin, codes = people.hongkong(person)
    birth = people.birthday(person, youngest=19)
    recent = person.random() < 0.6
    issue = people.day_between(person, *((people.datetime.date(2018, 11, 27), people.TODAY) if recent else
                                         (people.datetime.date(2003, 6, 23), people.datetime.date(2018, 11, 26))))
    birth = min(birth, people.years_later(issue, -18))
    first = people.day_between(person, people.years_later(birth, 11), issue)
    permanent = person.random() < 0.8
    number = serials.hkid(person)
    symbols = ("***" if permanent or person.random() < 0.3 else "") + (pick(person,
        ("AZ", "AX", "AZB", "AO", "AW")) if permanent else pick(person, ("CX", "CO", "RX", "UX", "CXN")))
    card = Card(style)
    card.variant = "HKID-2018" if recent else "HKID-2003"
    card.know(document_number=number, full_name=latin, full_name_local=local, name_code=codes, sex=sex,
              date_of_birth=birth.isoformat(),
              date_of_issue=issue.isoformat(), date_of_first_issue=f"{first:%Y-%m}",
              permanent_resident="1" if permanent else "0", symbols=symbols)
    card.printed["permanent_resident"] = []
    card.ground([(226, 236, 216), (240, 226, 226), (222, 232, 240), (244, 240, 214)], waves=7, rosettes=2, micro="HONG KONG")
    heading = (("香港永久性居民身份證", "HONG KONG PERMANENT IDENTITY CARD") if permanent else ("香港居民身份證", "HONG KONG IDENTITY CARD"))
    gold = (150, 112, 50) if not recent else (60, 84, 110)
    card.label(style.uniform(41, 45), 5.2, heading[0], 3.5, "hongkong", align="centre", spacing=0.5, ink=gold)
    card.label(43, 8.5, heading[1], 2.7, "serif" if style.random() < 0.7 else "sans", align="centre", ink=gold)
    texts = hkid_2018 if recent else hkid_2003
    texts(card, style, photo, dict(local=local, latin=latin, codes=codes, number=number, symbols=symbols, sex=sex,
                                   birth=f"{birth:%d-%m-%Y}",
                                   first=f"({first:%m-%y})", issue=f"{issue:%d-%m-%y}"))
    return card


SEX_CHINESE = {"M": "男", "F": "女"}


def hkid_2003(card, style, photo, data):
    value = pick(style, ("typewriter", "sans", "mono"))
    card.chip(8.5, 18, 13, 12)
    card.face(photo, style.uniform(60.5, 62), style.uniform(18.5, 20), 18.5, 23.8, grey=True, ground=(222, 230, 222),
              soft=1.0)
    card.face(photo, 5.5, 34, 7.5, 9.6, grey=True, opacity=0.35, soft=1.5, main=False)
    card.value("full_name_local", data["local"], 4, 13, 3.4, "hongkong", spacing=0.8)
    card.value("full_name", data["latin"], 4, 17, 2.9, value, fit=55)
    card.value("name_code", data["codes"], 25.5, 21.6, 2.9, value)
    card.label(25.5, 29, "出生日期 Date of Birth", 2.5, "hongkong")
    card.value("date_of_birth", data["birth"], 25.5, 32.4, 3.0, value)
    card.value("sex", SEX_CHINESE[data["sex"]] + pick(style, (" ", "")) + data["sex"], 52.5, 32, 3.0, "hongkong")
    card.value("symbols", data["symbols"], 25.5, 36.2, 3.0, value)
    card.label(25.5, 39.6, "簽發日期 Date of Issue", 2.5, "hongkong")
    card.value("date_of_first_issue", data["first"], 25.5, 43.4, 3.0, value)
    card.value("date_of_issue", data["issue"], 25.5, 49.3, 3.6, value)
    card.value("document_number", data["number"], 80, 49.3, 3.6, value, align="right", fit=30)


def hkid_2018(card, style, photo, data):
    value = pick(style, ("sans", "typewriter", "sans"))
    left = style.uniform(33, 36)
    card.face(photo, style.uniform(4.5, 6), style.uniform(13.5, 15), 24, 30.8, grey=True, ground=(228, 234, 232), soft=1.0)
    card.face(photo, 69, 27, 9.5, 12.2, grey=True, opacity=0.4, soft=1.5, main=False)
    card.value("full_name_local", data["local"], left, 14, 3.8, "hongkong", spacing=0.6)
    card.value("full_name", data["latin"], left, 18.4, 2.9, value, fit=46)
    card.value("name_code", data["codes"], left, 22.6, 2.7, value)
    card.label(left, 27, "出生日期 Date of Birth", 2.2, "hongkong")
    card.value("date_of_birth", data["birth"], left, 30.6, 3.0, value)
    card.value("sex", SEX_CHINESE[data["sex"]] + " " + data["sex"], left + 26, 30.6, 3.0, "hongkong")
    card.value("symbols", data["symbols"], left, 34.6, 3.0, value)
    card.label(left, 38.4, "簽發日期 Date of Issue", 2.2, "hongkong")
    card.value("date_of_first_issue", data["first"], left, 42, 2.9, value)
    card.value("date_of_issue", data["issue"], left, 47.8, 3.2, value)
    card.value("document_number", data["number"], 81, 48.6, 3.8, value, align="right", bold=style.random() < 0.5, fit=25)


def mainland(person, style, side):
    """The second-generation resident identity card; the emblem's side carries authority and validity."""
    sex, photo = people.sex_and_portrait(person)
    birth = people.birthday(person)
    name, ethnicity = people.mainland(person, sex), pick(person, people.CN_ETHNICITIES)
    address, region, station = people.mainland_address(person)
    number = serials.mainland(person, region, birth, sex)
    issue = people.issued(person, birth, 20)
    age = issue.year - birth.year
    years = 10 if age < 25 else 20 if age < 45 else 0
    expiry = people.years_later(issue, years) if years else None
    card = Card(style)
    if side == "front":
        card.know(document_number=number, full_name=name, sex=sex, ethnicity=ethnicity, date_of_birth=birth.isoformat(),
                  address=address)
        mainland_front(card, style, photo, dict(name=name, sex=SEX_CHINESE[sex], ethnicity=ethnicity, birth=birth,
                                                address=address, number=number))
    else:
        card.know(issuing_authority=station, date_of_issue=issue.isoformat(),
                  date_of_expiry=expiry.isoformat() if expiry else "permanent")
        mainland_back(card, style, station, f"{issue:%Y.%m.%d}", f"{expiry:%Y.%m.%d}" if expiry else "长期")
    return card


def mainland_front(card, style, photo, data):
    card.ground([(214, 230, 240), (226, 240, 232), (240, 228, 236), (218, 226, 240)], waves=8, rosettes=1)
    blue, face = (40, 84, 150), pick(style, ("simplified", "simplified", "simplified_any"))
    card.face(photo, style.uniform(54.5, 56), style.uniform(7.5, 9), 24.5, 31.5, ground=(246, 248, 250), soft=0.5)
    label, x = style.uniform(2.3, 2.6), style.uniform(16, 17.5)
    card.label(6.5, 9.4, "姓名", label, "simplified", ink=blue, spacing=0.6)
    card.value("full_name", data["name"], x, 9.6, 3.4, face, spacing=0.4)
    card.label(6.5, 15.6, "性别", label, "simplified", ink=blue, spacing=0.6)
    card.value("sex", data["sex"], x, 15.7, 2.9, face)
    card.label(25.5, 15.6, "民族", label, "simplified", ink=blue, spacing=0.6)
    card.value("ethnicity", data["ethnicity"], 34, 15.7, 2.9, face)
    card.label(6.5, 21.6, "出生", label, "simplified", ink=blue, spacing=0.6)
    birth = data["birth"]
    card.printed["date_of_birth"] = [f"{birth.year}年{birth.month}月{birth.day}日"]
    for at, number, unit in ((x, birth.year, "年"), (x + 12.5, birth.month, "月"), (x + 20.5, birth.day, "日")):
        end = card.text(at, 21.7, str(number), 2.9, face, key="date_of_birth")
        card.label(max(end + 0.8, at + (8.3 if unit == "年" else 4.6)), 21.6, unit, label, "simplified", ink=blue)
    card.label(6.5, 28.0, "住址", label, "simplified", ink=blue, spacing=0.6)
    card.block("address", people.wrapped(data["address"], int(style.integers(11, 13))), x, 28.1, 2.75, face, leading=1.5)
    card.label(6.5, 47.4, "公民身份号码", label, "simplified", ink=blue, spacing=0.5)
    card.value("document_number", data["number"], style.uniform(28.5, 30.5), 47.5, 3.6,
               pick(style, ("ocrb", "typewriter", "sans")),
               spacing=style.uniform(0.1, 0.4), fit=51)


def mainland_back(card, style, station, start, end):
    card.ground([(226, 236, 214), (244, 232, 226), (228, 238, 226), (240, 240, 222)], waves=8, rosettes=3)
    red = (176, 44, 40)
    for radius in (7.2, 6.2):
        card.rectangle(13 - radius, 13.5 - radius, 2 * radius, 2 * radius, None, radius=radius, outline=red)
    card.rectangle(9, 9.5, 8, 8, (200, 70, 50), radius=4, opacity=0.8)
    card.label(52, 13, "中华人民共和国", 4.5, "simplified", align="centre", spacing=1.0, ink=(30, 30, 30))
    card.label(52, 21.6, "居民身份证", 6.2, "simplified", align="centre", spacing=2.2, bold=True, ink=(30, 30, 30))
    ink, face = (30, 40, 60), pick(style, ("simplified", "simplified_any"))
    card.label(24, 41, "签发机关", 2.7, "simplified", ink=ink)
    card.value("issuing_authority", station, 37.5, 41, 2.9, face)
    card.label(24, 47.6, "有效期限", 2.7, "simplified", ink=ink)
    card.value("date_of_issue", f"{start}-{end}", 37.5, 47.6, 2.9, face,
               parts={"date_of_issue": start, "date_of_expiry": end})


def japan(person, style, side):
    """Front of the My Number card; the number itself is on the back, which nobody should collect."""
    sex, photo = people.sex_and_portrait(person)
    surname, given = people.japanese(person, sex)
    birth = people.birthday(person)
    issue = people.day_between(person, people.datetime.date(2016, 1, 20), people.TODAY)
    turn = people.years_later(birth, issue.year - birth.year + 10)
    expiry = turn if turn <= people.years_later(issue, 10) else people.years_later(turn, -1)
    address, prefecture, city, _ = people.japanese_address(person)
    era, year = people.japanese_era(birth)
    mayor = city.split("市")[0] + "市長" if "市" in city else city + "長"
    card = Card(style)
    card.know(full_name=f"{surname}{given}", address="".join(address), date_of_birth=birth.isoformat(), sex=sex,
              date_of_expiry=expiry.isoformat(), issuing_authority=mayor)
    card.ground([(250, 222, 222), (246, 232, 220), (238, 240, 206), (250, 230, 232)], waves=7, rosettes=2, micro="JAPAN")
    face, light = pick(style, ("japanese", "japanese_sans")), (40, 40, 40)
    card.rectangle(6.5, 8.3, 65, 7.8, (251, 230, 230))
    card.label(1.6, 6.0, "氏名", 2.0, "japanese_sans", bold=True, ink=light)
    card.value("full_name", surname + "　" + given, 8, 6.2, 3.4, face)
    card.label(1.6, 11.8, "住所", 2.0, "japanese_sans", bold=True, ink=light)
    card.block("address", address, 7.6, 11.7, style.uniform(2.6, 2.9), face, leading=1.22, fit=63)
    card.rectangle(73.5, 1.8, 9.6, 9.6, (252, 252, 250), radius=1.5)
    card.label(78.3, 8.2, "個人番号", 1.8, "japanese_sans", bold=True, align="centre", ink=light)
    card.label(78.3, 10.6, "カード", 1.8, "japanese_sans", bold=True, align="centre", ink=light)
    card.label(73.2, 15.4, "性別", 2.0, "japanese_sans", bold=True, ink=light)
    card.value("sex", SEX_CHINESE[sex], 79.4, 15.4, 2.5, face)
    written = f"{era}{'元' if year == 1 else year}年{birth.month:>2}月{birth.day:>2}日"
    card.value("date_of_birth", written, 30, 20.2, 2.35, face, after="生", parts={"date_of_birth": written.replace(" ", "")})
    until = f"{expiry.year}年{expiry.month:>2}月{expiry.day:>2}日"
    card.value("date_of_expiry", until, 55.5, 20.2, 2.35, face, after="まで有効",
               parts={"date_of_expiry": until.replace(" ", "")})
    card.value("issuing_authority", mayor, 51.5, 24.2, 2.35, face, align="right")
    card.rectangle(53.8, 22.3, 9, 4.4, (62, 52, 52))
    card.label(54.6, 24.1, "電子証明書", 1.35, "japanese_sans", ink=(240, 240, 240))
    card.label(54.6, 26.0, "の有効期限", 1.35, "japanese_sans", ink=(240, 240, 240))
    card.rectangle(63, 22.3, 20, 4.2, (252, 250, 250))
    if style.random() < 0.8:
        other = people.years_later(issue, 5)
        card.text(64, 25.7, f"{other.year}年 {other.month}月 {other.day}日", 2.3, face)
    card.rectangle(30, 27.3, 53, 16.2, (236, 236, 238), outline=(170, 170, 180))
    for row in (31.4, 35.4, 39.4):
        card.line(30, row, 83, row, (170, 170, 180))
    card.label(31.5, 45.6, "●臓器提供意思【1脳死後及び心停止した死後／2心停止した死後のみ／3提供せず】", 1.35, "japanese_sans", ink=light, fit=51)
    card.label(31.5, 47.4, "《1・2で提供したくない臓器があれば×》【心臓・肺・肝臓・腎臓・膵臓・小腸・眼球】", 1.35, "japanese_sans", ink=light, fit=51)
    card.label(31.5, 49.2, "署名年月日　　　　　年　　月　　日", 1.35, "japanese_sans", ink=light)
    card.face(photo, style.uniform(3, 4), style.uniform(18.5, 19.5), 21, 26, ground=(150, 186, 226), soft=0.5)
    code = "".join(pick(style, "0123456789ABCDEF") for _ in range(16))
    card.text(3, 52.2, code, 1.7, "sans")
    card.text(21, 52.2, f"{style.integers(0, 10000):04}", 2.2, "sans")
    return card


LICENCE_CLASSES = ("大型", "中型", "準中型", "普通", "大特", "大自二", "普自二", "小特", "原付", "け引")


def japanese_licence(person, style, side):
    sex, photo = people.sex_and_portrait(person)
    surname, given = people.japanese(person, sex)
    birth = people.birthday(person)
    address, prefecture, city, code = people.japanese_address(person)
    first = people.day_between(person, people.years_later(birth, 18), people.TODAY)
    issue = people.issued(person, birth, 4, past=0.08)
    first = min(first, issue)
    expiry = people.years_later(birth, issue.year - birth.year + int(person.integers(3, 6)))
    expiry = expiry.replace(month=(expiry.month % 12) + 1, year=expiry.year + (expiry.month == 12), day=min(expiry.day, 28))
    number = serials.japanese_licence(person, code, first.year)
    condition = pick(person, ("眼鏡等", "", "準中型車（5t）に限る", "普通車はAT車に限る"))
    classes = [pick(person, ("普通", "中型", "準中型"))] + [each for each in ("普自二", "原付") if person.random() < 0.4]
    board = prefecture + "公安委員会"
    dates = {name: "{}{:02}年{:02}月{:02}日".format(*people.japanese_era(each), each.month, each.day) for name,
             each in (("birth", birth), ("issue", issue), ("first", first))}
    era, year = people.japanese_era(expiry)
    western = style.random() < 0.8
    western_year = f"{expiry.year}年({era}{year:02}年)" if western else f"{era}{year:02}年"
    until = f"{western_year}{expiry:%m}月{expiry:%d}日"
    card = Card(style)
    card.know(full_name=f"{surname}{given}", date_of_birth=birth.isoformat(), address="".join(address),
              date_of_issue=issue.isoformat(), date_of_expiry=expiry.isoformat(),
              document_number=number, issuing_authority=board, licence_classes=" ".join(classes),
              **({"licence_conditions": condition} if condition else {}))
    card.printed["licence_classes"] = classes
    card.ground([(250, 250, 252), (244, 248, 252), (250, 246, 250)], waves=3, rosettes=1, strength=0.3)
    face, black = pick(style, ("japanese_sans", "japanese_sans", "japanese")), (40, 40, 40)
    card.rectangle(3.2, 3.2, 79.4, 4.0, None, radius=2, outline=black)
    card.label(4.4, 6.0, "氏名", 1.9, "japanese_sans", ink=black)
    card.value("full_name", surname + "　" + given if style.random() < 0.5 else "　".join(surname + given), 13, 6.2, 2.9, face,
               parts={"full_name": surname + " " + given})
    card.value("date_of_birth", dates["birth"], 80.8, 6.1, 2.4, face, after="生", align="right", fit=26)
    card.rectangle(3.2, 11.2, 79.4, 40, None, radius=1.5, outline=black)
    card.line(3.2, 15.2, 82.6, 15.2, black)
    card.label(4.4, 14.0, "住所", 1.9, "japanese_sans", ink=black)
    card.value("address", "　".join(address), 10.5, 14.2, 2.6, face, fit=70, parts={"address": "".join(address)})
    card.label(4.4, 17.9, "交付", 1.9, "japanese_sans", ink=black)
    card.value("date_of_issue", dates["issue"], 12.5, 18.0, 2.4, face, after=f"　{style.integers(10000, 99999)}")
    band = pick(style, ((196, 160, 96), (120, 170, 214), (150, 200, 140)))
    card.rectangle(3.4, 18.9, 50, 4.8, band)
    card.value("date_of_expiry", until, 4, 22.7, 3.4, face, after="まで有効", squeeze=0.82, fit=49)
    card.label(4.4, 26.4, "免許の", 1.5, "japanese_sans", ink=black)
    card.label(4.4, 28.8, "条件等", 1.5, "japanese_sans", ink=black)
    if condition:
        card.value("licence_conditions", condition, 12.4, 26.6, 2.4, face)
    if band[0] == 196:
        card.rectangle(4.2, 31, 7.4, 5, None, radius=1, outline=black)
        card.label(4.8, 34.6, "優良", 2.9, "japanese_sans", ink=black)
    card.label(4.4, 39.5, "番号", 1.6, "japanese_sans", ink=black)
    card.value("document_number", number, 18, 39.6, 3.1, face, before="", spacing=0.25)
    card.label(10.5, 39.5, "第", 2.2, "japanese_sans", ink=black)
    card.label(47.5, 39.5, "号", 2.2, "japanese_sans", ink=black)
    for row, (name, date) in enumerate((("二・小・原", dates["first"] if "原付" in classes else "平成00年00月00日"),
                                        ("他", dates["first"]), ("二種", "平成00年00月00日"))):
        card.label(3.8, 43.8 + row * 3.1, name, 1.2, "japanese_sans", ink=black)
        card.text(10, 44 + row * 3.1, date, 2.3, face)
    card.label(34, 44.2, "種", 1.8, "japanese_sans", ink=black)
    card.label(34, 48.6, "類", 1.8, "japanese_sans", ink=black)
    held = list(classes) + ["―"] * (10 - len(classes))
    for place, name in enumerate(held):
        x, y = 37 + place % 5 * 3.6, 43.6 + place // 5 * 4.6
        card.rectangle(x - 0.3, y - 1.9, 3.4, 4.2, None, outline=black)
        for row, letter in enumerate((name[:1], name[1:])):
            if letter:
                card.text(x + 1.4, y + row * 1.9, letter, 1.6, face, align="centre", fit=3,
                          key="licence_classes" if name != "―" else None)
    for row, letter in enumerate("運転免許証"):
        card.label(56.2, 25.5 + row * 4.6, letter, 2.6, "japanese_sans", align="centre", ink=(40, 110, 170))
    card.face(photo, 58.8, style.uniform(15.8, 16.4), 23, 29, ground=(196, 216, 234))
    red = (200, 70, 50)
    card.label(59, 48.0, prefecture, 1.8, "japanese_sans", ink=red, key="issuing_authority")
    card.label(59, 50.4, "公安委員会", 1.8, "japanese_sans", ink=red, key="issuing_authority")
    card.printed["issuing_authority"] = [prefecture, "公安委員会"]
    card.rectangle(75.5, 46.4, 4.4, 4.4, None, outline=red)
    return card
