# The engine and the API: one process, `python -m api`. The lab's SMSC is another one, `python -m api.lab_smsc`.
FROM carillon-base:trixie AS system
# Tells its first layers from those of the image that is built at the same time: shared ones would lose their cache.
LABEL carillon.image=carillon
COPY docker/apt-install.sh /build/
COPY .build/context /build/context
RUN sh /build/apt-install.sh trixie python3 python3-venv espeak-ng flite kakasi sox ghostscript fonts-dejavu-core ca-certificates && rm -rf /build

# Only this stage sees the host's pip settings, which may hold a password; nothing of it but the packages is kept.
FROM system AS packages
COPY .build/context /build/context
# requirements-piper: the same and piper-tts (CARILLON_PIPER=1 in .env).
ARG LOCK=requirements
COPY docker/$LOCK.txt docker/pip-install.sh /build/
RUN sh /build/pip-install.sh /opt/carillon/venv /build/$LOCK.txt

# What pages load from libraries (api/scripts); nothing of Node.js is kept.
FROM system AS scripts
COPY .build/context /build/context
COPY docker/requirements-scripts.txt docker/pip-install.sh docker/npm-install.sh /build/
RUN sh /build/pip-install.sh /build/node /build/requirements-scripts.txt
COPY api/scripts /build/scripts
RUN PATH=/build/node/bin:$PATH sh /build/npm-install.sh /build/scripts /opt/carillon/scripts

FROM system
RUN groupadd --gid 5060 carillon && useradd --uid 5060 --gid 5060 --no-create-home --home-dir /var/lib/carillon --shell /usr/sbin/nologin carillon \
 && mkdir -p /var/lib/carillon/prompts /var/lib/carillon/media /var/lib/carillon/certificates /var/spool/asterisk/recording /var/log/asterisk \
 && chown -R carillon:carillon /var/lib/carillon /var/spool/asterisk /var/log/asterisk
COPY --from=packages /opt/carillon/venv /opt/carillon/venv
COPY --from=scripts /opt/carillon/scripts /opt/carillon/scripts
COPY docker/carillon/carillon docker/carillon/health /usr/local/bin/
COPY LICENSE /usr/share/doc/carillon/LICENSE
COPY engine /opt/carillon/engine
COPY api /opt/carillon/api
RUN ["python3", "-m", "compileall", "-q", "/opt/carillon/engine", "/opt/carillon/api"]
USER 5060:5060
WORKDIR /opt/carillon
ENV PATH=/opt/carillon/venv/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 PYTHONPATH=/opt/carillon
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/health"]
# What is ours; the licences of Debian's packages are in /usr/share/doc/*/copyright.
LABEL org.opencontainers.image.title="Carillon" org.opencontainers.image.licenses="Apache-2.0"
CMD ["python", "-m", "api"]
