"""The errors of prompts; each text is for the customer."""

from __future__ import annotations

from typing import ClassVar


class PromptError(Exception):
    """The prompt cannot be played.

    `reason` is an identifier; the text is the class's first line, followed by `detail` in brackets if there is one.
    """

    reason: ClassVar[str] = "failed"

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        sentence = (type(self).__doc__ or "The prompt cannot be played.").partition("\n")[0]
        super().__init__(f"{sentence} ({detail})" if detail else sentence)

    def again(self) -> PromptError:
        """Return the same error as a new object, for another caller."""
        return type(self)(self.detail)


class BadUrl(PromptError):
    """The address of the audio is not a valid http, https or file URL."""

    reason = "bad_url"


class AudioNotFound(PromptError):
    """There is no audio at this address."""

    reason = "not_found"


class AudioRefused(PromptError):
    """The server requires a login for this audio."""

    reason = "refused"


class HttpError(PromptError):
    """The server answered with an error."""

    reason = "http_error"


class AudioUnreachable(PromptError):
    """The server cannot be reached."""

    reason = "unreachable"


class TooSlow(PromptError):
    """The audio did not arrive in time."""

    reason = "too_slow"


class Redirects(PromptError):
    """The server redirects too often, or to something that is not http."""

    reason = "redirects"


class PrivateAddress(PromptError):
    """The address is not a public one, and this account may not reach private addresses."""

    reason = "private_address"


class OutsideMediaRoot(PromptError):
    """A file prompt must be in the configured media folder."""

    reason = "outside_media_root"


class TooLarge(PromptError):
    """The file is larger than a prompt may be."""

    reason = "too_large"


class TooLong(PromptError):
    """The audio is longer than a prompt may be."""

    reason = "too_long"


class Truncated(PromptError):
    """The audio is truncated."""

    reason = "truncated"


class NothingToPlay(PromptError):
    """There is nothing to play: no bytes, no samples or no words."""

    reason = "empty"


class NotAudio(PromptError):
    """What is at this address is not audio."""

    reason = "not_audio"


class Unsupported(PromptError):
    """This kind of audio is not supported; use WAV, MP3, FLAC or OGG."""

    reason = "unsupported"


class TextTooLong(PromptError):
    """The text to speak is too long."""

    reason = "text_too_long"


class BadSsml(PromptError):
    """The SSML is not well-formed."""

    reason = "bad_ssml"


class NoSuchUpload(PromptError):
    """This account has no uploaded file of that name."""

    reason = "no_such_upload"


class BadName(PromptError):
    """A name must be 1 to 128 letters, digits, spaces and _ . - / from a letter or digit on, without two dots."""

    reason = "bad_name"


class TooMany(PromptError):
    """The account has reached its limit of uploaded files; delete some."""

    reason = "too_many"


class BadLength(PromptError):
    """The factor of a text's length must be 0.5 to 2, such as 1.4 for 1.4 times as long."""

    reason = "bad_length"


class SpeechFailed(PromptError):
    """The text could not be spoken."""

    reason = "speech_failed"


class NoSpace(PromptError):
    """The prompt could not be written to the cache; check the disk space and the permissions of its folder."""

    reason = "no_space"
