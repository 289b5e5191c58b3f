"""The form in which many stands are given away: a number beside each exhibitor."""

from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from events.queries.stand_giving import Exhibitor, StandGiving
from frontend.forms.events_setup import VersionForm
from frontend.forms.plain import Text

_FIELD = "stand-"
FREE_STANDS = "free-stands"


class GiveStandsForm(VersionForm):
    """A number of a stand for each exhibitor, first the proposed one; the domain names its errors by slugs."""

    def __init__(self, *args: Any, giving: StandGiving, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.giving = giving
        self.domain_names = {row.profile.slug: _FIELD + row.profile.slug for row in giving.rows}  # type: ignore[misc]
        for row in giving.rows:
            self.fields[_FIELD + row.profile.slug] = Text(
                label=_("Stand for %(name)s") % {"name": row.profile.name},
                required=False,
                initial=row.proposed.number if row.proposed else "",
                widget=forms.TextInput(
                    attrs={"class": "form-control", "list": FREE_STANDS, "autocomplete": "off", "spellcheck": "false"}
                ),
            )

    def rows(self) -> Iterator[tuple[Exhibitor, forms.BoundField]]:
        """Each exhibitor with its field."""
        for row in self.giving.rows:
            yield row, self[_FIELD + row.profile.slug]

    def given(self) -> dict[str, str]:
        """Numbers as written by slugs of profiles, also of those who stood on the page when it was read and no longer
        wait for a stand: the domain says why not.
        """
        data = cast("QueryDict", self.data)
        written = {name.removeprefix(_FIELD): str(data[name]) for name in data if name.startswith(_FIELD)}
        return {slug: number for slug, number in written.items() if number.strip()}
