static inline int square(int x) { return x * x; }
static __attribute__((noinline)) int local(int x) { return square(x) + square(x + 1); }
int fromC(int x) {
  int nested = 0;
  for (int i = 0; i < x; i++) nested += local(i);
  return nested;
}
