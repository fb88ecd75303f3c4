#define _GNU_SOURCE
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Above it the probe would have the kernel make a large table, and who has that many does not run out of them. */
enum { largest_probed = 16384 };

int32_t platform_has_descriptors(int32_t count) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > largest_probed) return 1;
    int lowest = (int)limit.rlim_cur - count;
    if (lowest < 3) return 0;
    /* The lowest free number is always given first: where the last ones are free, all of them are. */
    int probe = fcntl(0, F_DUPFD_CLOEXEC, lowest);
    if (probe < 0) return errno == EBADF;
    close(probe);
    return probe == lowest;
}
