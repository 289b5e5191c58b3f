"""Lets the first page's demo box find its people, without the page's view knowing of a demo."""

from typing import Any

from django import template

from demo.views import demo_logins as people_to_offer
from demo.year.bodies import has_year
from hubs.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_logins(context: dict[str, Any]) -> list[User]:
    """The people to offer in the request's hub."""
    return people_to_offer(context["request"].hub)


@register.simple_tag(takes_context=True)
def demo_has_year(context: dict[str, Any]) -> bool:
    """Whether the request's hub has a simulated year to tell of."""
    return has_year(context["request"].hub)
