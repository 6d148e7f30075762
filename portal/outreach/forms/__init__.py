"""What staff type in outreach: campaigns and messages (`campaigns`), landing links (`links`), research (`research`)."""

from portal.outreach.forms.campaigns import CampaignForm, ChoiceForm, LinkForm, NoteForm

__all__ = ["CampaignForm", "ChoiceForm", "LinkForm", "NoteForm"]
