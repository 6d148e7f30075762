"""The candidate's own page: a fresh link by mail, all that is held, and every wish carried out at once."""
