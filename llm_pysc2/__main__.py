"""`python -m llm_pysc2` is `llm-pysc2`."""

import sys

from llm_pysc2.cli import main

sys.exit(main())
