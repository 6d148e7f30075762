"""What the own page shows: who reads it (`door`), what is held (`holdings`), how things stand (`standing`), a copy (`copies`)."""
