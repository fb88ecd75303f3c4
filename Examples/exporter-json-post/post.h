/* What the three files of this plugin share. */
#ifndef POST_H
#define POST_H

#include <agent_plugin.h>

#include <stdio.h>

/* Where to post. */
typedef struct post_target {
    char host[256];
    char port[6];
    char path[1024];
} post_target;

/* What the receiver answered. */
typedef struct post_answer {
    int status;          /* of HTTP; 0: there was none */
    int64_t retry_after; /* seconds; 0: it did not say */
    const char *problem; /* why there was none */
} post_answer;

/* Takes "http://host[:port]/path" apart. 0 when it is not one. */
int post_parse_url(const char *url, post_target *target);

/* Posts a body and waits for the head of the answer until `deadline_ns` (monotonic). */
post_answer post_send(const post_target *target, const char *body, size_t size, int64_t deadline_ns);

/* Writes a snapshot as one JSON document and answers how many samples it has. */
uint64_t post_write_json(FILE *out, const agent_host_snapshot_v1 *snapshots, agent_snapshot *snapshot);

/* Reads the one setting there is, {"url": "…"}, into `url`. 0 when it is not that. */
int post_read_settings(agent_str json, char *url, size_t capacity);

#endif
