"""What a bill of materials is worth: its quality, age, changes and the ways between its parts.

Everything here is judgement over `BomHead` and `BomComponent`; reading is `observe/bom`'s work.
"""
