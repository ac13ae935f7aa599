"""How soon a line that a model writes is on the screen, and what a busy log costs, in Chromium over loopback.

Starts the whole product and a deployment whose model writes numbered lines as it is asked to. Each phase goes on with
the log of the one before:

1. single lines, each with the moment it was written; it is on the screen when the page's next frame begins;
2. a thousand lines a second for half a minute, followed: the console's share of a core, the page's longest task;
3. the same for ten seconds, in which the console is killed and comes back;
4. then every line must be held once and in order, up to 100 000 of them, and words and a pattern are searched in all.

Run it with `python -m benchmarks.logs`.
"""

import re
import sys
import threading
import time
from dataclasses import dataclass

import httpx
import psutil
from playwright.sync_api import Page, expect

from benchmarks.cards import p95, signed_in, told
from benchmarks.lifecycle import Product, product

SCREEN_P95_MS, SEARCH_MS, TASK_MS, CORE_PERCENT = 200.0, 300.0, 100.0, 25.0
SINGLE, RATE, BUSY_S, RESTART_S, HELD = 100, 1000, 30, 10, 100_000
SETTLE_MS, COPY_MS = 60_000, 3000
SCRIPT = """
import time


class Model:
    written = 0

    def predict(self, payload: dict) -> int:
        lines, pause = payload["lines"], payload["pause"]
        begun = time.monotonic()
        for number in range(lines):
            while time.monotonic() < begun + number * pause:
                time.sleep(0.001)
            word = ("accepted", "scored", "needle")[Model.written % 1000 // 499]
            print(f"n={Model.written} at={time.time() * 1000:.1f} request {word} in 12 ms by version 4", flush=True)
            Model.written += 1
        return Model.written
"""
WATCH = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries())).observe({ type: "longtask" });
  window.seen = new Map();
  window.watch = new MutationObserver(() => {
    for (const row of document.querySelectorAll("[data-testid=log] [data-seq] .m")) {
      const [, number, at] = /^n=([0-9]+) at=([0-9.]+)/.exec(row.textContent) ?? [];
      if (!number || window.seen.has(number)) continue;
      window.seen.set(number, 0);
      requestAnimationFrame(() => window.seen.set(number, performance.timeOrigin + performance.now() - Number(at)));
    }
  });
  window.watch.observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
LONGEST = """(from) => {
  const during = window.tasks.filter(({ startTime }) => startTime >= from);
  return Math.max(0, ...during.map(({ duration }) => duration));
}"""
SEARCH = """async ([query, count]) => {
  const field = document.querySelector("[data-testid=log-search]");
  const type = (value) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const said = () => document.querySelector("[data-testid=log-matches]")?.textContent ?? "";
  const frame = () => new Promise(requestAnimationFrame);
  type("");
  while (said()) await frame();
  const begun = performance.now();
  type(query);
  while (!said().endsWith(` of ${count}`)) {
    if (performance.now() > begun + 10000) throw new Error(`found ${said()}, not ${count}`);
    await frame();
  }
  return performance.now() - begun;
}"""


@dataclass
class Writer:
    """The deployment whose model writes."""

    running: Product
    slug: str
    secret: str
    written: int = 0

    def write(self, lines: int, pause: float = 0) -> None:
        """Have the model write so many lines, one every `pause` seconds; return when it has."""
        question = {"lines": lines, "pause": pause}
        answer = self.running.gateway.post(
            f"/{self.slug}/predict", json=question, headers={"X-API-Key": self.secret}, timeout=120
        )
        self.written = answer.raise_for_status().json()


def main() -> int:
    """Measure and print; 1 if a limit was not kept."""
    with product() as running, signed_in(running) as page:
        writer = _writer(running)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"/deployments/{writer.slug}/logs")
        expect(page.get_by_test_id("log-pane")).to_have_attribute("data-state", "live", timeout=SETTLE_MS)
        page.evaluate(WATCH)
        results = [_on_screen(page, writer), *_busy(page, writer), _restart(page, writer), *_search(page, writer)]
    return 0 if all(results) else 1


