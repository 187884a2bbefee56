"""Alembic's environment: always run in-process, on the connection that engine.store.migrate passes."""

from alembic import context

from engine.store.schema import complete

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=complete(),
    render_as_batch=True,  # SQLite cannot alter most of a table in place
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
