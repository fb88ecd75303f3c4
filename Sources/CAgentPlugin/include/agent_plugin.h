/* agent_plugin.h: everything a plugin needs. Start with docs/plugins.md, then agent/plugin.h. */
#ifndef AGENT_PLUGIN_H
#define AGENT_PLUGIN_H

#include "agent/base.h"
#include "agent/host.h"
#include "agent/plugin.h"

/* What a plugin may offer. */
#include "agent/dashboards.h"
#include "agent/exporter.h"
#include "agent/handler.h"
#include "agent/metrics.h"
#include "agent/poll.h"
#include "agent/route.h"
#include "agent/service.h"
#include "agent/stream.h"

/* What the host offers. */
#include "agent/emit.h"
#include "agent/services.h"
#include "agent/snapshot.h"

#endif
