"""How long people are kept: deadlines, renewals, legal holds, deletion, and the pages about it."""
