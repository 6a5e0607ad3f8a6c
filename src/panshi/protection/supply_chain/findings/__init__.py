"""Findings over a whole portfolio: joined, compared, filtered and sorted as columns of numbers.

Pure: the same functions run in one process, over slices of a portfolio in many, and in tests
beside a computation that loops. `finding` has the nouns, `rows` joins, `differences` compares two
states, `querying` gives pages.
"""
