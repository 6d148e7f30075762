"""Models and migrations agree on both databases."""

from portal.db import db
from portal.extensions import alembic


def fresh_connection() -> None:
    """Look with new eyes: what was not committed must not count."""
    db.session.remove()
    alembic._get_cache().clear()
    db.engine.dispose()


def test_a_migrated_database_has_exactly_the_tables_of_the_models(app):
    fresh_connection()
    assert alembic.compare_metadata() == []


def test_migrations_can_be_taken_back_and_applied_again(app):
    alembic.downgrade(-1)
    fresh_connection()
    assert alembic.compare_metadata() != []
    alembic.upgrade()
    fresh_connection()
    assert alembic.compare_metadata() == []
