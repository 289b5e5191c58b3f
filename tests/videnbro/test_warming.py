"""A web process has its pages and its model before the first visitor, and starts without a model as well."""

import logging
import runpy
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings as site_settings
from pytest_django import Settings

from kernel.errors import NotReady
from matching.serving import query_encoder, use_encoder
from tests.encoders import CountingEncoder

READ_BY_GUNICORN = Path(site_settings.BASE_DIR) / "gunicorn.conf.py"


@pytest.fixture(autouse=True)
def _encoder_of_the_settings_afterwards() -> Iterator[None]:
    yield
    use_encoder(None)


def start_web_process() -> None:
    web_process = SimpleNamespace(log=logging.getLogger("web process"))
    runpy.run_path(str(READ_BY_GUNICORN))["post_worker_init"](web_process)


def test_model_has_answered_once_before_the_first_request() -> None:
    model = CountingEncoder()
    use_encoder(model)

    start_web_process()

    assert len(model.asked) == 1


def test_process_without_a_model_starts_all_the_same(settings: Settings, tmp_path: Path) -> None:
    settings.VIDENBRO_CACHE_DIR = tmp_path
    use_encoder(None)

    start_web_process()

    with pytest.raises(NotReady):
        query_encoder()
