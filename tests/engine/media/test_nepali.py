"""Nepali: three voices that differ, numbers and dates, romanised words, English words in Nepali sentences."""

import subprocess
from pathlib import Path

import pytest

from engine.media import PromptSettings, Voices
from engine.media.speech.espeak import Espeak
from engine.media.speech.flite import Flite
from engine.media.speech.hibari import HibariSpeaker
from engine.media.speech.nepali import numbers, words
from engine.media.speech.nepali.reading import read
from engine.media.speech.script import read as read_script
from engine.media.speech.speech_engine import Phrase
from engine.media.speech.variants import VARIANTS
from tests.engine.media.test_piper import put
from tests.support import audio
from tests.support.audio import level, pitch

WELCOME = "नमस्कार, टिङ्टिङमा हजुरलाई स्वागत छ।"


def all_voices() -> Voices:
    return Voices([HibariSpeaker(), Flite(), Espeak()])


def spoken_by(text: str, voice: str, voices: Voices | None = None) -> list[tuple[str, str]]:
    script = read_script(text, voices or all_voices(), PromptSettings(), locale="ne-NP", voice=voice, ssml=False)
    return [(part.voice.name, part.text) for part in script.parts if isinstance(part, Phrase)]


async def test_the_voices_are_a_woman_s_and_two_men_s_that_differ(make) -> None:
    prompts = await make(voices=Voices([Espeak()]))
    heard = {}
    for name in VARIANTS:
        samples, rate = audio.read((await prompts.say(WELCOME, locale="ne-NP", voice=name)).path + ".sln16")
        assert level(samples) > -32
        heard[name] = pitch(samples, rate)
    woman, first, second = heard["ne-female-1"], heard["ne-male-1"], heard["ne-male-2"]
    assert 165 < woman < 260 and 60 < second < first < 150
    assert first / second > 1.2, "they are told apart by their pitch"


async def test_without_a_name_nepali_has_the_voice_of_its_language(make) -> None:
    assert all_voices().choose("ne-NP").name == "ne"
    assert (await (await make(voices=all_voices())).say(WELCOME, locale="ne-NP")).seconds > 1


def test_a_piper_model_of_that_name_speaks_instead(tmp_path: Path) -> None:
    folder = tmp_path / "voices"
    put(folder, "ne-female-1", "ne_NP")
    voices = Voices.standard(folder)
    assert voices.choose("ne-NP", "ne-female-1").engine == "piper"
    assert voices.choose("ne-NP", "ne-male-1").engine == "espeak-ng"
    assert spoken_by("तपाईंको order", "ne-female-1", voices)[1][0] == "heart"


def test_a_speaker_of_a_piper_model_has_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "voices"
    put(folder, "many", "ne_NP", num_speakers=3)
    names = '[ne-male-1]\nmodel = "many"\nspeaker = 2\n[bad]\nmodel = "none"\n[worse]\nmodel = 3\n'
    (folder / "voices.toml").write_text(names)
    voices = Voices.standard(folder)
    assert voices.choose("ne-NP", "ne-male-1").engine == "piper"
    assert voices.choose("ne-NP", "ne-male-2").engine == "espeak-ng"
    assert len(voices.faults) == 2 and "there is no usable model none.onnx" in voices.faults[0]


async def test_a_named_speaker_speaks(make, tmp_path: Path) -> None:
    folder = tmp_path / "voices"
    put(folder, "joe")
    (folder / "voices.toml").write_text('[reader]\nmodel = "joe"\nspeaker = 0\n')
    prompt = await (await make(voices=Voices.standard(folder))).say("My name is Carillon.", voice="reader")
    assert audio.words(prompt.path + ".ulaw", "my name is")


# -- numbers


@pytest.mark.parametrize(("written", "said"), [
    ("45", "45"),
    ("1 2 3 4", "1, 2, 3, 4"),
    ("कोड 1 2 3 4 हो", "कोड 1, 2, 3, 4 हो"),
    ("1234", "1 हजार 2 सय 34"),
    ("100", "1 सय"),
    ("0", "0"),
    ("1,23,456", "1 लाख 23 हजार 4 सय 56"),
    ("1,234,567", "12 लाख 34 हजार 5 सय 67"),
    ("3,00,00,000", "3 करोड"),
    ("2.05", "2 दशमलव 0, 5"),
    ("12.5%", "12 दशमलव 5 प्रतिशत"),
    ("007", "0, 0, 7"),
    ("9843818700", "9, 8, 4, 3, 8, 1, 8, 7, 0, 0"),
    ("+977-9843818700", "9, 7, 7, 9, 8, 4, 3, 8, 1, 8, 7, 0, 0"),
    ("2080-01-15", "2 हजार 80 साल वैशाख 15 गते"),
    ("2023-05-09", "सन् 2 हजार 23 मे 9 तारिख"),
    ("2023/13/09", "2 हजार 23/13/0, 9"),
    ("17:07", "17 बजेर 7 मिनेट"),
    ("10:00 बजे", "10 बजे"),
    ("# थिच्नुहोस्", "ह्यास थिच्नुहोस्"),
])  # fmt: skip
def test_numbers_are_written_as_they_are_spoken(written: str, said: str) -> None:
    assert numbers.spoken(written) == said.translate(numbers.NEPALI_DIGITS)


