"""Rules of the house that can be read off the files."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = sorted(path for path in (ROOT / "portal").rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LOADED = re.compile(
    r"""(?:<(?:script|link|img|iframe|video|audio|source)\b[^>]*?(?:src|href)=["']|url\(["']?|@import\s+["'])(?:https?:)?//"""
)
INLINE = re.compile(r"""\s(?:style|on[a-z]+)=["']""")
JINJA = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function's body without its docstring and signature: words and names of arguments are not complexity."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_module_is_longer_than_300_lines():
    assert [name(path) for path in PYTHON if len(path.read_text("utf-8").splitlines()) > 300] == []


def test_no_template_is_longer_than_120_lines():
    assert [name(path) for path in TEMPLATES if len(path.read_text("utf-8").splitlines()) > 120] == []


def test_no_function_is_longer_than_25_lines():
    long = [
        f"{name(path)}:{node.name} {body_lines(node)}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and body_lines(node) > 25
    ]
    assert long == []


def test_no_module_imports_inside_a_function():
    inside = [
        f"{name(path)}:{inner.lineno}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_public_modules_classes_and_functions_of_services_and_queries_say_what_they_do():
    silent = []
    for path in PYTHON:
        tree = ast.parse(path.read_text("utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(name(path))
        if {"services", "queries"} & {path.stem, path.parent.name}:
            public = (n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_"))
            silent += [f"{name(path)}:{node.name}" for node in public if not ast.get_docstring(node)]
    assert silent == []


def test_nothing_is_loaded_from_another_host():
    files = [
        *TEMPLATES,
        *(ROOT / "static").rglob("*.css"),
        *(ROOT / "frontend/src").rglob("*.js"),
        *(ROOT / "content").rglob("*.svg"),
    ]
    assert [name(path) for path in files if LOADED.search(path.read_text("utf-8"))] == []


def test_templates_hold_no_inline_style_or_script():
    # Mails are the exception: their readers know no style sheets, and the letter's own sheet is inlined when it is built.
    pages = [path for path in TEMPLATES if "emails" not in path.parts]
    assert [name(path) for path in pages if INLINE.search(JINJA.sub("", path.read_text("utf-8")))] == []


def test_the_policy_allows_nothing_inline_and_no_eval():
    from portal.security import HEADERS

    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert "http" not in HEADERS["Content-Security-Policy"]


def test_mail_has_one_way_out_and_the_gate_stands_before_it():
    """Only one module speaks to a mail server, and only what asks the gate right before uses it."""
    speaks = re.compile(r"^\s*(?:import|from) (?:smtplib|aiosmtplib|flask_mail\w*)\b", re.MULTILINE)
    uses = re.compile(r"^from portal\.delivery import .*\bsmtp\b|^(?:import|from) portal\.delivery\.smtp\b", re.MULTILINE)
    texts = {name(path): path.read_text("utf-8") for path in PYTHON}
    assert [path for path, text in texts.items() if speaks.search(text)] == ["portal/delivery/smtp/line.py"]
    users = {path for path, text in texts.items() if uses.search(text) and not path.startswith("portal/delivery/smtp/")}
    assert users == {"portal/delivery/services/sending.py", "portal/delivery/services/window.py"}
