"""Starts the verifier, as `python3 -m muster_verify` or as `python3 docs/verify/muster_verify`."""

import pathlib
import sys

if not __package__:  # started as a folder: Python then does not know where the package lies
    sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent)

from muster_verify.command import main

sys.exit(main(sys.argv[1:]))
