/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};

static const struct {
    int number;
    unsigned event;
} handled_signals[] = {
    {SIGWINCH, SIGNALS_RESIZE}, {SIGTSTP, SIGNALS_STOP},      {SIGCONT, SIGNALS_CONTINUE},
    {SIGINT, SIGNALS_INTERRUPT}, {SIGTERM, SIGNALS_TERMINATE}, {SIGHUP, SIGNALS_TERMINATE},
};

enum {
    N_FATAL = sizeof fatal_signals / sizeof *fatal_signals,
    N_HANDLED = sizeof handled_signals / sizeof *handled_signals,
    STUCK_SECONDS = 2,
};

static int pipe_fds[2] = {-1, -1};
static unsigned pending; /* signals_event; changed by atomic operations only */
static struct sigaction before_fatal[N_FATAL], before_handled[N_HANDLED];

/* What the dying program needs: prepared, because a handler may do little. */
static struct {
    int fd;
    char bytes[SIGNALS_RESTORE_MAX];
    size_t n;
    struct termios mode;
} restore = {.fd = -1};

static void signals_note(unsigned event)
{
    unsigned before = __atomic_fetch_or(&pending, event, __ATOMIC_ACQ_REL);
    if (before)
        return; /* the pipe has its byte already */
    int saved = errno;
    ssize_t got = write(pipe_fds[1], "", 1);
    (void)got; /* a full pipe wakes as well */
    errno = saved;
}

static void signals_restore_terminal(void)
{
    if (restore.fd < 0)
        return;
    for (size_t at = 0; at < restore.n;) {
        ssize_t got = write(restore.fd, restore.bytes + at, restore.n - at);
        if (got <= 0)
            break;
        at += (size_t)got;
    }
    tcsetattr(restore.fd, TCSANOW, &restore.mode);
}

static void signals_die(int number)
{
    signals_restore_terminal();
    signal(number, SIG_DFL);
    raise(number);
}

/* A session that ends sends several signals at once; only one that comes long after an untaken one means it. */
static bool signals_is_stuck(void)
{
    static time_t first; /* only one handler runs at a time: they block each other */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (__atomic_load_n(&pending, __ATOMIC_ACQUIRE) & SIGNALS_TERMINATE)
        return now.tv_sec - first >= STUCK_SECONDS;
    first = now.tv_sec;
    return false;
}

static void signals_handle(int number)
{
    for (size_t i = 0; i < N_HANDLED; i++) {
        if (handled_signals[i].number != number)
            continue;
        if (handled_signals[i].event == SIGNALS_TERMINATE && signals_is_stuck())
            signals_die(number);
        signals_note(handled_signals[i].event);
    }
}

int signals_open(struct error *err)
{
    if (pipe(pipe_fds))
        return error_errno(err, "pipe");
    for (int i = 0; i < 2; i++) {
        fcntl(pipe_fds[i], F_SETFL, O_NONBLOCK);
        fcntl(pipe_fds[i], F_SETFD, FD_CLOEXEC);
    }
    pending = 0;
    struct sigaction action = {.sa_handler = signals_handle, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < N_HANDLED; i++)
        sigaction(handled_signals[i].number, &action, &before_handled[i]);
    action.sa_handler = signals_die;
    action.sa_flags = (int)SA_RESETHAND;
    for (size_t i = 0; i < N_FATAL; i++)
        sigaction(fatal_signals[i], &action, &before_fatal[i]);
    return 0;
}

void signals_close(void)
{
    if (pipe_fds[0] < 0)
        return;
    for (size_t i = 0; i < N_HANDLED; i++)
        sigaction(handled_signals[i].number, &before_handled[i], NULL);
    for (size_t i = 0; i < N_FATAL; i++)
        sigaction(fatal_signals[i], &before_fatal[i], NULL);
    close(pipe_fds[0]);
    close(pipe_fds[1]);
    pipe_fds[0] = pipe_fds[1] = -1;
}

int signals_fd(void)
{
    return pipe_fds[0];
}

unsigned signals_take(void)
{
    char bytes[64];
    /* Empty the pipe before the flags: what comes between leaves a byte for the next poll. */
    while (read(pipe_fds[0], bytes, sizeof bytes) > 0)
        ;
    return __atomic_exchange_n(&pending, 0, __ATOMIC_ACQ_REL);
}

void signals_wake(void)
{
    signals_note(SIGNALS_WAKE);
}

void signals_stop_here(void)
{
    struct sigaction ours, by_default = {.sa_handler = SIG_DFL};
    sigemptyset(&by_default.sa_mask);
    sigaction(SIGTSTP, &by_default, &ours);
    /* All of the group: a script that started us must stop too, or the shell never gets the terminal. */
    kill(0, SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}

void signals_set_restore(int fd, const char *bytes, size_t n, const struct termios *mode)
{
    restore.fd = -1;
    if (fd < 0 || n > sizeof restore.bytes)
        return;
    memcpy(restore.bytes, bytes, n);
    restore.n = n;
    restore.mode = *mode;
    restore.fd = fd;
}
