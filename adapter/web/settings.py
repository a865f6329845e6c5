"""Settings of the service, from ``ADAPTER_…`` environment variables."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator can set. Sizes are bytes of the decoded body.

    ``servers`` is the file of registered FHIR servers (docs/servers.md), ``uploads`` the folder of running uploads.
    """

    model_config = SettingsConfigDict(env_prefix="ADAPTER_", extra="ignore")

    mappings: Path | None = None
    fhir_base: str | None = None
    servers: Path | None = None
    uploads: Path | None = None
    max_body: int = 2 * 1024 * 1024
    max_stream: int = 64 * 1024 * 1024
    max_lines: int = 10_000
    max_expansion: int = 100
