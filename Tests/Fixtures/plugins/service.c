/* service-good: a thread emits "fixture.ticked" every millisecond until it is stopped; stop reports how many.
 * service-slow-stop: the same, but stop takes `number` milliseconds (2000 without one), whatever the deadline. */
#include "fixture.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

AGENT_PLUGIN_NOTE(AGENT_KIND_SERVICE);

typedef struct ticker {
    fixture base; /* first: what create made begins with it */
    const agent_host_emit_v1 *emit;
    pthread_t thread;
    atomic_int stopping;
} ticker;

static agent_status create(const agent_host *host, const agent_instance_config *config, void **instance,
                           agent_error *error) {
    agent_event_keys keys = {.size = sizeof keys, .name = AGENT_STR("fixture.ticked")};
    void *base = NULL;
    agent_status status = fixture_create(host, config, &base, error);
    if (status != AGENT_OK) return status;
    ticker *self = calloc(1, sizeof *self);
    if (self) {
        self->base = *(fixture *)base;
        self->emit = fixture_service(host, AGENT_HOST_EMIT_V1);
    }
    free(base);
    if (!self || !self->emit) status = AGENT_FAIL(error, AGENT_UNSUPPORTED, "no memory, or no agent.host.emit/1");
    if (status == AGENT_OK) status = self->emit->prepare(host, &keys, &self->base.event, error);
    if (status == AGENT_OK) *instance = self;
    else free(self);
    return status;
}

static void *run(void *argument) {
    ticker *self = argument;
    while (!atomic_load(&self->stopping)) {
        if (self->emit->emit(self->base.host, self->base.event, NULL, NULL) == AGENT_OK) self->base.count++;
        fixture_sleep(1);
    }
    return NULL;
}

/* A new thread inherits its creator's signal mask: block all, create, put the old mask back. */
static agent_status start(void *instance, agent_error *error) {
    ticker *self = instance;
    sigset_t all, before;
    atomic_store(&self->stopping, 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&self->thread, NULL, run, self);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed ? AGENT_FAIL(error, AGENT_ERROR, "no further thread") : AGENT_OK;
}

static agent_status stop(void *instance, int64_t deadline_ns, agent_error *error) {
    ticker *self = instance;
    (void)deadline_ns;
    (void)error;
#ifdef SLOW
    fixture_sleep(self->base.number < 0 ? 2000 : self->base.number);
#endif
    atomic_store(&self->stopping, 1);
    pthread_join(self->thread, NULL);
    fixture_report(&self->base, self->base.count);
    return AGENT_OK;
}

static const agent_service_v1 ticking = {
    .size = sizeof ticking,
    .start = start,
    .stop = stop,
};

static const void *get_interface(agent_str id) {
    return agent_is(id, AGENT_SERVICE_V1) ? &ticking : NULL;
}

FIXTURE_PLUGIN_WITH(NAME, SLUG, "1.0.0", create, fixture_destroy)
