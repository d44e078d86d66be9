"""A browser window on the dashboard that keeps what goes wrong in it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from wactorz_testing import chromium

WIDE = (1440, 900)
PHONE = (360, 740)
PATIENCE_MS = 30_000
AWAY = (
    r"net::ERR_(CONNECTION_|EMPTY_RESPONSE|INTERNET_DISCONNECTED|NETWORK_|SOCKET_NOT_CONNECTED|INCOMPLETE_CHUNKED)",
    r"WebSocket connection to '.*' failed",
    r"status of 50[234]",
    r"An unknown error occurred when fetching the script",  # of the service worker
)
"""What a browser says by itself when the gateway is away."""

MACHINE = r"net::ERR_NETWORK_CHANGED"
"""What is no fault of the page: this machine got or lost a network, as containers have one each."""

_REPORT_CSP = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""


expect.set_options(timeout=PATIENCE_MS)


@dataclass
class Window:
    """One window; `problems` is what its console, its scripts and its Content-Security-Policy complained about."""

    page: Page
    url: str
    problems: list[str] = field(default_factory=list)
    tolerated: list[str] = field(default_factory=lambda: [MACHINE])

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.add_init_script(_REPORT_CSP)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self._note(f"script: {error.stack or error.message}"))
        self.page.on("dialog", self._on_dialog)

    def tolerate(self, *patterns: str) -> None:
        """From now on such complaints are expected."""
        self.tolerated += patterns

    def go(self, view: str = "") -> None:
        """Open a view by its address, as a bookmark would."""
        self.page.goto(f"{self.url}/#/{view}" if view else self.url)

    def show(self, name: str) -> None:
        """Open a view by the navigation."""
        self.navigation.get_by_role("link", name=name, exact=True).click()
        expect(self.page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()

    @property
    def navigation(self) -> Locator:
        """The bar with all views."""
        return self.page.get_by_role("navigation", name=re.compile("Views|Ansichten"))

    @property
    def composer(self) -> Locator:
        """Where one types to the chat that is shown."""
        return self.page.get_by_label(re.compile("Say what you want|Sag, was du möchtest"))

    def say(self, text: str) -> None:
        """Type it into the chat that is shown, and send it."""
        self.composer.fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    @property
    def main(self) -> Locator:
        """The view that is shown."""
        return self.page.get_by_role("main")

    def is_live(self) -> None:
        """Wait until live data comes."""
        expect(self.page.get_by_role("status").filter(has_text=re.compile("^(Live|Verbunden)$"))).to_be_visible()

    def unexpected(self) -> list[str]:
        """The complaints that nobody expected."""
        return [one for one in self.problems if not any(re.search(pattern, one) for pattern in self.tolerated)]

    def keep(self, folder: Path) -> None:
        """Leave a picture, the recording and the complaints in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "problems.txt").write_text("\n".join(self.problems))
        self.page.screenshot(path=folder / "page.png")
        self.page.context.tracing.stop(path=folder / "trace.zip")

    def close(self) -> None:
        """Close the window and forget its profile."""
        self.page.context.close()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            where = message.location
            self._note(f"console {message.type}: {message.text} ({where.get('url', '')}:{where.get('lineNumber', '')})")

    def _on_dialog(self, dialog: Dialog) -> None:
        self._note(f"dialog: {dialog.message[:200]}")
        dialog.dismiss()

    def _note(self, problem: str) -> None:
        self.problems.append(problem[:2000])


@dataclass
class Theater:
    """A running browser that opens windows, each with a profile of its own."""

    browser: Browser

    def open(self, url: str, size: tuple[int, int] = WIDE, *, trace: bool = False, **options: Any) -> Window:
        """A window; with `trace` what happens in it is recorded."""
        settings = {"viewport": {"width": size[0], "height": size[1]}, "locale": "en-US", **options}
        context = self.browser.new_context(**settings)
        if trace:
            context.tracing.start(snapshots=True)
        return Window(context.new_page(), url)


@contextmanager
def theater() -> Iterator[Theater]:
    """Chromium, ended at the end."""
    with sync_playwright() as playwright:
        yield Theater(launch(playwright))


def launch(playwright: Playwright, *more: str) -> Browser:
    """A headless Chromium."""
    return playwright.chromium.launch(executable_path=chromium.find(), args=[*chromium.FLAGS, *more], headless=True)
