/* Moves the wall clock of one program: the seconds that stand in the file named by QUICKPAY_WALL_OFFSET are added to
   CLOCK_REALTIME, from the moment they stand there. All other clocks are left alone, as a wrong NTP server leaves them.
   The id of the boot is read from the file named by QUICKPAY_BOOT_ID: another content is a machine that was started anew.
   Loaded with LD_PRELOAD by tests/shop/wall_clock.rs. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long offset_seconds(void) {
    const char *path = getenv("QUICKPAY_WALL_OFFSET");
    char text[32] = {0};
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) {
        return 0;
    }
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    return length > 0 ? strtol(text, NULL, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) {
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    }
    int result = real(clock, time);
    if (result == 0 && clock == CLOCK_REALTIME) {
        time->tv_sec += offset_seconds();
    }
    return result;
}

int open64(const char *path, int flags, ...) {
    static int (*real)(const char *, int, ...);
    const char *boot = getenv("QUICKPAY_BOOT_ID");
    va_list more;
    va_start(more, flags);
    int mode = va_arg(more, int);
    va_end(more);
    if (!real) {
        real = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    }
    if (boot && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0) {
        path = boot;
    }
    return real(path, flags, mode);
}
