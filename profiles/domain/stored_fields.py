"""A stored row as one would write it: what an editor or a partial change starts from."""

from profiles.domain.fields import OrganisationFields, ProfileFields, StatementFields
from profiles.models import Organisation, Profile, Statement
from profiles.terms import code_of


def organisation_fields(organisation: Organisation) -> OrganisationFields:
    """A stored organisation."""
    return OrganisationFields(
        name=organisation.name,
        website=organisation.website,
        cvr_number=organisation.cvr_number,
        sector=code_of(organisation.sector_id),
        phase=code_of(organisation.phase_id),
        founded_year=organisation.founded_year,
        employees=organisation.employees,
    )


def profile_fields(profile: Profile) -> ProfileFields:
    """A stored profile; prefetch `theme_links`."""
    return ProfileFields(
        kind=profile.kind,
        name=profile.name,
        region=code_of(profile.region_id),
        municipality=code_of(profile.municipality_id),
        specialty=code_of(profile.specialty_id),
        municipal_field=code_of(profile.municipal_field_id),
        themes=tuple(code_of(link.theme_id) for link in profile.theme_links.all()),
        keywords=tuple(profile.keywords),
        languages=tuple(profile.languages),
        visibility=profile.visibility,
        is_paused=profile.is_paused,
        contact_email=profile.contact_email,
    )


def statement_fields(statement: Statement) -> StatementFields:
    """A stored statement."""
    return StatementFields(
        kind=statement.kind,
        text=statement.text,
        language=statement.language,
        purpose=code_of(statement.purpose_id),
        stage=code_of(statement.stage_id),
        collaboration=code_of(statement.collaboration_id),
        ip_state=code_of(statement.ip_state_id),
        visibility=statement.visibility,
        expires_on=statement.expires_on,
    )
