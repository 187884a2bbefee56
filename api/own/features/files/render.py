"""How files are shown."""

from api.own import render
from engine.features.files.model import StoredFile


def file(row: StoredFile) -> render.Shape:
    """Return a file."""
    return {
        "id": row.id,
        "name": row.name,
        "uploaded_name": row.uploaded_name,
        "media_type": row.media_type,
        "bytes": row.bytes,
        "sha256": row.digest,
        "created": render.moment(row.created),
    }
