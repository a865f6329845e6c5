"""Alembic's entry: runs the revisions on the connection that :mod:`adapter.store.engine` hands over."""

from alembic import context

from adapter.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
