// lwIP's send on a real socket. As lwIP's lwip_send (api/sockets.c) with MSG_DONTWAIT it takes what fits into
// the send buffer, and where none does it is -1 and EWOULDBLOCK.
#ifndef FAKE_LWIP_SOCKETS_H
#define FAKE_LWIP_SOCKETS_H

#include <sys/socket.h>
#include <sys/types.h>

#include <cstddef>

ssize_t lwip_send(int socket, const void* bytes, size_t size, int flags);

#endif
