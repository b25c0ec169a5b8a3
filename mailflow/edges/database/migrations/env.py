"""What Alembic runs: the migrations, on the connection that `upgrade` hands over, inside its transaction."""

from alembic import context

from mailflow.edges.database.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
