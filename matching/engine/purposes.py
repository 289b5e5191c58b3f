"""Which kinds of profile fit which, purpose by purpose: the rules of the trade as one table.

Source: domain brief, section 2 (OPI-light joins firms and the public side; a project needs all three parts).
"""

from collections.abc import Sequence

FIRM, RESEARCHER, CLINICIAN, MUNICIPALITY = "firm", "researcher", "clinician", "municipality"
KNOWLEDGE_INSTITUTION, INVESTOR, ADVISER, STUDENT = "knowledge_institution", "investor", "adviser", "student"
ALL_KINDS = (FIRM, RESEARCHER, CLINICIAN, MUNICIPALITY, KNOWLEDGE_INSTITUTION, INVESTOR, ADVISER, STUDENT)

OPI_LIGHT, PROJECT, EVENT, ERFA = "opi_light", "project", "event", "erfa"

COMMERCIAL, KNOWLEDGE, PUBLIC = "commercial", "knowledge", "public"
ROLES = (COMMERCIAL, KNOWLEDGE, PUBLIC)

ROLE_OF_KIND = {
    FIRM: COMMERCIAL,
    RESEARCHER: KNOWLEDGE,
    KNOWLEDGE_INSTITUTION: KNOWLEDGE,
    STUDENT: KNOWLEDGE,
    CLINICIAN: PUBLIC,
    MUNICIPALITY: PUBLIC,
}

# Who can hold each part at a project's table, the most usual kind first.
PART_KINDS: dict[str, tuple[str, ...]] = {
    "firm": (FIRM,),
    "knowledge": (RESEARCHER, KNOWLEDGE_INSTITUTION, STUDENT),
    "public": (CLINICIAN, MUNICIPALITY),
    "commercial": (FIRM, INVESTOR, ADVISER),
    "regulatory": (ADVISER, KNOWLEDGE_INSTITUTION, FIRM),
    "funding": (INVESTOR, ADVISER),
}
# The part that a kind most naturally holds.
PART_OF_KIND = {
    FIRM: "firm",
    RESEARCHER: "knowledge",
    KNOWLEDGE_INSTITUTION: "knowledge",
    STUDENT: "knowledge",
    CLINICIAN: "public",
    MUNICIPALITY: "public",
    INVESTOR: "funding",
    ADVISER: "commercial",
}

_OPI_LIGHT = {
    FIRM: (CLINICIAN, MUNICIPALITY),
    CLINICIAN: (FIRM,),
    MUNICIPALITY: (FIRM,),
    RESEARCHER: (CLINICIAN, MUNICIPALITY),
    KNOWLEDGE_INSTITUTION: (CLINICIAN, MUNICIPALITY),
    STUDENT: (CLINICIAN, MUNICIPALITY),
    INVESTOR: (),
    ADVISER: (),
}


def partner_kinds(purpose: str, seeker_kind: str) -> tuple[str, ...]:
    """Kinds that may be recommended to a seeker; empty where the purpose does not fit the seeker.

    OPI-light: firm to department or municipality and back (researchers and students with an invention come as a
    firm would). Project: whoever has a part in the triple helix. Event: everybody who takes part. ERFA group (an
    exchange of experience; training is like it): one's own kind.
    """
    if purpose == OPI_LIGHT:
        return _OPI_LIGHT.get(seeker_kind, ())
    if purpose == PROJECT:
        return tuple(ROLE_OF_KIND)
    if purpose == ERFA:
        return (seeker_kind,)
    return ALL_KINDS


# Product stages that a purpose is for, as codes: an ERFA group and an event take any.
STAGES: dict[str, tuple[str, ...]] = {
    OPI_LIGHT: ("development_early", "development_late", "on_market"),
    PROJECT: ("idea", "development_early"),
}


# Forms of collaboration that a purpose cannot serve: nobody finds a distributor or capital through a ward.
_NOT_SERVED = {
    OPI_LIGHT: frozenset(
        {
            "supplier",
            "distribution",
            "licence",
            "investment",
            "commissioned_research",
            "research_project",
            "student_project",
        }
    ),
    PROJECT: frozenset({"supplier", "distribution", "licence", "investment"}),
}


def serves(purpose: str, collaboration: str) -> bool:
    """Whether a statement that asks for this form of collaboration (empty: any) can be met through the purpose."""
    return collaboration not in _NOT_SERVED.get(purpose, frozenset())


def missing_roles(present_kinds: Sequence[str]) -> tuple[str, ...]:
    """Parts of the triple helix that nobody present fills, in the order commercial, knowledge, public."""
    filled = {ROLE_OF_KIND.get(kind) for kind in present_kinds}
    return tuple(role for role in ROLES if role not in filled)


def missing_roles_first(ranked_kinds: Sequence[str], missing: Sequence[str]) -> list[int]:
    """Positions of a ranked list, reordered: the best of each missing role in turn, then the rest as ranked.

    A list that answers "who is missing?" must not be ten researchers because the tenth is a little nearer than
    the first department.
    """
    queues = {role: [i for i, kind in enumerate(ranked_kinds) if ROLE_OF_KIND.get(kind) == role] for role in missing}
    order: list[int] = []
    while any(queues.values()):
        heads = sorted(queue[0] for queue in queues.values() if queue)
        order.extend(heads)
        queues = {role: [i for i in queue if i not in heads] for role, queue in queues.items()}
    chosen = set(order)
    return order + [i for i in range(len(ranked_kinds)) if i not in chosen]
