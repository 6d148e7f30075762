"""What staff type in outreach: campaigns (`campaigns`), messages (`messages`), landing links (`links`), research (`research`)."""

from portal.outreach.forms.campaigns import FOLLOW_UP, AlternativeForm, CampaignForm, ChoiceForm, FollowUpForm, LinkForm
from portal.outreach.forms.links import LinkFilterForm, NewLinkForm, ShareForm, TermsForm
from portal.outreach.forms.messages import HandForm, NoteForm, TextForm

__all__ = [
    "FOLLOW_UP",
    "AlternativeForm",
    "CampaignForm",
    "ChoiceForm",
    "FollowUpForm",
    "HandForm",
    "LinkFilterForm",
    "LinkForm",
    "NewLinkForm",
    "NoteForm",
    "ShareForm",
    "TermsForm",
    "TextForm",
]
