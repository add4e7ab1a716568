namespace shop {
static inline __attribute__((always_inline)) int half(int x) { return x / 2; }
__attribute__((noinline)) int elsewhere(int x) {
  switch (x) {
    case 1:
      return half(x) + 7;
    case 2:
      return half(x + 3);
    default:
      return half(x * 5) - half(x);
  }
}
}  // namespace shop
