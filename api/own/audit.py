"""Renders the audit for our own API."""

from aiohttp import web

from api.own import render
from api.own.bodies import number_of
from engine.platform.audit import AuditLog, Entry


def shape(entry: Entry) -> render.Shape:
    """Return one change: its time, actor, action, and the fields before and after."""
    return {
        "id": entry.id,
        "at": render.moment(entry.at),
        "by": {"kind": entry.actor_kind, "id": entry.actor or None, "name": entry.actor_name},
        "what": entry.what,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
    }


async def audit_page(request: web.Request, log: AuditLog, account: str | None) -> web.Response:
    """Answer with one page of an account's entries, newest first; `?limit= before=` (an entry's id)."""
    limit, before = number_of(request, "limit", 100), request.query.get("before")
    entries = await log.page(account, before=before, limit=limit)
    return web.json_response({"audit": [shape(entry) for entry in entries]})
