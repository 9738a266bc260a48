/* Preloaded into a service to make its disk slow and its clock wrong: FAULT_SYNC names a file with the milliseconds that
   making data durable takes longer, FAULT_CLOCK one with the seconds that the time of day is off. Both may change at any
   time; clocks that are never set back are left alone, as by whoever sets the time of day. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long number_in(const char *variable) {
    const char *name = getenv(variable);
    FILE *file = name ? fopen(name, "r") : NULL;
    long number = 0;
    if (file) {
        if (fscanf(file, "%ld", &number) != 1) number = 0;
        fclose(file);
    }
    return number;
}

static void wait_for_disk(void) {
    long milliseconds = number_in("FAULT_SYNC");
    struct timespec span = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&span, NULL);
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_for_disk();
    return real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_for_disk();
    return real(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int code = real(clock, time);
    if (clock == CLOCK_REALTIME) time->tv_sec += number_in("FAULT_CLOCK");
    return code;
}
