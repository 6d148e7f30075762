"""A small line for a tile."""

from collections.abc import Sequence

from markupsafe import Markup

from portal.charts import marks


def spark(values: Sequence[float | None], title: str, text: str = "") -> Markup:
    """A small line without axes, for a tile."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=1.0)
    reach = (high - low) or 1.0
    xs = [3 + 114 * at / max(len(values) - 1, 1) for at in range(len(values))]
    ys = [None if value is None else 25 - 20 * (value - low) / reach for value in values]
    parts = [marks.line(xs, ys)]
    if known:
        at = max(number for number, y in enumerate(ys) if y is not None)
        parts += [marks.dot(xs[at], ys[at] or 0, 3), marks.text(xs[at] + 8, (ys[at] or 0) + 4, text, "m")]
    body = Markup("").join(parts)
    frame = Markup('<svg viewBox="0 0 200 30" {} role="img" aria-label="{}">{}</svg>')
    return frame.format(Markup('width="100%" height="30" preserveAspectRatio="xMinYMid"'), title, body)
