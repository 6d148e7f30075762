"""Feedback: how people were treated, asked by rule, given by name or by nobody, and what changed because of it."""
