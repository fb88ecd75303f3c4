/* textfile: writes every sample to one file, replaced as a whole at each export. What it writes is what
 * node_exporter's textfile collector reads. docs/plugins.md walks through it from top to bottom. */
#define _POSIX_C_SOURCE 200809L
#include <agent_plugin.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

AGENT_PLUGIN_NOTE(AGENT_KIND_EXPORTER);

/* One instance: what create reads from the settings, and the services of the host it needs later. */
typedef struct textfile {
    const agent_host *host;
    const agent_host_snapshot_v1 *snapshots;
    const agent_host_clock_v1 *clock;
    const agent_host_log_v1 *log;       /* NULL where the host has none */
    const agent_host_status_v1 *status; /* NULL where the host has none */
    int failing;                        /* the last export failed */
    char path[1024];
    char temporary[1024 + 8];
} textfile;

/* ---- Settings: the one string "path" ---- */

static const char schema[] =
    "{\"type\": \"object\", \"additionalProperties\": false, \"required\": [\"path\"],"
    " \"properties\": {\"path\": {\"type\": \"string\", \"minLength\": 1, \"maxLength\": 1023,"
    "  \"description\": \"File to write, in a directory the agent may write to\"}}}";

/* Four hexadecimal digits as a number, or -1. */
static int32_t hex4(const char *at, const char *end) {
    static const char digits[] = "0123456789abcdefABCDEF";
    int32_t number = 0;
    if (end - at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        const char *digit = at[i] ? strchr(digits, at[i]) : NULL;
        if (!digit) return -1;
        number = number * 16 + (int32_t)(digit - digits > 15 ? digit - digits - 6 : digit - digits);
    }
    return number;
}

/* Writes a code point as UTF-8 and answers how many bytes that took. */
static size_t utf8(int32_t code, char *out) {
    static const int32_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 63));
    out[0] = (char)(lead[length] | code);
    return length;
}

/* Reads what follows a backslash, moves *at behind it, answers its length in UTF-8; 0 when it is broken. */
static size_t read_escape(const char **at, const char *end, char *out) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    char name = *at < end ? *(*at)++ : 0;
    const char *known = name ? strchr(names, name) : NULL;
    int32_t code, low = -1;
    if (known) {
        out[0] = values[known - names];
        return 1;
    }
    if (name != 'u' || (code = hex4(*at, end)) < 0) return 0;
    *at += 4;
    if (code >= 0xd800 && code < 0xe000) { /* one half of a surrogate pair: the other must follow */
        if (end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') low = hex4(*at + 2, end);
        if (code >= 0xdc00 || low < 0xdc00 || low > 0xdfff) return 0;
        code = 0x10000 + (code - 0xd800) * 1024 + (low - 0xdc00);
        *at += 6;
    }
    return utf8(code, out);
}

/* Reads a JSON string whose opening quote is behind `at`, unescaped and NUL-terminated, into `out`. Answers
 * where it ends, or NULL when it is broken. What does not fit or holds a NUL comes out as "". */
static const char *read_string(const char *at, const char *end, char *out, size_t capacity) {
    size_t length = 0;
    int usable = 1;
    while (at < end && *at != '"') {
        char bytes[4];
        size_t count = 1;
        bytes[0] = *at++;
        if (bytes[0] == '\\' && (count = read_escape(&at, end, bytes)) == 0) return NULL;
        if (!bytes[0] || length + count >= capacity) usable = 0;
        if (usable) memcpy(out + length, bytes, count);
        if (usable) length += count;
    }
    out[usable ? length : 0] = 0;
    return at < end ? at + 1 : NULL;
}

static const char *skip_space(const char *at, const char *end) {
    while (at && at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n')) at++;
    return at;
}

/* Finds the string of `key` in a JSON object; keys of nested objects do not count. 0 when there is none. */
static int find_string(agent_str json, const char *key, char *out, size_t capacity) {
    const char *at = json.data, *end = json.data + json.size;
    int depth = 0;
    while (at && at < end) {
        char c = *at++, name[32];
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') depth--;
        if (c != '"') continue;
        at = skip_space(read_string(at, end, name, sizeof name), end);
        if (!at || at == end || *at != ':' || depth != 1 || strcmp(name, key) != 0) continue;
        at = skip_space(at + 1, end);
        return at < end && *at == '"' && read_string(at + 1, end, out, capacity) && out[0];
    }
    return 0;
}

/* ---- What is written ---- */

typedef struct output {
    FILE *file;
    uint64_t samples;
} output;

static const agent_str none = {NULL, 0};

static void put(output *out, agent_str text) {
    if (text.size > 0) fwrite(text.data, 1, text.size, out->file);
}

/* A number in the shortest form that reads back as the same double. */
static void put_number(output *out, double number) {
    char text[32];
    if (isnan(number)) {
        fputs("NaN", out->file);
    } else if (isinf(number)) {
        fputs(number < 0 ? "-Inf" : "+Inf", out->file);
    } else {
        for (int digits = 15; digits <= 17; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, number);
            if (strtod(text, NULL) == number) break;
        }
        fputs(text, out->file);
    }
}

