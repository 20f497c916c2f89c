# SPDX-License-Identifier: GPL-2.0-only
"""Installs the package that ./waf build left beside this file; everything in it is built already."""

from setuptools import Distribution, setup


class Built(Distribution):
    """Says that there is machine code inside, for this Python and this kind of machine."""

    def has_ext_modules(self) -> bool:
        return True


setup(distclass=Built)
