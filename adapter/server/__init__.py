"""Real FHIR servers: ``$validate`` in its dialects, upload with read-back; nothing undone ever reads as done.

Without a registered server this package opens no connection. See docs/servers.md for the configuration.
"""

from __future__ import annotations

from adapter.server.client import Client
from adapter.server.config import Server, find, registry
from adapter.server.journal import Journal
from adapter.server.upload import Uploaded, upload
from adapter.server.validation import validate

__all__ = ["Client", "Journal", "Server", "Uploaded", "find", "registry", "upload", "validate"]
