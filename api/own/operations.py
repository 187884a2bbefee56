"""What an operation of our own API takes and answers, declared at its handler; the OpenAPI document is made of it.

A handler is declared by `operation`, or by `taking` if it reads a JSON body: then its third parameter reads the body as
the declared type and as no other.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from aiohttp import web

from api.own.bodies import body_of

H = TypeVar("H", bound=Callable[..., Any])
S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R", bound=web.StreamResponse)
Body = Callable[[], Awaitable[T]]
"""Reads the body of a request; raises what api.own.bodies.body_of raises."""
_DECLARED = "__operation__"


@dataclass(frozen=True, slots=True)
class Media:
    """Content that is not JSON, by its media types (RFC 6838). `description` says what it is."""

    description: str
    types: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """A parameter of the query, or a header. `kind` is the type of its value."""

    name: str
    kind: Any
    required: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One operation.

    `answers` are the types of successful answers by their status: one, or several of which it is one; None: no
    content. `errors` are the statuses of errors that not every operation has. `is_open`: no credential is needed.
    `is_own`: it is about the user in its path, or about the one who asks, and that user may do it whatever its role.
    `doc` is the handler's docstring.
    """

    id: str
    doc: str
    answers: Mapping[int, Any]
    body: Any = None
    query: Sequence[Parameter] = ()
    headers: Sequence[Parameter] = ()
    errors: Sequence[int] = ()
    is_open: bool = False
    is_own: bool = False


def operation(
    id: str,
    answers: Mapping[int, Any],
    *,
    query: Sequence[Parameter] = (),
    errors: Sequence[int] = (),
    is_open: bool = False,
    is_own: bool = False,
    body: Media | None = None,
) -> Callable[[H], H]:
    """Declare a handler's operation; `body` is content that is not JSON, which the handler reads itself."""

    def declared(handler: H) -> H:
        doc = inspect.getdoc(handler) or ""
        found = Operation(
            id=id,
            doc=doc,
            answers=answers,
            body=body,
            query=query,
            errors=errors,
            is_open=is_open,
            is_own=is_own,
        )
        setattr(handler, _DECLARED, found)
        return handler

    return declared


def taking(
    id: str,
    body: type[T],
    answers: Mapping[int, Any],
    *,
    query: Sequence[Parameter] = (),
    headers: Sequence[Parameter] = (),
    errors: Sequence[int] = (),
    is_open: bool = False,
    is_own: bool = False,
) -> Callable[[Callable[[S, web.Request, Body[T]], Awaitable[R]]], Callable[[S, web.Request], Awaitable[R]]]:
    """Declare the operation of a handler that reads a JSON body of the type `body`."""

    def declared(
        handler: Callable[[S, web.Request, Body[T]], Awaitable[R]],
    ) -> Callable[[S, web.Request], Awaitable[R]]:
        @functools.wraps(handler)
        async def handle(self: S, request: web.Request) -> R:
            return await handler(self, request, functools.partial(body_of, request, body))

        doc = inspect.getdoc(handler) or ""
        found = Operation(
            id=id,
            doc=doc,
            answers=answers,
            body=body,
            query=query,
            headers=headers,
            errors=errors,
            is_open=is_open,
            is_own=is_own,
        )
        setattr(handle, _DECLARED, found)
        return handle

    return declared


def operation_of(handler: Any) -> Operation | None:
    """Return the operation that was declared at a handler; None: none was."""
    found = getattr(handler, _DECLARED, None)
    return found if isinstance(found, Operation) else None
