"""Requests of every shape to each operation of an OpenAPI document, valid and not; made by Schemathesis."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.conformance import declared

FULL = os.environ.get("CARILLON_FUZZ") == "full"
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
LEAST = 4
"""Requests that each operation gets, however slow the machine is."""
EVERY = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


@dataclass
class Target:
    """An application to send requests to: `name` is v1 or admin, `url` its root.

    `known` are values for parameters and fields by name (a function makes a new one each time), which half of the
    requests have in the place of generated ones. `skipped` are the ids of operations that would end what is under
    test. `seconds` bounds the whole: each operation gets its share.
    """

    name: str
    url: str
    headers: Mapping[str, str]
    known: Mapping[str, Any] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    examples: int = 500 if FULL else 25
    seconds: float = 3600.0 if FULL else 45.0


def fuzz(target: Target, document: dict[str, Any]) -> dict[str, Counter[int]]:
    """Send them; returns how often each operation was answered with each status.

    Raises what the first wrong answer of an operation raises, all operations' together.
    """
    schema = schemathesis.openapi.from_dict(document)
    operations = sorted((each.ok() for each in schema.get_all_operations()), key=lambda each: each.method == "delete")
    wanted = [each for each in operations if each.definition.raw["operationId"] not in target.skipped]
    answered: dict[str, Counter[int]] = {}
    wrong: list[Exception] = []
    with requests.Session() as session:
        for each in wanted:
            found = answered[each.definition.raw["operationId"]] = Counter[int]()
            try:
                _fuzz_one(target, each, session, found, target.seconds / len(wanted))
            except Exception as error:
                wrong.append(error)
    if wrong:
        raise ExceptionGroup("answers that are not as declared", wrong)
    return answered


def _fuzz_one(target: Target, operation: Any, session: requests.Session, found: Counter[int], seconds: float) -> None:
    takes = bool(operation.body or operation.query or operation.path_parameters)
    modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if takes else [])]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])
    ends = time.monotonic() + seconds

    @seed(11)
    @settings(
        max_examples=target.examples if takes else 2,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=EVERY,
        deadline=None,
        database=None,
    )
    @given(case=cases, usual=st.booleans())
    def send(case: Case, usual: bool) -> None:
        if time.monotonic() > ends and found.total() >= LEAST:
            return
        if usual:
            _fill(case, target.known)
        response = case.call(base_url=target.url, session=session, headers=dict(target.headers), timeout=30)
        found[response.status_code] += 1
        case.validate_response(response, checks=list(_checks(case, usual=usual)))
        path = requests.utils.unquote(requests.utils.urlparse(response.request.url).path)
        declared(target.name).check(case.method, path, response.status_code, response.content)

    send()


def _checks(case: Case, *, usual: bool) -> Iterable[Any]:
    yield from CHECKS
    # What was wrong may have been replaced; and a query may have parameters that nothing reads.
    if not usual and case.operation.body:
        yield negative_data_rejection


def _fill(case: Case, known: Mapping[str, Any]) -> None:
    """Put known values in the place of generated ones."""
    for place in (case.path_parameters, case.query, case.body):
        if isinstance(place, dict):
            for name in place.keys() & known.keys():
                value = known[name]
                place[name] = value() if callable(value) else json.loads(json.dumps(value))
