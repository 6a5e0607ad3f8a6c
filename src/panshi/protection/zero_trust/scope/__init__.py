"""Scope: which of the six fields a system falls into, how much is at risk, where to start. Pure.

    deriving     facts of a system out of the estate, each with its source
    answering    what people answered and decided, folded from sealed records
    fields       facts → in, out or unknown for each field, with reasons
    risk, impact facts → scores 3-2-1 of six and five factors, or their bounds
    quick        the yes/no tests
    funnel       applicable → high risk → low impact → chosen
    scoping      all of it over one estate

Source: briefing of March 2025 on the FSC reference guide on zero trust (2024-07-15). Where it is
silent or contradicts itself, the reading is a governed parameter (`readings`, ADR 0141).
"""
