"""Rows for tests, as plain as they can be: every value can be named, nothing is random."""

import factory
from django.utils.text import slugify

from hubs.enums import Role
from hubs.models import Hub, Membership, User
from profiles.models import Affiliation, Organisation, Profile, Statement


class HubFactory(factory.django.DjangoModelFactory):
    """A hub; the first one made is the default hub of the settings."""

    class Meta:
        model = Hub
        django_get_or_create = ("slug",)

    slug = "midtbro"
    name = "Midtbro"


class UserFactory(factory.django.DjangoModelFactory):
    """A person."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    name = factory.Sequence(lambda n: f"Person {n}")


class MembershipFactory(factory.django.DjangoModelFactory):
    """A member of the default hub."""

    class Meta:
        model = Membership

    hub = factory.SubFactory(HubFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.MEMBER


class OrganisationFactory(factory.django.DjangoModelFactory):
    """An organisation."""

    class Meta:
        model = Organisation

    hub = factory.SubFactory(HubFactory)
    name = factory.Sequence(lambda n: f"Organisation {n}")


class AffiliationFactory(factory.django.DjangoModelFactory):
    """A person who speaks for an organisation."""

    class Meta:
        model = Affiliation

    organisation = factory.SubFactory(OrganisationFactory)
    hub = factory.SelfAttribute("organisation.hub")
    user = factory.SubFactory(UserFactory)


class ProfileFactory(factory.django.DjangoModelFactory):
    """A public firm profile without statements."""

    class Meta:
        model = Profile

    organisation = factory.SubFactory(OrganisationFactory)
    hub = factory.SelfAttribute("organisation.hub")
    kind = "firm"
    name = factory.Sequence(lambda n: f"Profil {n}")
    slug = factory.LazyAttribute(lambda profile: slugify(profile.name))
    languages = ["da"]


class StatementFactory(factory.django.DjangoModelFactory):
    """A public Danish offer."""

    class Meta:
        model = Statement

    profile = factory.SubFactory(ProfileFactory)
    hub = factory.SelfAttribute("profile.hub")
    kind = "offer"
    language = "da"
    text = factory.Sequence(lambda n: f"Vi tilbyder afprøvning nummer {n}.")
