"""Charts as SVG, made on the server: readable without scripts, in print and in both colour schemes.

Colours come from the classes of `static/css/charts.css`; `standalone` and `to_png` carry their own. Each chart says its figures
in words, for people who listen. One module for each kind of chart.
"""

from portal.charts.changes import Change, changes
from portal.charts.curve import Point, curve
from portal.charts.files import draw, standalone, to_png
from portal.charts.funnel import Step, funnel
from portal.charts.heat import Cohort, heat
from portal.charts.intervals import Interval, intervals
from portal.charts.lines import lines
from portal.charts.marks import Bands
from portal.charts.spark import spark
from portal.charts.stacks import Stack, stacks
from portal.charts.waterfall import Part, said, waterfall

__all__ = [
    "Bands",
    "Change",
    "Cohort",
    "Interval",
    "Part",
    "Point",
    "Stack",
    "Step",
    "changes",
    "curve",
    "draw",
    "funnel",
    "heat",
    "intervals",
    "lines",
    "said",
    "spark",
    "stacks",
    "standalone",
    "to_png",
    "waterfall",
]