def phonemes(text: str) -> str:
    """What espeak-ng speaks, as its phonemes; (en) is English."""
    spoken = subprocess.run(["espeak-ng", "-q", "-x", "-v", "ne", text], capture_output=True, text=True, check=True)
    return spoken.stdout.strip()


def test_each_number_below_a_hundred_has_a_nepali_word_of_its_own() -> None:
    spoken = [phonemes(numbers.spoken(str(number))) for number in range(100)]
    assert len(set(spoken)) == 100 and not any("(en)" in word for word in spoken)
    assert "(en)" in phonemes("45"), "digits that are left as they are would be English"


@pytest.mark.parametrize("written", [
    "तपाईंको खातामा रु. १२,३४,५६७.५० छ", "मिति 2080-01-15 को 17:07 बजे", "फोन +977-9843818700", "कोड 1 2 3 4 हो, 12.5% छुट",
])  # fmt: skip
def test_nothing_of_a_nepali_sentence_is_spoken_in_english(written: str) -> None:
    ((said, language),) = read(written)
    assert language == "ne" and "(en)" not in phonemes(said)


# -- what language a word is in


@pytest.mark.parametrize(("text", "pieces"), [
    ("तपाईंको खातामा रु. ५००० छ", [("तपाईंको खातामा 5 हजार रुपैयाँ छ", "ne")]),
    ("तपाईंको OTP 1 2 3 4 हो", [("तपाईंको ", "ne"), ("OTP", "en"), (" 1, 2, 3, 4 हो", "ne")]),
    ("तपाईंको order number 12 confirm भयो।",
     [("तपाईंको ", "ne"), ("order number 12 confirm", "en"), (" भयो।", "ne")]),
    ("मिति 2023-05-09T17:07", [("मिति सन् 2 हजार 23 मे 9 तारिख 17 बजेर 7 मिनेट", "ne")]),
    ("गुरु 5 जना", [("गुरु 5 जना", "ne")]),
    ("Hi, your OTP is 1 2 3 4 5", [("Hi, your OTP is 1 2 3 4 5", "en")]),
    ("Welcome to Nepal Bank.", [("Welcome to Nepal Bank.", "en")]),
    ("1 2 3", [("1, 2, 3", "ne")]),
    ("Namaskar hajurlai swagat chha", [("नमस्कार हजुरलाई स्वागत छ", "ne")]),
    ("tapaiko paisa Rs. 500 ho", [("तपाईंको पैसा 5 सय रुपैयाँ हो", "ne")]),
    ("Hajur, 1 thichnuhos", [("हजुर, 1 थिच्नुहोस्", "ne")]),
])  # fmt: skip
def test_a_text_is_split_where_its_language_changes(text: str, pieces: list[tuple[str, str]]) -> None:
    wanted = [(piece.translate(numbers.NEPALI_DIGITS) if its == "ne" else piece, its) for piece, its in pieces]
    assert read(text) == wanted


def test_english_words_in_romanised_nepali_stay_english() -> None:
    text = "Namaste, tapaiko order ready chha"
    assert [language for _, language in read(text)] == ["ne", "en", "ne"]
    assert read(text)[1] == ("order ready", "en")


@pytest.mark.parametrize(("word", "written"), [
    ("namaskar", "नमस्कार"), ("hajurko", "हजुरको"), ("kura", "कुरा"), ("bidesh", "बिदेश्"), ("aaunu", "आउनु"),
])  # fmt: skip
def test_romanised_words_are_written_in_devanagari(word: str, written: str) -> None:
    assert words.devanagari(word) == written


def test_english_words_are_spoken_by_an_english_voice_of_the_same_kind() -> None:
    text = "तपाईंको order confirm भयो"
    assert [voice for voice, _ in spoken_by(text, "ne-female-1")] == ["ne-female-1", "heart", "ne-female-1"]
    assert [voice for voice, _ in spoken_by(text, "ne-male-1")] == ["ne-male-1", "rms", "ne-male-1"]
    assert [voice for voice, _ in spoken_by(text, "ne-male-2")] == ["ne-male-2", "awb", "ne-male-2"]
    assert [voice for voice, _ in spoken_by(text, "")] == ["ne", "heart", "ne"]


def test_without_an_english_voice_the_nepali_one_speaks_all() -> None:
    voices = [voice for voice, _ in spoken_by("तपाईंको order confirm भयो", "ne-male-1", Voices([Espeak()]))]
    assert voices[0] == "ne-male-1" and voices[1].startswith("en")


async def test_a_mixed_sentence_is_heard_in_both_languages(make) -> None:
    prompts = await make(voices=all_voices())
    prompt = await prompts.say("तपाईंको कोड, please enter your number, धन्यवाद", voice="ne-male-1", locale="ne-NP")
    assert audio.words(prompt.path + ".ulaw", "please enter your number")
    assert not prompt.remarks
