"""A text that its voice cannot read is spoken by one that can, and SSML put together of texts is, with remarks."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest

from engine.media import PromptError, PromptSettings, Voices
from engine.media.speech.alphabets import language_of, runs
from engine.media.speech.assembly import assembled
from engine.media.speech.espeak import Espeak
from engine.media.speech.flite import Flite
from engine.media.speech.hibari import HibariSpeaker
from engine.media.speech.mending import mended
from engine.media.speech.script import read as read_script
from engine.media.speech.speech_engine import Phrase, Speech, Voice
from tests.support.audio import level, read, silence, sine, tones, words


class Languages:
    """A speech engine with several languages, each a tone of its own; it cannot speak letters of others."""

    engine = "tones"
    pitches: ClassVar = {"en-us": 400, "zh": 600, "ar": 800, "ja": 1000, "ru": 1200, "uk": 1400, "de": 500}

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def voices(self) -> Sequence[Voice]:
        return [Voice(engine="tones", name=locale, locale=locale) for locale in self.pitches]

    async def synthesise(self, text: str, voice: Voice) -> Speech:
        self.said.append((voice.locale, text))
        quiet = silence(0.3, 16_000)
        tone = sine(self.pitches[voice.locale], 0.5, 16_000)
        return Speech(samples=np.concatenate([quiet, tone, quiet]), rate=16_000)

    async def close(self) -> None:
        pass


@pytest.mark.parametrize(("locale", "text", "spoken"), [
    ("en-US", "你好。欢迎致电。", [("zh", "你好。欢迎致电。")]),
    ("en-US", "مرحبا بكم", [("ar", "مرحبا بكم")]),
    ("de-DE", "Привет", [("ru", "Привет")]),
    ("de-DE", "Привіт, їжаче", [("uk", "Привіт, їжаче")]),
    ("en-US", "こんにちは世界", [("ja", "こんにちは世界")]),
    ("en-US", "Welcome to 北京. Press 1.", [("en-us", "Welcome to"), ("zh", "北京."), ("en-us", "Press 1.")]),
    ("zh-CN", "按 1 Press", [("zh", "按 1 Press")]),
    ("en-US", "Größe, naïve, Åre, µ, Ω, 5 °C, H₂O", [("en-us", "Größe, naïve, Åre, µ, Ω, 5 °C, H₂O")]),
])  # fmt: skip
async def test_letters_that_the_voice_does_not_read_are_spoken_by_one_that_does(
    make, locale: str, text: str, spoken: list[tuple[str, str]]
) -> None:
    speaker = Languages()
    prompt = await (await make(voices=Voices([speaker]))).say(text, locale=locale)
    assert speaker.said == spoken
    others = [voice for voice, _ in spoken if voice != locale.lower().removesuffix("-de").removesuffix("-cn")]
    assert len(prompt.remarks) == (1 if others and "世界" not in text else 2 if others else 0)
    assert all(f"the voice for {others[0]} speaks it" in remark for remark in prompt.remarks)


async def test_a_remark_comes_with_each_play_and_not_with_the_same_words_in_their_own_locale(make) -> None:
    prompts = await make(voices=Voices([Languages()]))
    for _ in range(2):
        assert (await prompts.say("你好", locale="en-US")).remarks
    assert not (await prompts.say("你好", locale="zh-CN")).remarks
    assert (await prompts.say("你好", locale="en-US")).remarks


async def test_an_alphabet_that_no_voice_reads_is_an_error_as_before(make) -> None:
    with pytest.raises(PromptError) as error:
        await (await make(voices=Voices([HibariSpeaker()]))).say("ꦗꦮ", locale="en-US")
    assert error.value.reason == "empty"


@pytest.mark.parametrize(
    "text", ["你好,欢迎致电。", "مرحبا بكم في خدمتنا", "Καλημέρα σας", "שלום לכם", "안녕하세요", "สวัสดีครับ"]
)
async def test_the_installed_voices_speak_each_alphabet_under_english(make, text: str) -> None:
    prompt = await (await make(voices=Voices([Flite(), Espeak()]))).say(text, locale="en-US")
    assert 0.3 < prompt.seconds < 5 and level(read(prompt.path + ".ulaw")[0]) > -32
    assert len(prompt.remarks) == 1


def test_a_cut_is_made_where_the_alphabet_changes_and_nowhere_else() -> None:
    assert list(runs("(1) Да, yes 2", "en")) == [("(1) Да, ", "CYRILLIC"), ("yes 2", "")]
    assert list(runs("नमस्ते जी", "en")) == [("नमस्ते जी", "DEVANAGARI")]
    assert list(runs("", "en")) == []
    assert language_of("HAN", "世界です") == "ja" and language_of("NOBODY", "x") == ""


# -- SSML put together of texts


@pytest.mark.parametrize(("ssml", "said", "remarks"), [
    ("<speak>Tom & Jerry</speak>", "Tom & Jerry", 1),
    ("<speak>AT&T, R&amp;D &c.</speak>", "AT&T, R&D &c.", 1),
    ("Fish&nbsp;&amp;&nbsp;chips &eacute; &copy;", "Fish & chips é ©", 1),
    ("<speak>I <3 you</speak>", "I <3 you", 1),
    ("a < b & c > d", "a < b & c > d", 2),
    ('<speak><sub alias="Tom & Jerry">TJ</sub></speak>', "Tom & Jerry", 1),
    ("<speak>&unknown; and &#65;&#x42;</speak>", "&unknown; and AB", 1),
    ("<speak>bell\x07</speak>", "bell", 0),
    ("<speak>Tom &amp; Jerry</speak>", "Tom & Jerry", 0),
])  # fmt: skip
def test_ssml_with_a_lone_ampersand_or_less_sign_is_spoken_with_a_remark(ssml: str, said: str, remarks: int) -> None:
    script = read_script(ssml, Voices([Languages()]), PromptSettings(), locale="en-US", voice="", ssml=True)
    assert [part.text for part in script.parts if isinstance(part, Phrase)] == [said]
    assert len(script.remarks) == remarks and all("not well-formed" in remark for remark in script.remarks)


@pytest.mark.parametrize(
    "ssml", ["<speak>open", "<s>a</p>", "<speak>a</speak>b", '<!DOCTYPE x [<!ENTITY a "b">]>&a;', "<break time=1s/>"]
)
def test_what_is_wrong_with_tags_is_refused_as_before(ssml: str) -> None:
    with pytest.raises(PromptError) as error:
        read_script(ssml, Voices([Languages()]), PromptSettings(), locale="en-US", voice="", ssml=True)
    assert error.value.reason == "bad_ssml"


@pytest.mark.parametrize("ssml", ["<speak>x</speak>", "x", '<?xml version="1.0"?><speak>x</speak>', "<!-- x -->", "<a"])
def test_ssml_that_is_well_formed_or_has_another_fault_stays_as_it_is(ssml: str) -> None:
    assert mended(ssml)[1] == () or ssml == "<a"
    assert mended(ssml)[0] == (ssml if ssml != "<a" else "&lt;a")


async def test_mended_ssml_is_understood(make) -> None:
    prompts = await make(voices=Voices([Flite()]))
    prompt = await prompts.say("<speak>My name is Tom & Jerry.</speak>", ssml=True)
    assert words(prompt.path + ".ulaw", "my name is")


# -- phrases of several voices become one prompt


def spoken(hz: float, peak: float, before: float, behind: float, rate: int = 22_050) -> Speech:
    parts = [silence(before, rate), sine(hz, 0.5, rate, peak), silence(behind, rate)]
    return Speech(samples=np.concatenate(parts), rate=rate)


def test_phrases_are_trimmed_joined_and_as_loud_as_each_other() -> None:
    audio = assembled([spoken(400, 0.1, 0.4, 0.3), spoken(600, 0.6, 0.0, 0.5, 16_000), 0.8, spoken(900, 0.3, 0.2, 0.0)])
    heard = audio.narrow.astype(np.float32) / 32768
    found = tones(heard, 8_000)
    assert [round(tone.frequency, -2) for tone in found] == [400, 600, 900]
    inner = 0.06 + 0.0 + 0.06 + 0.8 + 0.06
    assert audio.seconds == pytest.approx(0.4 + 0.5 + inner + 0.5 + 0.5, abs=0.03)
    levels = [level(heard[round((tone.start + 0.1) * 8_000) : round((tone.start + 0.3) * 8_000)]) for tone in found]
    assert max(levels) - min(levels) < 1
    assert float(np.abs(np.diff(heard)).max()) < 0.7 * 2 * np.pi * 900 / 8_000 * 1.2, "no click where they meet"
    assert len(audio.wide) == 2 * len(audio.narrow)


def test_a_phrase_that_its_voice_cannot_speak_does_not_affect_the_others() -> None:
    mute = Speech(samples=silence(0.2, 16_000), rate=16_000)
    audio = assembled([spoken(400, 0.5, 0.0, 0.0), mute, spoken(600, 0.5, 0.0, 0.0)])
    assert [round(tone.frequency, -2) for tone in tones(audio.narrow.astype(np.float32) / 32768, 8_000)] == [400, 600]
    with pytest.raises(PromptError) as error:
        assembled([mute, 0.5, mute])
    assert error.value.reason == "empty"