/* One line: name, suffix, the series' labels and at most one further label, value. */
static void put_sample(output *out, agent_str name, const char *suffix, agent_str labels,
                       const char *label, agent_str label_value, agent_value value) {
    put(out, name);
    fputs(suffix, out->file);
    if (labels.size > 0 || label) {
        fputc('{', out->file);
        put(out, labels);
        if (label) {
            fprintf(out->file, "%s%s=\"", labels.size > 0 ? "," : "", label);
            put(out, label_value);
            fputc('"', out->file);
        }
        fputc('}', out->file);
    }
    fputc(' ', out->file);
    if (value.type == AGENT_VALUE_I64 && value.exponent10 == 0)
        fprintf(out->file, "%" PRId64, value.as.i64);
    else
        put_number(out, agent_value_f64(value));
    fputc('\n', out->file);
}

/* The lines of one series. */
static void put_series(output *out, const agent_family *family, const agent_series *series) {
    uint64_t cumulative = 0;
    out->samples++;
    if (family->kind < AGENT_METRIC_DISTRIBUTION) {
        put_sample(out, family->name, "", series->labels, NULL, none, series->value);
        return;
    }
    if (family->kind == AGENT_METRIC_DISTRIBUTION)
        for (uint32_t i = 0; i <= family->bounds_count; i++) {
            agent_str bound = i < family->bounds_count ? family->bounds_text[i] : agent_text("+Inf");
            cumulative += series->buckets[i];
            put_sample(out, family->name, "_bucket", series->labels, "le", bound,
                       agent_i64((int64_t)cumulative));
        }
    else
        for (uint32_t i = 0; i < family->quantiles_count; i++)
            put_sample(out, family->name, "", series->labels, "quantile", family->quantiles_text[i],
                       agent_f64(series->quantiles[i]));
    put_sample(out, family->name, "_sum", series->labels, NULL, none, series->sum);
    put_sample(out, family->name, "_count", series->labels, NULL, none,
               agent_i64((int64_t)series->count));
}

/* Every family of a snapshot. AGENT_TIMEOUT when the deadline passes on the way. */
static agent_status put_snapshot(textfile *self, output *out, agent_snapshot *snapshot,
                                 int64_t deadline_ns, uint64_t *skipped) {
    static const char *const kinds[] = {NULL, "counter", "counter", "gauge", "gauge", "histogram", "summary"};
    agent_family family = {.size = sizeof family};
    for (uint32_t index = 0; self->snapshots->family(snapshot, index, &family) == AGENT_OK; index++) {
        int known = family.kind >= AGENT_METRIC_COUNTER && family.kind <= AGENT_METRIC_SUMMARY;
        agent_series batch[64];
        uint64_t cursor = 0;
        uint32_t count = 0;
        if (known) {
            fputs("# TYPE ", out->file);
            put(out, family.name);
            fprintf(out->file, " %s\n", kinds[family.kind]);
        }
        while (self->snapshots->series(snapshot, index, &cursor, batch, 64, &count) == AGENT_OK) {
            if (self->clock->monotonic_ns(self->host) >= deadline_ns) return AGENT_TIMEOUT;
            if (!known) *skipped += count;
            for (uint32_t i = 0; known && i < count; i++) put_series(out, &family, &batch[i]);
        }
        family.size = sizeof family;
    }
    return AGENT_OK;
}

/* ---- The exporter ---- */

/* Ends a failed export: the host tries again later. Says so once, not at every attempt. */
static agent_status retry(textfile *self, const char *what, int number, agent_export_result *result,
                          agent_error *error) {
    char reason[128] = "the deadline passed", text[1400];
    if (number) strerror_r(number, reason, sizeof reason);
    snprintf(text, sizeof text, "cannot %s %s: %s", what, self->path, reason);
    agent_str why = agent_text(text);
    if (self->status) self->status->set(self->host, AGENT_STATUS_DEGRADED, why);
    if (self->log && !self->failing) self->log->write(self->host, AGENT_LOG_WARNING, why, NULL, 0);
    self->failing = 1;
    result->outcome = AGENT_EXPORT_RETRY;
    agent_fail(error, number ? AGENT_ERROR : AGENT_TIMEOUT, why.data, why.size);
    return AGENT_OK;
}

