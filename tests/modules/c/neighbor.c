/*
 * Module neighbor again, in C, from docs/abi.md alone and by firmware/modules/neighbor's manifest:
 * columns of all widths, a hold, messages of two types in and of one out, a large table.
 */
#include <stdint.h>

#define ROWS 256
#define REGION 65536
#define BLOCK __attribute__((aligned(64)))

enum { RESOLVED = 1, UNRESOLVED = 2, HOLD = 255 };
enum { TIMED_OUT = 2 };
enum { LEARNED, LINKS };

BLOCK struct {
  uint32_t rows, place;
  int64_t now;
  uint8_t zeros[48];
  uint8_t egress[ROWS];
  uint32_t nexthop[ROWS];
  uint8_t held[ROWS];
} read_block;

BLOCK struct {
  uint8_t verdict[ROWS], changed[ROWS];
  uint64_t eth_dst[ROWS];
} write_block;

struct region {
  uint32_t used, zero;
  uint8_t entries[REGION - 8];
};
BLOCK struct region inbox, outbox, frames;

struct message {
  uint16_t type, records;
  uint32_t zero;
};
struct learned {
  uint8_t port;
  uint32_t address;
  uint64_t mac;
  uint8_t solicited;
};
struct link {
  uint8_t port, up;
};
struct resolve {
  uint8_t port;
  uint32_t address;
  uint64_t mac;
};

#define WAYS 8
#define SET_BITS 10
static const int64_t SECOND = 1000000000;
#define LIFETIME (1200 * SECOND)
#define REFRESH_AGE (60 * SECOND)
#define REFRESH_TIME (4 * SECOND)
#define ASK_INTERVAL (3 * SECOND)

struct entry {
  uint64_t key, mac;
  int64_t refresh_at, expires_at, ask_again_at;
};
static struct entry table[1 << SET_BITS][WAYS];
static uint32_t ages[256];

static uint64_t key_of(uint8_t port, uint32_t address) {
  return (uint64_t)ages[port] << 41 | 1ull << 40 | (uint64_t)port << 32 | address;
}

static struct entry *set_of(uint64_t key) {
  return table[key * 0x9e3779b97f4a7c15ull >> (64 - SET_BITS)];
}

static struct entry *find(uint64_t key) {
  struct entry *set = set_of(key);
  for (int way = 0; way < WAYS; way++) {
    if (set[way].key == key) return &set[way];
  }
  return 0;
}

static int is_known(const struct entry *entry) {
  return entry->mac != 0 && read_block.now < entry->expires_at;
}

/* A free entry, else the longest asked for, else the neighbour that expires first. */
static uint64_t worth_of(const struct entry *entry) {
  if (entry->key == 0) return 0;
  if (is_known(entry)) return 1ull << 63 | (uint64_t)entry->expires_at;
  return (uint64_t)entry->ask_again_at;
}

static struct entry *take(uint64_t key) {
  struct entry *set = set_of(key), *chosen = set;
  for (int way = 1; way < WAYS; way++) {
    if (worth_of(&set[way]) < worth_of(chosen)) chosen = &set[way];
  }
  *chosen = (struct entry){.key = key};
  return chosen;
}

static void ask(uint32_t row, struct entry *entry) {
  const uint32_t size = sizeof(struct message) + sizeof(struct resolve);
  if (read_block.now < entry->ask_again_at || outbox.used + size > sizeof outbox.entries) return;
  struct message *message = (struct message *)&outbox.entries[outbox.used];
  *message = (struct message){.type = 0, .records = 1};
  *(struct resolve *)(message + 1) = (struct resolve){
      .port = read_block.egress[row],
      .address = read_block.nexthop[row],
      .mac = is_known(entry) ? entry->mac : 0};
  outbox.used += size;
  entry->ask_again_at = read_block.now + ASK_INTERVAL;
  const int64_t end = read_block.now + REFRESH_TIME;
  if (end < entry->expires_at) entry->expires_at = end;
}

static uint8_t judge(uint32_t row) {
  const uint64_t key = key_of(read_block.egress[row], read_block.nexthop[row]);
  struct entry *entry = find(key);
  if (entry && is_known(entry)) {
    if (read_block.now >= entry->refresh_at) ask(row, entry);
    write_block.eth_dst[row] = entry->mac;
    write_block.changed[row] = 1;
    return RESOLVED;
  }
  if (read_block.held[row] == TIMED_OUT) return UNRESOLVED;
  ask(row, entry ? entry : take(key));
  return HOLD;
}

static void learn(const struct learned *record) {
  const uint64_t mac = record->mac;
  if (mac == 0 || mac >> 48 || mac >> 40 & 1) return;
  const uint64_t key = key_of(record->port, record->address);
  struct entry *entry = find(key);
  if (!entry && !record->solicited) return;
  if (!entry) entry = take(key);
  const int64_t now = read_block.now;
  *entry = (struct entry){key, mac, now + REFRESH_AGE, now + LIFETIME, now};
}

static void note_link(const struct link *record) {
  if (!record->up) ages[record->port] = (ages[record->port] + 1) & 0x7fffff;
}

void initialize(void) {}

void process(void) {
  for (uint32_t row = 0; row < read_block.rows; row++) write_block.verdict[row] = judge(row);
}

void receive(void) {
  for (uint32_t at = 0; at < inbox.used;) {
    const struct message *message = (const struct message *)&inbox.entries[at];
    const void *records = message + 1;
    const int is_link = message->type == LINKS;
    for (uint32_t i = 0; i < message->records; i++) {
      if (is_link) note_link((const struct link *)records + i);
      else learn((const struct learned *)records + i);
    }
    const uint32_t size = is_link ? sizeof(struct link) : sizeof(struct learned);
    at += (sizeof(struct message) + message->records * size + 7) & ~7u;
  }
}
