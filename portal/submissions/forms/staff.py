"""What staff type about a question."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from portal.accounts.models import User
from portal.errors import Invalid
from portal.security import Form
from portal.submissions import services
from portal.submissions.forms.answers import TOO_LONG
from portal.submissions.models import Question, Removal

REMOVALS = {
    Removal.SPAM: _l("It is advertising, or written by a machine"),
    Removal.ILLEGAL: _l("The law forbids to show it: an insult, somebody's private data, a threat"),
}


class ReplyForm(Form):
    """Staff: an answer to a question, under their own name."""

    answer = TextAreaField(_l("Your answer"), [DataRequired(_l("Write an answer.")), TOO_LONG])

    def accept(self, question: Question, by: User) -> bool:
        """Whether it stands on the page now."""
        if self.validate():
            try:
                services.answer_question(question, self.answer.data, by)
            except Invalid as error:
                self.answer.errors = [error.message]
        return not self.errors


class RemovalForm(Form):
    """Staff: why a question may not stay. Readers see both."""

    removal = RadioField(_l("Why it cannot stay"), [DataRequired(_l("Choose one of the two."))], choices=list(REMOVALS.items()))
    why = StringField(_l("In one sentence, for all readers"), [DataRequired(_l("Say why in one sentence.")), Length(max=300)])

    def accept(self, question: Question, by: User) -> bool:
        """Whether it is gone from the page now."""
        if not self.validate():
            return False
        services.remove(question, Removal(self.removal.data), self.why.data, by.id)
        return True
