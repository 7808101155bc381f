"""Every kind of sheet that is verified, in the order in which they are computed; what each holds, it says itself."""

from __future__ import annotations

from tracer.lessons import chain_rule
from tracer.workbook import boundarysheet, losssheet, overview, stepsheet

SHEETS = (
    stepsheet.SHEET,
    losssheet.SHEET,
    overview.SHEET,
    boundarysheet.SHEET,
    chain_rule.PARTIALS,
    chain_rule.TRAINED,
)
