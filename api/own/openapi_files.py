"""Writes the OpenAPI documents into a folder: `python -m api.own.openapi_files docs/openapi`."""

import sys
from pathlib import Path
from typing import Any, cast

import msgspec
from aiohttp import web

from api.own.admin import app as admin
from api.own.metrics import Metrics
from api.own.openapi import About, document
from api.own.routes import ABOUT, public_routes


class _Nothing:
    """Stands in for services while routes are listed; no handler runs."""

    def __getattr__(self, name: str) -> "_Nothing":
        return self

    def __getitem__(self, key: object) -> "_Nothing":
        return self


def applications() -> dict[str, tuple[web.Application, About]]:
    """Return both applications, by the name of their documents; they have routes and no services."""
    nothing = cast(Any, _Nothing())
    public = web.Application()
    public.add_routes(public_routes(nothing))
    return {"v1": (public, ABOUT), "admin": (admin.build_admin(nothing, Metrics(nothing, nothing)), admin.ABOUT)}


def documents() -> dict[str, bytes]:
    """Return each document by the name of its file, indented."""
    return {
        f"{name}.json": msgspec.json.format(msgspec.json.encode(document(app, about))) + b"\n"
        for name, (app, about) in applications().items()
    }


def main(folder: str) -> None:
    """Write them."""
    for name, text in documents().items():
        (Path(folder) / name).write_bytes(text)


if __name__ == "__main__":
    main(sys.argv[1])
