"""pydub's segments of sound, made of samples. Its resampling, and what needs ffmpeg, is not used."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # pydub warns about a missing ffmpeg, which is not used here, and imports a module that Python 3.13 does not have.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

__all__ = ["AudioSegment", "detect_leading_silence"]
