"""Alembic's entry: runs the migrations on the connection that `adapters.storage.migrate` hands over, inside its transaction."""

from alembic import context

from hub.failpoints import reached

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,
    on_version_apply=lambda **_: reached("K16"),
)
context.run_migrations()
