/*
 * Offsets of struct tcp_info as Linux 6.18 lays it out (include/uapi/linux/tcp.h); the C library's may be
 * older.
 */
#include "drill/info_names.h"

#include <glib.h>
#include <string.h>

enum source { FROM_TCP, FROM_CONGESTION, FROM_MEMORY };

struct info_field {
        const char *name;
        enum source source;
        unsigned offset;
        unsigned size;  /* bytes: 1, 2, 4 or 8 */
        unsigned shift; /* of bit fields */
        unsigned bits;  /* 0: all */
};

#define U8(name, offset)                                                                                     \
        {                                                                                                    \
                name, FROM_TCP, offset, 1, 0, 0                                                              \
        }
#define U16(name, offset)                                                                                    \
        {                                                                                                    \
                name, FROM_TCP, offset, 2, 0, 0                                                              \
        }
#define U32(name, offset)                                                                                    \
        {                                                                                                    \
                name, FROM_TCP, offset, 4, 0, 0                                                              \
        }
#define U64(name, offset)                                                                                    \
        {                                                                                                    \
                name, FROM_TCP, offset, 8, 0, 0                                                              \
        }
#define CC16(name, offset)                                                                                   \
        {                                                                                                    \
                name, FROM_CONGESTION, offset, 2, 0, 0                                                       \
        }
#define CC32(name, offset)                                                                                   \
        {                                                                                                    \
                name, FROM_CONGESTION, offset, 4, 0, 0                                                       \
        }
#define MEMORY(name, index)                                                                                  \
        {                                                                                                    \
                name, FROM_MEMORY, 4 * (index), 4, 0, 0                                                      \
        }

static const struct info_field fields[] = {
        U8("tcpi_state", 0),
        U8("tcpi_ca_state", 1),
        U8("tcpi_retransmits", 2),
        U8("tcpi_probes", 3),
        U8("tcpi_backoff", 4),
        U8("tcpi_options", 5),
        /* Newer than 6.18, which knows of accurate ECN nothing but what it counts: ECN is agreed upon, or
           not. */
        { "tcpi_ecn_mode", FROM_TCP, 5, 1, 3, 1 },
        { "tcpi_snd_wscale", FROM_TCP, 6, 1, 0, 4 },
        { "tcpi_rcv_wscale", FROM_TCP, 6, 1, 4, 4 },
        { "tcpi_delivery_rate_app_limited", FROM_TCP, 7, 1, 0, 1 },
        { "tcpi_fastopen_client_fail", FROM_TCP, 7, 1, 1, 2 },
        U32("tcpi_rto", 8),
        U32("tcpi_ato", 12),
        U32("tcpi_snd_mss", 16),
        U32("tcpi_rcv_mss", 20),
        U32("tcpi_unacked", 24),
        U32("tcpi_sacked", 28),
        U32("tcpi_lost", 32),
        U32("tcpi_retrans", 36),
        U32("tcpi_fackets", 40),
        U32("tcpi_last_data_sent", 44),
        U32("tcpi_last_ack_sent", 48),
        U32("tcpi_last_data_recv", 52),
        U32("tcpi_last_ack_recv", 56),
        U32("tcpi_pmtu", 60),
        U32("tcpi_rcv_ssthresh", 64),
        U32("tcpi_rtt", 68),
        U32("tcpi_rttvar", 72),
        U32("tcpi_snd_ssthresh", 76),
        U32("tcpi_snd_cwnd", 80),
        U32("tcpi_advmss", 84),
        U32("tcpi_reordering", 88),
        U32("tcpi_rcv_rtt", 92),
        U32("tcpi_rcv_space", 96),
        U32("tcpi_total_retrans", 100),
        U64("tcpi_pacing_rate", 104),
        U64("tcpi_max_pacing_rate", 112),
        U64("tcpi_bytes_acked", 120),
        U64("tcpi_bytes_received", 128),
        U32("tcpi_segs_out", 136),
        U32("tcpi_segs_in", 140),
        U32("tcpi_notsent_bytes", 144),
        U32("tcpi_min_rtt", 148),
        U32("tcpi_data_segs_in", 152),
        U32("tcpi_data_segs_out", 156),
        U64("tcpi_delivery_rate", 160),
        U64("tcpi_busy_time", 168),
        U64("tcpi_rwnd_limited", 176),
        U64("tcpi_sndbuf_limited", 184),
        U32("tcpi_delivered", 192),
        U32("tcpi_delivered_ce", 196),
        U64("tcpi_bytes_sent", 200),
        U64("tcpi_bytes_retrans", 208),
        U32("tcpi_dsack_dups", 216),
        U32("tcpi_reord_seen", 220),
        U32("tcpi_rcv_ooopack", 224),
        U32("tcpi_snd_wnd", 228),
        U32("tcpi_rcv_wnd", 232),
        U32("tcpi_rehash", 236),
        U16("tcpi_total_rto", 240),
        U16("tcpi_total_rto_recoveries", 242),
        U32("tcpi_total_rto_time", 244),
        U32("tcpi_received_ce", 248),
        U32("tcpi_delivered_e1_bytes", 252),
        U32("tcpi_delivered_e0_bytes", 256),
        U32("tcpi_delivered_ce_bytes", 260),
        U32("tcpi_received_e1_bytes", 264),
        U32("tcpi_received_e0_bytes", 268),
        U32("tcpi_received_ce_bytes", 272),
        U16("tcpi_accecn_fail_mode", 276),
        U16("tcpi_accecn_opt_seen", 278),
        CC32("tcpv_enabled", 0),
        CC32("tcpv_rttcnt", 4),
        CC32("tcpv_rtt", 8),
        CC32("tcpv_minrtt", 12),
        CC16("dctcp_enabled", 0),
        CC16("dctcp_ce_state", 2),
        CC32("dctcp_alpha", 4),
        CC32("dctcp_ab_ecn", 8),
        CC32("dctcp_ab_tot", 12),
        CC32("bbr_bw_lo", 0),
        CC32("bbr_bw_hi", 4),
        CC32("bbr_min_rtt", 8),
        CC32("bbr_pacing_gain", 12),
        CC32("bbr_cwnd_gain", 16),
        MEMORY("SK_MEMINFO_RMEM_ALLOC", 0),
        MEMORY("SK_MEMINFO_RCVBUF", 1),
        MEMORY("SK_MEMINFO_WMEM_ALLOC", 2),
        MEMORY("SK_MEMINFO_SNDBUF", 3),
        MEMORY("SK_MEMINFO_FWD_ALLOC", 4),
        MEMORY("SK_MEMINFO_WMEM_QUEUED", 5),
        MEMORY("SK_MEMINFO_OPTMEM", 6),
        MEMORY("SK_MEMINFO_BACKLOG", 7),
        MEMORY("SK_MEMINFO_DROPS", 8),
};

