"""What stands around every page: language, theme, navigation, security headers, and what robots may read."""

import re

import pytest
from django.test import Client

from hubs.models import Hub
from tests.factories import MembershipFactory, ProfileFactory

PAGES = ("/", "/search/", "/profiles/nordlys/", "/nowhere/")


@pytest.fixture(autouse=True)
def profile(hub: Hub) -> None:
    ProfileFactory(name="Nordlys", slug="nordlys")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("prefix", "language"), [("", "da"), ("/en", "en")])
def test_every_page_says_its_language(client: Client, path: str, prefix: str, language: str) -> None:
    assert f'<html lang="{language}"' in client.get(prefix + path).content.decode()


def test_page_names_itself_in_both_languages(client: Client) -> None:
    page = client.get("/en/profiles/nordlys/").content.decode()

    assert '<link rel="canonical" href="http://testserver/en/profiles/nordlys/">' in page
    assert '<link rel="alternate" hreflang="da" href="http://testserver/profiles/nordlys/">' in page
    assert '<link rel="alternate" hreflang="en" href="http://testserver/en/profiles/nordlys/">' in page


def test_language_switch_keeps_the_question(client: Client) -> None:
    page = client.get("/en/search/?q=&kind=firm").content.decode()

    assert '<a href="/search/?q=&amp;kind=firm" lang="da" hreflang="da">Dansk</a>' in page


def test_language_switch_of_a_missing_page_leads_to_the_first(client: Client) -> None:
    page = client.get("/en/nowhere/").content.decode()

    assert '<a href="/" lang="da" hreflang="da">Dansk</a>' in page


@pytest.mark.parametrize("path", PAGES)
def test_security_policy_allows_only_our_own_files(client: Client, path: str) -> None:
    policy = dict(part.split(" ", 1) for part in client.get(path)["Content-Security-Policy"].split("; "))

    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == (
        "'none'",
        "'self'",
        "'self'",
    )


@pytest.mark.parametrize("path", PAGES)
def test_no_script_or_style_stands_in_the_page(client: Client, path: str) -> None:
    page = client.get(path).content.decode()

    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_one_main_heading_and_a_way_past_the_menu(client: Client, path: str) -> None:
    page = client.get(path).content.decode()

    assert page.count("<h1") == 1
    assert page.count("<main") == 1
    assert 'href="#main"' in page


def test_visitors_have_no_left_rail(client: Client) -> None:
    page = client.get("/en/").content.decode()

    assert 'class="rail"' not in page
    assert 'href="/en/account/login/"' in page


def test_members_see_the_parts_that_exist_and_where_they_are(client: Client, hub: Hub) -> None:
    client.force_login(MembershipFactory(hub=hub).user)

    response = client.get("/en/search/")

    entries = [(item.label, item.is_current) for item in response.context["navigation"]]
    assert entries == [
        ("For you", False),
        ("Search", True),
        ("Contacts", False),
        ("Projects", False),
        ("Events", False),
        ("My profile", False),
    ]


def test_theme_is_kept_and_shown(client: Client) -> None:
    response = client.post("/en/theme/", {"theme": "dark", "next": "/en/search/"})

    assert (response.status_code, response["Location"]) == (302, "/en/search/")
    assert '<html lang="en" data-theme="dark">' in client.get("/en/").content.decode()


def test_unknown_theme_changes_nothing(client: Client) -> None:
    client.post("/en/theme/", {"theme": '"><script>'})

    assert '<html lang="en">' in client.get("/en/").content.decode()


def test_forged_theme_cookie_is_ignored(client: Client) -> None:
    client.cookies["theme"] = "dark onload=x"

    assert '<html lang="en">' in client.get("/en/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_theme_never_leads_away(client: Client, target: str) -> None:
    assert client.post("/en/theme/", {"theme": "light", "next": target})["Location"] == "/en/"


def test_theme_is_not_changed_by_reading(client: Client) -> None:
    assert client.get("/en/theme/").status_code == 405


def test_robots_are_kept_from_what_is_personal_or_endless(client: Client) -> None:
    response = client.get("/robots.txt")

    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == "User-agent: *"
    assert "Disallow: /search/" in lines
    assert "Disallow: /en/for-you/" in lines
    assert [line for line in lines if "profiles" in line] == []
