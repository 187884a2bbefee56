"""However a file is damaged, decoding it ends in audio or in a PromptError."""

import io
import random

import numpy as np
import pytest

from engine.media import PromptError
from engine.media.decode import decode
from tests.engine.media.trouble import encoded
from tests.support.audio import sine

KINDS = [("WAV", "PCM_16", 8_000), ("WAV", "PCM_24", 44_100), ("WAV", "IMA_ADPCM", 22_050), ("WAVEX", "FLOAT", 48_000),
         ("RF64", "PCM_16", 8_000), ("MP3", None, 44_100), ("FLAC", None, 44_100), ("OGG", "VORBIS", 44_100),
         ("OGG", "OPUS", 48_000)]


def mutant(content: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        # The header is what decoders trust, so half of the damage is there.
        at = chance.randrange(min(len(damaged), 64) if chance.random() < 0.5 else len(damaged))
        damage = chance.randrange(4)
        if damage == 0:
            damaged[at] = chance.randrange(256)
        elif damage == 1:
            damaged[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", bytes(4), b"\xff\xff\xff\x7f", b"\0\0\0\x80"])
        elif damage == 2:
            del damaged[at : at + chance.randint(1, 200)]
        else:
            damaged[at:at] = chance.randbytes(chance.randint(1, 50))
        if not damaged:
            break
    return bytes(damaged)


@pytest.mark.parametrize(("kind", "width", "rate"), KINDS)
def test_a_damaged_file_is_audio_or_a_prompt_error(kind: str, width: str | None, rate: int) -> None:
    chance = random.Random(f"{kind} {width} {rate}")
    content = encoded(np.stack([sine(440, 0.3, rate)] * 2, axis=1), rate, kind, width)
    assert decode(io.BytesIO(content), 2.0).seconds == pytest.approx(0.3, abs=0.1)
    ends = {"audio": 0, "error": 0}
    for _ in range(220):
        try:
            audio = decode(io.BytesIO(mutant(content, chance)), 2.0)
        except PromptError as error:
            assert error.reason
            ends["error"] += 1
        else:
            assert audio.seconds <= 600 and len(audio.narrow) <= len(audio.wide)
            ends["audio"] += 1
    # What is damaged of an MP3 is a frame or two, and the others are played.
    assert ends["audio"] > 200 if kind == "MP3" else ends["error"] > 20, ends
