"""Finding questionnaires and their wordings."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from portal.db import db
from portal.errors import NotFound
from portal.feedback.details import Sheet
from portal.feedback.models import Questionnaire, Version

OPEN = "open"


def open_sheet() -> Sheet:
    """What the form at /feedback asks: the newest wording of the open questionnaire, or ours while nobody changed it."""
    version = open_version()
    return sheet_of(version) if version else first_sheet()


def open_version() -> Version | None:
    """The newest wording of the open questionnaire, once there is one."""
    found = db.session.scalar(select(Questionnaire).filter_by(key=OPEN))
    return current_version(found.id) if found else None


def get_open() -> Questionnaire:
    """The questionnaire of the form at /feedback; NotFound while nobody changed or used it."""
    if found := db.session.scalar(select(Questionnaire).filter_by(key=OPEN)):
        return found
    raise NotFound(_("There is no such questionnaire."))


def first_sheet() -> Sheet:
    """The wording that every installation begins with."""
    return Sheet(
        title=_("How did we treat you?"),
        intro=_("Two minutes. Only the first question needs an answer, and it may be a bad one: those we learn from."),
        score=_("Would you advise a friend to deal with us?"),
        statements=(
            _("I knew what would happen next"),
            _("People were prepared and on time"),
            _("I could ask what I wanted to know"),
            _("What I was told about pay and drawbacks was true"),
        ),
        texts=(_("What was good?"), _("What was not?")),
    )


def sheet_of(version: Version) -> Sheet:
    """The words of a version."""
    return Sheet(version.title, version.intro, version.score, tuple(version.statements), tuple(version.texts))


def list_questionnaires() -> Sequence[Questionnaire]:
    """All questionnaires by name."""
    return db.session.scalars(select(Questionnaire).order_by(Questionnaire.name)).all()


def get_questionnaire(questionnaire_id: int) -> Questionnaire:
    """A questionnaire; NotFound when there is none."""
    if found := db.session.get(Questionnaire, questionnaire_id):
        return found
    raise NotFound(_("There is no such questionnaire."))


def find_questionnaire(name: str) -> Questionnaire | None:
    """A questionnaire by its name."""
    return db.session.scalar(select(Questionnaire).filter_by(name=name))


def current_version(questionnaire_id: int) -> Version:
    """The newest wording of a questionnaire; NotFound when there is none."""
    newest = select(Version).filter_by(questionnaire_id=questionnaire_id).order_by(Version.number.desc()).limit(1)
    if found := db.session.scalar(newest):
        return found
    raise NotFound(_("There is no such questionnaire."))


def get_version(version_id: int) -> Version:
    """A wording by its number; NotFound when there is none."""
    if found := db.session.get(Version, version_id):
        return found
    raise NotFound(_("There is no such questionnaire."))


def list_versions(questionnaire_id: int) -> Sequence[Version]:
    """Every wording of a questionnaire, the newest first."""
    own = select(Version).filter_by(questionnaire_id=questionnaire_id)
    return db.session.scalars(own.order_by(Version.number.desc())).all()
