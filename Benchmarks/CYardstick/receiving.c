#define _GNU_SOURCE
#include "receiving.h"
#include "line_protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum { read_size = 128 * 1024, line_size = 1024, batch = 32, slot_size = 64 * 1024 };

long yardstick_receive_stream(int socket, yardstick_workload *workload) {
    static char buffer[line_size + read_size];
    size_t kept = 0;
    long lines = 0;
    for (;;) {
        ssize_t got = recv(socket, buffer + kept, read_size, 0);
        if (got <= 0) return lines;
        size_t length = kept + got, whole = length;
        while (whole && buffer[whole - 1] != '\n') whole--;
        lines += yardstick_read_lines(workload, buffer, whole);
        kept = length - whole;
        memmove(buffer, buffer + whole, kept);
    }
}

long yardstick_receive_datagrams(int socket, yardstick_workload *workload, long lines) {
    static char slots[batch][slot_size];
    static struct iovec vectors[batch];
    static struct mmsghdr messages[batch];
    struct timeval second = {.tv_sec = 1};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
    for (int index = 0; index < batch; index++) {
        vectors[index] = (struct iovec){slots[index], slot_size};
        messages[index].msg_hdr = (struct msghdr){.msg_iov = &vectors[index], .msg_iovlen = 1};
    }
    long received = 0;
    while (received < lines) {
        int count = recvmmsg(socket, messages, batch, MSG_WAITFORONE, 0);
        if (count <= 0) break;
        for (int index = 0; index < count; index++)
            received += yardstick_read_lines(workload, slots[index], messages[index].msg_len);
    }
    return received;
}

int yardstick_udp_socket(uint16_t *port) {
    int one = 1, size = 4 << 20;
    int receiver = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(receiver, SOL_UDP, UDP_GRO, &one, sizeof one);
    if (setsockopt(receiver, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
        setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(receiver, (struct sockaddr *)&address, sizeof address) < 0) return -1;
    getsockname(receiver, (struct sockaddr *)&address, &length);
    *port = ntohs(address.sin_port);
    return receiver;
}
