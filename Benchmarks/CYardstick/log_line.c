#include "CYardstick.h"

#include <stdio.h>
#include <time.h>

long yardstick_log_line(long rounds)
{
    char line[1024];
    long bytes = 0;
    for (long i = 0; i < rounds; i++) {
        struct timespec now;
        struct tm parts;
        clock_gettime(CLOCK_REALTIME, &now);
        gmtime_r(&now.tv_sec, &parts);
        bytes += snprintf(
            line, sizeof line,
            "{\"@timestamp\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06ldZ\",\"log.level\":\"%s\",\"message\":\"%s\","
            "\"ecs.version\":\"8.11.0\",\"log.logger\":\"%s\",\"service.name\":\"agent\",\"service.version\":\"1.0.0\","
            "\"labels\":{\"bytes\":\"%ld\",\"chunks\":\"%d\",\"device_id\":\"%s\",\"duration_seconds\":\"%.6f\","
            "\"exit_code\":\"%s\",\"protocol\":\"%s\",\"run_id\":\"%s\",\"site\":\"%s\",\"status\":\"%s\"}}\n",
            parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
            parts.tm_sec, now.tv_nsec / 1000, "warning", "run failed", "agent.runs", i, 1, "box",
            (double)i / 1e9, "1", "local", "01a1fd69-d11e-7279-83f0-85bd4aafeae7", "lab", "error");
    }
    return bytes;
}
