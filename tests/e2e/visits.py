"""A person's visit: the device they hold, and what the browser complains of meanwhile."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Response

PATIENCE_MILLISECONDS = 20_000
DESK = (1440, 900)
PHONE = (390, 844)


@dataclass(frozen=True)
class Device:
    """What the person sits at; `size` is width and height in CSS pixels."""

    language: str = "da-DK"
    size: tuple[int, int] = DESK
    dark: bool = False
    scripts: bool = True
    touch: bool = False


@dataclass
class Complaints:
    """Errors in the console (violations of the content policy among them), in scripts and in what was loaded."""

    lines: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note everything that goes wrong on the page from now on."""
        page.on("console", self._note_console)
        page.on("pageerror", self._note_error)
        page.on("response", self._note_response)

    def _note_console(self, message: ConsoleMessage) -> None:
        # A page that answers 404 on purpose is told here too; what is loaded is looked at below.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.lines.append(f"console: {message.text} ({message.location.get('url')})")

    def _note_error(self, error: Error) -> None:
        self.lines.append(f"script: {error}")

    def _note_response(self, response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            self.lines.append(f"loaded: {response.status} {response.url}")


def open_page(browser: Browser, address: str, device: Device, complaints: Complaints) -> Page:
    """A page of a person who has never been here; addresses are relative to the site."""
    context = browser.new_context(
        base_url=address,
        locale=device.language,
        viewport={"width": device.size[0], "height": device.size[1]},
        color_scheme="dark" if device.dark else "light",
        java_script_enabled=device.scripts,
        has_touch=device.touch,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    complaints.watch(page)
    return page


def address_of(page: Page) -> str:
    """Path and query of the page, as the address bar shows them after the site's name."""
    return "/" + page.url.split("/", 3)[3]
