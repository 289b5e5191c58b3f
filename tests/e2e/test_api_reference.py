"""The page about the API reads well under the same strict content policy as every other page."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
# Links whose part of the page is not there, or not headed by anything.
LEADS_NOWHERE = """links => links.map((link) => link.getAttribute("href")).filter((address) => {
  const target = address.startsWith("#") && document.getElementById(decodeURIComponent(address.slice(1)));
  return !target || !(target.matches("h2, h3") ? target : target.querySelector("h2, h3"))?.textContent.trim();
})"""


def test_reference_is_laid_out_and_leads_to_each_part(visit: Visit) -> None:
    page = visit()

    answer = page.goto("/api/v1/docs/")

    assert answer is not None
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    contents = page.get_by_role("navigation").first
    assert contents.bounding_box()["x"] + 40 < page.get_by_role("main").bounding_box()["x"]  # type: ignore[index]
    links = contents.get_by_role("link")
    count = links.count()
    assert count > 10
    assert links.evaluate_all(LEADS_NOWHERE) == []
    for number in (0, count // 2, count - 1):
        links.nth(number).click()
        expect(page.locator(":target")).to_be_in_viewport()
    expect(page.get_by_role("main")).to_contain_text("/api/v1/search/")


def test_reference_offers_the_same_for_programs(visit: Visit) -> None:
    page = visit()
    page.goto("/api/v1/docs/")

    address = page.get_by_role("link", name="OpenAPI 3.1").get_attribute("href")

    answer = page.request.get(address or "")
    assert answer.json()["openapi"].startswith("3.1")
    assert "/api/v1/search/" in answer.json()["paths"]