static const struct {
        const char *name;
        int64_t value;
} constants[] = {
        { "TCPI_ECN_MODE_DISABLED", 0 },
        { "TCPI_ECN_MODE_RFC3168", 1 },
        { "TCPI_ECN_MODE_ACCECN", 2 },
        { "TCPI_ECN_MODE_PENDING", 3 },
        { "TCP_ESTABLISHED", 1 },
        { "TCP_SYN_SENT", 2 },
        { "TCP_SYN_RECV", 3 },
        { "TCP_FIN_WAIT1", 4 },
        { "TCP_FIN_WAIT2", 5 },
        { "TCP_TIME_WAIT", 6 },
        { "TCP_CLOSE", 7 },
        { "TCP_CLOSE_WAIT", 8 },
        { "TCP_LAST_ACK", 9 },
        { "TCP_LISTEN", 10 },
        { "TCP_CLOSING", 11 },
        { "TCP_CA_Open", 0 },
        { "TCP_CA_Disorder", 1 },
        { "TCP_CA_CWR", 2 },
        { "TCP_CA_Recovery", 3 },
        { "TCP_CA_Loss", 4 },
        { "TCPI_OPT_TIMESTAMPS", 1 },
        { "TCPI_OPT_SACK", 2 },
        { "TCPI_OPT_WSCALE", 4 },
        { "TCPI_OPT_ECN", 8 },
        { "TCPI_OPT_ECN_SEEN", 16 },
        { "TCPI_OPT_SYN_DATA", 32 },
        { "TCPI_OPT_USEC_TS", 64 },
        { "TCPI_OPT_TFO_CHILD", 128 },
        { "TCP_INFINITE_SSTHRESH", 0x7fffffff },
};

/* In the machine's byte order, as getsockopt gives it. */
static int64_t read_field(const struct info_field *field, const uint8_t *bytes)
{
        uint8_t small;
        uint16_t medium;
        uint32_t large;
        uint64_t value;
        switch (field->size) {
        case 1:
                small = bytes[field->offset];
                value = small;
                break;
        case 2:
                memcpy(&medium, bytes + field->offset, sizeof medium);
                value = medium;
                break;
        case 4:
                memcpy(&large, bytes + field->offset, sizeof large);
                value = large;
                break;
        default:
                memcpy(&value, bytes + field->offset, sizeof value);
                break;
        }
        if (field->bits > 0)
                value = value >> field->shift & ((1u << field->bits) - 1);
        return (int64_t)value;
}

static bool find_field(const struct info_snapshot *snapshot, const struct info_field *field, int64_t *value)
{
        const uint8_t *const bytes[] = { snapshot->tcp, snapshot->congestion, snapshot->memory };
        const size_t sizes[] = { snapshot->tcp_size, snapshot->congestion_size, snapshot->memory_size };
        if (field->offset + field->size > sizes[field->source])
                return false;
        *value = read_field(field, bytes[field->source]);
        return true;
}

bool info_find(const struct info_snapshot *snapshot, const char *name, int64_t *value)
{
        for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
                if (strcmp(fields[i].name, name) == 0)
                        return find_field(snapshot, &fields[i], value);
        }
        for (size_t i = 0; i < G_N_ELEMENTS(constants); i++) {
                if (strcmp(constants[i].name, name) != 0)
                        continue;
                *value = constants[i].value;
                return true;
        }
        return false;
}
