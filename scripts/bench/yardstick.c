/* What the header work of a stateful IPv4 router costs in plain C, one core, with no protection: the
 * speed that a bench is held against. A frame is copied once, then: parsed, its header checksum
 * verified, its connection looked up in a hash table, its route in two tables (DIR-24-8), TTL and
 * checksum updated (RFC 1624), MAC addresses written.
 *
 *   yardstick SIZES FLOWS ROUTES SECONDS      sizes in memory, with commas: used in turn
 *
 * Prints ns a packet. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RING_MIN 4096
#define BATCH 256
#define SIZES_MAX 64
#define FRAME_MAX 1536
#define LONG_GROUPS 8192
#define SECOND 1e9

typedef struct { uint64_t addresses; uint32_t ports, proto; uint64_t packets; } connection;
typedef struct { uint8_t macs[12]; uint32_t port; uint64_t packets; } next_hop;

static connection *table;
static uint32_t table_mask;
static uint16_t *short_table, *long_table;
static uint32_t long_groups;
static next_hop hops[256];

static uint32_t state = 20160929;
static uint32_t rnd(void) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/* this process's own time: on an idle core the clock's */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * SECOND + t.tv_nsec;
}

static uint32_t load32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }
static uint32_t load16(const uint8_t *p) { uint16_t v; memcpy(&v, p, 2); return v; }
static void store16(uint8_t *p, uint32_t v) { uint16_t w = (uint16_t)v; memcpy(p, &w, 2); }
static void store32(uint8_t *p, uint32_t v) { memcpy(p, &v, 4); }
static uint32_t swap16(uint32_t v) { return __builtin_bswap16((uint16_t)v); }

/* 16-bit words in memory order: a ones' complement sum does not mind (RFC 1071 section 2) */
static uint32_t header_sum(const uint8_t *ip) {
  uint64_t sum = 0;
  for (int at = 0; at < 20; at += 4) sum += load32(ip + at);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint32_t)sum;
}

static void add_route(uint32_t prefix, int length, uint32_t hop) {
  uint32_t first = prefix >> 8;
  if (length <= 24) {
    for (uint32_t i = 0; i < 1u << (24 - length); i++) short_table[first + i] = (uint16_t)hop;
    return;
  }
  if (!(short_table[first] & 0x8000)) {
    if (long_groups == LONG_GROUPS) return;
    for (int i = 0; i < 256; i++) long_table[long_groups * 256 + i] = short_table[first];
    short_table[first] = (uint16_t)(0x8000 | long_groups++);
  }
  uint16_t *group = long_table + (short_table[first] & 0x7fff) * 256 + (prefix & 255);
  for (uint32_t i = 0; i < 1u << (32 - length); i++) group[i] = (uint16_t)hop;
}

static connection *connection_of(uint64_t addresses, uint32_t ports, uint32_t proto) {
  uint64_t hash = addresses * 0x9e3779b97f4a7c15ull ^ ports * 0xc2b2ae3d27d4eb4full ^ proto;
  for (uint32_t at = (uint32_t)(hash >> 32) & table_mask;; at = (at + 1) & table_mask) {
    connection *c = table + at;
    if (c->addresses == addresses && c->ports == ports && c->proto == proto) return c;
    if (c->proto) continue;
    c->addresses = addresses;
    c->ports = ports;
    c->proto = proto;
    return c;
  }
}

static int forward(uint8_t *frame, uint32_t size) {
  uint8_t *ip = frame + 14;
  if (size < 42 || load16(frame + 12) != 0x0008 || ip[0] != 0x45) return 0;
  uint32_t total = swap16(load16(ip + 2));
  if (total < 28 || total > size - 14 || ip[8] < 2 || header_sum(ip) != 0xffff) return 0;
  uint32_t dst = __builtin_bswap32(load32(ip + 16));
  uint64_t addresses = (uint64_t)load32(ip + 12) << 32 | dst;
  connection_of(addresses, load32(ip + 20), ip[9])->packets++;
  uint32_t hop = short_table[dst >> 8];
  if (hop & 0x8000) hop = long_table[(hop & 0x7fff) * 256 + (dst & 255)];
  if (!hop) return 0;
  ip[8]--;
  uint32_t sum = load16(ip + 10) + 1;
  store16(ip + 10, sum + (sum >> 16));
  memcpy(frame, hops[hop & 255].macs, 12);
  hops[hop & 255].packets++;
  return 1;
}

/* The flow decides all fields: as random as they come, the same each time. */
static uint32_t mix(uint32_t flow, uint32_t field) {
  uint32_t v = (flow + 1) * 0x9e3779b1u + field * 0x85ebca77u;
  v = (v ^ v >> 15) * 0xc2b2ae3du;
  return v ^ v >> 13;
}

