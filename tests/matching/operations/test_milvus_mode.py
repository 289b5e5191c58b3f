"""Milvus instead of files: the same answers, changes seen by all, moving there and back, nothing left behind."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from hubs.models import Hub
from kernel.errors import NotReady
from matching.domain.checking import check_index
from matching.domain.indexing import rebuild_index
from matching.domain.recommending import recommend_partners
from matching.domain.searching import search
from matching.engine.milvus_connection import MilvusConnection, MilvusUnreachable
from matching.engine.stores import TermQuery
from matching.engine.terms import TantivyTermIndex
from matching.indexing.backends import close_connections, milvus_connection, remove_other_indexes, snapshot_folder
from matching.indexing.hub_index import HubIndex
from matching.indexing.snapshots import read_snapshot
from matching.models import IndexState
from matching.serving import hub_index
from profiles.models import Statement
from tests.encoders import WordHashEncoder
from tests.factories import HubFactory
from tests.matching.cluster import add_profile, build, publish_all
from tests.matching.operations.indexes import DIMENSION, everybody, five_profiles, fresh_index, statements

pytestmark = pytest.mark.django_db
