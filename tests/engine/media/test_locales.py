"""Every locale of the vendor's document is spoken, and in its own language."""

import subprocess

import pytest

from api.vendors.sinch.script.limits import LOCALES
from engine.media import PromptError, Voices
from engine.media.speech import kana
from engine.media.speech.espeak import Espeak
from engine.media.speech.hibari import HibariSpeaker
from engine.media.speech.kana import in_kana
from engine.media.speech.speech_engine import Voice
from tests.support.audio import level, read

SENTENCES = {
    "cy": "Bore da, pwyswch un os gwelwch yn dda.",
    "da": "God morgen, tryk på en.",
    "de": "Guten Morgen, bitte drücken Sie die Eins.",
    "en": "Good morning, please press one.",
    "es": "Buenos días, por favor pulse uno.",
    "fi": "Hyvää huomenta, paina yksi.",
    "fr": "Bonjour, appuyez sur la touche un.",
    "hi": "नमस्ते, कृपया एक दबाएं।",
    "is": "Góðan daginn, ýttu á einn.",
    "it": "Buongiorno, prema il tasto uno.",
    "ja": "おはようございます、いちをおしてください。",
    "ko": "안녕하세요, 일 번을 눌러 주세요.",
    "nb": "God morgen, trykk en.",
    "nl": "Goedemorgen, druk op een.",
    "pl": "Dzień dobry, proszę nacisnąć jeden.",
    "pt": "Bom dia, por favor prima um.",
    "ro": "Bună dimineața, vă rugăm apăsați unu.",
    "ru": "Доброе утро, нажмите один.",
    "sv": "God morgon, tryck ett.",
    "tr": "İyi günler, lütfen bire dokun.",
    "cmn": "早上好, 请按一。",
    "yue": "早晨, 請按一。",
}
LANGUAGE = {"zh-CN": "cmn", "zh-TW": "cmn", "zh-HK": "yue"}
"""What is spoken there; elsewhere the locale says it."""


@pytest.fixture
def voices() -> Voices:
    return Voices([HibariSpeaker(), Espeak()])


def language(locale: str) -> str:
    return LANGUAGE.get(locale, locale.partition("-")[0])


def spoken_language(voice: Voice) -> str:
    name = voice.locale if voice.engine == "hibari" else voice.name
    return name.partition("-")[0]


def phonemes(voice: str, text: str) -> str:
    """Return the phonemes that espeak-ng would speak; "(en)" marks a change to English."""
    said = subprocess.run(["espeak-ng", "-q", "-x", "-v", voice, text], capture_output=True, text=True, check=True)
    assert said.stdout.strip()
    return said.stdout


@pytest.mark.parametrize("locale", sorted(LOCALES))
async def test_every_locale_is_spoken(make, voices: Voices, locale: str) -> None:
    prompt = await (await make(voices=voices)).say(SENTENCES[language(locale)], locale=locale)
    samples, _ = read(prompt.path + ".ulaw")
    assert 1.0 < prompt.seconds < 6.0
    assert level(samples) > -32


@pytest.mark.parametrize("locale", sorted(LOCALES))
def test_its_voice_is_of_its_language(voices: Voices, locale: str) -> None:
    assert spoken_language(voices.choose(locale)) == language(locale)


@pytest.mark.parametrize("locale", sorted(locale for locale in LOCALES if not locale.startswith("en")))
def test_no_word_is_spelled_in_english(voices: Voices, locale: str) -> None:
    assert "(en)" not in phonemes(voices.choose(locale).name, SENTENCES[language(locale)])


@pytest.mark.parametrize(("locale", "spoken"), [
    ("en-GB-WLS", "en-gb"), ("en-CA", "en-us"), ("en-IN", "en-gb"), ("es-US", "es-mx"), ("es-CA", "es"),
    ("fr-CA", "fr"), ("cmn-CN", "zh-cn"), ("zh-HK", "zh-hk"), ("pt-PT", "pt-pt"),
])
def test_a_locale_without_a_voice_of_its_own_gets_the_nearest(voices: Voices, locale: str, spoken: str) -> None:
    assert voices.choose(locale).locale == spoken


@pytest.mark.parametrize(("text", "read"), [
    ("いちをおしてください。", "いちをおしてください。"),
    ("カリヨン", "カリヨン"),
    ("私は学校へ行きました。", "ワタシ ワ ガッコウ エ イキ マシタ 。"),
    ("漢字です。こんにちは。", "カンジ デス 。 コンニチワ 。"),
    ("Carillonは漢字 --help", "Carillon ワ カンジ --help"),
])
async def test_kanji_are_read_and_particles_are_spoken_as_they_sound(text: str, read: str) -> None:
    assert await in_kana(text) == read


async def test_japanese_as_it_is_written_is_spoken_without_english(make, voices: Voices) -> None:
    text = "お電話ありがとうございます。一番を押してください。"
    prompt = await (await make(voices=voices)).say(text, locale="ja-JP")
    assert 2.0 < prompt.seconds < 8.0
    assert "(en)" in phonemes("ja", text) and "(en)" not in phonemes("ja", await in_kana(text))


async def test_kanji_without_kakasi_are_an_error_that_names_it(
    make, voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kana.shutil, "which", lambda program: None)
    with pytest.raises(PromptError, match="kakasi must be installed"):
        await (await make(voices=voices)).say("漢字", locale="ja-JP")
