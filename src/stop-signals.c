/* SPDX-License-Identifier: Apache-2.0 */
#include "src/stop-signals.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stop_signal;

static void stop_signals_note(int number)
{
    stop_signal = number;
}

void stop_signals_watch(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action = {.sa_handler = stop_signals_note, .sa_flags = SA_RESETHAND | SA_RESTART}, old;
        sigemptyset(&action.sa_mask);
        if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN) /* as nohup wants it */
            sigaction(numbers[i], &action, NULL);
    }
}

int stop_signals_number(void)
{
    return stop_signal;
}

bool stop_signals_came(void *context)
{
    (void)context;
    return stop_signal != 0;
}
