# SPDX-License-Identifier: Apache-2.0
"""Document numbers that satisfy their issuers' published rules. Every function takes numpy's Generator first."""

import string

LETTERS = string.ascii_uppercase


def digits(rng, count):
    return "".join(str(each) for each in rng.integers(0, 10, count))


def pick(rng, values):
    return values[int(rng.integers(len(values)))]


def hkid(rng):
    prefix = pick(rng, LETTERS) if rng.random() < 0.8 else pick(rng, ("WX", "XA", "XB", "XC", "XD", "XE", "XG", "XH"))
    number = digits(rng, 6)
    values = [36 if c == " " else int(c, 36) for c in prefix.rjust(2) + number]
    check = -sum(value * weight for value, weight in zip(values, range(9, 1, -1))) % 11
    return f"{prefix}{number}({'A' if check == 10 else check})"


def mykad(rng, birth, sex, state):
    odd = int(rng.integers(5)) * 2 + (sex == "M")
    return f"{birth:%y%m%d}-{state}-{digits(rng, 3)}{odd}"


def nik(rng, regency, birth, sex):
    day = birth.day + (40 if sex == "F" else 0)
    return f"{regency}{rng.integers(1, 25):02}{day:02}{birth:%m%y}{rng.integers(1, 40):04}"


def sim(rng, birth):
    return f"{birth:%y%m}-{digits(rng, 4)}-{digits(rng, 6)}"


def vin(rng, birth, initials):
    precinct = f"{rng.integers(1, 2000):04}{pick(rng, 'ABCDE')}"
    month = LETTERS[birth.month - 1]
    return f"{rng.integers(1000, 9999)}-{precinct}-{month}{birth:%d%y}{initials}{rng.integers(10000, 30000)}", precinct


def lto(rng):
    return f"{pick(rng, 'ABCDEFGHJKLMN')}{rng.integers(1, 30):02}-{rng.integers(0, 25):02}-{digits(rng, 6)}"


def tin(rng):
    return "-".join([f"{rng.integers(100, 999)}", digits(rng, 3), digits(rng, 3)] + ["000"] * int(rng.random() < 0.6))


def sss(rng):
    return f"{rng.integers(1, 36):02}-{digits(rng, 7)}-{digits(rng, 1)}"


def crn(rng):
    return f"CRN-0{rng.integers(100, 199)}-{digits(rng, 7)}-{digits(rng, 1)}"


def pcn(rng):
    return "-".join(digits(rng, 4) for _ in range(4))


def thai(rng):
    number = f"{rng.integers(1, 9)}{rng.integers(10, 97)}{digits(rng, 9)}"
    check = (11 - sum(int(c) * weight for c, weight in zip(number, range(13, 1, -1))) % 11) % 10
    number += str(check)
    return " ".join((number[0], number[1:5], number[5:10], number[10:12], number[12]))


def nric(rng, birth, foreign=False):
    prefix = ("FG" if foreign else "ST")[birth.year >= 2000]
    number = f"{birth:%y}{digits(rng, 5)}" if not foreign and birth.year >= 1968 else digits(rng, 7)
    total = sum(int(c) * weight for c, weight in zip(number, (2, 7, 6, 5, 4, 3, 2))) + (4 if prefix in "TG" else 0)
    return prefix + number + ("XWUTRQPNMLK" if foreign else "JZIHGFEDCBA")[total % 11]


def japanese_licence(rng, prefecture, first_year):
    number = f"{prefecture}{first_year % 100:02}{digits(rng, 6)}"
    check = 11 - sum(int(c) * weight for c, weight in zip(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
    return f"{number}{0 if check > 9 else check}{rng.integers(0, 3)}"


def mainland(rng, region, birth, sex):
    number = f"{region}{birth:%Y%m%d}{digits(rng, 2)}{int(rng.integers(5)) * 2 + (sex == 'M')}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return number + "10X98765432"[sum(int(c) * weight for c, weight in zip(number, weights)) % 11]
