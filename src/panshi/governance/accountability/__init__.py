"""Who answers for what: offices, the yearly report to the board, the yearly statement.

Blueprint measures 1 and 2. Everything is derived from sealed records and a day; nothing here asks
a clock or reads a file.
"""
