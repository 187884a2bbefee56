"""The modules of Asterisk that the engine does not work without."""

MODULES = (
    "res_ari_channels.so", "res_ari_bridges.so", "res_ari_playbacks.so", "res_ari_recordings.so", "res_ari_events.so",
    "res_ari_asterisk.so", "res_ari_endpoints.so", "res_stasis_snoop.so", "res_stasis_playback.so",
    "res_stasis_recording.so", "chan_pjsip.so", "res_pjsip_registrar.so", "res_pjsip_outbound_registration.so",
    "res_pjsip_endpoint_identifier_ip.so", "res_pjsip_authenticator_digest.so", "res_sorcery_astdb.so",
    "res_pjsip_messaging.so", "func_base64.so", "func_cut.so", "func_db.so", "func_global.so", "func_md5.so",
    "func_strings.so", "app_exec.so", "res_rtp_asterisk.so", "codec_ulaw.so", "codec_alaw.so", "format_wav.so",
    "format_sln.so", "bridge_softmix.so", "res_pjsip_mwi.so", "res_pjsip_mwi_body_generator.so", "app_minivm.so",
    "app_waitforsilence.so", "res_tonedetect.so", "func_math.so",
)  # fmt: skip
