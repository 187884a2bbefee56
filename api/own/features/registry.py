"""Finds the rooms of a capability in our own API: a folder of this package, with those that it has.

- `v1.py` names ROUTES: built from OwnServices and an api.own.access.CallerOf; `routes(prefix)` returns its routes.
- `public.py` names PUBLIC: built from OwnServices; `routes()` returns routes on the public port that need no key, such
  as pages.
- `admin.py` names ADMIN: built from OwnServices; `routes()` returns the administrator's routes.
- `schema.py` has what both take and answer. It may name PATH, which describes the parts of its paths, and NOUNS, the
  nouns in its paths that are a tag of their own below an account.
- `errors.py` names ERRORS: by the classes of exceptions the status and the code (docs/api.md) of those that need others
  than the class above them.
- `cli.py` has `commands`, which returns the noun of the command line for an api.cli.context.Cli, or a tuple of them. It
  imports nothing of the rooms beside it, so that the command line starts quickly.
- `doctor.py` has `checks`, which yields an api.own.admin.doctor.Check for each part of it, for `carillon doctor`.
- `render.py` has how its things are shown. It is not looked for, and neither is any further file.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

PACKAGE = "api.own.features"


def modules(name: str) -> tuple[Any, ...]:
    """Return the room of this name (`v1`, `admin`, …) of each capability that has it, in the order of their names."""
    return _found(PACKAGE, name)


def path_parts() -> dict[str, str]:
    """Return what capabilities say of the parts of their paths."""
    return {name: text for schema in modules("schema") for name, text in getattr(schema, "PATH", {}).items()}


def nouns() -> frozenset[str]:
    """Return the nouns of capabilities that are a tag of their own below an account."""
    return frozenset(noun for schema in modules("schema") for noun in getattr(schema, "NOUNS", ()))


def error_of(error: BaseException) -> tuple[int, str] | None:
    """Return the status and the code of a capability's own error; None: it has none of its own."""
    known = {kind: shown for module in modules("errors") for kind, shown in module.ERRORS.items()}
    return next((known[kind] for kind in type(error).__mro__ if kind in known), None)


@cache
def _found(package: str, name: str) -> tuple[Any, ...]:
    (folder,) = import_module(package).__path__
    features = sorted(file.parent.name for file in Path(folder).glob(f"*/{name}.py"))
    return tuple(import_module(f"{package}.{feature}.{name}") for feature in features)
