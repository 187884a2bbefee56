"""RingPlan's objects of faxes: messages, destinations and files, every documented field."""

from base64 import b64encode
from zlib import crc32

from api.vendors.ringplan.http.resources import Shape, date
from engine.features.errors import InvalidNumber
from engine.features.fax.model import Box, Fax, State, Way
from engine.features.files.model import StoredFile
from engine.features.numbers.phone_numbers import national, normalise


def number(digits: str, country: str) -> str:
    """A number as the document's samples write it, without its country if who is there writes it so; else with +."""
    short = national(digits)
    try:
        return short if normalise(short, country) == digits else f"+{digits}"
    except InvalidNumber:
        return f"+{digits}"


def message(fax: Fax, country: str) -> Shape:
    """A fax message, its numbers as they are written in `country`; what is beyond the document says how it goes."""
    ours, theirs = (number(each, country) if each else None for each in (fax.own, fax.number))
    out = fax.way is Way.OUT
    file = fax.file or fax.id
    shape: Shape = {
        "id": fax.id,
        "company": fax.account,
        "created_at": date(fax.created),
        "file": {"id": file, "internal_id": crc32(file.encode())},
        "from": ours if out else theirs,
        "from_name": fax.from_name or None,
        "is_read": fax.read,
        "pages": fax.pages,
        "subject": fax.subject or None,
        "to": theirs if out else ours,
        "to_name": fax.to_name or None,
        "status": fax.state.value,
        "error": fax.detail or fax.error or None,
    }
    if out:
        return shape | {
            "cover": fax.cover or None,
            "emails": list(fax.emails),
            "send_at": date(fax.at),
            "attempts": fax.attempts,
        }
    return shape | {"is_hidden": fax.hidden, "is_partial": fax.state is State.PARTIAL}


def destination(box: Box) -> Shape:
    """A destination: a box with e-mail addresses."""
    return {
        "id": box.id,
        "company": box.account,
        "emails": list(box.emails),
        "reprname": ", ".join(box.emails),
    }


def file(row: StoredFile, preview: bytes | None) -> Shape:
    """A file; `preview` is a PNG of its first page."""
    return {
        "id": row.id,
        "company_id": row.account,
        "description": row.description or None,
        "mimetype": row.media_type,
        "name": row.name,
        "preview": _preview(row.uploaded_name, preview),
        "size": row.bytes,
        "uploaded_at": date(row.created),
        "uploaded_name": row.uploaded_name,
        "user_id": row.by or row.account,
    }


def received_file(fax: Fax, size: int, preview: bytes | None) -> Shape:
    """The file of a fax that came in: its pages as a PDF."""
    name = f"{fax.id}.pdf"
    return {
        "id": fax.id,
        "company_id": fax.account,
        "description": fax.subject or None,
        "mimetype": "application/pdf",
        "name": name,
        "preview": _preview(name, preview),
        "size": size,
        "uploaded_at": date(fax.created),
        "uploaded_name": name,
        "user_id": fax.account,
    }


def _preview(name: str, preview: bytes | None) -> Shape | None:
    if preview is None:
        return None
    stem = name.rpartition(".")[0] or name
    return {"base64": b64encode(preview).decode(), "filename": f"{stem}_preview.png", "mimetype": "image/png"}
