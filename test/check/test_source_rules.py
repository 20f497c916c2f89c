# SPDX-License-Identifier: GPL-2.0-only
"""The include rule, the licence lines and the length of files."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import source_rules  # noqa: E402

HEADERS = {"smkex-engine.h": "engine", "mptcp-socket.h": "mptcp", "smkex-judge.h": "session"}


def findings(path: str, *includes: str) -> list[str]:
    return source_rules.check_includes(path, [f"#include {target}" for target in includes], HEADERS)


class IncludeRule(unittest.TestCase):
    def test_the_engine_must_not_include_ns3(self) -> None:
        self.assertEqual(len(findings("model/engine/a.cc", "<vector>", '"ns3/simulator.h"')), 1)
        self.assertEqual(len(findings("model/engine/a.cc", "<ns3/simulator.h>")), 1)
        self.assertEqual(findings("model/engine/a.cc", "<vector>", "<cryptopp/sha.h>", '"ns3/smkex-engine.h"'), [])

    def test_includes_point_downwards_only(self) -> None:
        self.assertEqual(len(findings("model/mptcp/a.cc", '"ns3/smkex-engine.h"')), 1)
        self.assertEqual(len(findings("model/transport/a.cc", '"ns3/smkex-judge.h"')), 1)
        self.assertEqual(findings("model/session/a.cc", '"ns3/smkex-engine.h"', '"ns3/socket.h"'), [])
        self.assertEqual(findings("helper/a.cc", '"ns3/smkex-judge.h"', '"ns3/smkex-engine.h"'), [])

    def test_umbrella_headers_are_forbidden_everywhere(self) -> None:
        for path in ("model/session/a.cc", "test/a.cc", "examples/a.cc"):
            self.assertEqual(len(findings(path, '"ns3/internet-module.h"')), 1)

    def test_a_path_into_another_layer_is_forbidden(self) -> None:
        self.assertEqual(len(findings("model/session/a.cc", '"../engine/smkex-engine.h"')), 1)

    def test_a_header_that_the_module_does_not_have_is_found(self) -> None:
        self.assertEqual(len(findings("test/a.cc", '"ns3/smkex-gone.h"')), 1)

    def test_a_finding_names_file_and_line(self) -> None:
        self.assertTrue(findings("model/engine/a.cc", "<map>", '"ns3/node.h"')[0].startswith("model/engine/a.cc:2: "))


class FileRules(unittest.TestCase):
    def test_a_missing_licence_line_is_found(self) -> None:
        self.assertEqual(len(source_rules.check_licence("a.py", ["import os"])), 1)
        self.assertEqual(source_rules.check_licence("a.py", ["# " + source_rules.LICENCE]), [])
        self.assertEqual(source_rules.check_licence("picture.png", [""]), [])

    def test_a_long_file_is_found(self) -> None:
        limit = source_rules.MAX_LINES
        self.assertEqual(source_rules.check_length("a.cc", [""] * limit), [])
        self.assertEqual(len(source_rules.check_length("a.cc", [""] * (limit + 1))), 1)


if __name__ == "__main__":
    unittest.main()
