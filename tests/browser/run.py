#!/usr/bin/env python3
"""Looks at the pages with a headless Chromium: run.py [NAME]..., a name being that of a file, a class or a test, as in
test_pages.Map. Needs chromedriver; SLUGLINE is the binary, AXE the script of axe-core."""

import sys
import unittest
from pathlib import Path

import scene

HERE = str(Path(__file__).parent)


def main(names):
    loader = unittest.TestLoader()
    suite = loader.loadTestsFromNames(names) if names else loader.discover(HERE, top_level_dir=HERE)
    with scene.STARTED:
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
