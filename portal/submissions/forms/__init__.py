"""What people type and press. Errors stand beside their field, and a robot's speed is seen here."""

from portal.submissions.forms.answers import CHOICE, AnswerForm
from portal.submissions.forms.pressed import FriendForm, PressForm
from portal.submissions.forms.staff import RemovalForm, ReplyForm
from portal.submissions.forms.typed import InterestForm, QuestionForm, ReferralForm

__all__ = [
    "CHOICE",
    "AnswerForm",
    "FriendForm",
    "InterestForm",
    "PressForm",
    "QuestionForm",
    "ReferralForm",
    "RemovalForm",
    "ReplyForm",
]
