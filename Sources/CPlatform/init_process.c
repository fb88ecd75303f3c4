#define _GNU_SOURCE
#include "init_process.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Waits for all that have ended; leaves the process with the child. */
static void reap(pid_t child) {
    for (;;) {
        int status = 0;
        pid_t ended = waitpid(-1, &status, WNOHANG);
        if (ended < 0 && errno == EINTR) continue;
        if (ended <= 0) return;
        if (ended == child) _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    }
}

static void serve(pid_t child, const sigset_t *all) {
    prctl(PR_SET_NAME, "agent-init", 0, 0, 0);
    for (;;) {
        siginfo_t news;
        reap(child);
        int number = sigwaitinfo(all, &news);
        /* What the terminal sends, it sends to the child as well. */
        if (number > 0 && number != SIGCHLD && news.si_code != SI_KERNEL) kill(child, number);
    }
}

void platform_leave_init_behind(void) {
    if (getpid() != 1) return;
    sigset_t all, before;
    sigfillset(&all);
    /* A fault of its own is not to be waited for. */
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGFPE);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t child = fork();
    if (child > 0) serve(child, &all);
    sigprocmask(SIG_SETMASK, &before, 0);
}
