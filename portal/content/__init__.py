"""The company's site: a folder of Markdown, read into memory, and the doors through which people see it."""
