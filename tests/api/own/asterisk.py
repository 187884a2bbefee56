"""Asterisk's dynamic configuration over ARI, with its traps.

An endpoint without `allow` is taken and is not there. What is put into one that is there is merged with what it has,
and where that is no callerid, it is "unknown" from then on; so it is after a restart, and of the entries of a match the
last one is left. An endpoint whose object is deleted goes later, and takes one of that name with it that was put
meanwhile: that one is never shown.
"""

from typing import Any, Self

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.features.modules import MODULES


class FakeConfiguration:
    """What was put, by (kind, id). `refused` names kinds that are answered 400, `states` the endpoints' states.

    `changes` are the requests that changed something: ("PUT", kind, id) and ("DELETE", kind, id).
    """

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], dict[str, str]] = {}
        self.states: dict[str, str] = {}
        self.refused: set[str] = set()
        self._going: set[str] = set()  # endpoints without their object; until they are asked for
        self._never_shown: set[str] = set()
        self.changes: list[tuple[str, str, str]] = []
        self.down = False
        app = web.Application(middlewares=[self._guard])
        one = "/ari/asterisk/config/dynamic/res_pjsip/{kind}/{id}"
        app.add_routes(
            [
                web.put(one, self._put),
                web.get(one, self._get),
                web.delete(one, self._delete),
                web.get("/ari/endpoints", self._endpoints),
                web.get("/ari/endpoints/PJSIP/{id}", self._endpoint),
                web.get("/ari/asterisk/info", self._info),
                web.post("/ari/channels", self._originate),
                web.get("/ari/asterisk/modules", self._modules),
            ]
        )
        self._server = TestServer(app)

    async def __aenter__(self) -> Self:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    @property
    def url(self) -> str:
        """The root of ARI."""
        return f"http://127.0.0.1:{self._server.port}/ari"

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.down:
            return web.json_response({"message": "shutting down"}, status=503)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _put(self, request: web.Request) -> web.Response:
        kind, name = request.match_info["kind"], request.match_info["id"]
        if kind in self.refused:
            return web.json_response({"message": "failed field value validation"}, status=400)
        fields = {field["attribute"]: field["value"] for field in (await request.json())["fields"]}
        self.changes.append(("PUT", kind, name))
        known = self.objects.get((kind, name), {})
        if known:
            self._read_from_astdb(kind, known)
        if kind != "endpoint" or "allow" in known | fields:
            self.objects[kind, name] = known | fields
        if kind == "endpoint" and name in self._going:
            self._never_shown.add(name)
        return web.json_response([])

    def restart(self) -> None:
        """It comes back with what it kept."""
        for (kind, _), fields in self.objects.items():
            self._read_from_astdb(kind, fields)

    def _read_from_astdb(self, kind: str, fields: dict[str, str]) -> None:
        if kind == "endpoint":
            fields.setdefault("callerid", "unknown")
        if kind == "identify":
            fields["match"] = fields["match"].rpartition(",")[2]

    async def _get(self, request: web.Request) -> web.Response:
        found = self.objects.get((request.match_info["kind"], request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound
        return web.json_response([{"attribute": name, "value": value} for name, value in found.items()])

    async def _delete(self, request: web.Request) -> web.Response:
        one = request.match_info["kind"], request.match_info["id"]
        if self.objects.pop(one, None) is None:
            raise web.HTTPNotFound
        self.changes.append(("DELETE", *one))
        if one[0] == "endpoint":
            self._never_shown.discard(one[1])
            self._going.add(one[1])
        return web.Response(status=204)

    async def _endpoint(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        shown = name in self._going or (("endpoint", name) in self.objects and name not in self._never_shown)
        self._going.discard(name)
        if not shown:
            raise web.HTTPNotFound
        return web.json_response({"technology": "PJSIP", "resource": name, "state": "offline", "channel_ids": []})

    async def _endpoints(self, request: web.Request) -> web.Response:
        names = [name for kind, name in self.objects if kind == "endpoint" and name not in self._never_shown]
        shapes = [
            {"technology": "PJSIP", "resource": name, "state": self.states.get(name, "offline"), "channel_ids": []}
            for name in names
        ]
        return web.json_response(shapes)

    async def _originate(self, request: web.Request) -> web.Response:
        return web.json_response({"id": "told", "name": "Local/s", "state": "Down"})

    async def _info(self, request: web.Request) -> web.Response:
        return web.json_response({"system": {"version": "22.10.1", "entity_id": "x"}})

    async def _modules(self, request: web.Request) -> web.Response:
        shape = {"description": "", "use_count": 0, "status": "Running", "support_level": "core"}
        return web.Response(body=msgspec.json.encode([{"name": name, **shape} for name in (*MODULES, "codec_g722.so")]))
