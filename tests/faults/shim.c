/* What can go wrong below a program, made to go wrong on purpose; loaded with LD_PRELOAD.

   Every operation that changes something under one folder is counted. Once armed, one of them fails, or the process
   dies at it. Two more things are switched by the environment, and need no arming:
   KUNTAKYSELY_SHIM_CLOCK_OFFSET  seconds by which the clock of the wall is wrong
   KUNTAKYSELY_SHIM_CONNECT_LOG   a file that gets a line for every attempt to reach a network */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* Modes: the process dies before the operation, or half way through a write; the disk is full, once or from here on;
   the disk is broken. */
enum { NOTHING, KILL, HALF, FULL, BROKEN, FULL_FROM_HERE };

#define PLACE (2 * PATH_MAX)

static char root[PATH_MAX];
static size_t root_length;
static atomic_long counted;
static long armed_at;
static int armed_mode;
static int log_to = -1;
static long clock_offset;
static const char *connect_log;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }
#define REAL(name) \
    static __typeof__(&name) real_##name; \
    if (!real_##name) real_##name = (__typeof__(&name))real(#name)

__attribute__((constructor)) static void begin(void) {
    const char *offset = getenv("KUNTAKYSELY_SHIM_CLOCK_OFFSET");
    clock_offset = offset ? atol(offset) : 0;
    connect_log = getenv("KUNTAKYSELY_SHIM_CONNECT_LOG");
}

/* Count what is done under `folder` (a path without links), and write a line for each operation to `log` (-1: none). */
void shim_watch(const char *folder, int log) {
    root_length = strlen(folder);
    memcpy(root, folder, root_length + 1);
    log_to = log;
    armed_mode = NOTHING;
    atomic_store(&counted, 0);
}

/* The operation of this number, counted from 1, goes wrong. */
void shim_arm(long number, int mode) {
    armed_at = number;
    armed_mode = mode;
}

long shim_counted(void) { return atomic_load(&counted); }

static const char *below(const char *place) {
    return strncmp(place, root, root_length) ? place : place[root_length] ? place + root_length + 1 : ".";
}

/* A line: what is done, to what, and for a rename, from what. */
static void say(const char *kind, const char *place, const char *from) {
    char line[2 * PLACE];
    int length = snprintf(line, sizeof line, "%s\t%s\t%s\n", kind, below(place), from ? below(from) : "");
    syscall(SYS_write, log_to, line, length);
}

static void die(void) {
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/* What is to happen to this operation: NOTHING, or HALF, FULL or BROKEN. At KILL it does not come back. */
static int hit(const char *kind, const char *place, const char *from, int needs_space) {
    if (!root_length || strncmp(place, root, root_length) || (place[root_length] && place[root_length] != '/'))
        return NOTHING;
    long number = atomic_fetch_add(&counted, 1) + 1;
    if (log_to >= 0) say(kind, place, from);
    if (armed_mode == FULL_FROM_HERE) return number >= armed_at && needs_space ? FULL : NOTHING;
    if (armed_mode == NOTHING || number != armed_at) return NOTHING;
    if (armed_mode == KILL) die();
    return armed_mode;
}

static int hit_file(const char *kind, int file, int needs_space) {
    char link[64], place[PLACE];
    if (!root_length) return NOTHING;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, place, sizeof place - 1);
    if (length < 0) return NOTHING;
    place[length] = 0;
    return hit(kind, place, NULL, needs_space);
}

static int hit_path(const char *kind, int folder, const char *path, const char *from, int needs_space) {
    char link[64], place[PLACE];
    if (!root_length || !path) return NOTHING;
    if (path[0] == '/') return hit(kind, path, from, needs_space);
    if (folder == AT_FDCWD)
        strcpy(link, "/proc/self/cwd");
    else
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, place, PATH_MAX);
    if (length < 0) return NOTHING;
    snprintf(place + length, sizeof place - length, "/%s", path);
    return hit(kind, place, from, needs_space);
}

static int fails(int happens) {
    if (happens == NOTHING) return 0;
    errno = happens == BROKEN ? EIO : ENOSPC;
    return 1;
}

