# What surrounds the lab's Asterisk: Kamailio, which plays carriers (lab-carriers), and dnsmasq, their name server (lab-dns).
FROM carillon-base:sid
# Tells its first layers from those of the image that is built at the same time: shared ones would lose their cache.
LABEL carillon.image=lab
COPY docker/apt-install.sh /build/
COPY .build/context /build/context
RUN sh /build/apt-install.sh sid kamailio dnsmasq-base && rm -rf /build
RUN groupadd --gid 5060 carillon && useradd --uid 5060 --gid 5060 --no-create-home --shell /usr/sbin/nologin carillon \
 && mkdir -p /run/carillon && chown carillon:carillon /run/carillon
COPY asterisk-config/render docker/lab/carriers.conf docker/lab/dns.conf /opt/carillon/lab/
COPY docker/lab/entrypoint docker/lab/health /usr/local/bin/
COPY LICENSE /usr/share/doc/carillon/LICENSE
USER 5060:5060
WORKDIR /run/carillon
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["/usr/local/bin/health"]
# What is ours; the licences of Debian's packages are in /usr/share/doc/*/copyright.
LABEL org.opencontainers.image.title="The carriers and the name server of Carillon's lab" org.opencontainers.image.licenses="Apache-2.0"
ENTRYPOINT ["/usr/local/bin/entrypoint"]
