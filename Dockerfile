# llm-pysc2 in a container. Not built by the tests, which have no network; the commands in it are those of README.
#
# With the embedded game:
#   docker build -t llm-pysc2 .
#   docker run --rm -v "$PWD/runs:/home/player/runs" llm-pysc2 play 2s3z
#
# With the real game, which may not be put into an image that is passed on; it is mounted where SC2PATH looks:
#   docker run --rm -v "$HOME/StarCraftII:/game" -e SC2PATH=/game llm-pysc2 doctor --launch
#   docker run --rm -v "$HOME/StarCraftII:/game" -e SC2PATH=/game -v "$PWD/runs:/home/player/runs" llm-pysc2 play 2s3z
#
# Keys are handed in when it runs: -e OPENAI_API_KEY.
FROM python:3.12-slim-bookworm

# unzip unpacks the real game forty times faster than Python; OSMesa lets it draw RGB pictures without a graphics card.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libosmesa6 unzip \
    && rm -rf /var/lib/apt/lists/*

COPY . /src
RUN pip install --no-cache-dir '/src[mqtt]' && rm -rf /src

RUN useradd --create-home player && mkdir /home/player/runs && chown player /home/player/runs
USER player
WORKDIR /home/player
ENTRYPOINT ["llm-pysc2"]
CMD ["play", "2s3z"]
