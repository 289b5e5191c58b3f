"""People, known by their e-mail address."""

from django.contrib.auth.hashers import make_password

from hubs.models import User


def find_or_create_person(email: str, *, name: str = "", language: str = "da") -> User:
    """The person with that address, made without a password if need be; a person who is there stays as they are.

    Two calls at once for the same new address both get the same person.
    """
    values = {"name": name, "language": language, "password": make_password(None)}
    return User.objects.get_or_create(email=email.lower(), defaults=values)[0]
