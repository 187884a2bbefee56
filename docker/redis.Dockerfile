# Debian's Redis, for what can be rebuilt. Its port and password come from the environment.
FROM carillon-base:trixie
# Tells its first layers from those of the image that is built at the same time: shared ones would lose their cache.
LABEL carillon.image=redis
COPY docker/apt-install.sh /build/
COPY .build/context /build/context
RUN sh /build/apt-install.sh trixie redis-server && rm -rf /build
RUN groupadd --gid 5060 carillon && useradd --uid 5060 --gid 5060 --no-create-home --shell /usr/sbin/nologin carillon \
 && chown -R carillon:carillon /var/lib/redis && mkdir -p /run/carillon && chown carillon:carillon /run/carillon
COPY docker/redis/entrypoint docker/redis/health /usr/local/bin/
COPY LICENSE /usr/share/doc/carillon/LICENSE
USER 5060:5060
WORKDIR /var/lib/redis
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/health"]
# What is ours; the licences of Debian's packages are in /usr/share/doc/*/copyright.
LABEL org.opencontainers.image.title="Redis, configured for Carillon" org.opencontainers.image.licenses="Apache-2.0"
ENTRYPOINT ["/usr/local/bin/entrypoint"]
