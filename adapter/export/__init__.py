"""Bulk export: many cases to part files with a manifest, flat in memory and safe against being killed.

An export lives in one folder. Its job table (SQLite, ``.export/job.sqlite``) holds the chunks of the input, each a
range of bytes; worker processes lease chunks, convert them and publish each part by temporary file, ``fsync`` and
rename. Output files are put together from whole chunks in input order, so the bytes do not depend on the number of
workers, on their speed, or on how often anything was killed. The manifest is written last: where it is, all is there.

:func:`adapter.export.driver.run` starts or resumes an export, :func:`adapter.export.manifest.verify` checks one.
"""

from __future__ import annotations
