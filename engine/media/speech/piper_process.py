"""Run as a program, beside the engine and never in it: piper-tts is GPL-3, and its end gives a model's memory back.

Its argument is a model. A line of JSON on standard input is a text; the answer is a line of JSON and, where that names
`rate` (Hz) and `bytes`, so many bytes of 16-bit mono samples; where it names `error`, nothing. It ends with its input.
"""

import json
import os
import sys


def main() -> None:
    """Speak line after line."""
    # What a library prints must not get between the samples.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    from piper import PiperVoice

    voice = PiperVoice.load(sys.argv[1])
    for line in sys.stdin:
        head: dict[str, int | str]
        sound = b""
        try:
            sound = b"".join(chunk.audio_int16_bytes for chunk in voice.synthesize(json.loads(line)))
            head = {"rate": voice.config.sample_rate, "bytes": len(sound)}
        except Exception as error:  # whatever a model does wrong, the next text may be well
            head = {"error": type(error).__name__}
        answers.write(json.dumps(head).encode() + b"\n" + sound)
        answers.flush()


if __name__ == "__main__":
    main()
