# SPDX-License-Identifier: GPL-2.0-only
"""report.html: complete, alone, the same for the same results, and silent in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from html.parser import HTMLParser
from pathlib import Path
from typing import Dict, List, Optional, Set, Tuple

from analysis import answers, plot, report
from analysis.dataset import Dataset
from analysis.errors import UserError
from analysis.markup import inline_svg, text

import support
from test_results import fill

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
ABOUT = {"started_utc": "2026-01-02T03:04:05Z", "versions": {"python": "3.11.2", "numpy": "1.24"}}
VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """What a page is made of; elements that are not closed in order are an error."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.open: List[str] = []
        self.ids: List[str] = []
        self.references: Set[str] = set()
        self.loaded: List[str] = []
        self.texts: Dict[str, List[str]] = {}
        self.images: List[Optional[str]] = []
        self.feed(content)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        values = dict(attrs)
        if "id" in values:
            self.ids.append(values["id"] or "")
        for key in ("href", "xlink:href", "src", "data", "srcset", "action"):
            value = values.get(key)
            if value and value.startswith("#"):
                self.references.add(value[1:])
            elif value is not None:
                self.loaded.append(value)
        every = " ".join(value or "" for value in values.values())
        self.references.update(re.findall(r"url\(#([^)]*)\)", every))
        if tag in ("svg", "img"):
            self.images.append(values.get("aria-label") or values.get("alt"))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        last = self.open.pop()
        assert last == tag, (last, tag)

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