/* Writes a file beside the one wanted, then renames it: who reads sees the old one or the new one, whole.
 * No fsync: after a power cut the next export writes it anew. */
static agent_status export_snapshot(void *instance, agent_snapshot *snapshot, int64_t deadline_ns,
                                    agent_export_result *result, agent_error *error) {
    textfile *self = instance;
    output out = {NULL, 0};
    agent_status status;
    uint64_t skipped = 0;
    off_t bytes;
    int number;
    int fd = open(self->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) return retry(self, "create the file for", errno, result, error);
    if (!(out.file = fdopen(fd, "w"))) {
        number = errno;
        close(fd);
        unlink(self->temporary);
        return retry(self, "buffer the file for", number, result, error);
    }
    status = put_snapshot(self, &out, snapshot, deadline_ns, &skipped);
    number = fflush(out.file) != 0 ? errno : ferror(out.file) ? EIO : 0;
    bytes = ftello(out.file);
    if (fclose(out.file) != 0 && !number) number = errno;
    if (status == AGENT_OK && !number && rename(self->temporary, self->path) != 0) number = errno;
    if (status != AGENT_OK || number) {
        unlink(self->temporary);
        return retry(self, "write", number, result, error);
    }
    if (skipped) {
        result->outcome = AGENT_EXPORT_PARTIAL;
        AGENT_FAIL(error, AGENT_UNSUPPORTED, "some series are of a kind newer than this plugin");
    }
    result->accepted = out.samples;
    result->rejected = skipped;
    result->bytes = (uint64_t)bytes;
    if (self->status) self->status->set(self->host, AGENT_STATUS_OK, none);
    self->failing = 0;
    return AGENT_OK;
}

static const agent_exporter_v1 exporter = {
    .size = sizeof exporter,
    .interval_ns = INT64_C(15000000000),
    .timeout_ns = INT64_C(5000000000),
    .export_snapshot = export_snapshot,
};

/* ---- The plugin ---- */

/* A service of the host, by its id. */
static const void *service(const agent_host *host, const char *id) {
    return host->get_interface(host, agent_text(id));
}

static agent_status create(const agent_host *host, const agent_instance_config *config, void **instance,
                           agent_error *error) {
    textfile *self = calloc(1, sizeof *self);
    if (!self) return AGENT_FAIL(error, AGENT_ERROR, "out of memory");
    self->host = host;
    self->snapshots = service(host, AGENT_HOST_SNAPSHOT_V1);
    self->clock = service(host, AGENT_HOST_CLOCK_V1);
    self->log = service(host, AGENT_HOST_LOG_V1);
    self->status = service(host, AGENT_HOST_STATUS_V1);
    if (!self->snapshots || !self->clock) {
        free(self);
        return AGENT_FAIL(error, AGENT_UNSUPPORTED, "this host offers no snapshots or no clock");
    }
    if (!find_string(config->settings, "path", self->path, sizeof self->path)) {
        free(self);
        return AGENT_FAIL(error, AGENT_INVALID,
                          "settings: \"path\" must be plain text: a path of at most 1023 bytes");
    }
    snprintf(self->temporary, sizeof self->temporary, "%s.new", self->path);
    *instance = self;
    return AGENT_OK;
}

static void destroy(void *instance) {
    free(instance);
}

static const void *get_interface(agent_str id) {
    if (agent_is(id, AGENT_EXPORTER_V1)) return &exporter;
    return NULL;
}

static const agent_plugin plugin = {
    .size = sizeof plugin,
    .abi_major = AGENT_ABI_MAJOR,
    .abi_minor = AGENT_ABI_MINOR,
    .id = AGENT_STR("org.example.agent.textfile"),
    .name = AGENT_STR("TextFile"),
    .version = AGENT_STR("1.0.0"),
    .vendor = AGENT_STR("Example"),
    .summary = AGENT_STR("Writes every sample to a file that is replaced as a whole."),
    .settings_schema = {schema, sizeof schema - 1},
    .create = create,
    .destroy = destroy,
    .get_interface = get_interface,
};

agent_status agent_plugin_entry(const agent_host *host, const agent_plugin **out, agent_error *error) {
    (void)host;
    (void)error;
    *out = &plugin;
    return AGENT_OK;
}
