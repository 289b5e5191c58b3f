"""Hub (tenant), person and membership."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from hubs.enums import HubType, Role
from kernel.models import BaseModel


class Hub(BaseModel):
    """A cluster organisation that runs the platform for its members; every row but people and terms belongs to one."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=120)
    domain = models.CharField(max_length=253, blank=True, help_text=_("Host name that opens this hub."))
    hub_type = models.CharField(max_length=30, choices=HubType, default=HubType.TRIPLE_HELIX)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="da")

    class Meta:
        ordering = ("slug",)
        constraints = (
            models.UniqueConstraint(
                Lower("domain"),
                name="hub_domain_once",
                condition=~models.Q(domain=""),
                violation_error_message=_("Another hub already uses this host name."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates people by e-mail address; most never have a password (they sign in with a mailed code)."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a person under a normalised address.

        Raises:
            ValueError: the address is empty.
        """
        if not email:
            raise ValueError("An e-mail address is needed.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store an operator; hub roles still decide what the person sees in a hub."""
        return self.create_user(email, password, is_staff=True, **fields)


class User(AbstractBaseUser, BaseModel):
    """A person, known by e-mail address; what the person may do is told by memberships, hub by hub."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=5, choices=settings.LANGUAGES, default="da")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("email",)

    def __str__(self) -> str:
        return self.name or self.email


class Membership(BaseModel):
    """One person's role in one hub."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)

    class Meta:
        ordering = ("hub", "user")
        constraints = (
            models.UniqueConstraint(fields=("hub", "user"), name="one_membership_a_hub"),
            models.CheckConstraint(condition=~models.Q(role=Role.VISITOR), name="visitor_is_no_membership"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"