def _writer(running: Product) -> Writer:
    image = running.image(1, "", SCRIPT)
    made = {"name": "Logs", "image": image["id"], "min_instances": 1}
    slug = running.api.post("/deployments", json=made).raise_for_status().json()["slug"]
    secret = running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}).raise_for_status().json()["secret"]
    writer = Writer(running, slug, secret)
    end = time.monotonic() + 60
    while True:
        try:
            writer.write(1)
        except httpx.HTTPStatusError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return writer


def _on_screen(page: Page, writer: Writer) -> bool:
    first = writer.written
    writer.write(SINGLE, 0.1)
    _wait_for(page, writer)
    page.evaluate("new Promise(requestAnimationFrame)")
    seen = dict(page.evaluate("[...window.seen]"))
    page.evaluate("window.watch.disconnect()")
    times = [float(seen[str(number)]) for number in range(first, writer.written)]
    print(told(f"line written → on the screen, {len(times)} lines", times, SCREEN_P95_MS))
    return p95(times) <= SCREEN_P95_MS


def _busy(page: Page, writer: Writer) -> list[bool]:
    console = _console()
    from_ms = page.evaluate("performance.now()")
    before, begun = sum(console.cpu_times()[:2]), time.monotonic()
    writer.write(RATE * BUSY_S, 1 / RATE)
    took, used = time.monotonic() - begun, sum(console.cpu_times()[:2]) - before
    _wait_for(page, writer)
    longest = float(page.evaluate(LONGEST, from_ms))
    share = 100 * used / took
    whole = _whole(page, writer)
    print(f"{RATE * BUSY_S} lines in {took:.1f} s: {'none' if whole else 'SOME'} dropped or doubled")
    _say("the console's share of a core", share, CORE_PERCENT, "%")
    _say("longest task in the page (0: none over 50)", longest, TASK_MS, "ms")
    return [whole, share <= CORE_PERCENT, longest <= TASK_MS]


def _restart(page: Page, writer: Writer) -> bool:
    """Kill the console in the middle of a busy log; what watches over it starts it again."""
    console = _console()
    killer = threading.Timer(RESTART_S / 2, console.kill)
    killer.start()
    writer.write(RATE * RESTART_S, 1 / RATE)
    killer.join()
    _wait_for(page, writer)
    whole = _whole(page, writer)
    print(f"console killed meanwhile, {RATE * RESTART_S} lines: {'no' if whole else 'A'} gap or double")
    return whole and not console.is_running()


def _search(page: Page, writer: Writer) -> list[bool]:
    writer.write(HELD - writer.written)
    _wait_for(page, writer)
    kept = []
    for title, query, regex in (("words", "needle", False), ("a pattern", r"n=\d*[05]00 .*ms by", True)):
        if regex:
            page.get_by_test_id("log-regex").click()
        pattern = re.compile(query)
        count = sum(bool(pattern.search(each)) for each in _lines(page))
        times = [float(page.evaluate(SEARCH, [query, f"{count:,}"])) for _ in range(10)]
        print(told(f"{title} in {HELD} lines, {count} found", times, SEARCH_MS))
        kept.append(max(times) <= SEARCH_MS)
    return kept


def _console() -> psutil.Process:
    """Return the process that serves the pages and the logs."""
    family = psutil.Process().children(recursive=True)
    return next(each for each in family if each.cmdline()[-2:] == ["deploy_ui", "console"])


def _wait_for(page: Page, writer: Writer) -> None:
    rows = page.locator("[data-testid=log] [data-seq]")
    rows.filter(has_text=f"n={writer.written - 1} at=").wait_for(timeout=SETTLE_MS)


def _lines(page: Page) -> list[str]:
    """Return every line that the page holds, as a reader copies them."""
    page.get_by_test_id("log-copy").click()
    page.wait_for_timeout(COPY_MS)
    return str(page.evaluate("navigator.clipboard.readText()")).splitlines()


def _whole(page: Page, writer: Writer) -> bool:
    """Say whether the page holds every line that was written, once and in order."""
    numbers = [int(found[1]) for each in _lines(page) if (found := re.search(r"n=(\d+) at=", each))]
    return numbers == list(range(writer.written))


def _say(title: str, value: float, limit: float, unit: str) -> None:
    print(f"{title:<40}{value:8.1f} {unit} (limit {limit:g})   {'ok' if value <= limit else 'TOO MUCH'}")


if __name__ == "__main__":
    sys.exit(main())