/* A write: all of it, none of it, or half of it and death. */
#define WRITES(happens, all, half) \
    do { \
        int happens_ = (happens); \
        if (happens_ == HALF) { half; die(); } \
        if (fails(happens_)) return -1; \
        return (all); \
    } while (0)

ssize_t write(int file, const void *bytes, size_t n) {
    REAL(write);
    WRITES(hit_file("write", file, 1), real_write(file, bytes, n), real_write(file, bytes, n / 2));
}

ssize_t pwrite(int file, const void *bytes, size_t n, off_t at) {
    REAL(pwrite);
    WRITES(hit_file("write", file, 1), real_pwrite(file, bytes, n, at), real_pwrite(file, bytes, n / 2, at));
}

ssize_t pwrite64(int file, const void *bytes, size_t n, off64_t at) {
    REAL(pwrite64);
    WRITES(hit_file("write", file, 1), real_pwrite64(file, bytes, n, at), real_pwrite64(file, bytes, n / 2, at));
}

ssize_t writev(int file, const struct iovec *parts, int n) {
    REAL(writev);
    WRITES(hit_file("write", file, 1), real_writev(file, parts, n),
           syscall(SYS_write, file, parts[0].iov_base, n > 1 ? parts[0].iov_len : parts[0].iov_len / 2));
}

ssize_t pwritev(int file, const struct iovec *parts, int n, off_t at) {
    REAL(pwritev);
    WRITES(hit_file("write", file, 1), real_pwritev(file, parts, n, at),
           syscall(SYS_pwrite64, file, parts[0].iov_base, n > 1 ? parts[0].iov_len : parts[0].iov_len / 2, at));
}

/* A copy that is killed half way: a caller asks for more than there is, so the size of the source decides. */
static size_t half_of(int from, size_t n) {
    struct stat is;
    return (!fstat(from, &is) && (size_t)is.st_size < n ? (size_t)is.st_size : n) / 2;
}

ssize_t sendfile(int to, int from, off_t *at, size_t n) {
    REAL(sendfile);
    WRITES(hit_file("write", to, 1), real_sendfile(to, from, at, n), real_sendfile(to, from, at, half_of(from, n)));
}

ssize_t sendfile64(int to, int from, off64_t *at, size_t n) {
    REAL(sendfile64);
    WRITES(hit_file("write", to, 1), real_sendfile64(to, from, at, n), real_sendfile64(to, from, at, half_of(from, n)));
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t n, unsigned flags) {
    REAL(copy_file_range);
    WRITES(hit_file("write", to, 1), real_copy_file_range(from, from_at, to, to_at, n, flags),
           real_copy_file_range(from, from_at, to, to_at, half_of(from, n), flags));
}

#define FILE_OPERATION(name, kind, needs_space, given, passed) \
    int name given { \
        REAL(name); \
        return fails(hit_file(kind, file, needs_space)) ? -1 : real_##name passed; \
    }
FILE_OPERATION(fsync, "fsync", 0, (int file), (file))
FILE_OPERATION(fdatasync, "fsync", 0, (int file), (file))
FILE_OPERATION(ftruncate, "truncate", 1, (int file, off_t size), (file, size))
FILE_OPERATION(ftruncate64, "truncate", 1, (int file, off64_t size), (file, size))
FILE_OPERATION(fchmod, "chmod", 0, (int file, mode_t mode), (file, mode))

#define PATH_OPERATION(name, kind, folder, path, from, needs_space, given, passed) \
    int name given { \
        REAL(name); \
        return fails(hit_path(kind, folder, path, from, needs_space)) ? -1 : real_##name passed; \
    }
PATH_OPERATION(rename, "rename", AT_FDCWD, to, from, 0, (const char *from, const char *to), (from, to))
PATH_OPERATION(renameat, "rename", folder, to, from, 0, (int old, const char *from, int folder, const char *to),
               (old, from, folder, to))
