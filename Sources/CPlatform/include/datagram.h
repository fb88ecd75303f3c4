/* datagram.h: receiving many datagrams with one system call (recvmmsg), also where the kernel has joined those
 * of one sender (UDP_GRO).
 */
#ifndef CPLATFORM_DATAGRAM_H
#define CPLATFORM_DATAGRAM_H

#include <stdint.h>

/* What was received: one datagram, or several of `segment` bytes each (the last may be shorter) joined. */
typedef struct platform_datagram {
    uint8_t *bytes; /* the batch's; `padding` more bytes behind them are the caller's to use until the next receive */
    uint32_t length;
    uint32_t segment;   /* 0: one datagram */
    uint32_t truncated; /* not 0: it was longer than its slot */
} platform_datagram;

typedef struct platform_datagram_batch {
    platform_datagram *received;
    uint32_t capacity;
    uint32_t slot; /* bytes for each */
    void *messages;
} platform_datagram_batch;

/* Memory for `capacity` datagrams of up to `slot` bytes, `padding` bytes behind each; 0 when there is none. It is
 * touched, and so takes up room, only as far as datagrams reach. */
platform_datagram_batch *platform_datagram_batch_create(uint32_t capacity, uint32_t slot, uint32_t padding);
void platform_datagram_batch_destroy(platform_datagram_batch *batch);

/* Receives what is there without waiting; answers how many, 0 when nothing is, -1 with errno set. */
int32_t platform_datagram_receive(int32_t socket, platform_datagram_batch *batch);

/* Asks the kernel to join datagrams; harmless where it cannot. */
void platform_datagram_join(int32_t socket);

/* How many datagrams the kernel has dropped at this socket since it was opened, modulo 2^32. 0 where the kernel
 * does not say (before Linux 4.12). */
uint32_t platform_datagram_drops(int32_t socket);

/* Asks for a receive buffer, beyond the system's limit where the process may; answers what it got. */
int32_t platform_receive_buffer(int32_t socket, int32_t bytes);

#endif
