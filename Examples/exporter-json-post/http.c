/* One HTTP/1.1 request. Every wait ends at the deadline. */
#define _POSIX_C_SOURCE 200809L
#include "post.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int post_parse_url(const char *url, post_target *target) {
    static const char scheme[] = "http://";
    const char *host = url + sizeof scheme - 1, *path, *colon;
    size_t host_size, port_size;
    if (strncmp(url, scheme, sizeof scheme - 1) != 0 || !(path = strchr(host, '/'))) return 0;
    colon = memchr(host, ':', (size_t)(path - host));
    host_size = (size_t)((colon ? colon : path) - host);
    port_size = colon ? (size_t)(path - colon - 1) : 2;
    if (host_size == 0 || host_size >= sizeof target->host || port_size == 0 ||
        port_size >= sizeof target->port || strlen(path) >= sizeof target->path)
        return 0;
    memcpy(target->host, host, host_size);
    target->host[host_size] = 0;
    memcpy(target->port, colon ? colon + 1 : "80", port_size);
    target->port[port_size] = 0;
    strcpy(target->path, path);
    return strspn(target->port, "0123456789") == port_size;
}

/* Waits until the socket is ready. 0 when the deadline passed. */
static int wait_for(int fd, short events, int64_t deadline_ns) {
    struct pollfd request = {.fd = fd, .events = events};
    struct timespec now;
    int64_t left;
    clock_gettime(CLOCK_MONOTONIC, &now);
    left = (deadline_ns - (int64_t)now.tv_sec * 1000000000 - now.tv_nsec) / 1000000;
    if (left <= 0) return 0;
    return poll(&request, 1, left > 60000 ? 60000 : (int)left) > 0;
}

/* A connected socket, or -1. Looking up a name may take longer than the deadline: the agent counts that. */
static int connect_to(const post_target *target, int64_t deadline_ns) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list = NULL, *at;
    int fd = -1;
    if (getaddrinfo(target->host, target->port, &hints, &list) != 0) return -1;
    for (at = list; at && fd < 0; at = at->ai_next) {
        int error = 0;
        socklen_t size = sizeof error;
        fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (fd < 0) continue;
        fcntl(fd, F_SETFD, FD_CLOEXEC);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        if (connect(fd, at->ai_addr, at->ai_addrlen) == 0) break;
        if (errno == EINPROGRESS && wait_for(fd, POLLOUT, deadline_ns) &&
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
            break;
        close(fd);
        fd = -1;
    }
    freeaddrinfo(list);
    return fd;
}

static int send_all(int fd, const char *bytes, size_t size, int64_t deadline_ns) {
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        } else if (errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLOUT, deadline_ns))) {
            return 0;
        }
    }
    return 1;
}

/* Reads until the head has ended; answers its length, or 0. What follows is of no interest. */
static size_t read_head(int fd, char *head, size_t capacity, int64_t deadline_ns) {
    size_t size = 0;
    while (size + 1 < capacity) {
        ssize_t count = recv(fd, head + size, capacity - size - 1, 0);
        if (count == 0) return 0;
        if (count < 0 && errno != EINTR && (errno != EAGAIN || !wait_for(fd, POLLIN, deadline_ns))) return 0;
        if (count < 0) continue;
        size += (size_t)count;
        head[size] = 0;
        if (strstr(head, "\r\n\r\n")) return size;
    }
    return 0;
}

static post_answer parse_head(const char *head) {
    post_answer answer = {0, 0, "its answer is not HTTP"};
    const char *line = strchr(head, ' ');
    if (strncmp(head, "HTTP/1.", 7) != 0 || !line) return answer;
    answer.status = (int)strtol(line, NULL, 10);
    while ((line = strstr(line, "\r\n"))) {
        line += 2;
        if (strncasecmp(line, "retry-after:", 12) == 0) {
            long seconds = strtol(line + 12, NULL, 10);
            answer.retry_after = seconds < 0 ? 0 : seconds > 86400 ? 86400 : seconds;
        }
    }
    return answer;
}

post_answer post_send(const post_target *target, const char *body, size_t size, int64_t deadline_ns) {
    post_answer answer = {0, 0, "it cannot be reached"};
    char head[8192];
    int length, fd = connect_to(target, deadline_ns);
    if (fd < 0) return answer;
    length = snprintf(head, sizeof head,
                      "POST %s HTTP/1.1\r\nHost: %s:%s\r\nContent-Type: application/json\r\n"
                      "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                      target->path, target->host, target->port, size);
    answer.problem = "it did not take all in time";
    if (send_all(fd, head, (size_t)length, deadline_ns) && send_all(fd, body, size, deadline_ns)) {
        answer.problem = "it did not answer in time";
        if (read_head(fd, head, sizeof head, deadline_ns) > 0) answer = parse_head(head);
    }
    close(fd);
    return answer;
}
