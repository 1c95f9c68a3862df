# SPDX-License-Identifier: Apache-2.0
"""Machine-readable zones as ICAO 9303 (eighth edition, parts 3 to 7) writes them."""

import string
import unicodedata

VALUES = {character: value for value, character in enumerate(string.digits + string.ascii_uppercase)} | {"<": 0}
# Part 3, section 6: what is not a letter with an accent that falls off.
TRANSLITERATED = {"Ä": "AE", "Ö": "OE", "Ü": "UE", "Å": "AA", "Æ": "AE", "Ø": "OE", "ß": "SS", "Đ": "D", "Ð": "D", "Þ": "TH",
                  "Ł": "L", "Œ": "OE", "İ": "I", "ẞ": "SS"}


def check_digit(text):
    return str(sum(VALUES[character] * (7, 3, 1)[place % 3] for place, character in enumerate(text)) % 10)


def transliterated(name):
    """Letters and `<`; apostrophes fall out, hyphens and spaces become `<`."""
    out = ""
    for character in name.upper():
        if character in TRANSLITERATED:
            out += TRANSLITERATED[character]
        elif character in " -":
            out += "<"
        else:
            out += "".join(each for each in unicodedata.normalize("NFD", character) if each in string.ascii_uppercase)
    return out


def names(surname, given, room):
    """Cut as part 3, section 4.6 allows: the given names lose their end first, at least their first letter stays."""
    first, second = transliterated(surname), transliterated(given)
    if len(first) + 2 + len(second) > room:
        first = first[:max(room - 2 - len(second), room // 2)]
        second = second[:room - 2 - len(first)]
    return f"{first}<<{second}".ljust(room, "<")[:room]


def filled(text, room):
    return text.replace(" ", "<").ljust(room, "<")[:room]


def checked(text):
    return text + check_digit(text)


def day(date):
    return f"{date:%y%m%d}"


def td3(kind, state, surname, given, number, nationality, birth, sex, expiry, personal=""):
    number, personal = checked(filled(number, 9)), filled(personal, 14)
    personal += check_digit(personal) if personal.strip("<") else "<"
    second = number + filled(nationality, 3) + checked(day(birth)) + sex + checked(day(expiry)) + personal
    return (filled(kind, 2) + filled(state, 3) + names(surname, given, 39),
            second + check_digit(second[0:10] + second[13:20] + second[21:43]))


def td2(kind, state, surname, given, number, nationality, birth, sex, expiry, optional=""):
    second = checked(filled(number, 9)) + filled(nationality,
                                                 3) + checked(day(birth)) + sex + checked(day(expiry)) + filled(optional, 7)
    return (filled(kind, 2) + filled(state, 3) + names(surname, given, 31),
            second + check_digit(second[0:10] + second[13:20] + second[21:35]))


def td1(kind, state, surname, given, number, nationality, birth, sex, expiry, optional="", more=""):
    """A number of more than nine characters goes on in the optional data (part 5, section 4.2.2, note j)."""
    if len(number) > 9:
        first = filled(kind, 2) + filled(state,
                                         3) + number[:9] + "<" + filled(number[9:] + check_digit(number) + "<" + optional,
                                             15)
    else:
        first = filled(kind, 2) + filled(state, 3) + checked(filled(number, 9)) + filled(optional, 15)
    second = checked(day(birth)) + sex + checked(day(expiry)) + filled(nationality, 3) + filled(more, 11)
    second += check_digit(first[5:30] + second[0:7] + second[8:15] + second[18:29])
    return first, second, names(surname, given, 30)


def mrv(room, optional, state, surname, given, number, nationality, birth, sex, expiry, kind="V"):
    second = checked(filled(number, 9)) + filled(nationality, 3) + checked(day(birth)) + sex + checked(day(expiry))
    return filled(kind, 2) + filled(state, 3) + names(surname, given, room - 5), filled(second + filled(optional, room),
        room)


def mrv_a(*words, optional="", **more):
    return mrv(44, optional, *words, **more)


def mrv_b(*words, optional="", **more):
    return mrv(36, optional, *words, **more)
