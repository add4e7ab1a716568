#include <algorithm>
#include <any>
#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

// What the linker is given often: every copy brings the debug information of all these templates again, as the units of large
// programs do.

template <int N> struct Row {
  std::array<long, N> cells;
  std::map<std::string, std::vector<Row<N - 1>>> children;
  std::function<long(const Row &)> weigh;
  long sum() const { return std::accumulate(cells.begin(), cells.end(), 0L) + (weigh ? weigh(*this) : 0); }
};

template <> struct Row<0> {
  long value = 0;
  long sum() const { return value; }
};

template <class T> long churn(int seed) {
  std::unordered_map<std::string, T> known;
  std::deque<std::variant<T, std::string, std::optional<T>>> queue;
  std::mt19937 random(seed);
  for (int i = 0; i < 4; i++) {
    known[std::to_string(random())] = T();
    queue.push_back(std::to_string(i));
  }
  std::regex pattern("[0-9]+(a|b)*");
  long n = 0;
  for (auto &[name, value] : known) n += std::regex_match(name, pattern) + (long)name.size();
  return n + (long)queue.size();
}

// Weak, so that the linker takes the first of many.
__attribute__((weak)) long run(const int *bad) {
  auto task = std::async(std::launch::deferred, [=] {
    return churn<Row<6>>(1) + churn<std::list<std::set<std::string>>>(2) +
           churn<std::tuple<int, Row<4>, std::shared_ptr<Row<5>>>>(3);
  });
  long total = task.get();
  std::vector<Row<6>> rows(2);
  for (auto &row : rows) row.weigh = [&](const Row<6> &r) { return r.cells[0] + *bad; };
  std::for_each(rows.begin(), rows.end(), [&](Row<6> &row) { total += row.sum(); });
  return total;
}
