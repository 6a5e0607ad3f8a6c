"""This machine as a source: what it runs, who may enter, what it offers, how it is set.

Each module takes one look: it reads files below the machine's root (`machine`), or runs one
read-only command with a time limit, and gives sights. `observer` turns sights into observations
and failed looks into observations that say why; `estate` gives the assets they speak of. Nothing
is changed on the machine, nothing but its own addresses is contacted, no foreign program that
was found is executed, and no password, hash or key leaves the modules that read them.
"""

from panshi.observe.this_machine.estate import ESTATE_ID, describe

__all__ = ["ESTATE_ID", "describe"]
