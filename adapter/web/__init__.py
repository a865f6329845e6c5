"""The HTTP service (contracts.md section 5): ``create_app``, one blueprint per noun, errors in one place.

Bodies are read by :mod:`adapter.web.body` and parsed by :mod:`adapter.formats.document`; no framework parser touches
them, since each of those loses digits, takes NaN or duplicate keys, or echoes the input in its errors.
"""

from __future__ import annotations

from flask_openapi3 import Info, OpenAPI

from adapter import __version__
from adapter.terms import load
from adapter.web import (
    bulk,
    cases,
    convert,
    errors,
    exporting,
    exports,
    fhir,
    gate,
    groups,
    health,
    logs,
    maps,
    nomenclature,
    openapi,
    operations,
    pages,
    stored,
    uploads,
    validate,
)
from adapter.web.negotiation import FhirId, FhirType
from adapter.web.settings import Settings


def create_app(settings: Settings | None = None) -> OpenAPI:
    """The WSGI application. Tables are read and schemas compiled here, once, before the first request."""
    settings = settings or Settings()
    app = OpenAPI(
        __name__,
        info=Info(
            title="haem-adapter",
            version=__version__,
            description="Leukaemia genetics cases to FHIR R4 and Phenopackets v2: nothing lost, nothing invented.",
        ),
        security_schemes={},
        doc_ui=False,
        validation_error_status=400,
        validation_error_model=errors.Problem,
        validation_error_callback=errors.bad_query,
    )
    app.config["ADAPTER"] = settings
    app.extensions["terms"] = load(settings.mappings, base=settings.fhir_base)
    stored.init(app, settings)
    gate.init(app, settings)
    exporting.init(app, settings)
    app.url_map.strict_slashes = False
    app.url_map.converters |= {"fhir_type": FhirType, "fhir_id": FhirId}
    logs.init(app)
    errors.init(app)
    for module in (convert, validate, cases, exports, nomenclature, maps, operations, fhir, groups, bulk, uploads):
        app.register_api(module.api)
    for blueprint in (health.blueprint, pages.blueprint):
        app.register_blueprint(blueprint)
    openapi.init(app)
    return app
