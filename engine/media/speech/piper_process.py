"""A program that speaks with one Piper model: a process of its own, as piper-tts is GPL-3; its end frees the memory.

The argument is a model. Each line of JSON on standard input has a `text` and its `speaker`, a number, or null for the
default one. The answer is a line of JSON: with `rate` (Hz) and `bytes` it is followed by so many bytes of 16-bit mono
samples, with `error` by nothing. The program ends when its input ends.
"""

import json
import os
import sys


def main() -> None:
    """Speak each line."""
    # What libraries print must not go into the samples.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    from piper import PiperVoice, SynthesisConfig

    voice = PiperVoice.load(sys.argv[1])
    for line in sys.stdin:
        head: dict[str, int | str]
        sound = b""
        try:
            asked = json.loads(line)
            how = SynthesisConfig(speaker_id=asked["speaker"])
            sound = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(asked["text"], how))
            head = {"rate": voice.config.sample_rate, "bytes": len(sound)}
        except Exception as error:  # whatever the error, the next text may succeed
            head = {"error": type(error).__name__}
        answers.write(json.dumps(head).encode() + b"\n" + sound)
        answers.flush()


if __name__ == "__main__":
    main()
