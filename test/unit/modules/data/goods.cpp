namespace goods { int heavy(int items) { return items * 3; } }
extern "C" int price(int items) { return items * 2; }
extern "C" int weigh(int items) { return goods::heavy(items); }
extern "C" int (*chosen)(int) = weigh;
int twice(int items) { return goods::heavy(items) + weigh(items); }
