"""G.711 agrees with a reference implementation."""

import warnings

import numpy as np

from engine.media import g711
from tests.support.audio import _from_alaw, _from_ulaw

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

ALL = np.arange(-32768, 32768).astype(np.int16)


def test_every_sample_becomes_the_same_ulaw_byte_as_elsewhere() -> None:
    assert g711.ulaw(ALL).tobytes() == audioop.lin2ulaw(ALL.tobytes(), 2)


def test_every_sample_becomes_the_same_alaw_byte_as_elsewhere() -> None:
    assert g711.alaw(ALL).tobytes() == audioop.lin2alaw(ALL.tobytes(), 2)


def test_the_decoders_of_the_tests_agree_with_a_reference() -> None:
    codes = np.arange(256)
    assert _from_ulaw(codes).astype("<i2").tobytes() == audioop.ulaw2lin(bytes(range(256)), 2)
    assert _from_alaw(codes).astype("<i2").tobytes() == audioop.alaw2lin(bytes(range(256)), 2)
