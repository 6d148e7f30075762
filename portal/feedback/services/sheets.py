"""Writing questionnaires: each change is a new wording, so that an answer keeps the words it was asked with."""

from collections.abc import Iterator

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.db import db, transaction
from portal.errors import Invalid
from portal.feedback import queries
from portal.feedback.details import STATEMENTS, TEXTS, WORDING, Sheet
from portal.feedback.models import Questionnaire, Version
from portal.feedback.verdicts import Finding, check


def add_questionnaire(name: str, sheet: Sheet, actor_id: int | None = None, key: str | None = None) -> Questionnaire:
    """A new questionnaire with its first wording."""
    with transaction() as session:
        questionnaire = Questionnaire(name=_free_name(name, None), key=key, created_at=clock.now())
        session.add(questionnaire)
        session.flush()
        _word(questionnaire, 1, sheet, actor_id)
        return questionnaire


def edit_questionnaire(questionnaire: Questionnaire, name: str, sheet: Sheet, actor_id: int | None = None) -> Version:
    """Rename it, and give it a new wording if one word is different. Who was asked already keeps the old one."""
    with transaction():
        questionnaire.name = _free_name(name, questionnaire)
        current = queries.current_version(questionnaire.id)
        if queries.sheet_of(current) == sheet:
            return current
        return _word(questionnaire, current.number + 1, sheet, actor_id)


def edit_open(sheet: Sheet, actor_id: int | None = None) -> Version:
    """Give the form at /feedback its words."""
    with transaction():
        opened = ensure_open().questionnaire
        return edit_questionnaire(opened, opened.name, sheet, actor_id)


def ensure_open() -> Version:
    """The wording of the form at /feedback, kept as a row from the first time somebody needs it."""
    with transaction() as session:
        if version := queries.open_version():
            return version
        name = _("Open form")
        if (taken := queries.find_questionnaire(name)) and taken.key != queries.OPEN:
            name = f"{name} /feedback"
        try:
            with session.begin_nested():
                add_questionnaire(name, queries.first_sheet(), key=queries.OPEN)
        except (IntegrityError, Invalid):  # another process made it a moment ago
            session.expire_all()
        return queries.current_version(queries.get_open().id)


def check_allowed(text: str, field: str, place: str = "") -> None:
    """Invalid when a text asks for what must not be asked: says what, where, why, and what may be asked instead."""
    if found := check(text):
        raise Invalid("\n".join(_told(finding, place) for finding in found), field)


def _word(questionnaire: Questionnaire, number: int, sheet: Sheet, actor_id: int | None) -> Version:
    _check(sheet)
    session = db.session()
    version = Version(
        questionnaire_id=questionnaire.id,
        number=number,
        title=sheet.title,
        intro=sheet.intro,
        score=sheet.score,
        statements=list(sheet.statements),
        texts=list(sheet.texts),
        created_at=clock.now(),
        actor_id=actor_id,
    )
    session.add(version)
    session.flush()
    return version


def _check(sheet: Sheet) -> None:
    if not sheet.title.strip():
        raise Invalid(_("Give the form a title."), "title")
    if not sheet.score.strip():
        raise Invalid(_("Ask something that can be answered from 0 to 10."), "score")
    if len(sheet.statements) > STATEMENTS:
        raise Invalid(_("At most %(limit)s statements: more and people give up.", limit=STATEMENTS), "statements")
    if len(sheet.texts) > TEXTS:
        raise Invalid(_("At most %(limit)s questions in words: more and people give up.", limit=TEXTS), "texts")
    for field, place, text in _lines(sheet):
        if len(text) > WORDING:
            raise Invalid(_("At most %(limit)s characters fit here.", limit=WORDING), field)
        check_allowed(text, field, place)


def _lines(sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    """Every sentence that people will read, with its field and what to call its place."""
    yield "title", _("Title"), sheet.title
    yield "intro", _("Introduction"), sheet.intro
    yield "score", _("0 to 10"), sheet.score
    for number, text in enumerate(sheet.statements, 1):
        yield "statements", _("Statement %(number)s", number=number), text
    for number, text in enumerate(sheet.texts, 1):
        yield "texts", _("Question %(number)s", number=number), text


def _told(finding: Finding, place: str) -> str:
    where = f"{place}: " if place else ""
    told: str = _(
        "“%(words)s” asks about %(topic)s, which must not be asked. %(reason)s %(instead)s",
        words=finding.words,
        topic=str(finding.topic.title).lower(),
        reason=finding.topic.reason,
        instead=finding.topic.instead,
    )
    return where + told


def _free_name(name: str, own: Questionnaire | None) -> str:
    if not (name := name.strip()):
        raise Invalid(_("Give the questionnaire a name."), "name")
    if (found := queries.find_questionnaire(name)) and found is not own:
        raise Invalid(_("There is a questionnaire of this name already."), "name")
    return name
