"""`python -m panshi`."""

import sys

from panshi.cli.main import main

sys.exit(main())
