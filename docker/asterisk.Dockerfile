# Asterisk, for two services: `asterisk` (the engine's) and `lab` (the pretend telephone network). Which of the
# folders of asterisk-config/ a container uses is said by CARILLON_ASTERISK_CONFIG.
FROM carillon-base:sid AS sounds
COPY docker/apt-install.sh /build/
COPY .build/context /build/context
RUN sh /build/apt-install.sh sid flite sox
COPY asterisk-config /build/asterisk-config
# The lab's voices and the engine's music are made once, here; flite and sox are not needed where they are played.
RUN mkdir -p /sounds && if [ -x /build/asterisk-config/lab/make-sounds ]; then /build/asterisk-config/lab/make-sounds /sounds && /build/asterisk-config/lab/make-pages /sounds/pages.tif; fi
RUN mkdir -p /music && /build/asterisk-config/engine/make-music /music
LABEL carillon.image=sounds

FROM carillon-base:sid
COPY docker/apt-install.sh /build/
COPY .build/context /build/context
RUN sh /build/apt-install.sh sid asterisk asterisk-core-sounds-en asterisk-moh-opsound-wav openssl
COPY docker/asterisk/check-version /build/
RUN sh /build/check-version && rm -rf /build
# uid 5060 is the same in every container that shares a volume. Debian's package has no recording folder: without it
# every record is answered 500.
RUN groupadd --gid 5060 carillon && useradd --uid 5060 --gid 5060 --no-create-home --home-dir /var/lib/asterisk --shell /usr/sbin/nologin carillon \
 && mkdir -p /opt/carillon/asterisk-defaults \
 && for name in acl amd ccss chan_websocket features indications pjproject res_fax udptl websocket_client; do \
      cp "/usr/share/asterisk/conf/samples/$name.conf.sample" "/opt/carillon/asterisk-defaults/$name.conf"; done \
 && rm -rf /etc/asterisk/* \
 && mkdir -p /var/spool/asterisk/recording /var/lib/carillon/prompts /var/lib/carillon/media /var/lib/carillon/certificates /var/lib/lab/heard /run/asterisk \
 && mkdir -p /usr/share/asterisk/static-http && ln -s /var/lib/lab/tls/ca.pem /usr/share/asterisk/static-http/lab-ca.pem \
 && chown -R carillon:carillon /etc/asterisk /var/lib/asterisk /var/spool/asterisk /var/log/asterisk /var/cache/asterisk \
      /var/lib/carillon /var/lib/lab /run/asterisk
COPY --from=sounds /sounds /usr/share/carillon-lab/sounds
COPY --from=sounds /music /usr/share/carillon/music
COPY docker/asterisk/entrypoint docker/asterisk/health docker/asterisk/lab-certificates /usr/local/bin/
COPY LICENSE /usr/share/doc/carillon/LICENSE
COPY --chown=5060:5060 asterisk-config /opt/carillon/asterisk-config
USER 5060:5060
ENV CARILLON_ASTERISK_CONFIG=engine
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["/usr/local/bin/health"]
LABEL carillon.image=asterisk
# What is ours; the licences of Debian's packages are in /usr/share/doc/*/copyright.
LABEL org.opencontainers.image.title="Asterisk, configured for Carillon" org.opencontainers.image.licenses="Apache-2.0"
ENTRYPOINT ["/usr/local/bin/entrypoint"]
