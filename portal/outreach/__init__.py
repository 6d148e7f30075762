"""Campaigns, outreach messages, landing links and their visits."""
