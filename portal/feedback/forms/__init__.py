"""What people type: candidates their answers, staff questions, rules and what changed."""

from portal.feedback.forms.answers import NamedForm, RequestForm, UnnamedForm, asking
from portal.feedback.forms.staff import ChangeForm, QuestionnaireForm, RuleForm, TryForm

__all__ = ["ChangeForm", "NamedForm", "QuestionnaireForm", "RequestForm", "RuleForm", "TryForm", "UnnamedForm", "asking"]
