FROM python:3.12-slim AS build

RUN python -m venv /opt/contactwire
ENV PATH=/opt/contactwire/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /src
COPY requirements/base.txt requirements/base.in requirements/
RUN pip install --require-hashes -r requirements/base.txt

COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY streams streams
RUN pip install --no-deps .


FROM python:3.12-slim

RUN useradd --create-home --uid 10001 contactwire
COPY --from=build /opt/contactwire /opt/contactwire
COPY seeds /app/seeds

ENV PATH=/opt/contactwire/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /app
USER contactwire
ENTRYPOINT ["contactwire"]
CMD ["--help"]
