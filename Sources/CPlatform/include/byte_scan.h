/* byte_scan.h: finding bytes of interest, 64 at a time.
 *
 * Swift has no way to turn a vector of comparisons into a bit mask; clang's vectors of booleans have, on
 * every architecture.
 */
#ifndef CPLATFORM_BYTE_SCAN_H
#define CPLATFORM_BYTE_SCAN_H

#include <stdint.h>
#include <string.h>

typedef uint8_t platform_bytes64 __attribute__((vector_size(64)));
typedef _Bool platform_flags64 __attribute__((ext_vector_type(64)));

/* Bit n of the result: byte n at `at` is one of , = \ " or is a space or control character. `beyond_ascii`:
 * not 0 where one of the 64 bytes is above 0x7f. All 64 bytes are read. */
static inline uint64_t platform_line_delimiters(const uint8_t *at, uint64_t *beyond_ascii) {
    platform_bytes64 bytes;
    memcpy(&bytes, at, sizeof bytes);
    platform_flags64 found = __builtin_convertvector(
        (bytes <= 0x20) | (bytes == ',') | (bytes == '=') | (bytes == '\\') | (bytes == '"'), platform_flags64);
    platform_flags64 high = __builtin_convertvector((bytes >= 0x80), platform_flags64);
    uint64_t mask;
    memcpy(&mask, &found, sizeof mask);
    memcpy(beyond_ascii, &high, sizeof *beyond_ascii);
    return mask;
}

#endif
