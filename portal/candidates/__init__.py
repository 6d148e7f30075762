"""The people the company keeps data about: by hand, by import, their notes and preferences."""
