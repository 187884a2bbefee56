"""Numbers, dates, times and amounts in a Nepali text, written so that any voice reads them in Nepali.

A voice must read 0 to 99 itself: those words are irregular, and every Nepali voice knows them. Greater numbers are
split into करोड (10,000,000), लाख (100,000), हजार and सय, as they are counted in Nepal.
"""

from __future__ import annotations

import re

_LATIN, _DEVANAGARI = "0123456789", "०१२३४५६७८९"
DIGITS, NEPALI_DIGITS = str.maketrans(_DEVANAGARI, _LATIN), str.maketrans(_LATIN, _DEVANAGARI)
_GROUPS = ((10_000_000, "करोड"), (100_000, "लाख"), (1000, "हजार"), (100, "सय"))
_LONGEST = 6
"""A run of more digits without a comma is a telephone number or a code, and is read digit by digit."""
_BIKRAM_FROM = 2050
"""A year from this one on is of the Bikram Sambat, 57 years ahead of the Gregorian year."""
_BIKRAM = ("वैशाख", "जेठ", "असार", "साउन", "भदौ", "असोज", "कात्तिक", "मंसिर", "पुस", "माघ", "फागुन", "चैत")
_GREGORIAN = ("जनवरी", "फेब्रुअरी", "मार्च", "अप्रिल", "मे", "जुन", "जुलाई", "अगस्ट", "सेप्टेम्बर", "अक्टोबर",
              "नोभेम्बर", "डिसेम्बर")  # fmt: skip
_BETWEEN = re.compile(r"(?<=\d)T(?=\d{1,2}:\d)")  # ISO 8601: 2023-05-09T17:07
_AMOUNT = re.compile(r"(?<![\w\u0900-\u097f])(?:रु|रू|rs|npr)\s*\.?\s*(\d[\d,]*(?:\.\d+)?)(?:/-)?", re.IGNORECASE)
_DATE = re.compile(r"(?<![\d/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/-])")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?![\d:])(?:\s*बजे(?!\S))?")
_COMMAS = re.compile(r"(?<![\d,])\d{1,3}(?:,\d{2,3})+(?![\d,])")
_PHONE = re.compile(r"\+\d[\d -]{5,}\d")
_DECIMAL = re.compile(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])")
_PERCENT = re.compile(r"(\d)\s*%")
_ONE_BY_ONE = re.compile(r"(?<!\d)(?<!\d )\d(?: \d)+(?!\d)")
_NUMBER = re.compile(r"\d+")
_KEYS = {"#": "ह्यास", "*": "स्टार"}
_KEY = re.compile(r"(?<!\S)([#*])(?=$|[\s.,;:!?।])")


def prepared(text: str) -> str:
    """Return a text without letters that belong to numbers: "Rs. 500" is "500 रुपैयाँ", and a time has no T before it."""
    return _AMOUNT.sub(lambda found: f"{found[1]} रुपैयाँ", _BETWEEN.sub(" ", text))


def spoken(text: str) -> str:
    """Return a text with its numbers as they are spoken; numbers of up to two digits are Devanagari digits.

    espeak-ng, which Piper's models read with as well, speaks other digits in English (tried on 1.51 and 1.52).
    """
    text = _DATE.sub(_date, text)
    text = _TIME.sub(_time, text)
    text = _KEY.sub(lambda found: _KEYS[found[1]], text)
    text = _PHONE.sub(lambda found: _digits(found[0]), text)
    text = _COMMAS.sub(lambda found: cardinal(int(found[0].replace(",", ""))), text)
    text = _PERCENT.sub(r"\1 प्रतिशत", text)
    text = _DECIMAL.sub(lambda found: f"{_number(found[1])} दशमलव {_digits(found[2])}", text)
    text = _ONE_BY_ONE.sub(lambda found: _digits(found[0]), text)
    return _NUMBER.sub(lambda found: _number(found[0]), text).translate(NEPALI_DIGITS)


def cardinal(number: int) -> str:
    """Return a number in groups that are less than 100 each, in Latin digits: 12345 is "12 हजार 3 सय 45"."""
    if number >= 100 * _GROUPS[0][0]:
        return _digits(str(number))
    words: list[str] = []
    for size, name in _GROUPS:
        count, number = divmod(number, size)
        if count:
            words.append(f"{count} {name}")
    if number or not words:
        words.append(str(number))
    return " ".join(words)


def _number(digits: str) -> str:
    if len(digits) > _LONGEST or (digits.startswith("0") and len(digits) > 1):
        return _digits(digits)
    return cardinal(int(digits))


def _digits(text: str) -> str:
    """Each digit by itself: the commas are short pauses."""
    return ", ".join(one for one in text if one.isdigit())


def _date(found: re.Match[str]) -> str:
    year, month, day = int(found[1]), int(found[3]), int(found[4])
    if not (1 <= month <= 12 and 1 <= day <= 32 and year):
        return found[0]
    if year >= _BIKRAM_FROM:
        return f"{cardinal(year)} साल {_BIKRAM[month - 1]} {day} गते"
    return f"सन् {cardinal(year)} {_GREGORIAN[month - 1]} {day} तारिख"


def _time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    return f"{hour} बजेर {minute} मिनेट" if minute else f"{hour} बजे"
