"""Fault trees in the Open-PSA Model Exchange Format (version 2.0d and what SCRAM reads of it).

`document` reads the file, `formulae` its gates, `expressions` its probabilities.
"""
