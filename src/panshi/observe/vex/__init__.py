"""Statements on exploitability from outside: CSAF 2.0 and 2.1, CycloneDX VEX, OpenVEX.

`reading.read_vex` tells the format and gives the statements in the one form all share
(`panshi.model.supply_chain.vex`); what cannot be taken is a defect with its place, never a guess.
"""