PATH_OPERATION(unlink, "unlink", AT_FDCWD, path, NULL, 0, (const char *path), (path))
PATH_OPERATION(unlinkat, "unlink", folder, path, NULL, 0, (int folder, const char *path, int flags),
               (folder, path, flags))
PATH_OPERATION(rmdir, "unlink", AT_FDCWD, path, NULL, 0, (const char *path), (path))
PATH_OPERATION(symlink, "symlink", AT_FDCWD, path, NULL, 1, (const char *to, const char *path), (to, path))
PATH_OPERATION(symlinkat, "symlink", folder, path, NULL, 1, (const char *to, int folder, const char *path),
               (to, folder, path))
PATH_OPERATION(link, "link", AT_FDCWD, path, NULL, 1, (const char *from, const char *path), (from, path))
PATH_OPERATION(linkat, "link", folder, path, NULL, 1,
               (int from_folder, const char *from, int folder, const char *path, int flags),
               (from_folder, from, folder, path, flags))
PATH_OPERATION(mkdir, "mkdir", AT_FDCWD, path, NULL, 1, (const char *path, mode_t mode), (path, mode))
PATH_OPERATION(chmod, "chmod", AT_FDCWD, path, NULL, 0, (const char *path, mode_t mode), (path, mode))

/* Opening changes something when it makes the file that is not there. */
static int hit_open(int folder, const char *path, int flags) {
    struct stat is;
    if (!root_length || !(flags & O_CREAT) || !fstatat(folder, path, &is, AT_SYMLINK_NOFOLLOW)) return NOTHING;
    return hit_path("create", folder, path, NULL, 1);
}

#define MODE_OF(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | __O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    MODE_OF(flags);
    REAL(open);
    return fails(hit_open(AT_FDCWD, path, flags)) ? -1 : real_open(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE_OF(flags);
    REAL(open64);
    return fails(hit_open(AT_FDCWD, path, flags)) ? -1 : real_open64(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE_OF(flags);
    REAL(openat);
    return fails(hit_open(folder, path, flags)) ? -1 : real_openat(folder, path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(clock_gettime);
    int failed = real_clock_gettime(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += clock_offset;
    return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
    REAL(gettimeofday);
    int failed = real_gettimeofday(now, zone);
    if (!failed) now->tv_sec += clock_offset;
    return failed;
}

time_t time(time_t *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (to) *to = now.tv_sec;
    return now.tv_sec;
}

static void note_reach(const char *how, const char *where, const char *port) {
    char line[1024];
    if (!connect_log) return;
    int log = syscall(SYS_openat, AT_FDCWD, connect_log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) die(); /* a log that cannot be written must not look like a log with nothing in it */
    int length = snprintf(line, sizeof line, "%d %s %s %s\n", getpid(), how, where ? where : "-", port ? port : "-");
    syscall(SYS_write, log, line, length);
    syscall(SYS_close, log);
}

static void note_address(const char *how, const struct sockaddr *address) {
    char host[INET6_ADDRSTRLEN] = "?", port[16] = "-";
    if (!connect_log || !address) return;
    int family = address->sa_family;
    if (family == AF_UNIX || family == AF_UNSPEC || family == AF_NETLINK) return;
    if (family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        inet_ntop(family, &in->sin_addr, host, sizeof host);
        snprintf(port, sizeof port, "%d", ntohs(in->sin_port));
    } else if (family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)address;
        inet_ntop(family, &in->sin6_addr, host, sizeof host);
        snprintf(port, sizeof port, "%d", ntohs(in->sin6_port));
    }
    note_reach(how, host, port);
}

int connect(int socket, const struct sockaddr *address, socklen_t length) {
    REAL(connect);
    note_address("connect", address);
    return real_connect(socket, address, length);
}

ssize_t sendto(int socket, const void *bytes, size_t n, int flags, const struct sockaddr *address, socklen_t length) {
    REAL(sendto);
    note_address("sendto", address);
    return real_sendto(socket, bytes, n, flags, address, length);
}

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **found) {
    REAL(getaddrinfo);
    if (host) note_reach("getaddrinfo", host, port);
    return real_getaddrinfo(host, port, hints, found);
}
