"""Files that an account uploads, to send them: documents for faxes."""

from typing import Annotated

from api.own.operations import Media, Parameter
from api.own.schema.fields import Moment, Shown, says

PATH = {"file": "The file's id."}
NOUNS = ("files",)
CONTENT = Media("The file's bytes, at most 20,000,000.", ("*/*",))
NAME = Parameter(name="name", kind=Annotated[str, says("What the file is called, such as offer.pdf.")])


class File(Shown, frozen=True, kw_only=True):
    """A file."""

    id: Annotated[str, says("The file's id.")]
    name: Annotated[str, says("What it is called.")]
    uploaded_name: Annotated[str, says("What it was called when it was uploaded.")]
    media_type: Annotated[str, says("What it was said to be, as a media type.")]
    bytes: Annotated[int, says("Its size.")]
    sha256: Annotated[str, says("The SHA-256 of its bytes, in hex.")]
    created: Moment


class Files(Shown, frozen=True, kw_only=True):
    """A page of files."""

    files: Annotated[tuple[File, ...], says("The files, the newest first.")]
