/* agent/base.h: the words every other header uses: text views, values, status codes, errors.
 *
 * Rules that hold for the whole interface
 *  - Nobody frees across the border. What a function receives is a view, valid until the call returns.
 *    What it gives back goes into memory the caller owns, or into a sink of the host.
 *  - Text is UTF-8 with a length. It need not end in NUL and may contain NUL.
 *  - Structs hold fixed-width integers, doubles and pointers only. A struct that begins with `size` may
 *    grow at its end: set `size` to sizeof of what you compiled, and read a field only where the `size`
 *    you were given covers it (AGENT_HAS). Reserved fields are zero.
 *  - No exception, panic, Swift error or longjmp crosses. A plugin never calls exit, abort, fork, signal,
 *    setenv, setlocale, chdir or umask, and masks all signals in threads of its own.
 *  - Times ending in _ns are nanoseconds. `deadline_ns` and `monotonic` are CLOCK_MONOTONIC; `time_ns` and
 *    `system` are nanoseconds since 1970-01-01T00:00:00Z.
 *
 * Thread tags. Every function's comment ends in one:
 *  [main]      called once, while the host starts or stops the plugin; never beside another call.
 *  [instance]  never two at once for one instance; any thread of the operating system.
 *  [object]    the same for the one object the call is about: a snapshot, a response.
 *  [any]       at any time, from any thread, also several at once.
 */
#ifndef AGENT_BASE_H
#define AGENT_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define AGENT_STATIC_ASSERT(condition, text) static_assert(condition, text)
extern "C" {
#else
#define AGENT_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* The version of this interface. A plugin and a host work together when their majors are equal and the
 * plugin's lowest accepted host minor is not above the host's minor. */
#define AGENT_ABI_MAJOR 1
#define AGENT_ABI_MINOR 0

/* A view of text or bytes: `size` bytes at `data`. {NULL, 0} means absent. */
typedef struct agent_str {
    const char *data;
    uint64_t size;
} agent_str;

/* An agent_str initialiser from a string literal: static const agent_str name = AGENT_STR("runner"); */
#define AGENT_STR(literal) { (literal), sizeof(literal) - 1 }

/* A view of NUL-terminated text; it lives as long as the text. [any] */
static inline agent_str agent_text(const char *text) {
    agent_str view = {text, 0};
    while (text && text[view.size]) view.size++;
    return view;
}

/* One name and its value: a label, a log field, an HTTP header. */
typedef struct agent_pair {
    agent_str name;
    agent_str value;
} agent_pair;

/* Whether `pointer->field` lies inside the size the other side filled in. */
#define AGENT_HAS(pointer, type, field) \
    ((pointer)->size >= offsetof(type, field) + sizeof((pointer)->field))

/* What a function answers. 0 is success, positive is success that says more, negative is failure. */
typedef int32_t agent_status;
#define AGENT_OK 0
#define AGENT_END 1            /* there is nothing (more) at this index */
#define AGENT_ERROR (-1)       /* failed; agent_error says why */
#define AGENT_INVALID (-2)     /* an argument is wrong; the same call will fail again */
#define AGENT_UNSUPPORTED (-3) /* not offered by this side */
#define AGENT_TIMEOUT (-4)     /* the deadline passed */
#define AGENT_CLOSED (-5)      /* the receiver is gone: stop producing */
#define AGENT_FULL (-6)        /* a bounded queue or buffer has no room; what was given is dropped and counted */
#define AGENT_NOT_FOUND (-7)   /* no such name */

/* Room for an error's text. The caller owns it, sets `size`, `text` and `capacity`, and clears `code` and
 * `length`; the callee writes at most `capacity` bytes and sets `length`. A callee keeps no pointer to it.
 * One sentence: what, where, and what would be accepted. */
typedef struct agent_error {
    uint32_t size;
    int32_t code; /* an agent_status, or a number of the plugin's own below -1000 */
    char *text;
    uint32_t capacity;
    uint32_t length;
} agent_error;

/* Fills in an error, cut to its capacity, and answers `code`; `error` may be NULL. [any] */
static inline agent_status agent_fail(agent_error *error, agent_status code, const char *text, uint64_t length) {
    if (error) {
        uint64_t n = length < error->capacity ? length : error->capacity;
        error->code = code;
        for (uint64_t i = 0; i < n; i++) error->text[i] = text[i];
        error->length = (uint32_t)n;
    }
    return code;
}

/* The same for a string literal: return AGENT_FAIL(error, AGENT_INVALID, "settings: \"port\" is missing"); */
#define AGENT_FAIL(error, code, literal) agent_fail((error), (code), (literal), sizeof(literal) - 1)

/* A number. An I64 stands for i64 × 10^exponent10, exactly: 1.5 s measured in nanoseconds is
 * {1500000000, -9}; exponent10 lies between -30 and 30. An F64 is the double itself; its exponent10 is 0. */
#define AGENT_VALUE_ABSENT 0
#define AGENT_VALUE_I64 1
#define AGENT_VALUE_F64 2
typedef struct agent_value {
    union {
        int64_t i64;
        double f64;
    } as;
    int32_t exponent10;
    uint32_t type;
} agent_value;

/* A value as a double: the nearest one while |i64| ≤ 2^53 and |exponent10| ≤ 22, one rounding off beyond;
 * 0 for an absent value. [any] */
static inline double agent_value_f64(agent_value value) {
    if (value.type == AGENT_VALUE_F64) return value.as.f64;
    if (value.type != AGENT_VALUE_I64) return 0;
    double scale = 1;
    for (int32_t e = value.exponent10; e < 0 && scale < 1e300; e++) scale *= 10;
    for (int32_t e = value.exponent10; e > 0 && scale < 1e300; e--) scale *= 10;
    return value.exponent10 < 0 ? (double)value.as.i64 / scale : (double)value.as.i64 * scale;
}

/* The values of a number. [any] */
static inline agent_value agent_i64(int64_t number) {
    agent_value value;
    value.as.i64 = number;
    value.exponent10 = 0;
    value.type = AGENT_VALUE_I64;
    return value;
}

static inline agent_value agent_f64(double number) {
    agent_value value;
    value.as.f64 = number;
    value.exponent10 = 0;
    value.type = AGENT_VALUE_F64;
    return value;
}

/* The layout is the contract: 64-bit, little-endian ELF platforms (x86_64, aarch64). */
AGENT_STATIC_ASSERT(sizeof(void *) == 8, "the interface is defined for 64-bit platforms");
AGENT_STATIC_ASSERT(sizeof(agent_str) == 16, "agent_str");
AGENT_STATIC_ASSERT(sizeof(agent_pair) == 32, "agent_pair");
AGENT_STATIC_ASSERT(sizeof(agent_error) == 24, "agent_error");
AGENT_STATIC_ASSERT(sizeof(agent_value) == 16, "agent_value");

#ifdef __cplusplus
}
#endif
#endif
