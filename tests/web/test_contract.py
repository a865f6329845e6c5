"""The published document as a contract: schemathesis over every operation, and generated cases all accepted."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings

from adapter.formats.document import dump
from adapter.web import create_app
from adapter.web.settings import Settings
from tests.strategies import cases

EXAMPLES = 500 if os.environ.get("ADAPTER_NIGHTLY") else 8
folder = tempfile.TemporaryDirectory(prefix="adapter-contract-", ignore_cleanup_errors=True)
app = create_app(
    Settings(
        store=f"{folder.name}/store.sqlite", exports=Path(folder.name, "exports"), export_workers=0, max_exports=10**6
    )
)
schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
# The systematic phase makes some 3,700 bodies of the case's schema while tests are collected: half a minute, nightly.
schema.config.phases.update(phases=["examples", "coverage", "fuzzing"] if EXAMPLES > 8 else ["examples", "fuzzing"])
# A body that has too many of something may be too large to be looked at.
schema.config.checks.negative_data_rejection.expected_statuses.append("413")
# A case that follows the schema may still contradict itself, and only reading it shows that: 422 is an answer there.
SEMANTIC = ("/v1/convert", "/v1/validate")
EXPORTS = "export"


@schemathesis.serializer("application/x-ndjson")
def lines(_: schemathesis.SerializationContext, value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else json.dumps(value).encode() + b"\n"


@schema.exclude(path_regex=f"^/v1/cases|{EXPORTS}").parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_operation_keeps_the_document(case: schemathesis.Case) -> None:
    excluded = [schemathesis.checks.positive_data_acceptance] if case.path in SEMANTIC else []
    case.call_and_validate(excluded_checks=excluded)


# Fewer by default: a body of the case's schema takes two seconds to make.
@schema.include(path_regex="^/v1/cases").parametrize()
@settings(max_examples=max(2, EXAMPLES // 4), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_store_keeps_the_document(case: schemathesis.Case) -> None:
    case.call_and_validate(excluded_checks=[schemathesis.checks.positive_data_acceptance])


# Every kick-off begins an export. A key that was used for another request is refused.
@schema.include(path_regex=EXPORTS).parametrize()
@settings(max_examples=max(4, EXAMPLES // 4), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_exports_keep_the_document(case: schemathesis.Case) -> None:
    excluded = [schemathesis.checks.positive_data_acceptance] if case.method == "POST" else []
    case.call_and_validate(excluded_checks=excluded)


@given(case=cases())
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_generated_case_is_converted(case: dict[str, Any]) -> None:
    for target in ("fhir", "phenopacket"):
        answer = app.test_client().post(f"/v1/convert?to={target}", data=dump(case), content_type="application/json")
        assert answer.status_code == 200, answer.text
