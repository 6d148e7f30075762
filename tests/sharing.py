"""What every application of a run would make anew, and alike, is made once: content, addresses of rules, compiled templates."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from jinja2 import BytecodeCache
from werkzeug.routing import Rule

from portal.content.library import Shelf

_shelves: dict[Path, Shelf] = {}
_builders: dict[tuple, Callable] = {}
_compile_builder = Rule._compile_builder


class Bytecode(BytecodeCache):
    """Compiled templates by name and text, in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}

    def load_bytecode(self, bucket) -> None:
        bucket.code = self.kept.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.code


_bytecode = Bytecode()


def share(app: Flask) -> None:
    """Hand what one application has read of a content folder, and compiled of the templates, to the next."""
    shelf = app.extensions["content"]
    known = _shelves.setdefault(shelf.folder, shelf)
    shelf._builder, shelf._library, shelf._signature = known._builder, known._library, known._signature
    app.jinja_env.bytecode_cache = _bytecode


def share_addresses() -> None:
    """Compile what writes the address of a rule once; 280 rules take Werkzeug a tenth of a second, for every test."""
    Rule._compile_builder = _builder


def _builder(rule: Rule, append_unknown: bool = True) -> Callable:
    # All that the compiled function is made of; the converters themselves it finds through the rule it is bound to.
    constants = {
        name: rule._converters[name].to_url(value) for name, value in (rule.defaults or {}).items() if name in rule._converters
    }
    key = (tuple(rule._trace), repr(rule.defaults), repr(constants), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]
