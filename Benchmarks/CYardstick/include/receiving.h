/* receiving.h: lines from a socket until there are enough of them. */
#ifndef CYARDSTICK_RECEIVING_H
#define CYARDSTICK_RECEIVING_H

#include "workload.h"

/* Reads from a connected stream socket until it is closed. Answers how many lines there were. */
long yardstick_receive_stream(int socket, yardstick_workload *);

/* Receives `lines` lines from datagrams, also joined ones; gives up when none comes for a second. Answers how many
 * lines there were. */
long yardstick_receive_datagrams(int socket, yardstick_workload *, long lines);

/* A UDP socket of 127.0.0.1 on any free port, with a large buffer, whose datagrams the kernel joins. */
int yardstick_udp_socket(uint16_t *port);

#endif