class Report(unittest.TestCase):
    """One results folder with two scenarios for all tests here."""

    folder: Path
    content: str
    page: Page

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="smkex-report-"))
        first = cls.folder / "golden"
        first.mkdir()
        fill(first)
        plot.plot(first)
        (first / "manifest.json").write_text(json.dumps(ABOUT))
        shutil.copytree(first, cls.folder / "second")
        (cls.folder / "alien").mkdir()
        (cls.folder / "alien" / "results.sqlite").write_bytes(b"something else")
        (cls.folder / "alien" / "manifest.json").write_text(json.dumps(ABOUT))
        (cls.folder / "unfinished").mkdir()
        (cls.folder / "unfinished" / "results.sqlite").write_bytes(b"")
        cls.content = report.report(cls.folder).read_text(encoding="utf-8")
        cls.page = Page(cls.content)

    @classmethod
    def tearDownClass(cls) -> None:
        shutil.rmtree(cls.folder)

    def test_nothing_is_loaded_from_elsewhere(self) -> None:
        self.assertEqual(self.page.loaded, ["data:,"])
        self.assertNotRegex(self.content, r"@import|url\((?!#)")
        self.assertIn("default-src 'none'", self.content)

    def test_identifiers_are_unique_and_references_lead_somewhere(self) -> None:
        # Both folders hold the same scenario, so each identifier of theirs is there twice.
        lonely = {name for name in self.page.ids if self.page.ids.count(name) != 2}
        self.assertEqual(lonely, set())
        self.assertEqual(self.page.references - set(self.page.ids), set())
        self.assertGreater(len(self.page.references), 20)

    def test_the_same_results_give_the_same_bytes(self) -> None:
        done = subprocess.run([sys.executable, "-m", "analysis.report", str(self.folder)],
                              cwd=support.TOP, check=True, capture_output=True, text=True)
        self.assertEqual(done.stdout, f"{self.folder / 'report.html'}\n")
        self.assertRegex(done.stderr, r"^left out of the report: \S+/alien/results.sqlite is no "
                                      r"database of this program: .*\n$")
        self.assertEqual((self.folder / "report.html").read_text(encoding="utf-8"), self.content)
        self.assertEqual(set(re.findall(r"20\d\d-\d\d-\d\d", self.content)), {"2026-01-02"})

    def test_question_answer_and_titles_are_there(self) -> None:
        data = Dataset(self.folder / "golden")
        self.addCleanup(data.close)
        self.assertIn("Are the numbers right?", self.page.texts["p"])
        self.assertEqual(self.page.texts["p"].count(answers.answer(data)), 2)
        for title in ("Matrix", "Distribution", "Against", "Ratio"):
            self.assertEqual(self.page.texts["h3"].count(title), 2)

    def test_tables_hold_the_numbers_and_their_n(self) -> None:
        self.assertIn("4/20 [8.1, 41.6] % \u2020", "".join(self.page.texts["td"]))
        self.assertIn("20.01 ms [20, 20.02]", self.page.texts["td"])
        self.assertEqual(len(re.findall("<table", self.content)),
                         len(re.findall("<table[^>]*><caption>", self.content)))

    def test_plots_say_what_they_show(self) -> None:
        self.assertEqual(len(self.page.images), 8)
        for name in self.page.images:
            self.assertRegex(name or "", r"^(Table of rates|Distribution|Lines).*95 %")

    def test_every_point_and_mark_has_its_command(self) -> None:
        data = Dataset(self.folder / "golden")
        self.addCleanup(data.close)
        commands = [data.command(point) for point in data.points]
        self.assertEqual(len(set(commands)), 18)
        self.assertEqual(self.page.texts["code"][-18:], commands)
        tips = self.page.texts["title"][1:]
        self.assertGreater(len(tips), 2 * (18 + 9 + 18))
        for tip in tips:
            self.assertRegex(tip, r"Repeat: smkex-sim --run=\d+$")
        self.assertIn("A-A, smkex (100ms). client key exposed: 4 of 20 sessions, 20 % "
                      "[8.1, 41.6], both ends read: 4, detected: 4, denied: 4. Repeat: smkex-sim "
                      "--run=69", tips)

    def test_code_versions_and_failures_are_told(self) -> None:
        for words in ("c0ffee", "5eed", "3.37", "8.7"):
            self.assertEqual(self.page.texts["td"].count(words), 2)
        self.assertIn("1 simulations failed", self.content)
        self.assertIn("it failed: ", self.content)

    def test_texts_are_escaped(self) -> None:
        self.assertEqual(text("p", "<b>&", title='"'), '<p title="&quot;">&lt;b&gt;&amp;</p>')
        svg = inline_svg('<?xml?>\n<svg width="1pt" viewBox="0"><g id="a"/></svg>', "x-", "<", 5)
        self.assertTrue(svg.startswith('<svg viewBox="0" role="img" aria-label="&lt;"'), svg)
        self.assertIn('<g id="x-a"/>', svg)

    def test_a_folder_without_results_is_refused(self) -> None:
        with self.assertRaisesRegex(UserError, "holds no results"):
            report.report(self.folder / "golden")

    def browse(self, page: Path) -> Tuple[str, str, Set[str]]:
        """A page's document after its scripts, what the browser said, the addresses asked for."""
        log = self.folder / "network.json"
        assert BROWSER
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
             "--no-first-run", "--disable-background-networking", "--disable-component-update",
             "--disable-sync", f"--user-data-dir={self.folder / 'profile'}",
             "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr",
             f"--log-net-log={log}", "--dump-dom", f"file://{page}"],
            capture_output=True, text=True, check=False, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        asked = set(re.findall(r'"url":"(\w+://[^"]*)"', log.read_text()))
        # What browsers ask their maker at every start.
        own = re.compile(r"https?://[\w.]*\.(google|googleapis|gvt1)\.com/|chrome")
        return done.stdout, done.stderr, {url for url in asked if not own.match(url)}

    @unittest.skipUnless(BROWSER, "there is no Chromium")
    def test_a_browser_complains_of_nothing_and_asks_no_host(self) -> None:
        document, said, asked = self.browse(self.folder / "report.html")
        self.assertNotIn("CONSOLE", said)
        # The script has run: it moved all the texts and made one place to show them.
        self.assertEqual(document.count('id="tip"'), 1)
        self.assertEqual(document.count("data-text="), len(self.page.texts["title"]) - 1)
        self.assertEqual({url for url in asked if not url.startswith("file://")}, set())

    @unittest.skipUnless(BROWSER, "there is no Chromium")
    def test_a_browser_would_tell_of_a_request(self) -> None:
        page = self.folder / "asks.html"
        page.write_text('<img src="http://127.0.0.1:9/a.png"><script>nonsense()</script>')
        _, said, asked = self.browse(page)
        self.assertIn("http://127.0.0.1:9/a.png", asked)
        self.assertIn("CONSOLE", said)


if __name__ == "__main__":
    unittest.main()
