"""What the pipeline holds about a person: where they stand, how they got there, and what is agreed."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from portal.db import transaction
from portal.languages import said_again
from portal.personal import Item, Plain
from portal.pipeline.models import STAGES, Placement, StageTransition
from portal.pipeline.queries import find_placement, list_transitions

KEY = "pipeline"
TITLE = _l("Where you stand with us")


def held(candidate_id: int) -> Sequence[Item]:
    """The stage with the agreed next step, and every move with its reason."""
    placement = find_placement(candidate_id)
    if placement is None:
        return []
    facts: dict[str, Plain] = {}
    if placement.next_step:
        facts = {_("next step"): said_again(placement.next_step), _("on"): str(placement.next_step_on or "")}
    now = Item(str(STAGES[placement.stage]), placement.since, facts)
    return [now, *(_move(step) for step in list_transitions(candidate_id))]


def erase(candidate_id: int) -> None:
    """What was written goes. The moves stay with their days, as counts of nobody."""
    with transaction() as session:
        theirs = select(Placement.id).where(Placement.candidate_id == candidate_id)
        session.execute(update(StageTransition).where(StageTransition.placement_id.in_(theirs)).values(reason=""))
        session.execute(update(Placement).where(Placement.candidate_id == candidate_id).values(next_step="", next_step_on=None))


def _move(step: StageTransition) -> Item:
    to = str(STAGES[step.to_stage])
    what = _("Moved from %(before)s to %(after)s", before=STAGES[step.from_stage], after=to) if step.from_stage else to
    who = (step.actor.full_name or step.actor.email) if step.actor else _("your answer, or a rule")
    facts: dict[str, Plain] = {_("by"): who} | ({_("by mistake"): _("yes")} if step.mistaken_at else {})
    return Item(what, step.at, facts, said_again(step.reason))
