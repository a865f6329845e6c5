"""Settings of the service, from ``ADAPTER_…`` environment variables."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. Sizes are bytes of the decoded body.

    ``servers`` is the file of registered FHIR servers (docs/servers.md), ``uploads`` the folder of running uploads,
    ``exports`` is the folder of exports (docs/export.md), ``export_workers`` the processes each of them gets (0: the
    service's own, which a deletion does not interrupt), ``export_hours`` for how long its files stay, ``max_exports``
    how many may be unfinished. ``public_url`` is the address under which callers reach the service, where a proxy does
    not pass it on.

    ``store`` the address of the case store (docs/store.md) and ``store_wait`` for how many seconds a request waits for
    other work on it. Each worker process lets ``conversions`` conversions and checks, and ``store_connections``
    requests to the store, run at once; ``waiting`` more may wait ``patience`` seconds. ``min_disk`` is the share of the
    disk that has to be free for ``/readyz``.
    """

    model_config = SettingsConfigDict(env_prefix="ADAPTER_", extra="ignore")

    mappings: Path | None = None
    fhir_base: str | None = None
    servers: Path | None = None
    uploads: Path | None = None
    exports: Path | None = None
    export_workers: int = 1
    export_hours: int = 24
    max_exports: int = 100
    public_url: str | None = None
    store: str | None = None
    store_wait: int = 5
    store_connections: int = 8
    conversions: int = 2
    waiting: int = 64
    patience: float = 10.0
    min_disk: float = 0.05
    max_body: int = 2 * 1024 * 1024
    max_stream: int = 64 * 1024 * 1024
    max_lines: int = 10_000
    max_expansion: int = 100
