"""Newsletters, once or periodically: who gets what when."""
