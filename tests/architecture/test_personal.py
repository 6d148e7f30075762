"""Whatever names a person is held by a feature that can show it and let go of it."""

import ast
from pathlib import Path

import sqlalchemy as sa

from portal import HOLDERS
from portal.console.queries import columns_of_people
from portal.db import Base, db
from portal.personal import Item
from portal.privacy import services as privacy
from tests.architecture.test_routes import rules
from tests.privacy.life import live
from tests.privacy.test_erasure import spots

PORTAL = Path(__file__).parents[2] / "portal"
# What an address of the console names that belongs to no candidate.
NOT_A_PERSON = {
    "alternative_id", "amount_id", "aside_id", "campaign_id", "change_id", "cost_id", "criterion_id", "follow_up_id",
    "import_id", "invitation_id", "mailing_id", "persona_id", "quarantine_id", "questionnaire_id", "rule_id",
    "segment_id", "series_id", "source_id", "step_id", "text_id", "user_id", "version_id",
}  # fmt: skip


# Where each row of these tables is one thing that is shown; then what is shown besides: rows that go by an address or a link.
ROW_BY_ROW = {
    "own_page": (("access_link", "stay", "address_change"), 0),
    "submissions": (("response", "tap", "interest", "question", "referral"), 1),
    "feedback": (("feedback", "feedback_request"), 0),
    "outreach": (("outreach_message", "landing_link"), 1),
    "mails": (("delivery",), 1),
    "replies": (("reply",), 0),
    "person": (("note", "fit", "research_check", "research_link", "import_row"), 3),
    "timeline": (("touchpoint",), 0),
    "hiring": (("hire",), 1),  # and what their manager answered
}


def rows_of(table: str, candidate_id: int) -> int:
    """How many rows of a table are about somebody."""
    columns = Base.metadata.tables[table].c
    mine = [columns[name] == candidate_id for name in ("candidate_id", "referrer_id") if name in columns]
    return db.session.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[table]).where(sa.or_(*mine)))


def names_a_person(table) -> bool:
    """A column candidate_id, or a foreign key that leads to a candidate."""
    return "candidate_id" in table.c or any(key.column.table.name == "candidate" for key in table.foreign_keys)


def models_used_by(module) -> set[str]:
    """The tables whose models a module of a holder mentions."""
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    words = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    words |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words |= {word.removeprefix("list_").removesuffix("s").title() for word in words if word.startswith("list_")}
    mapped = {mapper.class_.__name__: mapper.local_table.name for mapper in Base.registry.mappers}
    return {mapped[word] for word in words & mapped.keys()}


def test_every_table_that_names_a_candidate_is_let_go_of_by_a_holder(app):
    covered = set().union(*(models_used_by(holder) for holder in HOLDERS))
    named = {table.name for table in Base.metadata.sorted_tables if names_a_person(table)}
    assert sorted(named - covered) == []


def test_every_module_personal_is_a_holder_and_is_one_of_a_kind(app):
    modules = {path.parent.name for path in PORTAL.glob("*/personal.py")}
    assert {holder.__name__.split(".")[1] for holder in HOLDERS} == modules
    assert len({holder.KEY for holder in HOLDERS}) == len(HOLDERS)
    assert all(str(holder.TITLE) for holder in HOLDERS)


def test_every_number_in_an_address_of_the_console_leads_to_a_person_or_to_nobody(app):
    unknown = {
        name
        for rule in rules(app, console=True)
        for name in rule.arguments
        if name.endswith("_id") and name not in {"candidate_id", "mail_id"} | NOT_A_PERSON and not columns_of_people(name)
    }
    assert not unknown, "say in NOT_A_PERSON, or let portal.console.queries.whose find whose it is"


def test_a_whole_life_is_shown_and_leaves_no_string(app, make, hana):
    life = live(app, make, hana)
    shown = {holder.KEY: holder.held(life.candidate_id) for holder in HOLDERS}
    assert all(isinstance(item, Item) for items in shown.values() for item in items)
    assert [key for key, items in shown.items() if not items] in ([], ["events"], ["check_ins"])
    for key, (tables, others) in ROW_BY_ROW.items():
        assert len(shown[key]) == sum(rows_of(table, life.candidate_id) for table in tables) + others, key
    privacy.erase(life.candidate_id, "candidate")
    assert "\n".join(spots()) == ""
    for holder in HOLDERS:
        assert not [item for item in holder.held(life.candidate_id) if item.text], holder.KEY
