"""One person's mail: the gate before it, its row, its MIME, its way out."""
