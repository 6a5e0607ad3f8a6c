"""Package URLs (ECMA-427): the one name a package has in SBOMs, advisories and VEX.

Workflow: `parse` reads a purl as written, `PackageUrl.build` makes one from parts; both bring the
parts into the form their type prescribes, so that equal packages have equal purls (`str`).
"""

from __future__ import annotations

from panshi.protection.supply_chain.purl.package_url import LONGEST, PackageUrl
from panshi.protection.supply_chain.purl.reading import parse

__all__ = ["LONGEST", "PackageUrl", "parse"]
