"""A share over time."""

from collections.abc import Sequence

from markupsafe import Markup

from portal.charts import marks


def lines(
    labels: Sequence[str], values: Sequence[float | None], title: str, texts: Sequence[str], bands: marks.Bands = ()
) -> Markup:
    """A line through shares over time, with its interval as a band; the last value is written beside its end."""
    top = marks.nice(max([value or 0.0 for value in values] + [high for _low, high in bands if high is not None] + [0.1]))
    x0, x1, y0, y1 = 48, 600, 220, 16
    xs = [x0 + (x1 - x0) * at / max(len(labels) - 1, 1) for at in range(len(labels))]
    ys = [None if value is None else marks.upward(value, top, y0, y1) for value in values]
    parts = [*marks.levels(top, x0, x1, y0, y1), marks.band(xs, bands, top, y0, y1), marks.line(xs, ys)]
    step = max(1, len(labels) // 8)
    parts += [marks.text(x, y0 + 20, label, "m c") for x, label in list(zip(xs, labels, strict=True))[::-1][::step]]
    known = [at for at, y in enumerate(ys) if y is not None]
    parts += [marks.dot(xs[at], ys[at] or 0, 2) for at in known]
    if known:
        last = known[-1]
        parts += [marks.dot(xs[last], ys[last] or 0, 4), marks.text(xs[last] + 10, (ys[last] or 0) + 4, texts[last], "b")]
    told = "; ".join(f"{label}: {text}" for label, text in zip(labels, texts, strict=True))
    return marks.frame(y0 + 32, title, told, parts)
