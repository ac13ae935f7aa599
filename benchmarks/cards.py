"""How fast the cards answer a click, in Chromium, with built pages, over loopback.

Starts the whole product, opens a card and goes from tab to tab; a switch is over when the tab's content, not its
skeleton, stands in the page. An event's round trip goes from a choice in a form over the socket to the server and
back, until its answer stands in the page; the next frame shows it.
A preview's time begins with the last letter typed into a README of 100 kB, and ends when its rendering stands there;
the pause that typing is given is part of it.
Run it with `python -m benchmarks.cards`.
"""

import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.lifecycle import Product, product
from deploy_ui.services.sessions import COOKIE
from tests.browser.conftest import FLAGS, chromium_path

ROUNDS, WARM_UP = 20, 3
SWITCH_P95_MS, EVENT_P95_MS, PREVIEW_P95_MS = 60.0, 15.0, 150.0
README_BYTES = 100_000
TABS = {
    "general": "[data-testid=general]",
    "instances": "[data-testid=instances-running]",
    "test": "[data-testid=headers]",
    "calls": "[data-testid=no-calls]",
    "logs": "[data-testid=log-pane]",
    "keys": "[data-testid=keys]",
    "readme": "[data-testid=readme-source]",
}
"""Each tab, and what of its content is seen once it is open."""
UNTIL = """
const until = (there) => new Promise((seen) => {
  const look = () => there() && (watch.disconnect(), seen(performance.now()));
  const watch = new MutationObserver(look);
  watch.observe(document, { subtree: true, childList: true, attributes: true });
  look();
});
"""
CLICK = (
    "async ([click, wanted]) => {"
    + UNTIL
    + """
  const begun = performance.now();
  document.querySelector(click).click();
  return await until(() => document.querySelector(wanted)?.getClientRects().length > 0) - begun;
}"""
)
CHOOSE = (
    "async ([field, value, wanted]) => {"
    + UNTIL
    + """
  const begun = performance.now();
  const select = document.querySelector(field);
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, "value").set.call(select, value);
  select.dispatchEvent(new Event("change", { bubbles: true }));
  return await until(() => Boolean(document.querySelector(wanted)) === (value === "date")) - begun;
}"""
)
TYPE = (
    "async (word) => {"
    + UNTIL
    + """
  const rendered = document.querySelector("[data-testid=readme-text]");
  const begun = performance.now();
  document.execCommand("insertText", false, word);
  return await until(() => rendered.textContent.includes(word)) - begun;
}"""
)
SECTION = """## Part {number}

Plain words.

Scores *card payments* between 0 and 1, for `checkout` and the nightly **batch**: see [part one](#part-1).

| score | decision | share |
|-------|----------|------:|
| 0.60 | approve | 97.1 % |
| 0.95 | review | 2.6 % |

```python
answer = model.predict({{"amount": {number}}})  # what the service sends
```

- [x] checked in release {number}
- [ ] drift report

"""


def main() -> int:
    """Measure and print; 1 if a limit was not kept."""
    with product() as running, _card(running) as page:
        switches = _switches(page)
        events = _events(page)
        previews = _previews(running, page)
    slowest = {tab: statistics.median(times) for tab, times in switches.items()}
    every = [each for times in switches.values() for each in times]
    lines = [
        told(f"tab switch, {len(every)} of {len(TABS)} tabs", every, SWITCH_P95_MS),
        told(f"event round trip, {len(events)} events", events, EVENT_P95_MS),
        told(f"preview of {README_BYTES // 1000} kB, {len(previews)} words", previews, PREVIEW_P95_MS),
    ]
    print(*lines, sep="\n")
    print("median by tab: " + ", ".join(f"{tab} {time:.0f}" for tab, time in slowest.items()) + " ms")
    kept = p95(every) <= SWITCH_P95_MS and p95(events) <= EVENT_P95_MS and p95(previews) <= PREVIEW_P95_MS
    return 0 if kept else 1


@contextmanager
def signed_in(running: Product) -> Iterator[Page]:
    """Open a browser whose pages are addressed from the console's root, signed in."""
    console = str(running.api.base_url.copy_with(path="/"))
    token = running.api.headers["Authorization"].removeprefix("Bearer ")
    cookie: Any = {"name": COOKIE, "value": token, "url": console}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, "--no-sandbox"])
        context = browser.new_context(base_url=console, viewport={"width": 1440, "height": 900})
        context.add_cookies([cookie])
        yield context.new_page()
        browser.close()


@contextmanager
def _card(running: Product) -> Iterator[Page]:
    """Open the card of a deployment that runs and has a key."""
    image = running.image(1, "")
    slug = running.api.post("/deployments", json={"name": "Cards", "image": image["id"]}).json()["slug"]
    running.api.post(f"/deployments/{slug}/keys", json={"name": "bench"}).raise_for_status()
    with signed_in(running) as page:
        page.goto(f"/deployments/{slug}/general")
        page.get_by_text("Running").first.wait_for()
        yield page


def _switches(page: Page) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {tab: [] for tab in TABS}
    for number in range(WARM_UP + ROUNDS):
        for tab, content in TABS.items():
            took = float(page.evaluate(CLICK, [f"[data-testid=tab-{tab}]", content]))
            if number >= WARM_UP:
                times[tab].append(took)
    return times


def _events(page: Page) -> list[float]:
    """Choose another life of a new key again and again: the server decides whether the form asks for a day."""
    page.get_by_test_id("tab-keys").click()
    page.get_by_test_id("create-key").click()
    page.get_by_test_id("submit-key").wait_for()
    times = []
    for number in range(WARM_UP + 2 * ROUNDS):
        for life in ("date", "never"):
            took = float(page.evaluate(CHOOSE, ["#life", life, "[data-testid=key-until]"]))
            if number >= WARM_UP:
                times.append(took)
    return times


def _previews(running: Product, page: Page) -> list[float]:
    """Type words into a long README, and wait for each beside it."""
    slug = page.url.split("/")[-2]
    sections = README_BYTES // len(SECTION)
    text = "".join(SECTION.format(number=number) for number in range(1, sections + 1))
    running.api.put(f"/deployments/{slug}/readme", content=text.encode()).raise_for_status()
    page.goto(f"/deployments/{slug}/readme")
    page.get_by_test_id("readme-text").get_by_role("heading", name="Part 1", exact=True).wait_for()
    times = []
    for number in range(WARM_UP + 2 * ROUNDS):
        page.get_by_test_id("readme-source").locator(".cm-line").nth(2).click()
        page.keyboard.press("End")
        took = float(page.evaluate(TYPE, f"word{number}x"))
        if number >= WARM_UP:
            times.append(took)
    return times


def told(title: str, times: Sequence[float], limit: float) -> str:
    """Return times in milliseconds as a line to print, beside the limit of their p95."""
    kept = "ok" if p95(times) <= limit else "TOO SLOW"
    return f"{title:<40}{_figures(times)} (limit p95 {limit:g})   {kept}"


def _figures(times: Sequence[float]) -> str:
    return f"p50 {statistics.median(times):6.1f} ms, p95 {p95(times):6.1f} ms, worst {max(times):6.1f} ms"


def p95(times: Sequence[float]) -> float:
    """Return the time that one in twenty is longer than."""
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
