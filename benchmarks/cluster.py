"""A generated cluster of any size for measuring: stitched texts, the demo's mix of kinds, seeded."""

import numpy as np
from django.db import transaction

from benchmarks.texts import stitched_texts
from hubs.models import Hub
from matching.domain.changes import note_changes
from profiles.enums import Taxonomy
from profiles.models import Organisation, Profile, Statement
from profiles.terms import terms_of

_KINDS = ("firm", "clinician", "researcher", "municipality", "knowledge_institution")
_SHARES = (0.40, 0.22, 0.24, 0.12, 0.02)
_STATEMENTS = ("offer", "offer", "need", "need")
_BATCH = 500


@transaction.atomic
def generate_cluster(profiles: int, *, seed: int = 20261122) -> Hub:
    """A hub with that many profiles of four statements each, without vectors."""
    generator = np.random.default_rng(seed)
    hub = Hub.objects.create(slug="midtbro", name="Generated")
    regions = terms_of(Taxonomy.REGION)
    written = iter(stitched_texts(profiles * len(_STATEMENTS), 18, generator))
    kinds = generator.choice(_KINDS, size=profiles, p=_SHARES)
    organisations = Organisation.objects.bulk_create(
        (Organisation(hub=hub, name=f"Organisation {number}") for number in range(profiles)),
        batch_size=_BATCH,
    )
    rows = Profile.objects.bulk_create(
        (
            Profile(
                hub=hub,
                organisation=organisation,
                kind=str(kind),
                name=f"Profil {number}",
                slug=f"profil-{number}",
                region_id=regions[int(generator.integers(len(regions)))].key,
                languages=["da", "en"],
            )
            for number, (organisation, kind) in enumerate(zip(organisations, kinds, strict=True))
        ),
        batch_size=_BATCH,
    )
    Statement.objects.bulk_create(
        (
            Statement(hub=hub, profile=profile, kind=kind, text=next(written), position=place)
            for profile in rows
            for place, kind in enumerate(_STATEMENTS)
        ),
        batch_size=_BATCH,
    )
    note_changes(hub.pk, profile_ids=[profile.pk for profile in rows])
    return hub
