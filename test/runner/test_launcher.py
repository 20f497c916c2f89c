# SPDX-License-Identifier: GPL-2.0-only
"""What ./waf says and does before anything is built, with stand-ins for Debian's tools."""

import os
import shutil
import subprocess
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Launcher(unittest.TestCase):
    """Each test has a copy of the launcher, and Debian's tools replaced by scripts that record their calls."""

    def setUp(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="smkex-launcher-")
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copy(os.path.join(TOP, "waf"), self.folder)
        shutil.copytree(os.path.join(TOP, "waf-tools"), os.path.join(self.folder, "waf-tools"))
        self.bin = os.path.join(self.folder, "bin")
        os.mkdir(self.bin)
        self.record = os.path.join(self.folder, "record")
        self.tool("dpkg-query", "exit 1")
        self.tool("apt-get", 'echo "apt-get $*" >>"$RECORD"')
        self.tool("sudo", "exit 1")
        self.tool("id", "echo 1000")

    def tool(self, name: str, text: str) -> None:
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{text}\n")
        os.chmod(path, 0o755)

    def waf(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        variables = {
            **os.environ,
            "PATH": f"{self.bin}:/usr/bin:/bin",
            "RECORD": self.record,
            **environment,
        }
        command = [os.path.join(self.folder, "waf"), *arguments]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=120)

    def calls(self) -> list[str]:
        if not os.path.exists(self.record):
            return []
        with open(self.record, encoding="utf-8") as file:
            return file.read().splitlines()

    def everything_is_installed(self) -> None:
        self.tool("dpkg-query", 'for name; do case $name in -*) ;; *) echo "$name installed" ;; esac; done')

    def test_nothing_asked_explains(self) -> None:
        for arguments in ("", "--help", "build --help"):
            result = self.waf(*arguments.split())
            self.assertEqual(result.returncode, 0)
            self.assertIn("./waf COMMAND", result.stdout)
        self.assertEqual(self.calls(), [])

    def test_bad_usage_is_one_sentence_and_changes_nothing(self) -> None:
        before = sorted(os.listdir(self.folder))
        for arguments, named in (
            ("frobnicate", "frobnicate"),
            ("build --frobnicate", "--frobnicate"),
            ("build --only=x", "--only=x"),
            ("test --jobs=0", "--jobs"),
            ("test --jobs=many", "many"),
            ("scenarios --out=", "--out"),
            ("scenarios --only", "--only"),
            ("--quick", "--quick"),
            ("configure --ns3=/nowhere", "/nowhere"),
        ):
            with self.subTest(arguments=arguments):
                result = self.waf(*arguments.split())
                self.assertEqual(result.returncode, 2)
                self.assertEqual(len(result.stderr.splitlines()), 1)
                self.assertIn(named, result.stderr)
        self.assertEqual(sorted(os.listdir(self.folder)), before)

    def test_a_user_without_rights_gets_the_line_to_type(self) -> None:
        result = self.waf("build")
        self.assertEqual(result.returncode, 1)
        lines = [line for line in result.stderr.splitlines() if line.startswith("apt-get install")]
        self.assertEqual(len(lines), 1)
        for package in ("g++", "python3", "libns3-dev", "libcrypto++-dev"):
            self.assertIn(package, lines[0].split())
        self.assertNotIn("cppcheck", lines[0].split())
        self.assertEqual(self.calls(), [])

    def test_only_what_is_missing_is_named(self) -> None:
        self.tool("dpkg-query", 'echo "g++ installed"; echo "python3 installed"; echo "libns3-dev config-files"')
        words = self.waf("build").stderr.split()
        self.assertNotIn("g++", words)
        self.assertNotIn("python3", words)
        self.assertIn("libns3-dev", words)

    def test_an_ns3_elsewhere_needs_no_package_of_it(self) -> None:
        self.assertNotIn("libns3-dev", self.waf("configure", "--ns3=/").stderr.split())

    def test_checks_need_more_packages(self) -> None:
        words = self.waf("check").stderr.split()
        for package in ("clang-format", "cppcheck", "flake8", "mypy"):
            self.assertIn(package, words)

    def test_sudo_that_asks_nothing_is_used(self) -> None:
        self.tool("sudo", 'shift; exec "$@"')
        self.waf("build", WAFDIR="/nowhere")
        installs = [call for call in self.calls() if " install " in call]
        self.assertEqual(len(installs), 1)
        self.assertIn("--no-install-recommends", installs[0])
        self.assertIn("libns3-dev", installs[0].split())

    def test_lists_that_are_out_of_date_are_fetched_again(self) -> None:
        self.tool("id", "echo 0")
        self.tool("apt-get", 'echo "apt-get $*" >>"$RECORD"; case "$*" in *install*) exit 100 ;; esac')
        result = self.waf("build")
        self.assertEqual(result.returncode, 1)
        self.assertIn("apt-get install failed", result.stderr)
        self.assertTrue(any(call.endswith("update") for call in self.calls()))

    def test_no_waf_to_be_had_says_what_to_do(self) -> None:
        self.everything_is_installed()
        self.tool("apt-get", "exit 1")
        result = self.waf("build")
        self.assertEqual(result.returncode, 1)
        self.assertIn("WAFDIR", result.stderr)

    def test_a_wrong_wafdir_is_named(self) -> None:
        self.everything_is_installed()
        result = self.waf("build", WAFDIR="/nowhere")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/nowhere", result.stderr)

    def test_another_copy_of_the_launcher_on_the_path_is_not_waf(self) -> None:
        self.everything_is_installed()
        self.tool("apt-get", "exit 1")
        shutil.copy(os.path.join(TOP, "waf"), self.bin)
        with open(os.path.join(self.bin, "waf"), "a", encoding="utf-8") as file:
            file.write("# another version, which mentions waflib\n")
        self.assertIn("WAFDIR", self.waf("build").stderr)

    def test_a_real_waf_on_the_path_is_used(self) -> None:
        self.everything_is_installed()
        with open(os.path.join(self.bin, "waf"), "w", encoding="utf-8") as file:
            file.write("#!/usr/bin/python3\n# waflib\nimport sys\nprint('real', sys.argv[1:])\nsys.exit(7)\n")
        os.chmod(os.path.join(self.bin, "waf"), 0o755)
        result = self.waf("configure", "--debug")
        self.assertEqual(result.returncode, 7)
        self.assertIn("real ['configure', '--debug']", result.stdout)

    def test_ctrl_c_in_waf_gives_130(self) -> None:
        self.everything_is_installed()
        with open(os.path.join(self.bin, "waf"), "w", encoding="utf-8") as file:
            file.write("#!/usr/bin/python3\n# waflib\nraise KeyboardInterrupt\n")
        os.chmod(os.path.join(self.bin, "waf"), 0o755)
        self.assertEqual(self.waf("configure").returncode, 130)


if __name__ == "__main__":
    unittest.main()
