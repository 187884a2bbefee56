"""What is written to the log holds no credential, whoever writes it."""

import logging

import pytest

from api.log import Masking, _Masked

SECRET = "7f3a9c51d2e84b60"


@pytest.mark.parametrize(
    "line",
    [
        "GET /x HTTP/1.1\nAuthorization: Bearer key-1.{}",
        "('Authorization', 'Basic a2V5OnNlY3JldA{}==')",
        "b'authorization: Application key-1:ab/cd+{}='",
        "GET /Call/apikey/{}?callee=1",
        "GET /play/APIKEY/{}",
        "redis://:{}@127.0.0.1:6390/0",
        "https://user:{}@example.com/hook",
    ],
)
def test_a_credential_of_a_known_shape_is_masked_in_any_line(line: str) -> None:
    masked = Masking()(line.format(SECRET))
    assert SECRET not in masked and "***" in masked, masked


def test_a_secret_of_our_own_is_masked_wherever_it_stands_with_its_traceback() -> None:
    masking = Masking()
    masking.learn(["", "short", SECRET])
    assert masking(f"  {SECRET}\n ^") == "  ***\n ^"
    assert masking("a short word stays") == "a short word stays"


def test_a_librarys_line_is_masked_with_its_traceback() -> None:
    try:
        raise ValueError(f"bad header b'Authorization: Bearer {SECRET}'")
    except ValueError as error:
        record = logging.LogRecord("aiohttp.server", logging.ERROR, "", 1, "Error", None, (type(error), error, None))
    text = _Masked("%(message)s").format(record)
    assert SECRET not in text and "bad header" in text


@pytest.mark.parametrize("line", ["Basic usage", "an Application starts", "http://host/a:b/c", "apikey"])
def test_plain_words_stay(line: str) -> None:
    assert Masking()(line) == line
