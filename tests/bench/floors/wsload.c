/* Load for WebSocket fan-out (one epoll thread): N consoles, rounds in a closed loop.
 *
 * Build: cc -O2 -o wsload wsload.c
 * Run:   ./wsload PORT N ROUNDS TRIGGERS [COOKIES] [HELLO]
 *   TRIGGERS  file of whole HTTP requests, each after a line with its length; one is posted a round, in order
 *   COOKIES   file of Cookie headers' values, a line each; console i takes line i modulo their number
 *   HELLO     text frame sent after the handshake; then every console awaits a frame that begins {"type":"ready"
 * Frames that begin {"type":"event" count. Three rounds warm up, and tell how many events a trigger brings a console;
 * each further round posts a trigger and waits until all of them have come.
 * Prints CONNECTED (then waits a fifth of a second), at the end one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HTTP 0xffffffffu

struct console {
  int fd, head, seen;
  unsigned char header[14], start[32], ping[125];
  unsigned long long left, size;
  int kind;
};
static struct console *consoles;
static int count, poll_fd, port;
static long events, ready;
static unsigned long long bytes;
static double *latencies, sent_at;
static long measured, room;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
static void die(const char *why) {
  fprintf(stderr, "%s\n", why);
  exit(1);
}
static int dial(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  struct sockaddr_in a = {0};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  inet_pton(AF_INET, "127.0.0.1", &a.sin_addr);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (void *)&a, sizeof a)) die("nobody listens");
  return fd;
}
static void watch(int fd, unsigned tag) {
  struct epoll_event ev = {.events = EPOLLIN, .data.u32 = tag};
  fcntl(fd, F_SETFL, O_NONBLOCK);
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &ev);
}
static void say(int fd, int first, const void *text, int size) {
  unsigned char b[1024];
  int at = 2;
  b[0] = first;
  if (size < 126) b[1] = 0x80 | size;
  else { b[1] = 0xfe; b[2] = size >> 8; b[3] = size; at = 4; }
  memset(b + at, 0, 4);
  memcpy(b + at + 4, text, size);
  if (write(fd, b, at + 4 + size) < 0) die("a console cannot write");
}
static void whole(struct console *c) {
  if (c->kind == 8) die("a console was closed by the server");
  if (c->kind == 9) say(c->fd, 0x8a, c->ping, c->size);
  if (c->kind != 1) return;
  if (c->seen >= 14 && !memcmp(c->start, "{\"type\":\"ready", 14)) ready++;
  if (c->seen < 14 || memcmp(c->start, "{\"type\":\"event", 14)) return;
  events++;
  bytes += c->size;
  if (latencies && measured < room) latencies[measured++] = now() - sent_at;
}
static void feed(struct console *c, unsigned char *p, long n) {
  while (n > 0) {
    if (c->left == 0) {
      c->header[c->head++] = *p++;
      n--;
      if (c->head < 2) continue;
      int small = c->header[1] & 127, need = 2 + (small == 126 ? 2 : small == 127 ? 8 : 0);
      if (c->head < need) continue;
      unsigned long long size = small;
      if (need > 2) for (size = 0, small = 2; small < need; small++) size = size << 8 | c->header[small];
      c->kind = c->header[0] & 15;
      c->head = c->seen = 0;
      c->left = c->size = size;
      if (size == 0) whole(c);
      continue;
    }
    long take = (unsigned long long)n < c->left ? n : (long)c->left;
    unsigned long long done = c->size - c->left;
    for (long i = 0; i < take && done + i < sizeof c->ping; i++) {
      if (c->kind == 9) c->ping[done + i] = p[i];
      else if (c->seen < (int)sizeof c->start) c->start[c->seen++] = p[i];
      else break;
    }
    p += take;
    n -= take;
    c->left -= take;
    if (c->left == 0) whole(c);
  }
}
static void open_console(int i, const char *cookie, const char *hello) {
  char text[2048], *end = NULL;
  int fd = dial(), got = 0;
  int n = snprintf(text, sizeof text, "GET /ws HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Origin: http://127.0.0.1:%d\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
    port, port, *cookie ? "Cookie: " : "", cookie, *cookie ? "\r\n" : "");
  if (write(fd, text, n) != n) die("a console cannot write");
  while (!end) {
    int r = read(fd, text + got, sizeof text - 1 - got);
    if (r <= 0) die("a handshake was not answered");
    got += r;
    text[got] = 0;
    end = strstr(text, "\r\n\r\n");
  }
  if (strncmp(text, "HTTP/1.1 101", 12)) die(text);
  consoles[i].fd = fd;
  end += 4;
  if (end - text < got) feed(&consoles[i], (unsigned char *)end, got - (end - text));
  if (*hello) say(fd, 0x81, hello, strlen(hello));
  watch(fd, i);
}
static int turn(int ms, int *http, int *answered) {
  static struct epoll_event evs[512];
  static char buffer[65536];
  int n = epoll_wait(poll_fd, evs, 512, ms);
  for (int i = 0; i < n; i++) {
    int web = evs[i].data.u32 == HTTP;
    struct console *c = web ? NULL : &consoles[evs[i].data.u32];
    long r = read(web ? *http : c->fd, buffer, sizeof buffer);
    if (web && r == 0) { close(*http); *http = dial(); watch(*http, HTTP); *answered = 1; }
    else if (web && r > 0) { if (r > 8 && !strncmp(buffer, "HTTP/1.1", 8) && strncmp(buffer + 9, "200", 3)) die("a trigger was refused"); *answered = 1; }
    else if (!web && r > 0) feed(c, (unsigned char *)buffer, r);
    else if (!web && r == 0) die("the server hung up");
  }
  return n;
}
static int by_size(const void *x, const void *y) {
  double a = *(double *)x, b = *(double *)y;
  return a < b ? -1 : a > b;
}
static char *slurp(const char *path, long *size) {
  FILE *f = fopen(path, "rb");
  if (!f) die("a file is missing");
  fseek(f, 0, SEEK_END);
  *size = ftell(f);
  rewind(f);
  char *all = malloc(*size + 1);
  if (fread(all, 1, *size, f) != (size_t)*size) die("a file cannot be read");
  all[*size] = 0;
  return all;
}
int main(int argc, char **argv) {
  if (argc < 5) die("see the head of the source");
  port = atoi(argv[1]);
  count = atoi(argv[2]);
  int rounds = atoi(argv[3]), lines = 0, answered = 1, quiet = 0;
  long size, wanted = 0;
  char *trigger = slurp(argv[4], &size), *cookies[1024];
  const char *hello = argc > 6 ? argv[6] : "";
  if (argc > 5 && *argv[5]) {
    long unused;
    for (char *line = strtok(slurp(argv[5], &unused), "\n"); line && lines < 1024; line = strtok(NULL, "\n")) cookies[lines++] = line;
  }
  consoles = calloc(count, sizeof *consoles);
  poll_fd = epoll_create1(0);
  int http = dial();
  double began = now();
  for (int i = 0; i < count; i++) {
    open_console(i, lines ? cookies[i % lines] : "", hello);
    if (i % 16 == 0) turn(0, &http, &answered);
  }
  double connect_us = (now() - began) / count;
  for (double until = now() + 20e6; *hello && ready < count;) { if (now() > until) die("not every console got ready"); turn(100, &http, &answered); }
  for (double until = now() + 1e6; now() < until;) turn(50, &http, &answered);
  watch(http, HTTP);
  printf("CONNECTED\n");
  fflush(stdout);
  usleep(200000);
  double elapsed = 0;
  for (int round = -3; round < rounds; round++) {
    char *start;
    long length = strtol(trigger, &start, 10);
    start++;
    events = 0;
    if (round == 0) { room = wanted * rounds; latencies = malloc(sizeof(double) * (room + 1)); bytes = 0; }
    answered = 0;
    sent_at = now();
    if (write(http, start, length) != length) die("a trigger cannot be sent");
    trigger = start + length;
    for (quiet = 0; round < 0 ? quiet < 6 : events < wanted || !answered;) {
      if (turn(round < 0 ? 50 : 10000, &http, &answered) == 0) { if (round >= 0) die("events are missing"); quiet++; }
    }
    if (round < 0) wanted = events;
    if (round < 0 && (events == 0 || events % count)) die("not every console heard the same");
    if (round >= 0) elapsed += now() - sent_at;
  }
  qsort(latencies, measured, sizeof(double), by_size);
  printf("{\"events\":%ld,\"a_trigger\":%ld,\"rate\":%.0f,\"p50\":%.2f,\"p99\":%.2f,\"bytes\":%.0f,\"connect_us\":%.0f}\n", measured,
    wanted / count, measured / (elapsed / 1e6), latencies[measured / 2] / 1e3, latencies[(long)(measured * .99)] / 1e3,
    (double)bytes / measured, connect_us);
  fflush(stdout);
  _exit(0);
}
