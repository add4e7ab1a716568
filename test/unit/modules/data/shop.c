extern int price(int items);
extern int (*chosen)(int);
int weigh(int items);

__attribute__((noinline)) static int hidden(int items) { return price(items) + 1; }

int later(int items) { return weigh(items) + chosen(items); }

void _start(void) {
  hidden(3);
  later(4);
  for (;;) ;
}
