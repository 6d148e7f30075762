"""Which templates the tests rendered, counting those that are included, imported or extended."""

from pathlib import Path

from flask import Flask

ROOT = Path(__file__).parents[1] / "templates"
RENDERED: set[str] = set()


def listen(app: Flask) -> None:
    """Note every template that this application loads."""
    load = app.jinja_env.loader.load

    def noting(environment, name, globals=None):
        RENDERED.add(name)
        return load(environment, name, globals)

    app.jinja_env.loader.load = noting


def never_rendered() -> list[str]:
    """Files in templates/ that no test needed."""
    return sorted(name for path in ROOT.rglob("*.*") if (name := path.relative_to(ROOT).as_posix()) not in RENDERED)
