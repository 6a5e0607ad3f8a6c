"""An estate as bytes: the XLSX template, YAML and CycloneDX 1.6, each of which reads back the same.

`panshi.observe.estate_files` reads all three; the layout both follow is
`panshi.model.estate_layout`. Pure: the same estate is the same bytes.
"""

from __future__ import annotations

from panshi.report.estate_files.cyclonedx import estate_cyclonedx
from panshi.report.estate_files.workbook import estate_xlsx, template_xlsx
from panshi.report.estate_files.yaml_text import estate_yaml

__all__ = ["estate_cyclonedx", "estate_xlsx", "estate_yaml", "template_xlsx"]
