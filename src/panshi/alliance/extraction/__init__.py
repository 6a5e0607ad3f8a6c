"""What free text about an incident says, each finding with the span of text that is the reason.

Workflow: defanged notation is undone on a shadow of the text that remembers where each character
came from; indicators and CVEs are found on the shadow and told by their place in the original.
"""

from panshi.alliance.extraction.indicators import Indicator, Kind, host_of, indicators
from panshi.alliance.extraction.refanging import Shadow, refang

__all__ = ["Indicator", "Kind", "Shadow", "host_of", "indicators", "refang"]
