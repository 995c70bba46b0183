/* SPDX-License-Identifier: Apache-2.0 */
#include "corpora/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

double clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

bool clock_read(const char *time, long long *seconds_out)
{
    struct tm tm = {0};
    int end = 0, hours = 0, minutes = 0;
    if (!time || sscanf(time, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
                        &tm.tm_min, &tm.tm_sec, &end) != 6)
        return false;
    time += end;
    time += *time == '.' ? 1 + strspn(time + 1, "0123456789") : 0;
    if ((*time == '+' || *time == '-') && sscanf(time + 1, "%2d:%2d", &hours, &minutes) != 2)
        return false;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    *seconds_out = (long long)timegm(&tm) - (*time == '-' ? -60LL : 60LL) * (60 * hours + minutes);
    return true;
}
