"""``python -m adapter`` is the same as ``adapter``."""

from __future__ import annotations

import sys

from adapter.cli import main

sys.exit(main())
