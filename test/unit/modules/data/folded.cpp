struct Box { int size; int get(int more) const; };
struct Tin { int size; int get(int more) const; };
__attribute__((noinline)) int Box::get(int more) const { return size * 3 + more; }
__attribute__((noinline)) int Tin::get(int more) const { return size * 3 + more; }
extern "C" int sum_alias(int) __attribute__((alias("sum")));
extern "C" __attribute__((noinline)) int sum(int count) {
  Box box{count};
  Tin tin{count};
  return box.get(1) + tin.get(2);
}
extern "C" void _start() {
  sum_alias(3);
  for (;;) {
  }
}
