"""Romanised Nepali: which words are Nepali, which are English, and how the Nepali ones are written in Devanagari.

There is no standard of romanised Nepali. The most frequent words are listed with their spelling, because the letters do
not tell a long vowel from a short one ("tapai" is तपाईं); others are written by their letters.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
from collections.abc import Sequence
from importlib import resources

_SURE = {
    "namaste": "नमस्ते", "namaskar": "नमस्कार", "tapai": "तपाईं", "tapain": "तपाईं", "tapaiko": "तपाईंको",
    "hajur": "हजुर", "hajurlai": "हजुरलाई", "dhanyabad": "धन्यवाद", "dhanyavad": "धन्यवाद", "kripaya": "कृपया",
    "swagat": "स्वागत", "hunuhunchha": "हुनुहुन्छ", "hunuhuncha": "हुनुहुन्छ", "garnuhos": "गर्नुहोस्",
    "garnuhola": "गर्नुहोला", "thichnuhos": "थिच्नुहोस्", "hunchha": "हुन्छ", "huncha": "हुन्छ", "bhayo": "भयो",
    "bhaeko": "भएको", "bhayeko": "भएको", "gareko": "गरेको", "garna": "गर्न", "gari": "गरी", "lagi": "लागि",
    "hamro": "हाम्रो", "mero": "मेरो", "timro": "तिम्रो", "yaha": "यहाँ", "tyaha": "त्यहाँ", "aaja": "आज",
    "bholi": "भोलि", "hijo": "हिजो", "rupaiya": "रुपैयाँ", "rupaiyan": "रुपैयाँ", "samaya": "समय", "miti": "मिति",
    "paisa": "पैसा", "khata": "खाता", "sewa": "सेवा", "seva": "सेवा", "jankari": "जानकारी", "khabar": "खबर",
    "sandesh": "सन्देश", "pani": "पनि", "chaina": "छैन", "chhaina": "छैन", "thiyo": "थियो", "kasto": "कस्तो",
    "kati": "कति", "kina": "किन", "kahile": "कहिले", "ahile": "अहिले", "sabai": "सबै", "sampurna": "सम्पूर्ण",
    "nepal": "नेपाल", "nepali": "नेपाली", "kathmandu": "काठमाडौं", "baje": "बजे", "gate": "गते", "barsa": "वर्ष",
    "mahina": "महिना", "dinu": "दिनु", "dinuhos": "दिनुहोस्", "linuhos": "लिनुहोस्", "aunuhos": "आउनुहोस्",
    "pathaunu": "पठाउनु", "pathaiyo": "पठाइयो", "bujhaunu": "बुझाउनु", "bujhaunuhos": "बुझाउनुहोस्",
    "sakincha": "सकिन्छ", "sakinchha": "सकिन्छ", "chahanuhuncha": "चाहनुहुन्छ", "shubha": "शुभ", "dashain": "दशैं",
    "tihar": "तिहार", "hardik": "हार्दिक", "bidyarthi": "विद्यार्थी", "abhibhawak": "अभिभावक", "bidhyalaya": "विद्यालय",
}  # fmt: skip
"""Each of these alone shows that a text is romanised Nepali."""
_SHORT = {
    "chha": "छ", "cha": "छ", "chhan": "छन्", "chan": "छन्", "chhu": "छु", "chu": "छु", "ho": "हो", "hun": "हुन्",
    "ra": "र", "ma": "मा", "ko": "को", "ka": "का", "ki": "कि", "le": "ले", "lai": "लाई", "ta": "त", "ni": "नि",
    "ke": "के", "yo": "यो", "tyo": "त्यो", "ek": "एक", "dui": "दुई", "tin": "तीन", "char": "चार", "paanch": "पाँच",
    "haru": "हरू", "bata": "बाट", "sanga": "सँग", "samma": "सम्म", "din": "दिन", "ghar": "घर", "ram": "राम",
    "sita": "सीता", "bhai": "भाइ", "dai": "दाइ", "didi": "दिदी", "bahini": "बहिनी", "aama": "आमा", "buwa": "बुवा",
}  # fmt: skip
"""Two different ones of these show it too."""
_ENDINGS = {"ko": "को", "ka": "का", "ki": "की", "lai": "लाई", "le": "ले", "ma": "मा", "haru": "हरू", "bata": "बाट",
            "sanga": "सँग"}  # fmt: skip
_VERB = re.compile(r"\w+(?:nuhos|nuhola|nuhunchha|nuhuncha|inchha|incha|unchha|nuparchha|nuparcha)")
_NOT_ALONE = frozenset({"gate", "nepal", "nepali", "kathmandu", "dashain", "tihar"})
"""Those of the listed words that English texts have too."""
_INFLECTIONS = (("s", ""), ("es", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"), ("'s", ""))

_CONSONANTS = {
    "ksh": "क्ष", "chh": "छ", "gy": "ज्ञ", "kh": "ख", "gh": "घ", "ng": "ङ", "ch": "च", "jh": "झ", "th": "थ",
    "dh": "ध", "ph": "फ", "bh": "भ", "sh": "श", "k": "क", "g": "ग", "c": "क", "j": "ज", "t": "त", "d": "द",
    "n": "न", "p": "प", "f": "फ", "b": "ब", "m": "म", "y": "य", "r": "र", "l": "ल", "v": "भ", "w": "व", "s": "स",
    "h": "ह", "z": "ज", "q": "क", "x": "क्स",
}  # fmt: skip
_VOWELS = {"aa": ("आ", "ा"), "ai": ("ऐ", "ै"), "au": ("औ", "ौ"), "ee": ("ई", "ी"), "ii": ("ई", "ी"), "oo": ("ऊ", "ू"),
           "uu": ("ऊ", "ू"), "a": ("अ", ""), "i": ("इ", "ि"), "u": ("उ", "ु"), "e": ("ए", "े"),
           "o": ("ओ", "ो")}  # fmt: skip
"""Each as a letter of its own, and behind a consonant."""
_LETTERS = re.compile("|".join(sorted((*_CONSONANTS, *_VOWELS), key=len, reverse=True)))
_NO_VOWEL = "्"


def is_romanised(words: Sequence[str]) -> bool:
    """Whether Latin words (in lower case) are a Nepali text."""
    if any((word in _SURE and word not in _NOT_ALONE) or _VERB.fullmatch(word) for word in words):
        return True
    return len({word for word in words if word in _SHORT}) > 1


def is_nepali(word: str) -> bool:
    """Whether a Latin word (in lower case) is surely Nepali, wherever it stands."""
    return word in _SURE or word in _SHORT or bool(_VERB.fullmatch(word)) or _ended(word) is not None


def is_english(word: str) -> bool:
    """Whether a word (in lower case) is an English one, inflected or not."""
    known = _english()
    stems = (word.removesuffix(ending) + back for ending, back in _INFLECTIONS if word.endswith(ending))
    return word in known or any(stem in known for stem in stems if len(stem) > 2)


@functools.cache
def _english() -> frozenset[str]:
    """The words of English that the speech engine hibari knows; none where it is not installed."""
    try:
        file = resources.files("hibari") / "assets" / "lexicon_us_gold.json.gz"
        return frozenset(word.lower() for word in json.loads(gzip.decompress(file.read_bytes())))
    except (ModuleNotFoundError, OSError, ValueError):
        return frozenset()


def devanagari(word: str) -> str:
    """Write a romanised word (in lower case) in Devanagari."""
    known = _SURE.get(word) or _SHORT.get(word) or _ended(word)
    return known or _by_letters(word)


def _ended(word: str) -> str | None:
    """A listed word with a postposition, such as `hajurko`."""
    for ending, written in _ENDINGS.items():
        stem = word.removesuffix(ending)
        if stem != word and (known := _SURE.get(stem)):
            return known + written
    return None


def _by_letters(word: str) -> str:
    written: list[str] = []
    open_consonant = False  # the last letter is a consonant that no vowel follows yet
    found = _LETTERS.findall(word)
    for index, letter in enumerate(found):
        if letter in _CONSONANTS:
            written += [_NO_VOWEL] if open_consonant else []
            written.append(_CONSONANTS[letter])
            open_consonant = True
            continue
        own, sign = _VOWELS[letter]
        if letter == "a" and open_consonant and index == len(found) - 1 and index > 1:
            sign = "ा"  # a word's last a is long: kura, paisa
        written.append(sign if open_consonant else own)
        open_consonant = False
    return "".join(written) + (_NO_VOWEL if open_consonant else "")
