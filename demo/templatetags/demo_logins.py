"""Lets the first page's demo box find its people, without the page's view knowing of a demo."""

from typing import Any

from django import template

from demo.views import demo_logins as people_to_offer
from hubs.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def demo_logins(context: dict[str, Any]) -> list[User]:
    """The people to offer in the request's hub."""
    return people_to_offer(context["request"].hub)
