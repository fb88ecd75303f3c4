/* JSON, read and written as far as this plugin needs it. */
#define _POSIX_C_SOURCE 200809L
#include "post.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* ---- Writing ---- */

static void put_string(FILE *out, agent_str text) {
    fputc('"', out);
    for (uint64_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\') fputc('\\', out);
        if (c < 0x20) fprintf(out, "\\u%04x", c);
        else fputc(c, out);
    }
    fputc('"', out);
}

/* Integers as they are, other numbers with all their digits; JSON has no NaN. */
static void put_value(FILE *out, agent_value value) {
    double number = agent_value_f64(value);
    if (value.type == AGENT_VALUE_I64 && value.exponent10 == 0) fprintf(out, "%" PRId64, value.as.i64);
    else if (value.type == AGENT_VALUE_ABSENT || !isfinite(number)) fputs("null", out);
    else fprintf(out, "%.17g", number);
}

static void put_labels(FILE *out, const agent_host_snapshot_v1 *snapshots, agent_snapshot *snapshot,
                       uint32_t family, uint64_t series) {
    agent_pair labels[64];
    uint32_t count = 0;
    if (snapshots->labels(snapshot, family, series, labels, 64, &count) != AGENT_OK) count = 0;
    fputs(", \"labels\": {", out);
    for (uint32_t i = 0; i < count && i < 64; i++) {
        if (i > 0) fputs(", ", out);
        put_string(out, labels[i].name);
        fputs(": ", out);
        put_string(out, labels[i].value);
    }
    fputc('}', out);
}

/* What a distribution or a summary has beside count and sum. */
static void put_details(FILE *out, const agent_family *family, const agent_series *series) {
    const agent_str infinite = AGENT_STR("+Inf");
    if (family->kind == AGENT_METRIC_DISTRIBUTION && series->buckets) {
        fputs(", \"buckets\": [", out);
        for (uint32_t i = 0; i <= family->bounds_count; i++) {
            fputs(i > 0 ? ", {\"le\": " : "{\"le\": ", out);
            put_string(out, i < family->bounds_count ? family->bounds_text[i] : infinite);
            fprintf(out, ", \"count\": %" PRIu64 "}", series->buckets[i]);
        }
        fputc(']', out);
    }
    if (family->kind == AGENT_METRIC_SUMMARY && series->quantiles) {
        fputs(", \"quantiles\": {", out);
        for (uint32_t i = 0; i < family->quantiles_count; i++) {
            if (i > 0) fputs(", ", out);
            put_string(out, family->quantiles_text[i]);
            fputs(": ", out);
            put_value(out, agent_f64(series->quantiles[i]));
        }
        fputc('}', out);
    }
}

uint64_t post_write_json(FILE *out, const agent_host_snapshot_v1 *snapshots, agent_snapshot *snapshot) {
    agent_family family = {.size = sizeof family};
    uint64_t samples = 0;
    fprintf(out, "{\"time_ns\": %" PRId64 ", \"samples\": [", snapshots->time_ns(snapshot));
    for (uint32_t f = 0; snapshots->family(snapshot, f, &family) == AGENT_OK; f++) {
        int compound = family.kind == AGENT_METRIC_DISTRIBUTION || family.kind == AGENT_METRIC_SUMMARY;
        agent_series batch[64];
        uint64_t cursor = 0;
        uint32_t count = 0;
        while (snapshots->series(snapshot, f, &cursor, batch, 64, &count) == AGENT_OK && count > 0) {
            for (uint32_t i = 0; i < count; i++, samples++) {
                fputs(samples > 0 ? ",\n{\"name\": " : "\n{\"name\": ", out);
                put_string(out, family.name);
                put_labels(out, snapshots, snapshot, f, batch[i].id);
                if (compound) fprintf(out, ", \"count\": %" PRIu64, batch[i].count);
                fputs(compound ? ", \"sum\": " : ", \"value\": ", out);
                put_value(out, compound ? batch[i].sum : batch[i].value);
                put_details(out, &family, &batch[i]);
                fputc('}', out);
            }
        }
    }
    fputs("]}\n", out);
    return samples;
}

/* ---- Reading ---- */

static const char *skip(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
    return at;
}

/* Moves *at behind a word, with blanks before it. */
static int take(const char **at, const char *end, const char *word) {
    size_t length = strlen(word);
    *at = skip(*at, end);
    if ((size_t)(end - *at) < length || memcmp(*at, word, length) != 0) return 0;
    *at += length;
    return 1;
}

int post_read_settings(agent_str json, char *url, size_t capacity) {
    const char *at = json.data, *end = json.data ? json.data + json.size : NULL;
    size_t length = 0;
    if (!at || !take(&at, end, "{") || !take(&at, end, "\"url\"") || !take(&at, end, ":") ||
        !take(&at, end, "\""))
        return 0;
    for (; at < end && *at != '"'; at++) {
        if (*at == '\\' && (++at == end || *at != '/')) return 0; /* "/" is all a URL may have escaped */
        if ((unsigned char)*at <= 0x20 || length + 1 >= capacity) return 0;
        url[length++] = *at;
    }
    url[length] = 0;
    return take(&at, end, "\"") && take(&at, end, "}") && skip(at, end) == end;
}
