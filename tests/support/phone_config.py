"""baresip's configuration, as a test phone has it."""

CONFIG = """
poll_method epoll
sip_listen {place}:{sip_port}
call_local_timeout 120
call_max_calls 4
audio_source aufile,{microphone}
ausrc_srate {rate}
auplay_srate {rate}
ausrc_channels 1
auplay_channels 1
audio_level no
rtp_tos 184
rtp_ports {rtp_start}-{rtp_end}
rtcp_mux no
jitter_buffer_delay 1-5
rtp_stats no
net_interface {address}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module sndfile.so
module srtp.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module_app mwi.so
module_app ctrl_tcp.so
ctrl_tcp_listen {place}:{control_port}
snd_path {folder}
redial_attempts 0
"""
