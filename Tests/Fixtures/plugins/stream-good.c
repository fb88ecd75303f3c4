/* Appends every update to its file, one line each: name{labels} value. Its first `number` batches it takes only later;
 * with -2 it wants none. */
#include "fixture.h"

AGENT_PLUGIN_NOTE(AGENT_KIND_STREAM);

static agent_status push(void *instance, const agent_sample *samples, uint32_t count, int64_t deadline_ns,
                         agent_export_result *result, agent_error *error) {
    fixture *self = instance;
    FILE *file = fopen(self->path, "ae");
    (void)deadline_ns;
    /* All of a batch at once: another instance may be appending too. */
    if (file) setvbuf(file, NULL, _IOFBF, 1 << 17);
    if (self->number-- > 0 || !file) {
        if (file) fclose(file);
        result->outcome = AGENT_EXPORT_RETRY;
        AGENT_FAIL(error, AGENT_ERROR, "cannot append to the file");
        return AGENT_OK;
    }
    for (uint32_t i = 0; i < count; i++) {
        const agent_family *family = samples[i].family;
        fwrite(family->name.data, 1, family->name.size, file);
        fputc('{', file);
        if (samples[i].labels.size > 0) fwrite(samples[i].labels.data, 1, samples[i].labels.size, file);
        fprintf(file, "} %.15g\n", agent_value_f64(samples[i].value));
    }
    if (fclose(file) == 0) result->accepted = count;
    return AGENT_OK;
}

static uint32_t wanted(void *instance) {
    fixture *self = instance;
    return self->number != -2;
}

static const agent_stream_v1 stream = {
    .size = sizeof stream,
    .batch = 256,
    .interval_ns = INT64_C(20000000),
    .push = push,
    .wanted = wanted,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_STREAM_V1) ? &stream : NULL;
}

FIXTURE_PLUGIN("StreamGood", "stream-good", "1.0.0")