static void write_frame(uint8_t *frame, uint32_t size, uint32_t flow, uint32_t dst) {
  uint8_t *ip = frame + 14;
  memset(frame, 0, size);
  frame[0] = frame[6] = 2;
  store16(frame + 12, 0x0008);
  ip[0] = 0x45;
  store16(ip + 2, swap16(size - 14));
  ip[8] = 64;
  ip[9] = mix(flow, 1) & 1 ? 6 : 17;
  store32(ip + 12, mix(flow, 2));
  store32(ip + 16, __builtin_bswap32(dst));
  store32(ip + 20, mix(flow, 3));
  store16(ip + 10, ~header_sum(ip) & 0xffff);
}

/* a thousand small prefixes, or lengths as the Internet has them: see workload.ts */
static int length_of(uint32_t route, uint32_t count) {
  static const int many[] = {24, 24, 24, 24, 24, 24, 23, 22, 22, 21, 20, 19};
  return count > 10000 ? many[route % 12] : 16 + (int)(route % 11);
}

static uint32_t add_routes(uint32_t count, uint32_t *prefixes, int *lengths) {
  for (int length = 16; length <= 26; length++) {
    for (uint32_t i = 0; i < count; i++) {
      if (length_of(i, count) != length) continue;
      prefixes[i] = (0x0b000000 + rnd() % 0x70000000) & (~0u << (32 - length));
      lengths[i] = length;
      add_route(prefixes[i], length, 1 + i % 255);
    }
  }
  return count;
}

static uint32_t read_sizes(char *text, uint32_t *sizes) {
  uint32_t count = 0;
  for (char *word = strtok(text, ","); word && count < SIZES_MAX; word = strtok(NULL, ",")) {
    sizes[count++] = (uint32_t)atoi(word);
  }
  return count;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  uint32_t sizes[SIZES_MAX], size_count = read_sizes(argv[1], sizes), size_max = 0;
  uint32_t flows = (uint32_t)atoi(argv[2]), routes = (uint32_t)atoi(argv[3]);
  double seconds = atof(argv[4]);
  for (uint32_t i = 0; i < size_count; i++) if (sizes[i] > size_max) size_max = sizes[i];
  if (!size_count || size_max > FRAME_MAX || !flows || !routes) return 2;
  uint32_t stride = (size_max + 63) & ~63u, ring_size = flows > RING_MIN ? flows : RING_MIN;
  uint32_t slots = 1024;
  while (slots < 2 * flows) slots *= 2;
  table = calloc(slots, sizeof *table);
  table_mask = slots - 1;
  short_table = calloc(1 << 24, 2);
  long_table = calloc(LONG_GROUPS * 256, 2);
  uint32_t *prefixes = calloc(routes, 4);
  int *lengths = calloc(routes, sizeof *lengths);
  uint8_t *ring = aligned_alloc(64, (size_t)stride * ring_size);
  uint8_t *batch = aligned_alloc(64, (size_t)stride * BATCH);
  uint16_t *size_of = calloc(ring_size, sizeof *size_of);
  if (!table || !short_table || !long_table || !prefixes || !lengths || !ring || !batch || !size_of)
    return 2;
  add_routes(routes, prefixes, lengths);
  for (int i = 0; i < 256; i++) for (int k = 0; k < 12; k++) hops[i].macs[k] = (uint8_t)(2 * i + k);
  for (uint32_t i = 0; i < ring_size; i++) {
    uint32_t flow = i % flows, route = mix(flow, 4) % routes;
    uint32_t dst = prefixes[route] | (mix(flow, 5) & ~(~0u << (32 - lengths[route])));
    size_of[i] = (uint16_t)sizes[i % size_count];
    write_frame(ring + (size_t)i * stride, size_of[i], flow, dst);
  }
  uint64_t packets = 0, sent = 0;
  double start = 0, end = 0;
  /* the first time round is not timed: it enters the connections */
  for (uint32_t at = 0, round = 0; !end || end - start < seconds * SECOND; round++) {
    if (round == (ring_size + BATCH - 1) / BATCH) { packets = sent = 0; start = now(); }
    for (uint32_t i = 0; i < BATCH; i++) {
      uint32_t size = size_of[at];
      memcpy(batch + (size_t)i * stride, ring + (size_t)at * stride, size);
      sent += (uint64_t)forward(batch + (size_t)i * stride, size);
      if (++at == ring_size) at = 0;
    }
    packets += BATCH;
    if (start && round % 64 == 0) end = now();
  }
  if (sent != packets) return 1;
  printf("%.3f\n", (end - start) / (double)packets);
  return 0;
}
