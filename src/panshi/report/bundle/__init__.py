"""The examiner's bundle: a report with its data, its evidence and the means to check all of it."""
