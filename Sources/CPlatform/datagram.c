#define _GNU_SOURCE
#include "datagram.h"

#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

typedef struct message_slot {
    struct iovec bytes;
    union {
        char room[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
} message_slot;

typedef struct messages {
    uint8_t *memory;
    size_t memory_size;
    message_slot *slots;
    struct mmsghdr headers[];
} messages;

platform_datagram_batch *platform_datagram_batch_create(uint32_t capacity, uint32_t slot, uint32_t padding) {
    size_t stride = ((size_t)slot + padding + 4095) & ~(size_t)4095;
    platform_datagram_batch *batch = calloc(1, sizeof *batch);
    messages *own = calloc(1, sizeof *own + capacity * sizeof(struct mmsghdr));
    message_slot *slots = calloc(capacity, sizeof *slots);
    platform_datagram *received = calloc(capacity, sizeof *received);
    uint8_t *memory = mmap(0, stride * capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!batch || !own || !slots || !received || memory == MAP_FAILED) {
        if (memory != MAP_FAILED) munmap(memory, stride * capacity);
        free(received);
        free(slots);
        free(own);
        free(batch);
        return 0;
    }
    *own = (messages){.memory = memory, .memory_size = stride * capacity, .slots = slots};
    for (uint32_t index = 0; index < capacity; index++) {
        received[index].bytes = memory + stride * index;
        slots[index].bytes = (struct iovec){.iov_base = received[index].bytes, .iov_len = slot};
        own->headers[index].msg_hdr =
            (struct msghdr){.msg_iov = &slots[index].bytes, .msg_iovlen = 1, .msg_control = &slots[index].control};
    }
    *batch = (platform_datagram_batch){.received = received, .capacity = capacity, .slot = slot, .messages = own};
    return batch;
}

void platform_datagram_batch_destroy(platform_datagram_batch *batch) {
    messages *own = batch->messages;
    munmap(own->memory, own->memory_size);
    free(own->slots);
    free(own);
    free(batch->received);
    free(batch);
}

static uint32_t segment_size(struct msghdr *header) {
    for (struct cmsghdr *note = CMSG_FIRSTHDR(header); note; note = CMSG_NXTHDR(header, note)) {
        if (note->cmsg_level != SOL_UDP || note->cmsg_type != UDP_GRO) continue;
        int size;
        memcpy(&size, CMSG_DATA(note), sizeof size);
        return size > 0 ? (uint32_t)size : 0;
    }
    return 0;
}

int32_t platform_datagram_receive(int32_t socket, platform_datagram_batch *batch) {
    messages *own = batch->messages;
    for (uint32_t index = 0; index < batch->capacity; index++)
        own->headers[index].msg_hdr.msg_controllen = sizeof own->slots[index].control;
    int count = recvmmsg(socket, own->headers, batch->capacity, MSG_DONTWAIT, 0);
    if (count < 0) return errno == EAGAIN || errno == EINTR ? 0 : -1;
    for (int index = 0; index < count; index++) {
        struct mmsghdr *header = &own->headers[index];
        platform_datagram *datagram = &batch->received[index];
        datagram->length = header->msg_len;
        datagram->segment = segment_size(&header->msg_hdr);
        datagram->truncated = (header->msg_hdr.msg_flags & MSG_TRUNC) != 0;
    }
    return count;
}

void platform_datagram_join(int32_t socket) {
    int on = 1;
    setsockopt(socket, SOL_UDP, UDP_GRO, &on, sizeof on);
}

uint32_t platform_datagram_drops(int32_t socket) {
    uint32_t information[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof information;
    if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, information, &size) < 0) return 0;
    return information[SK_MEMINFO_DROPS];
}

int32_t platform_receive_buffer(int32_t socket, int32_t bytes) {
    if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    int got = 0;
    socklen_t size = sizeof got;
    return getsockopt(socket, SOL_SOCKET, SO_RCVBUF, &got, &size) < 0 ? -1 : got;
}
