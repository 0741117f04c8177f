# The whole app with its weights, for `docker build` and for a Space with `sdk: docker`.
#     docker build -t aigc-demo . && docker run -p 7860:7860 aigc-demo
FROM python:3.11-slim

# Spaces run containers as user 1000. Everything that is written lies below its HOME.
RUN useradd --create-home --uid 1000 user
ENV HOME=/home/user \
    PYTHONUNBUFFERED=1 \
    GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860 \
    GRADIO_TEMP_DIR=/home/user/.cache/aigc_demo \
    HF_HOME=/home/user/.cache/huggingface
WORKDIR /home/user/app

# A font with Chinese, in which poems and couplets are saved as pictures; the instruments that chorales are played with.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-wqy-microhei fluidsynth timgm6mb-soundfont \
    && rm -rf /var/lib/apt/lists/*

# The CPU build of torch where its index answers within seconds, else the pinned release.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
COPY requirements.txt constraints.txt ./
RUN torch="$(grep '^torch==' constraints.txt)" \
    && { pip install --no-cache-dir --no-deps --timeout 5 --retries 0 --index-url "$TORCH_INDEX" "$torch" || true; } \
    && pip install --no-cache-dir --constraint constraints.txt --requirement requirements.txt

COPY --chown=user app.py LICENSE ./
COPY --chown=user assets assets
COPY --chown=user aigc_demo aigc_demo
USER 1000
RUN mkdir -p "$GRADIO_TEMP_DIR" "$HF_HOME"
EXPOSE 7860
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD python -c "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['GRADIO_SERVER_PORT'])"
CMD ["python", "app.py"]
