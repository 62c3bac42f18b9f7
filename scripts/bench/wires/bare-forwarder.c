/* What a wire costs with no router and no engine: reads a frame, writes it to the other side, one
 * call each, in plain C. The speed that a router on wires is held against.
 *
 *   bare-forwarder KIND NAME NAME      KIND is packet or tap
 *
 * Says that it runs, and runs until it is killed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME_SIZE_MAX 4096
#define BATCH 64
#define WAIT_MS 100
#define SOCKET_BUFFER (8 << 20)

static char frame[FRAME_SIZE_MAX];

static int must(int result, const char *what) {
  if (result >= 0) return result;
  perror(what);
  exit(1);
}

static int open_tap(const char *name) {
  int fd = must(open("/dev/net/tun", O_RDWR | O_NONBLOCK), "open");
  struct ifreq request = {0};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  must(ioctl(fd, TUNSETIFF, &request), "TUNSETIFF");
  return fd;
}

static int open_packet(const char *name) {
  int fd = must(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0), "socket");
  int index = if_nametoindex(name), on = 1, size = SOCKET_BUFFER;
  struct packet_mreq promiscuous = {.mr_ifindex = index, .mr_type = PACKET_MR_PROMISC};
  struct sockaddr_ll address = {
    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = index};
  must(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size), "SO_RCVBUFFORCE");
  must(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on), "IGNORE_OUTGOING");
  must(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous),
       "PACKET_ADD_MEMBERSHIP");
  must(bind(fd, (struct sockaddr *)&address, sizeof address), "bind");
  return fd;
}

/* Moves up to BATCH frames; how many. What cannot be written is lost, as on a wire. */
static int forward(int from, int to) {
  for (int count = 0; count < BATCH; count++) {
    ssize_t size = read(from, frame, sizeof frame);
    if (size <= 0) return count;
    if (write(to, frame, size) != size) continue;
  }
  return BATCH;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  int (*open_wire)(const char *) = strcmp(words[1], "tap") == 0 ? open_tap : open_packet;
  int left = open_wire(words[2]), right = open_wire(words[3]);
  struct pollfd both[] = {{left, POLLIN, 0}, {right, POLLIN, 0}};
  puts("running");
  fflush(stdout);
  for (;;) {
    if (forward(left, right) + forward(right, left) == 0) poll(both, 2, WAIT_MS);
  }
}
