"""The demo's mails as the people read them to whom they were sent."""

import re

from playwright.sync_api import Page

from tests.e2e.visits import PATIENCE_MILLISECONDS

_PAUSE_MILLISECONDS = 500


def link_in_mail(page: Page, *, to: str, part: str) -> str:
    """Path of the link with `part` in it in the newest mail to that address, once it was sent.

    Raises: AssertionError when no such mail comes.
    """
    wanted = re.compile(rf"https?://[^/\s]+((?:/[a-z]{{2}})?{re.escape(part)}\S+)")
    for _each in range(PATIENCE_MILLISECONDS // _PAUSE_MILLISECONDS):
        page.goto("/demo/mail/")
        mails = page.get_by_role("article").filter(has_text=to).filter(has_text=part)
        if mails.count():
            return wanted.findall(mails.first.inner_text())[0]
        page.wait_for_timeout(_PAUSE_MILLISECONDS)
    raise AssertionError(f"No mail to {to} with a link to {part}.")
