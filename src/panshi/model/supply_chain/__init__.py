"""Bills of materials, advisories and statements on exploitability, as every part understands them.

Readers of foreign formats make these, judgement reads them, stores keep them. Named tuples, because
millions pass through.
"""
