#define _GNU_SOURCE
#include "CTestSupport.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int test_open_terminal(int *device)
{
    char name[128];
    int controller = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (controller < 0)
        return -1;
    if (grantpt(controller) == 0 && unlockpt(controller) == 0
        && ptsname_r(controller, name, sizeof name) == 0
        && (*device = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)) >= 0)
        return controller;
    int error = errno;
    close(controller);
    errno = error;
    return -1;
}
