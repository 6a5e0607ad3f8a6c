"""Extracts of telemetry as blocks of lines, and what one line of them says.

Zeek logs (tab-separated with a head, or JSON), DNS and proxy logs, CSV and JSON Lines are read
alike, plain or compressed by gzip; nothing is parsed until a line is of interest.
"""

from panshi.observe.telemetry.blocks import Block, Extract, blocks
from panshi.observe.telemetry.lines import Form, Told, form_of, told

__all__ = ["Block", "Extract", "Form", "Told", "blocks", "form_of", "told"]
