"""Models and migrations agree on both databases."""

from portal.db import db
from portal.extensions import alembic


def test_a_migrated_database_has_exactly_the_tables_of_the_models(app):
    assert alembic.compare_metadata() == []


def test_migrations_can_be_taken_back_and_applied_again(app):
    db.session.remove()
    alembic.downgrade(-1)
    alembic.upgrade()
    assert alembic.compare_metadata() == []
