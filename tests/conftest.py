"""How the laws are searched: the same examples in every default run, new ones every night."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: how long an example takes is the machine's business; what must be bounded is asserted where it matters.
settings.register_profile("default-run", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None)
settings.load_profile("nightly" if os.environ.get("ADAPTER_NIGHTLY") else "default-run")
