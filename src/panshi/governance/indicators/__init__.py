"""Indicators: defined as data, computed from evidence, frozen per quarter (推動與管考).

    definition + facts on a day → value → snapshot of a quarter → trend, forecast, standing

Pure: facts come in as values; time is an argument.
"""
